"""The de-duplication: handle, then mark; whatever happens between the two."""

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.dedup import (
    Deduplicator,
    DuplicateSkipped,
    KeyMissing,
    MemoryStore,
    OnFailure,
    Outcome,
    StoreFailed,
    StoreRecovered,
    StoreUnavailable,
)
from hardening.testing import FakeClock

PROCESSED, DUPLICATE = Outcome.PROCESSED, Outcome.DUPLICATE
UNCHECKED, BUSY = Outcome.UNCHECKED, Outcome.BUSY


class Broken(Exception):
    """What a handler raises."""


class AwayStore(MemoryStore):
    """A store in memory that is away for chosen steps."""

    def __init__(self, clock):
        super().__init__(clock=clock)
        self.away = set()
        self.asked = []

    def _step(self, step):
        self.asked.append(step)
        if step in self.away:
            raise StoreUnavailable(store="test", step=step, cause=TimeoutError())

    def look(self, keys, claim):
        """Look, unless away."""
        self._step("look")
        return super().look(keys, claim)

    def mark(self, keys, claim):
        """Mark, unless away."""
        self._step("mark")
        super().mark(keys, claim)

    def release(self, keys, claim):
        """Let go, unless away."""
        self._step("release")
        super().release(keys, claim)


class World:
    """A de-duplication of letters, and all that it did. '.' has no key."""

    def __init__(self, **settings):
        self.clock = FakeClock()
        self.store = settings.pop("store", None) or AwayStore(self.clock)
        self.handled, self.told, self.fails = [], [], {}
        self.dedup = Deduplicator(
            self.store,
            key=lambda event: None if event == "." else event,
            listener=self.told.append,
            clock=self.clock,
            **settings,
        )

    def handle(self, event):
        """Handle one event, or fail as scripted; it takes a second."""
        self.clock.advance(1)
        if event in self.fails:
            raise self.fails.pop(event)
        self.handled.append(event)

    async def later(self, event):
        """Do the same as a coroutine."""
        await asyncio.sleep(0)
        self.handle(event)

    @property
    def numbers(self):
        """What was counted and is not 0, by the measure's last words."""
        return {
            sample.labels[-1][1]
            if len(sample.labels) > 1
            else each.name[16:]: sample.value
            for each in self.dedup.measures()
            for sample in each.samples
            if sample.value
        }


def one_by_one(world, events):
    """Process each event by a call of its own."""
    return tuple(world.dedup.process(event, world.handle) for event in events)


def one_by_one_async(world, events):
    """Process each event by a call of its own, as coroutines."""

    async def work():
        return tuple(
            [await world.dedup.process_async(event, world.later) for event in events]
        )

    return asyncio.run(work())


def batch(world, events):
    """Process the events at once."""
    return world.dedup.process_batch(events, world.handle)


def batch_async(world, events):
    """Process the events at once, as coroutines."""
    return asyncio.run(world.dedup.process_batch_async(events, world.later))


ONE_BY_ONE, BATCHES = [one_by_one, one_by_one_async], [batch, batch_async]
each_way = pytest.mark.parametrize("run", [*ONE_BY_ONE, *BATCHES])
each_batch = pytest.mark.parametrize("run", BATCHES)


@each_way
def test_an_event_that_comes_again_is_skipped(run):
    """Its handler runs once; the copy is told and counted."""
    world = World()
    assert (PROCESSED, PROCESSED, DUPLICATE) == run(world, "aba")
    assert (DUPLICATE, PROCESSED) == run(world, "bc")
    assert ["a", "b", "c"] == world.handled
    assert [
        DuplicateSkipped(name="events", key=key) for key in (b"a", b"b")
    ] == world.told
    assert {"processed": 3, "duplicate": 2, "remembered": 3} == world.numbers


@each_way
def test_an_event_whose_handler_failed_is_handled_again(run):
    """Nothing is marked before its handler returned."""
    world = World()
    world.fails = {"b": Broken()}
    with pytest.raises(Broken):
        run(world, "abc")
    assert (DUPLICATE, PROCESSED, PROCESSED) == run(world, "abc")
    assert ["a", "b", "c"] == world.handled


@each_way
@pytest.mark.parametrize("end", [KeyboardInterrupt, asyncio.CancelledError])
def test_what_ends_the_program_loses_no_mark(run, end):
    """What was handled before an interrupt or a cancellation is marked."""
    world = World()
    world.fails = {"b": end()}
    with pytest.raises(end):
        run(world, "ab")
    assert (DUPLICATE, PROCESSED) == run(world, "ab")


