"""The journal port: one suite over every journal."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta, timezone
from itertools import count
from threading import Barrier

import pytest

from gonogo.adapters.journals import SqliteJournal
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.model.command import Abort, Answer
from gonogo.model.identifiers import QuestionId, RolloutId
from gonogo.model.record import FIRST_LINK
from gonogo.model.shard import SHARDS, Fence, Shard, shard_of
from gonogo.ports.journal import FencedOff, JournalConflict, PlaceTaken, Snapshot
from gonogo.testing.journal import MemoryJournal
from tests.conformance.journal_samples import (
    ALOK,
    EVENTS,
    NOON,
    OTHER,
    ROLLOUT,
    THIRD,
    WALL,
    append,
    item,
    standing,
)

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def database(postgres):
    """Give a database for all tests of this module; each has a schema of its own."""
    yield postgres.create_database("every_journal")
    postgres.drop_database("every_journal")


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def opened(request, tmp_path):
    """Give a function that opens one empty journal of each kind again and again."""
    with ExitStack() as stack:
        if request.param == "memory":
            journal = MemoryJournal()
            yield lambda: journal
        elif request.param == "sqlite":
            path = tmp_path / "journal.db"
            yield lambda: stack.enter_context(SqliteJournal(path))
        else:
            url, schema = request.getfixturevalue("database"), f"test {next(_NUMBERS)}"
            yield lambda: stack.enter_context(PostgresJournal(url, schema=schema))


@pytest.fixture
def journal(opened):
    """Give an empty journal of each kind."""
    return opened()


def test_what_was_appended_is_read_back_with_both_times(journal):
    """A record holds the event, when it was in the plan's time, and on the wall."""
    appended = append(journal)
    assert appended == journal.read(ROLLOUT)
    assert EVENTS == tuple(record.event for record in appended)
    assert [(NOON, WALL)] == [(r.at, r.recorded_at) for r in appended[:1]]


def test_records_are_numbered_without_a_gap_over_several_appends(journal):
    """Numbers start at 1 and go on where the last append ended."""
    append(journal, EVENTS[:1])
    append(journal, EVENTS[1:], after=1)
    assert [1, 2, 3, 4] == [record.seq for record in journal.read(ROLLOUT)]


def test_each_record_names_the_link_of_the_one_before(journal):
    """The chain starts at the first link and goes through every record."""
    append(journal, EVENTS[:2])
    append(journal, EVENTS[2:], after=2)
    records = journal.read(ROLLOUT)
    previous = [FIRST_LINK, *(record.link for record in records[:-1])]
    assert previous == [record.previous for record in records]


def test_only_the_records_behind_a_number_are_read(journal):
    """A reader goes on where it stopped."""
    append(journal)
    assert [3, 4] == [record.seq for record in journal.read(ROLLOUT, after=2)]
    assert () == journal.read(ROLLOUT, after=4)


def test_an_empty_journal_has_no_records(journal):
    """Of a rollout that never was, there is nothing."""
    assert () == journal.read(ROLLOUT)
    assert () == journal.rollouts()
    assert () == journal.received(ROLLOUT)
    assert () == journal.verify(ROLLOUT)


@pytest.mark.parametrize("after", [3, 5], ids=["too low", "too high"])
def test_an_append_in_between_is_a_conflict_that_keeps_nothing(journal, after):
    """A runner that is not at the end of the journal may not write to it."""
    append(journal)
    with pytest.raises(JournalConflict) as caught:
        append(journal, EVENTS[:1], after=after)
    assert (after, 4) == (caught.value.expected, caught.value.found)
    assert 4 == len(journal.read(ROLLOUT))


def test_rollouts_do_not_touch_each_other(journal):
    """Each rollout has a chain and numbers of its own."""
    append(journal)
    append(journal, EVENTS[:1], rollout=OTHER)
    assert (ROLLOUT, OTHER) == journal.rollouts()
    assert 1 == journal.read(OTHER)[0].seq
    assert FIRST_LINK == journal.read(OTHER)[0].previous


