"""A store that may be away: asked seldom while it is, and told later what it missed."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from hardening.core import Clock, Kind, Listener, Measure, Sample
from hardening.dedup.errors import StoreUnavailable
from hardening.dedup.events import DedupEvent, StoreFailed, StoreRecovered
from hardening.dedup.outage import Outage
from hardening.dedup.store import AsyncStore, Claim, Sight, Store


class BothStores(Store, AsyncStore, Protocol):
    """A store for plain code and for coroutines."""


class GuardedStore:
    """
    Asks a store, counts and tells of its outages.

    Args:
        store: The one to ask.
        name: Of the de-duplication, for events and measures.
        rest_s: How long to leave it alone after a failure.
        listener: Told of failures, and of the recovery.
        clock: Measures the rest.
    """

    __slots__ = ("_clock", "_failures", "_listener", "_name", "_outage", "_store")

    def __init__(
        self,
        store: BothStores,
        name: str,
        rest_s: float,
        *,
        listener: Listener[DedupEvent],
        clock: Clock,
    ) -> None:
        self._store = store
        self._name = name
        self._outage = Outage(rest_s)
        self._listener = listener
        self._clock = clock
        self._failures = 0

    def look(
        self, keys: Sequence[bytes], claim: Claim | None
    ) -> Sequence[Sight] | None:
        """
        Ask what is known of keys; mark first what is owed.

        Returns:
            None while the store rests.

        Raises:
            StoreUnavailable: It did not answer.
        """
        owed: tuple[bytes, ...] = ()
        try:
            if self._outage.failed and self._rests():
                return None
            # Also when nothing failed last: what a mark owes since another's look began
            # is owed although that look was answered.
            if self._outage.owed:
                owed = self._outage.take_owed()
                self._store.mark(owed, None)
            sights = self._store.look(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, owed)
            raise
        except BaseException:
            self._outage.owe(owed)  # a cancellation says not how far it came
            raise
        self._answered(len(owed))
        return sights

    def mark(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """
        Remember keys; those that cannot be told are owed.

        Raises:
            StoreUnavailable: It did not answer.
        """
        if self._outage.failed and self._rests():
            self._outage.owe(keys)
            return
        try:
            self._store.mark(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, keys)
            raise

    def release(self, keys: Sequence[bytes], claim: Claim) -> None:
        """
        Let go of claims.

        Raises:
            StoreUnavailable: It did not answer.
        """
        try:
            self._store.release(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, ())
            raise

    async def look_async(
        self, keys: Sequence[bytes], claim: Claim | None
    ) -> Sequence[Sight] | None:
        """Do as `look`."""
        owed: tuple[bytes, ...] = ()
        try:
            if self._outage.failed and self._rests():
                return None
            # Also when nothing failed last: what a mark owes since another's look began
            # is owed although that look was answered.
            if self._outage.owed:
                owed = self._outage.take_owed()
                await self._store.mark_async(owed, None)
            sights = await self._store.look_async(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, owed)
            raise
        except BaseException:
            self._outage.owe(owed)  # a cancellation says not how far it came
            raise
        self._answered(len(owed))
        return sights

    async def mark_async(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Do as `mark`."""
        if self._outage.failed and self._rests():
            self._outage.owe(keys)
            return
        try:
            await self._store.mark_async(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, keys)
            raise

    async def release_async(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Do as `release`."""
        try:
            await self._store.release_async(keys, claim)
        except StoreUnavailable as error:
            self._failed(error, ())
            raise

    def measures(self) -> Iterable[Measure]:
        """Return failures, what is remembered and what is owed, as they stand."""
        label = (("name", self._name),)
        yield Measure(
            "hardening_dedup_store_failures",
            "Questions that the store did not answer.",
            Kind.COUNTER,
            (Sample(self._failures, label),),
        )
        yield Measure(
            "hardening_dedup_remembered",
            "Keys in the store, when it last said.",
            Kind.GAUGE,
            (Sample(self._store.size, label),),
        )
        yield Measure(
            "hardening_dedup_owed",
            "Keys to be marked once the store is back.",
            Kind.GAUGE,
            (Sample(self._outage.owed, label),),
        )

    def _rests(self) -> bool:
        """Tell whether to leave the store alone."""
        return self._outage.rests(self._clock.monotonic_s())

    def _failed(self, error: StoreUnavailable, owed: Sequence[bytes]) -> None:
        """Count and tell a failure; remember what could not be marked."""
        self._failures += 1
        self._outage.owe(owed)
        self._outage.began(self._clock.monotonic_s())
        self._listener(StoreFailed(name=self._name, error=error))

    def _answered(self, owed: int) -> None:
        """Tell the first answer after a failure."""
        if self._outage.failed:
            self._outage.failed = False
            self._listener(StoreRecovered(name=self._name, owed=owed))