@each_way
def test_an_event_without_a_key_is_handled_each_time(run):
    """It is told and counted, and never silently skipped."""
    world = World()
    assert (UNCHECKED, PROCESSED, UNCHECKED) == run(world, ".a.")
    assert [KeyMissing(name="events")] * 2 == world.told
    assert 2 == world.numbers["keys_missing"]


@each_way
def test_switched_off_every_event_is_handled(run):
    """Off is as if there were no de-duplication: no store, no events."""
    world = World(switch=lambda: False)
    assert (Outcome.OFF, Outcome.OFF) == run(world, "aa")
    assert ([], []) == (world.store.asked, world.told)
    world.fails = {"a": Broken()}
    with pytest.raises(Broken):
        run(world, "a")


@each_way
def test_a_store_that_is_away_stops_nothing(run):
    """Events are handled unchecked, and the outage is told."""
    world = World()
    world.store.away = {"look", "mark"}
    assert (UNCHECKED, UNCHECKED) == run(world, "ab")
    assert StoreFailed is type(world.told[0])
    assert ["a", "b"] == world.handled


@each_way
def test_a_store_that_is_away_is_left_alone_for_a_while(run):
    """Each question costs its time limit; one a second is enough."""
    world = World(rest_s=10)
    world.store.away = {"look", "mark"}
    run(world, "abc")
    asked = len(world.store.asked)
    run(world, "def")
    assert asked == len(world.store.asked)
    world.clock.advance(10)
    run(world, "g")
    assert asked < len(world.store.asked)


@each_way
def test_what_was_handled_during_an_outage_is_marked_after_it(run):
    """Copies that come after the outage are skipped."""
    world = World(rest_s=2)
    world.store.away = {"look", "mark"}
    run(world, "abc")
    assert 0 < world.numbers["owed"]
    world.store.away = set()
    world.clock.advance(2)
    assert (DUPLICATE, DUPLICATE, DUPLICATE) == run(world, "abc")
    assert StoreRecovered(name="events", owed=3) in world.told
    assert "owed" not in world.numbers


@each_way
def test_a_mark_that_fails_is_made_up_for(run):
    """The event was handled; its mark is owed."""
    world = World(rest_s=0)
    world.store.away = {"mark"}
    assert (PROCESSED,) == run(world, "a")
    world.store.away = set()
    assert (DUPLICATE,) == run(world, "a")


@each_way
def test_a_store_that_is_away_can_be_an_error(run):
    """Then nothing is handled, and the caller asks again later."""
    world = World(on_failure=OnFailure.RAISE)
    world.store.away = {"look"}
    with pytest.raises(StoreUnavailable, match="failed to look"):
        run(world, "ab")
    assert [] == world.handled
    world.store.away = set()
    assert (PROCESSED, PROCESSED) == run(world, "ab")


@each_way
def test_a_failed_mark_can_be_an_error(run):
    """The event was handled; once the store is back its copy is skipped all the same."""
    world = World(on_failure=OnFailure.RAISE)
    world.store.away = {"mark"}
    with pytest.raises(StoreUnavailable, match="failed to mark"):
        run(world, "a")
    world.store.away = set()
    assert ((DUPLICATE,), ["a"]) == (run(world, "a"), world.handled)


@each_batch
def test_a_batch_asks_and_tells_once(run):
    """One question before the first event, one mark after the last."""
    world = World(batch=3)
    run(world, "abcdef")
    assert ["look", "mark"] * 2 == world.store.asked


@each_batch
def test_a_batch_stops_where_somebody_else_is_at_work(run):
    """The events keep their order: those after it wait for it."""
    world = World(claim_s=10)
    other = World(store=world.store, claim_s=10)
    other.clock = world.clock
    inner = []

    def handle(event):
        inner.append(run(world, "abc"))
        other.handle(event)

    assert (PROCESSED,) == other.dedup.process_batch("b", handle)
    assert [(PROCESSED, BUSY)] == inner
    assert (DUPLICATE, DUPLICATE, PROCESSED) == run(world, "abc")
    assert (["a", "c"], ["b"]) == (world.handled, other.handled)