def test_a_sent_command_waits_until_it_is_consumed(journal):
    """What people send is kept in order, for the rollout they sent it to."""
    first = Answer(at=NOON, by=ALOK, question=QuestionId("q"), answer="yes")
    second = Abort(at=NOON, by=ALOK, reason="enough")
    journal.send(ROLLOUT, first)
    journal.send(OTHER, second)
    journal.send(ROLLOUT, second)
    assert [first, second] == [r.command for r in journal.received(ROLLOUT)]
    assert [first, second] == [r.command for r in journal.received(ROLLOUT)]


def test_a_command_is_consumed_once_together_with_its_events(journal):
    """The same answer never counts twice."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    append(journal, EVENTS[:1], consumed=received.number)
    assert () == journal.received(ROLLOUT)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], after=1, consumed=received.number)
    assert 1 == len(journal.read(ROLLOUT))


def test_a_command_stays_when_the_append_is_refused(journal):
    """Events and consumption are one transaction: all or nothing."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], after=7, consumed=received.number)
    assert (received,) == journal.received(ROLLOUT)


def test_a_command_can_be_consumed_without_events(journal):
    """A command that changes nothing is dropped all the same."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    assert () == append(journal, (), consumed=received.number)
    assert () == journal.received(ROLLOUT)


def test_a_command_for_another_rollout_is_not_consumed(journal):
    """A runner consumes only what was sent to its own rollout."""
    journal.send(OTHER, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(OTHER)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], consumed=received.number)
    assert (received,) == journal.received(OTHER)


def test_an_untouched_chain_verifies(journal):
    """What nobody changed holds, also over several appends."""
    append(journal, EVENTS[:2])
    append(journal, EVENTS[2:], after=2)
    assert () == journal.verify(ROLLOUT)


def test_of_many_writers_at_once_exactly_one_wins_each_record(journal):
    """Threads that race for the same number get it once, and a conflict else."""

    def attempt(_):
        try:
            append(journal, EVENTS[:1], after=0)
        except JournalConflict:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(attempt, range(24)))
    assert () == journal.verify(ROLLOUT)


def test_a_memory_journal_finds_a_changed_record():
    """The fake's verify looks at the chain too."""
    journal = MemoryJournal()
    append(journal)
    records = journal.records[ROLLOUT]
    records[1] = replace(records[1], event=EVENTS[0])
    assert 2 == journal.verify(ROLLOUT)[0].seq


# --- batches ------------------------------------------------------------------------


def test_a_batch_adds_to_each_of_its_rollouts(journal):
    """The answer is what each rollout's journal then holds, in the order asked."""
    append(journal, EVENTS[:2])
    answers = journal.append_all(
        (item(OTHER), item(ROLLOUT, EVENTS[2:], after=2), item(THIRD, EVENTS))
    )
    assert [[1], [3, 4], [1, 2, 3, 4]] == [[r.seq for r in each] for each in answers]
    assert answers == (
        journal.read(OTHER),
        journal.read(ROLLOUT, after=2),
        journal.read(THIRD),
    )
    assert ((), (), ()) == tuple(map(journal.verify, (ROLLOUT, OTHER, THIRD)))


def test_an_empty_batch_does_nothing(journal):
    """A turn in which nothing was decided needs no commit."""
    assert () == journal.append_all(())


def test_what_fails_in_a_batch_leaves_the_others(journal):
    """Each append holds or fails by itself, and says why."""
    append(journal)
    answers = journal.append_all(
        (
            item(ROLLOUT, after=3),
            item(OTHER),
            item(THIRD, consumed=7),
            item(RolloutId("qc-4")),
        )
    )
    conflict, held, consumed, last = answers
    assert isinstance(conflict, JournalConflict)
    assert (ROLLOUT, 3, 4) == (conflict.rollout, conflict.expected, conflict.found)
    assert isinstance(consumed, JournalConflict)
    assert "command" in str(consumed)
    assert (held, last) == (journal.read(OTHER), journal.read(RolloutId("qc-4")))
    assert () == journal.read(THIRD)
    assert 4 == len(journal.read(ROLLOUT))


