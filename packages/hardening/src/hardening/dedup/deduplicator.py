"""The de-duplication: takes the steps of settling, with a store and a handler."""

import os
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from itertools import count
from typing import Generic, TypeVar, cast

from hardening.core import (
    Clock,
    Entropy,
    Listener,
    Measure,
    Switch,
    SystemClock,
    SystemEntropy,
    always_on,
    ignore,
    require,
)
from hardening.dedup.counts import Counts
from hardening.dedup.errors import StoreUnavailable
from hardening.dedup.events import (
    DedupEvent,
    DuplicateSkipped,
    KeyMissing,
)
from hardening.dedup.guarded import BothStores, GuardedStore
from hardening.dedup.key import Key, packed
from hardening.dedup.settling import (
    Answer,
    Handle,
    Look,
    Mark,
    OnFailure,
    Outcome,
    Release,
    Settled,
    Step,
    settle,
)
from hardening.dedup.store import Claim, Sight

E = TypeVar("E")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()
_BATCH_MAX = 2_000  # more saves no time, and a crash repeats them all


class Deduplicator(Generic[E]):
    """
    Runs handlers once for each key, as well as that can be done; share it freely.

    At least once, honestly: an event is marked after its handler returned. It is
    handled again when the process ends between the two, when the store forgot it (its
    window, a restart, a full memory), when the store was away, or when two consumers
    have it at the same time and nobody claims.

    Args:
        store: Remembers what was processed, for as long as its window says.
        key: Reads from an event what tells it from others; None where there is nothing.
            What it raises ends the batch before anything is handled.
        name: For events and measures.
        batch: How many events at most between two marks; a crash repeats no more.
        claim_s: Lets nobody else process the same keys meanwhile, for at most this
            long; give it more than the slowest event takes. None claims nothing.
        on_failure: What a store that does not answer means.
        rest_s: How long such a store is left alone, where events are handled anyway.
        listener: Told of duplicates, events without a key, and the store's outages.
        switch: Off hands every event to its handler, and marks nothing.
        clock: Measures claims and rests.
        entropy: Tells this object's claims from others'.

    Raises:
        InvalidSetting: A number is out of its range.
    """

    def __init__(
        self,
        store: BothStores,
        *,
        key: Callable[[E], Key | None],
        name: str = "events",
        batch: int = 100,
        claim_s: float | None = None,
        on_failure: OnFailure = OnFailure.PROCESS,
        rest_s: float = 1.0,
        listener: Listener[DedupEvent] = ignore,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
        entropy: Entropy = _ENTROPY,
    ) -> None:
        holds = 1 <= batch <= _BATCH_MAX
        require("Deduplicator.batch", batch, f"from 1 to {_BATCH_MAX}", holds=holds)
        holds = claim_s is None or 0 < claim_s < float("inf")
        require("Deduplicator.claim_s", claim_s, "more than 0 and finite", holds=holds)
        holds = 0 <= rest_s < float("inf")
        require("Deduplicator.rest_s", rest_s, "0 or more and finite", holds=holds)
        modes = tuple(OnFailure)
        rule = "one of " + ", ".join(repr(mode.value) for mode in modes)
        holds = on_failure in modes
        require("Deduplicator.on_failure", on_failure, rule, holds=holds)
        self._key = key
        self._name = name
        self._batch = batch
        self._claim_s = claim_s
        self._on_failure = OnFailure(on_failure)
        self._listener = listener
        self._switch = switch
        self._clock = clock
        self._counts = Counts()
        asks_always = self._on_failure is OnFailure.RAISE
        rest_s = 0.0 if asks_always else rest_s
        self._store = GuardedStore(store, name, rest_s, listener=listener, clock=clock)
        self._owner = f"{entropy.chance():.17f}"[2:]
        self._numbers = count()

    def process(self, event: E, handler: Callable[[E], object]) -> Outcome:
        """
        Handle an event unless it was processed before.

        Returns:
            What became of it; after `BUSY`, ask again later.

        Raises:
            StoreUnavailable: The store did not answer, and that is to be an error.
        """
        if self._claim_s is not None or not self._switch():
            return self.process_batch((event,), handler)[0]
        key = self._packed(event)
        outcome = Outcome.UNCHECKED if key is None else self._asked(key)
        if outcome is not Outcome.DUPLICATE:
            handler(event)
            if key is not None:
                self._mark(key)
        return self._counted_one(outcome)

    async def process_async(
        self, event: E, handler: Callable[[E], Awaitable[object]]
    ) -> Outcome:
        """Do as `process`, for a coroutine function."""
        if self._claim_s is not None or not self._switch():
            return (await self.process_batch_async((event,), handler))[0]
        key = self._packed(event)
        outcome = Outcome.UNCHECKED if key is None else await self._asked_async(key)
        if outcome is not Outcome.DUPLICATE:
            await handler(event)
            if key is not None:
                await self._mark_async(key)
        return self._counted_one(outcome)

    def process_batch(
        self, events: Sequence[E], handler: Callable[[E], object]
    ) -> tuple[Outcome, ...]:
        """
        Handle events in their order, unless they were processed before.

        The store is asked once and told once for each `batch` of them.

        Returns:
            What became of them; it is shorter where one is `BUSY`: that is the last,
            and those after it wait for it.

        Raises:
            StoreUnavailable: The store did not answer, and that is to be an error.
        """
        return _outcomes(self.settle(events, handler))

    async def process_batch_async(
        self, events: Sequence[E], handler: Callable[[E], Awaitable[object]]
    ) -> tuple[Outcome, ...]:
        """Do as `process_batch`, for a coroutine function."""
        return _outcomes(await self.settle_async(events, handler))

    def settle(self, events: Sequence[E], handler: Callable[[E], object]) -> Settled:
        """
        Handle events as `process_batch` does; say how far it came instead of raising.

        For whoever acknowledges: the first `Settled.count` events are done, whatever
        ended the batch. What ends the program is raised, once the marks are made.
        """
        if not self._switch():
            return self._counted(_handled(events, handler))
        keyed = [(event, self._packed(event)) for event in events]
        steps = self._steps(keyed)
        until_s = float("inf")
        try:
            step = next(steps)
            while True:
                try:
                    answer: Answer = None
                    match step:
                        case Handle(event):
                            handler(event)
                            answer = self._in_time(until_s)
                        case Look(keys, claim):
                            until_s = self._until_s()
                            answer = self._store.look(keys, claim)
                        case Mark(keys, claim):
                            self._store.mark(keys, claim)
                        case Release(keys, held):
                            self._store.release(keys, held)
                except BaseException as error:  # noqa: BLE001 - the steps decide
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as ended:
            return self._told(keyed, cast("Settled", ended.value))

    async def settle_async(
        self, events: Sequence[E], handler: Callable[[E], Awaitable[object]]
    ) -> Settled:
        """Do as `settle`, for a coroutine function."""
        if not self._switch():
            return self._counted(await _handled_async(events, handler))
        keyed = [(event, self._packed(event)) for event in events]
        steps = self._steps(keyed)
        until_s = float("inf")
        try:
            step = next(steps)
            while True:
                try:
                    answer: Answer = None
                    match step:
                        case Handle(event):
                            await handler(event)
                            answer = self._in_time(until_s)
                        case Look(keys, claim):
                            until_s = self._until_s()
                            answer = await self._store.look_async(keys, claim)
                        case Mark(keys, claim):
                            await self._store.mark_async(keys, claim)
                        case Release(keys, held):
                            await self._store.release_async(keys, held)
                except BaseException as error:  # noqa: BLE001 - the steps decide
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as ended:
            return self._told(keyed, cast("Settled", ended.value))

    def measures(self) -> Iterable[Measure]:
        """Return outcomes, failures, and how much is remembered, as they stand."""
        yield from self._counts.measures(self._name)
        yield from self._store.measures()

    # One event that nobody claims goes without the steps, which take 10 µs for it.

    def _asked(self, key: bytes) -> Outcome:
        """Ask the store what will become of one event."""
        try:
            return self._outcome(key, self._store.look((key,), None))
        except StoreUnavailable:
            if self._on_failure is OnFailure.RAISE:
                raise
            return Outcome.UNCHECKED

    async def _asked_async(self, key: bytes) -> Outcome:
        """Do as `_asked`."""
        try:
            return self._outcome(key, await self._store.look_async((key,), None))
        except StoreUnavailable:
            if self._on_failure is OnFailure.RAISE:
                raise
            return Outcome.UNCHECKED

    def _outcome(self, key: bytes, sights: Sequence[Sight] | None) -> Outcome:
        """Return what a sight means, and tell of a duplicate."""
        if sights is None:
            return Outcome.UNCHECKED
        if sights[0] is not Sight.SEEN:
            return Outcome.PROCESSED
        self._listener(DuplicateSkipped(name=self._name, key=key))
        return Outcome.DUPLICATE

    def _mark(self, key: bytes) -> None:
        """Mark one event."""
        try:
            self._store.mark((key,), None)
        except StoreUnavailable:
            if self._on_failure is OnFailure.RAISE:
                raise

    async def _mark_async(self, key: bytes) -> None:
        """Do as `_mark`."""
        try:
            await self._store.mark_async((key,), None)
        except StoreUnavailable:
            if self._on_failure is OnFailure.RAISE:
                raise

    def _counted_one(self, outcome: Outcome) -> Outcome:
        """Count one outcome, the frequent ones first."""
        if outcome is Outcome.PROCESSED:
            self._counts.processed += 1
        elif outcome is Outcome.DUPLICATE:
            self._counts.duplicates += 1
        else:
            self._counts.unchecked += 1
        return outcome

    def _packed(self, event: E) -> bytes | None:
        """Return an event's packed key; count and tell where there is none."""
        key = self._key(event)
        if key is not None:
            return packed(key)
        self._counts.keyless += 1
        self._listener(KeyMissing(name=self._name))
        return None

    def _steps(
        self, keyed: Sequence[tuple[E, bytes | None]]
    ) -> Generator[Step[E], Answer, Settled]:
        """Return the steps that settle these events."""
        return settle(
            keyed,
            batch=self._batch,
            on_failure=self._on_failure,
            claims=self._claim,
        )

    def _claim(self) -> Claim | None:
        """Return a claim that nobody made before, also in a forked process."""
        if self._claim_s is None:
            return None
        token = f"{self._owner}-{os.getpid()}-{next(self._numbers)}"
        return Claim(token, self._claim_s)

    def _until_s(self) -> float:
        """Return when a claim made now runs out."""
        if self._claim_s is None:
            return float("inf")
        return self._clock.monotonic_s() + self._claim_s

    def _in_time(self, until_s: float) -> bool:
        """Tell whether the claim holds for another event."""
        return self._claim_s is None or self._clock.monotonic_s() < until_s

    def _told(
        self, keyed: Sequence[tuple[E, bytes | None]], settled: Settled
    ) -> Settled:
        """Count the outcomes and tell of duplicates."""
        for (_, key), outcome in zip(keyed, settled.outcomes, strict=False):
            if outcome is Outcome.DUPLICATE and key is not None:
                self._listener(DuplicateSkipped(name=self._name, key=key))
        return self._counted(settled)

    def _counted(self, settled: Settled) -> Settled:
        """Count the outcomes; raise what ends the program."""
        self._counts.add(settled.outcomes)
        if settled.error is not None and not isinstance(settled.error, Exception):
            raise settled.error
        return settled


def _outcomes(settled: Settled) -> tuple[Outcome, ...]:
    """Return the outcomes, or raise what ended the batch."""
    if settled.error is not None:
        raise settled.error
    return settled.outcomes


def _handled(events: Sequence[E], handler: Callable[[E], object]) -> Settled:
    """Handle all, as if there were no de-duplication."""
    outcomes: list[Outcome] = []
    try:
        for event in events:
            handler(event)
            outcomes.append(Outcome.OFF)
    except Exception as error:  # noqa: BLE001 - it is returned
        return Settled(tuple(outcomes), error)
    return Settled(tuple(outcomes))


async def _handled_async(
    events: Sequence[E], handler: Callable[[E], Awaitable[object]]
) -> Settled:
    """Handle all, as if there were no de-duplication."""
    outcomes: list[Outcome] = []
    try:
        for event in events:
            await handler(event)
            outcomes.append(Outcome.OFF)
    except Exception as error:  # noqa: BLE001 - it is returned
        return Settled(tuple(outcomes), error)
    return Settled(tuple(outcomes))