@each_way
def test_the_claims_of_a_failed_batch_are_let_go(run):
    """Whoever comes next need not wait for the lease to end."""
    world, fails = World(claim_s=1000), {"b": Broken()}
    world.fails = fails
    with pytest.raises(Broken):
        run(world, "abc")
    other = World(store=world.store, claim_s=1000)
    assert (PROCESSED, PROCESSED) == run(other, "bc")


@each_batch
def test_a_claim_that_ends_is_made_anew(run):
    """A batch that takes longer than its claim goes on under another one."""
    world = World(claim_s=2)
    assert (PROCESSED,) * 5 == run(world, "abcde")
    assert ["look", "mark", "release"] * 2 + ["look", "mark"] == world.store.asked


def test_a_claim_ends_when_its_owner_is_gone():
    """A consumer that was killed wedges nobody for longer than the lease."""
    world = World(claim_s=10)
    world.store.look([b"a"], SimpleNamespace(token="of the dead", lease_s=5.0))
    assert BUSY is world.dedup.process("a", world.handle)
    world.clock.advance(4.9)
    assert BUSY is world.dedup.process("a", world.handle)
    world.clock.advance(0.1)
    assert PROCESSED is world.dedup.process("a", world.handle)


@each_way
def test_what_is_owed_is_marked_though_another_thread_saw_it_recover(run):
    """Its mark fails while another's look is under way, which is answered."""
    world, look = World(), AwayStore.look

    def look_meanwhile(keys, claim):
        world.store.look = lambda *given: look(world.store, *given)
        sights = world.store.look(keys, claim)
        world.store.away = {"mark"}
        world.dedup.process("other", world.handle)
        world.store.away = set()
        return sights

    world.store.look = look_meanwhile
    run(world, "a")
    run(world, "b")
    assert (DUPLICATE,) == run(world, ["other"])
    assert ["other", "a", "b"] == world.handled


class HangingStore(AwayStore):
    """A store that may hang, for coroutines."""

    hangs = False

    async def mark_async(self, keys, claim):
        """Mark, or never."""
        if self.hangs:
            await asyncio.Event().wait()
        await super().mark_async(keys, claim)


def test_a_cancelled_look_still_owes():
    """What it took in hand to mark is marked by the next."""

    async def go():
        clock = FakeClock()
        store = HangingStore(clock)
        dedup = Deduplicator(store, key=lambda event: event, clock=clock)

        async def handle(_event):
            pass

        store.away = {"mark"}
        await dedup.process_async("a", handle)
        store.away, store.hangs = set(), True
        clock.advance(2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await dedup.process_async("b", handle)
        store.hangs = False
        assert DUPLICATE is await dedup.process_async("a", handle)

    asyncio.run(go())


def test_a_batch_says_how_far_it_came():
    """Whoever acknowledges needs the number, whatever ended the batch."""
    world = World()
    world.fails = {"c": Broken()}
    settled = world.dedup.settle("abcd", world.handle)
    assert (2, Broken) == (settled.count, type(settled.error))


def test_what_was_not_marked_is_not_to_be_acknowledged():
    """Where a store that is away is an error, an unmarked event comes again."""
    world = World(on_failure=OnFailure.RAISE, batch=2)
    world.dedup.process("x", world.handle)
    world.store.away = {"mark"}
    settled = world.dedup.settle("xab", world.handle)
    assert (0, StoreUnavailable) == (settled.count, type(settled.error))


letters = st.text("abc.", max_size=12)


@given(st.lists(letters, max_size=4), st.integers(1, 5), st.none() | st.just(100.0))
def test_all_ways_agree_with_a_set(parts, size, claim_s):
    """'Handled once for each key': the ways differ in cost, and in nothing else."""
    for run in (one_by_one, batch):
        world, seen = World(batch=size, claim_s=claim_s), set()
        for part in parts:
            expected = []
            for event in part:
                expected.append(
                    UNCHECKED
                    if event == "."
                    else DUPLICATE
                    if event in seen
                    else PROCESSED
                )
                seen.add(event)
            assert tuple(expected) == run(world, part)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"batch": 0}, "Deduplicator.batch"),
        ({"batch": 2001}, "Deduplicator.batch"),
        ({"claim_s": 0}, "Deduplicator.claim_s"),
        ({"claim_s": float("inf")}, "Deduplicator.claim_s"),
        ({"rest_s": -1}, "Deduplicator.rest_s"),
        ({"on_failure": "skip"}, "Deduplicator.on_failure .*'process', 'raise'"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings, name):
    """What a de-duplication cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        World(**settings)