def test_of_a_failed_append_nothing_is_kept(journal):
    """Its standing, its snapshot and its command stay as they were."""
    append(journal, standing=standing())
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    failed = item(
        after=1,
        consumed=received.number,
        standing=standing(phase="ended", ended_at=NOON),
        snapshot=Snapshot(seq=2, form="1", body=b"state"),
    )
    (answer,) = journal.append_all((failed,))
    assert isinstance(answer, JournalConflict)
    assert (standing(),) == journal.standings()
    assert (received,) == journal.received(ROLLOUT)
    assert journal.snapshot(ROLLOUT) is None


def test_a_batch_consumes_the_command_of_each_rollout(journal):
    """One command each, in the same transaction as its events; never twice."""
    for rollout in (ROLLOUT, OTHER):
        journal.send(rollout, Abort(at=NOON, by=ALOK))
    first, second = journal.received_since(0, most=9)
    batch = (
        item(ROLLOUT, consumed=first.number),
        item(OTHER, (), consumed=second.number),
    )
    assert (1, 0) == tuple(map(len, journal.append_all(batch)))
    assert () == journal.received_since(0, most=9)
    again = (item(ROLLOUT, after=1, consumed=first.number), item(OTHER, (), consumed=2))
    answers = journal.append_all(again)
    assert [JournalConflict] * 2 == [type(each) for each in answers]


def test_two_connections_with_the_same_batch_add_each_record_once(opened):
    """Whoever comes second is told of a conflict for each rollout, and adds nothing."""
    rollouts = [RolloutId(f"r-{number}") for number in range(20)]
    start = Barrier(2)

    def attempt(given):
        journal, order = given
        start.wait()
        return journal.append_all([item(rollout, EVENTS) for rollout in order])

    with ThreadPoolExecutor(2) as pool:
        both = ((opened(), rollouts), (opened(), rollouts[::-1]))
        answers = [each for batch in pool.map(attempt, both) for each in batch]
    assert 20 == sum(isinstance(each, tuple) for each in answers)
    assert 20 == sum(isinstance(each, JournalConflict) for each in answers)
    reader = opened()
    for rollout in rollouts:
        assert [1, 2, 3, 4] == [r.seq for r in reader.read(rollout)]
        assert () == reader.verify(rollout)


def test_a_chain_verifies_while_another_connection_appends(opened):
    """Both ends of a chain are looked at in the same moment."""
    writer, reader = opened(), opened()

    def write():
        for seq in range(150):
            append(writer, EVENTS[:1], after=seq)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        looks = 0
        while not writing.done() or not looks:
            assert () == reader.verify(ROLLOUT)
            looks += 1
        writing.result()


# --- fences -------------------------------------------------------------------------


def fences(journal, *rollouts):
    """Take the shards of rollouts over, and return the fences by rollout."""
    taken = journal.next_epochs([shard_of(rollout) for rollout in rollouts])
    return [fence for fence, _ in taken]


def test_an_older_epoch_is_refused_and_the_last_one_holds(journal):
    """A worker that was passed over adds nothing; below, at and above the epoch."""
    (old,), (now,) = fences(journal, ROLLOUT), fences(journal, ROLLOUT)
    (answer,) = journal.append_all((item(fence=old),))
    assert isinstance(answer, FencedOff)
    assert () == journal.read(ROLLOUT)
    (answer,) = journal.append_all((item(fence=now),))
    assert isinstance(answer, tuple)
    later = Fence(shard=now.shard, epoch=now.epoch + 1)
    (answer,) = journal.append_all((item(after=1, fence=later),))
    assert isinstance(answer, tuple)


