"""What a cache of results decides, without asking Redis."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from hardening.cache.codec import Codec
from hardening.cache.counts import Counts, measures_of
from hardening.cache.errors import InvalidationUnconfirmed
from hardening.cache.events import (
    CacheEvent,
    CacheInvalidated,
    CacheLoadOvertaken,
    CacheRefused,
)
from hardening.cache.fallback import Fallback, Kept
from hardening.cache.identity import fresh_name
from hardening.cache.landing import Landing, Loaded
from hardening.cache.memory import Memory
from hardening.cache.misses import Missed, recall, remember
from hardening.cache.payload import Form, Negative, Refused
from hardening.cache.store import Found, Lead, Taken, Ticket
from hardening.core import Clock, Entropy, Listener, Measure, require

V = TypeVar("V")

_FIRST_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 0.1


class Rules(Generic[V]):
    """
    Holds a cache's settings and counts, and what does not wait for anything.

    Its settings are those of `ResultCache`, and it counts and tells for it.
    """

    def __init__(
        self,
        name: str,
        *,
        codec: Codec[V],
        ttl_s: float,
        jitter: float,
        grace_s: float,
        lease_s: float,
        wait_s: float,
        stale_s: float,
        negative: Negative | None,
        bytes_max: int,
        entries_max: int,
        listener: Listener[CacheEvent],
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        positive = {
            "ttl_s": ttl_s,
            "lease_s": lease_s,
            "wait_s": wait_s,
            "stale_s": stale_s,
            "bytes_max": bytes_max,
            "entries_max": entries_max,
        }
        _check(name, positive, grace_s=grace_s, jitter=jitter)
        self.name = name
        self.form = Form(name, codec, bytes_max)
        self.ttl_s = ttl_s
        self._jitter = jitter
        self._grace_s = grace_s
        self._lease_s = lease_s
        self.wait_s = wait_s
        self._stale_s = stale_s
        self._negative = negative
        self._listener = listener
        self._clock = clock
        self._entropy = entropy
        self.counts = Counts()
        self.fallback = Fallback(
            name,
            Memory(entries_max),
            clock=clock,
            counts=self.counts,
            listener=listener,
        )

    def ticket(self) -> Ticket:
        """Return what a reader brings who may have to load."""
        return Ticket(
            holder=fresh_name(self._entropy),
            lease_s=self._lease_s,
            grace_s=self._grace_s,
        )

    def pauses(self) -> Iterator[float]:
        """Yield how long to wait for another's load, again and again, until it is enough."""
        deadline_s = self._clock.monotonic_s() + self.wait_s
        pause_s = _FIRST_PAUSE_S
        while (left_s := deadline_s - self._clock.monotonic_s()) > 0:
            yield min(pause_s, left_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def kept_s(self, ttl_s: float) -> float:
        """Return how long a result stays in the store: its life, spread, and the grace."""
        return ttl_s * (1 - self._jitter * self._entropy.chance()) + self._grace_s

    def known(self, payload: bytes, *, late: bool) -> Loaded[V] | None:
        """
        Return the value of a payload; None when it cannot be read.

        Raises:
            RememberedFailure: It stands for a failure.
        """
        try:
            value = self.form.unpack(payload)
        except Refused as refused:
            self._refused(refused)
            return None
        self.count_hit(late=late)
        return Loaded(value, kept=True)

    @contextmanager
    def given_up(self, cache: object, key: str) -> Iterator[None]:
        """Remember a `get` that ended without an answer: its `set` stores nothing."""
        try:
            yield
        except BaseException:
            remember(cache, key, Missed(None, None))
            raise

    def found(self, cache: object, key: str, taken: Taken | None) -> bytes | None:
        """Return the bytes that a plain reader gets, and remember what it missed."""
        if isinstance(taken, Found):
            recall(cache, key)  # a later `set` is no longer the end of that load
            self.count_hit(late=taken.late)
            return self.form.unpack_bytes(taken.payload)
        payload = None
        if taken is None:
            payload = self.fallback.memory.find(key, self._clock.monotonic_s())
        if payload is not None:
            self.count_hit(late=False)
            return self.form.unpack_bytes(payload)
        self.counts.loads += 1
        lead = taken if isinstance(taken, Lead) else None
        era = self.fallback.era if taken is None else None
        remember(cache, key, Missed(lead, era))
        return None

    def missed(self, cache: object, key: str) -> Missed:
        """Return how a `set` is stored: as the key was missed, or out of the blue."""
        missed = recall(cache, key)
        if missed is None:
            # It knows better than any load that is under way.
            return Missed(None, self.fallback.forget(key), asked=False)
        return missed

    def remembers(self, key: str) -> Loaded[V] | None:
        """Return what was loaded lately in this process, while Redis was away."""
        payload = self.fallback.memory.find(key, self._clock.monotonic_s())
        return None if payload is None else self.known(payload, late=False)

    def keep(self, key: str, payload: bytes, missed: Missed, ttl_s: float) -> None:
        """
        Keep what was set in this process, for a short time, while Redis is away.

        What was missed while Redis answered is not kept: it may have been invalidated
        since, where only Redis knows.
        """
        if missed.era is not None and self.fallback.is_away():
            expires_s = self._expires_s(self._clock.monotonic_s(), ttl_s)
            kept = Kept(payload, expires_s)
            self.fallback.keep(key, kept, era=missed.era)

    def arrive(
        self, key: str, flight: "Landing[Loaded[Any] | None]", value: V, began_s: float
    ) -> None:
        """Share a load with those in this process who wait for it, and keep it."""
        try:
            payload = self.packed(lambda: self.form.pack(value))
        except BaseException as error:
            self.fallback.arrive(key, flight, error)
            raise
        kept = None
        if payload is not None:
            kept = Kept(payload, self._expires_s(began_s, self.ttl_s))
        self.fallback.arrive(key, flight, Loaded(value, kept=True), kept)

    def packed(self, pack: Callable[[], bytes]) -> bytes | None:
        """Return a payload; None when it is refused."""
        try:
            return pack()
        except Refused as refused:
            self._refused(refused)
            return None

    def remembered(self, error: BaseException) -> Negative | None:
        """Return how a failure is remembered, if it is."""
        negative = self._negative
        if negative is None or not isinstance(error, negative.on):
            return None
        return negative

    def stored(self, answer: bool | None) -> None:  # noqa: FBT001 - a store's answer
        """Take in whether a load was stored; None when Redis did not say."""
        if answer is False:
            self.counts.overtaken += 1
            self._listener(CacheLoadOvertaken(cache=self.name))

    def forget(self, key: str | None) -> float:
        """Forget what this process keeps or loads; return when that began."""
        self.fallback.forget(key)
        return self._clock.monotonic_s()

    def confirmed(self, began_s: float) -> None:
        """Count and tell an invalidation."""
        waited_s = self._clock.monotonic_s() - began_s
        self.counts.invalidations.observe(waited_s)
        self._listener(CacheInvalidated(cache=self.name, waited_s=waited_s))

    def unconfirmed(self, began_s: float, error: Exception) -> InvalidationUnconfirmed:
        """Count an invalidation that failed; return the error for it."""
        self.counts.unconfirmed += 1
        self.fallback.lost(error)
        waited_s = self._clock.monotonic_s() - began_s
        return InvalidationUnconfirmed(cache=self.name, waited_s=waited_s)

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, as it stands."""
        return measures_of(self.name, self.counts)

    def count_hit(self, *, late: bool) -> None:
        """Count a read that needed no load."""
        self.counts.hits += not late
        self.counts.late_hits += late

    def _expires_s(self, since_s: float, ttl_s: float) -> float:
        """Return until when a result is kept in this process."""
        return since_s + min(ttl_s, self._stale_s)

    def _refused(self, refused: Refused) -> None:
        """Count and tell a value that cannot be stored or read."""
        self.counts.refused += 1
        self._listener(CacheRefused(cache=self.name, reason=refused.reason))


def _check(
    name: str, positive: Mapping[str, float], *, grace_s: float, jitter: float
) -> None:
    """Refuse settings that cannot work."""
    rule = "a text that is not empty"
    require("ResultCache.name", name, rule, holds=bool(name))
    for setting, number in positive.items():
        holds = 0 < number < float("inf")
        require(f"ResultCache.{setting}", number, "more than 0 and finite", holds=holds)
    holds = 0 <= grace_s < float("inf")
    require("ResultCache.grace_s", grace_s, "0 or more and finite", holds=holds)
    rule = "from 0 to 1"
    require("ResultCache.jitter", jitter, rule, holds=0 <= jitter <= 1)