def test_a_fence_is_judged_before_the_number(journal):
    """Who has lost the shard is told so, and not to read the journal anew."""
    (old,) = fences(journal, ROLLOUT)
    fences(journal, ROLLOUT)
    (answer,) = journal.append_all((item(after=5, fence=old),))
    assert isinstance(answer, FencedOff)
    assert "taken rollout qc-1 over" in str(answer)


def test_each_append_of_a_batch_has_a_fence_of_its_own(journal):
    """Losing one shard does not stop the rollouts of another."""
    assert shard_of(ROLLOUT) != shard_of(OTHER)
    lost, kept = fences(journal, ROLLOUT, OTHER)
    fences(journal, ROLLOUT)
    answers = journal.append_all(
        (item(ROLLOUT, fence=lost), item(OTHER, fence=kept), item(THIRD))
    )
    assert [FencedOff, tuple, tuple] == [type(each) for each in answers]


def test_epochs_of_a_shard_rise_by_one_and_shards_are_apart(journal):
    """Each take-over gives a later fence; all shards are taken with one commit."""
    every = [Shard(number) for number in range(SHARDS)]
    first = journal.next_epochs(every)
    assert every == [fence.shard for fence, _ in first]
    assert {1} == {fence.epoch for fence, _ in first}
    assert [(Fence(shard=Shard(5), epoch=2), False)] == [
        *journal.next_epochs([Shard(5)])
    ]
    assert [1, 3, 1] == [
        f.epoch - (f.shard != 5)
        for f, _ in journal.next_epochs([Shard(6), Shard(5), Shard(4)])
    ]


def test_a_shard_is_clean_once_when_its_holder_left_it(journal):
    """Never held is not clean; left is, for the next holder only."""
    shard = shard_of(ROLLOUT)
    ((first, clean),) = journal.next_epochs([shard])
    assert not clean
    journal.left([first])
    ((_, clean),) = journal.next_epochs([shard])
    assert clean
    ((_, clean),) = journal.next_epochs([shard])
    assert not clean


def test_a_holder_that_was_passed_over_leaves_no_mark(journal):
    """Whoever has the shard now says how it was left."""
    shard = shard_of(ROLLOUT)
    ((old, _),) = journal.next_epochs([shard])
    journal.next_epochs([shard])
    journal.left([old])
    ((_, clean),) = journal.next_epochs([shard])
    assert not clean


def test_nothing_of_an_old_epoch_is_kept_once_a_shard_was_taken(opened):
    """The fence holds against a worker on another connection, whatever it is doing."""
    worker, taker = opened(), opened()
    (fence,) = fences(worker, ROLLOUT)

    def work():
        for seq in range(10_000):
            (answer,) = worker.append_all((item(after=seq, fence=fence),))
            if not isinstance(answer, tuple):
                return answer
        return None

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        while not taker.read(ROLLOUT):
            pass
        fences(taker, ROLLOUT)
        length = len(taker.read(ROLLOUT))
        assert isinstance(working.result(), FencedOff)
    assert length == len(taker.read(ROLLOUT))


# --- standings, places and snapshots --------------------------------------------------


def test_a_standing_is_read_back_as_it_was(journal):
    """Odd strings and the offsets of instants survive."""
    abroad = timezone(timedelta(hours=5, minutes=30))
    kept = standing(
        due=WALL.astimezone(abroad), environment="prod \x00 ü “x”", soaking=True
    )
    append(journal, standing=kept)
    (read,) = journal.standings()
    assert kept == read
    assert kept.due.isoformat() == read.due.isoformat()


def test_the_last_standing_is_the_one_that_counts(journal):
    """Each append may say it anew; one that does not leaves it."""
    append(journal, EVENTS[:1], standing=standing())
    append(journal, EVENTS[1:2], after=1, standing=standing(phase="paused", due=WALL))
    append(journal, EVENTS[2:], after=2)
    assert (standing(phase="paused", due=WALL),) == journal.standings()


def test_a_standing_can_be_kept_without_an_event(journal):
    """Of a rollout that an earlier version began, it is filled in later."""
    append(journal)
    append(journal, rollout=OTHER)
    assert (ROLLOUT, OTHER) == journal.without_standing()
    assert () == append(journal, (), after=4, rollout=OTHER, standing=standing(OTHER))
    assert (ROLLOUT,) == journal.without_standing()
    assert (standing(OTHER),) == journal.standings()
    with pytest.raises(JournalConflict):
        append(journal, (), after=3, standing=standing(environment="test"))


def test_standings_come_by_the_age_of_their_rollouts(journal):
    """The order is that in which the rollouts began."""
    for rollout in (OTHER, ROLLOUT, THIRD):
        append(journal, rollout=rollout)
    for rollout in (THIRD, OTHER, ROLLOUT):
        kept = standing(rollout, environment=f"of {rollout}")
        append(journal, (), after=4, rollout=rollout, standing=kept)
    found = [each.rollout for each in journal.standings()]
    assert [OTHER, ROLLOUT, THIRD] == found
    assert tuple(found) == journal.rollouts()


def test_standings_are_told_apart_by_end_and_shard(journal):
    """A worker asks for those under way in its shard; `status` for all."""
    assert shard_of(ROLLOUT) != shard_of(OTHER)
    under_way, ended = standing(), standing(OTHER, ended_at=WALL)
    append(journal, standing=under_way)
    append(journal, rollout=OTHER, standing=ended)
    mine, others = shard_of(ROLLOUT), shard_of(OTHER)
    assert (under_way, ended) == journal.standings()
    assert (under_way,) == journal.standings(under_way=True)
    assert (ended,) == journal.standings(shard=others)
    assert () == journal.standings(under_way=True, shard=others)
    assert (under_way,) == journal.standings(under_way=True, shard=mine)


def test_a_place_has_one_rollout_under_way(journal):
    """The second one is refused with the name of the first, and nothing is kept."""
    append(journal, standing=standing())
    with pytest.raises(PlaceTaken) as caught:
        append(journal, rollout=OTHER, standing=standing(OTHER))
    assert (OTHER, ROLLOUT) == (caught.value.rollout, caught.value.holder)
    assert (ROLLOUT,) == journal.rollouts()
    append(journal, rollout=OTHER, standing=standing(OTHER, environment="test"))


def test_a_place_is_free_again_after_the_end(journal):
    """Ended, a rollout stands in nobody's way; it may still be spoken of."""
    append(journal, standing=standing())
    ended = standing(ended_at=WALL)
    append(journal, EVENTS[:1], after=4, standing=ended)
    append(journal, rollout=OTHER, standing=standing(OTHER))
    append(journal, EVENTS[:1], after=5, standing=ended)
    with pytest.raises(PlaceTaken):
        append(journal, rollout=THIRD, standing=standing(THIRD))


def test_a_rollout_does_not_stand_in_its_own_way(journal):
    """Every append of a rollout under way may repeat its standing."""
    append(journal, standing=standing())
    append(journal, EVENTS[:1], after=4, standing=standing(phase="soaking"))


@pytest.mark.parametrize("first", [ROLLOUT, OTHER], ids=["end first", "begin first"])
def test_within_a_batch_a_place_goes_on_in_order(journal, first):
    """An append sees what those before it in the batch do, and nothing behind it."""
    append(journal, standing=standing())
    end = item(after=4, standing=standing(ended_at=WALL))
    begin = item(OTHER, standing=standing(OTHER))
    batch = (end, begin) if first == ROLLOUT else (begin, end)
    answers = dict(
        zip([each.rollout for each in batch], journal.append_all(batch), strict=True)
    )
    assert isinstance(answers[ROLLOUT], tuple)
    expected = tuple if first == ROLLOUT else PlaceTaken
    assert isinstance(answers[OTHER], expected)


def test_of_two_in_one_batch_the_first_gets_the_place(journal):
    """A place is taken at once, also for the rest of the batch."""
    batch = [item(each, standing=standing(each)) for each in (OTHER, ROLLOUT)]
    held, refused = journal.append_all(batch)
    assert held == journal.read(OTHER)
    assert isinstance(refused, PlaceTaken)
    assert OTHER == refused.holder


def test_of_many_that_begin_at_once_exactly_one_gets_the_place(opened):
    """Over connections of their own, in every round."""
    journals = [opened() for _ in range(4)]
    start = Barrier(4)

    def begin(given):
        round_, number = given
        rollout = RolloutId(f"{round_}-{number}")
        mine = standing(rollout, environment=f"round {round_}")
        start.wait()
        (answer,) = journals[number].append_all((item(rollout, standing=mine),))
        return answer

    with ThreadPoolExecutor(4) as pool:
        for round_ in range(10):
            answers = list(pool.map(begin, [(round_, number) for number in range(4)]))
            assert 1 == sum(isinstance(each, tuple) for each in answers)
            assert 3 == sum(isinstance(each, PlaceTaken) for each in answers)
    assert 10 == len(opened().standings())


def test_the_last_snapshot_is_read_back(journal):
    """One a rollout: the next one takes its place, and none leaves it."""
    assert journal.snapshot(ROLLOUT) is None
    first = Snapshot(seq=1, form="1", body=b"\x00\xff state")
    second = replace(first, seq=2, form="2", body=b"")
    journal.append_all((item(snapshot=first),))
    assert first == journal.snapshot(ROLLOUT)
    journal.append_all((item(after=1, snapshot=second), item(OTHER, snapshot=first)))
    journal.append_all((item(after=2),))
    assert (second, first) == (journal.snapshot(ROLLOUT), journal.snapshot(OTHER))


# --- commands -------------------------------------------------------------------------


def test_a_runner_hears_of_all_rollouts_in_the_order_sent(journal):
    """It goes on behind the last one heard of, a bounded number at a time."""
    reasons = ["first", "second", "third"]
    for rollout, reason in zip((ROLLOUT, OTHER, ROLLOUT), reasons, strict=True):
        journal.send(rollout, Abort(at=NOON, by=ALOK, reason=reason))
    heard = journal.received_since(0, most=2)
    assert [(ROLLOUT, "first"), (OTHER, "second")] == [
        (each.rollout, each.command.reason) for each in heard
    ]
    (third,) = journal.received_since(heard[-1].number, most=2)
    assert "third" == third.command.reason
    assert () == journal.received_since(third.number, most=2)


def test_a_consumed_command_is_heard_of_no_more(journal):
    """Also when the numbers before and behind it still wait."""
    for _ in range(3):
        journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    first, second, third = journal.received_since(0, most=9)
    append(journal, consumed=second.number)
    assert (first, third) == journal.received_since(0, most=9)
    append(journal, (), after=4, consumed=third.number)
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    assert third.number < journal.received_since(first.number, most=9)[0].number


def test_a_reader_that_goes_on_behind_the_last_number_misses_no_command(opened):
    """However many send at once, numbers come up in the order of the commits."""
    senders, reader = [opened() for _ in range(4)], opened()

    def send(journal):
        for _ in range(25):
            journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))

    heard, last = 0, 0
    with ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(send, each) for each in senders]
        while True:
            done = all(each.done() for each in sending)
            found = reader.received_since(last, most=7)
            heard, last = heard + len(found), found[-1].number if found else last
            if done and not found:
                break
        for each in sending:
            each.result()
    assert 100 == heard


def test_at_most_so_many_records_are_read(journal):
    """A long journal is read in parts."""
    append(journal)
    assert [2, 3] == [r.seq for r in journal.read(ROLLOUT, after=1, most=2)]
    assert [4] == [r.seq for r in journal.read(ROLLOUT, after=3, most=2)]
