"""
The cache of results: what other services answered, under a key, for all processes.

Every read asks Redis, so that none is stale once an invalidation has returned. A miss
takes the lease to load; others wait for it, or are served the expired value. What a
load gives is stored only if its lease is still held and its namespace's generation is
still the one under which it began.

Source:
    Nishtala et al., Scaling Memcache at Facebook (NSDI 2013): leases against stale
    sets and thundering herds.
"""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from hardening.cache.codec import Codec, JsonCodec
from hardening.cache.events import CacheEvent
from hardening.cache.generations import Unreachable
from hardening.cache.landing import wait, wait_async
from hardening.cache.payload import Negative
from hardening.cache.rules import Rules
from hardening.cache.store import Found, Lead, ResultStore, Taken, Wait
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
)

V = TypeVar("V")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()
_JSON = JsonCodec()


class ResultCache(Generic[V]):
    """
    Keeps results in Redis, loaded by one caller over all processes.

    The promise: once `invalidate` has returned, no read that begins later, in any
    process, gets what a load gave that began before it. While Redis is away, a process
    keeps what it loads for `stale_s`, in memory.

    `get`, `set`, `aget` and `aset` are the plain cache of bytes that other pieces take.

    Args:
        name: The namespace: what it is called in Redis, events and metrics.
        store: Where results are kept: `RedisResults`.
        codec: Turns results into bytes; JSON by default.
        ttl_s: For how long a result is good.
        jitter: Each result lives shorter by a random part of this fraction.
        grace_s: An expired result is served for this long while one caller loads.
        lease_s: A load that takes longer is not stored, and another may begin.
        wait_s: How long a caller waits for another's load before it loads for itself.
        stale_s: For how long a result is kept in memory while Redis is away.
        negative: Failures to remember; None remembers none.
        bytes_max: A larger result is not stored.
        entries_max: How many results are kept in memory while Redis is away.
        switch: Off loads at every call, as if there were no cache.
        listener: Told of invalidations, overtaken loads, refusals, and Redis's outages.
        clock: Measures and waits.
        entropy: Spreads the expiries, and names leases.
    """

    def __init__(
        self,
        name: str,
        store: ResultStore,
        *,
        codec: Codec[V] = _JSON,
        ttl_s: float = 300.0,
        jitter: float = 0.1,
        grace_s: float = 10.0,
        lease_s: float = 30.0,
        wait_s: float = 5.0,
        stale_s: float = 10.0,
        negative: Negative | None = None,
        bytes_max: int = 1_048_576,
        entries_max: int = 1_024,
        switch: Switch = always_on,
        listener: Listener[CacheEvent] = ignore,
        clock: Clock = _CLOCK,
        entropy: Entropy = _ENTROPY,
    ) -> None:
        self.name = name
        self._store = store
        self._switch = switch
        self._clock = clock
        self._rules = Rules(
            name,
            codec=codec,
            ttl_s=ttl_s,
            jitter=jitter,
            grace_s=grace_s,
            lease_s=lease_s,
            wait_s=wait_s,
            stale_s=stale_s,
            negative=negative,
            bytes_max=bytes_max,
            entries_max=entries_max,
            listener=listener,
            clock=clock,
            entropy=entropy,
        )

    def __repr__(self) -> str:
        """Return the name alone."""
        return f"ResultCache({self.name!r})"

    def fetch(self, key: str, load: Callable[[], V]) -> V:
        """
        Return the result under a key, stored or loaded.

        Raises:
            RememberedFailure: The load failed lately, in a way that is remembered.
        """
        if not self._switch():
            return load()
        for pause_s in self._rules.pauses():
            match self._rules.fallback.ask(lambda: self._take(key)):
                case None:
                    return self._fetch_alone(key, load)
                case Lead() as lead:
                    return self._lead(key, lead, load)
                case Found(payload, late):
                    known = self._rules.known(payload, late=late)
                    if known is not None:
                        return known.value
                    self._rules.fallback.ask(lambda: self._store.drop(self.name, key))
                case Wait():
                    self._clock.wait(pause_s)
        self._rules.counts.direct_loads += 1
        return self._load(load)

    async def afetch(self, key: str, load: Callable[[], Awaitable[V]]) -> V:
        """Return what `fetch` does; `load` is a coroutine function."""
        if not self._switch():
            return await load()
        for pause_s in self._rules.pauses():
            match await self._rules.fallback.aask(lambda: self._atake(key)):
                case None:
                    return await self._afetch_alone(key, load)
                case Lead() as lead:
                    return await self._alead(key, lead, load)
                case Found(payload, late):
                    known = self._rules.known(payload, late=late)
                    if known is not None:
                        return known.value
                    await self._rules.fallback.aask(
                        lambda: self._store.adrop(self.name, key)
                    )
                case Wait():
                    await self._clock.wait_async(pause_s)
        self._rules.counts.direct_loads += 1
        return await self._aload(load)

    def get(self, key: str, /) -> bytes | None:
        """
        Return the bytes under a key, or None.

        A `set` of the key that follows in the same thread or task is stored only if
        nothing was invalidated in between, and if no other caller is about to store.
        `asyncio.wait_for` makes a task of its own for `aget`, in Python 3.11, and so
        loses that: bound it with `asyncio.timeout`.
        """
        if not self._switch():
            return None
        with self._rules.given_up(self, key):
            taken = self._rules.fallback.ask(lambda: self._take(key))
        return self._rules.found(self, key, taken)

    async def aget(self, key: str, /) -> bytes | None:
        """Return what `get` does."""
        if not self._switch():
            return None
        with self._rules.given_up(self, key):
            taken = await self._rules.fallback.aask(lambda: self._atake(key))
        return self._rules.found(self, key, taken)

    def set(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """
        Store bytes under a key for so many seconds.

        Without a `get` before it that found nothing, it is stored whatever happened
        meanwhile, and overtakes a load that is under way.
        """
        payload = self._rules.packed(lambda: self._rules.form.pack_bytes(value))
        if payload is None or not self._switch():
            return
        missed = self._rules.missed(self, key)
        if not missed.asked:
            kept_s = self._rules.kept_s(ttl_s)
            self._rules.fallback.ask(
                lambda: self._store.set(self.name, key, payload, kept_s)
            )
        elif missed.lead is not None:
            self._put(key, missed.lead, payload, ttl_s)
        self._rules.keep(key, payload, missed, ttl_s)

    async def aset(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """Store what `set` does."""
        payload = self._rules.packed(lambda: self._rules.form.pack_bytes(value))
        if payload is None or not self._switch():
            return
        missed = self._rules.missed(self, key)
        if not missed.asked:
            kept_s = self._rules.kept_s(ttl_s)
            await self._rules.fallback.aask(
                lambda: self._store.aset(self.name, key, payload, kept_s)
            )
        elif missed.lead is not None:
            await self._aput(key, missed.lead, payload, ttl_s)
        self._rules.keep(key, payload, missed, ttl_s)

    def invalidate(self, key: str | None = None) -> None:
        """
        Forget one result, or all of the namespace, and overtake loads under way.

        Raises:
            InvalidationUnconfirmed: Redis could not be asked.
        """
        began_s = self._rules.forget(key)
        try:
            if key is None:
                self._store.clear(self.name)
            else:
                self._store.drop(self.name, key)
        except Unreachable as error:
            raise self._rules.unconfirmed(began_s, error) from error
        self._rules.confirmed(began_s)

    async def ainvalidate(self, key: str | None = None) -> None:
        """Do what `invalidate` does."""
        began_s = self._rules.forget(key)
        try:
            if key is None:
                await self._store.aclear(self.name)
            else:
                await self._store.adrop(self.name, key)
        except Unreachable as error:
            raise self._rules.unconfirmed(began_s, error) from error
        self._rules.confirmed(began_s)

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, as it stands."""
        return self._rules.measures()

    def _take(self, key: str) -> Taken:
        """Ask the store for a value or the lease to load it."""
        return self._store.take(self.name, key, self._rules.ticket())

    async def _atake(self, key: str) -> Taken:
        """Ask the store for a value or the lease to load it."""
        return await self._store.atake(self.name, key, self._rules.ticket())

    def _lead(self, key: str, lead: Lead, load: Callable[[], V]) -> V:
        """Load for everybody, and store what came of it."""
        try:
            value = self._load(load)
        except BaseException as error:
            negative = self._rules.remembered(error)
            if negative is None:
                self._give_up(key, lead)
            else:
                self._put(
                    key, lead, self._rules.form.pack_failure(error), negative.ttl_s
                )
            raise
        self._keep(key, lead, value)
        return value

    async def _alead(self, key: str, lead: Lead, load: Callable[[], Awaitable[V]]) -> V:
        """Load for everybody, and store what came of it."""
        try:
            value = await self._aload(load)
        except BaseException as error:
            negative = self._rules.remembered(error)
            if negative is None:
                await self._agive_up(key, lead)
            else:
                failure = self._rules.form.pack_failure(error)
                await self._aput(key, lead, failure, negative.ttl_s)
            raise
        await self._akeep(key, lead, value)
        return value

    def _keep(self, key: str, lead: Lead, value: V) -> None:
        """Store what was loaded; give the lease back where that cannot be."""
        payload = None
        try:
            payload = self._rules.packed(lambda: self._rules.form.pack(value))
        finally:
            if payload is None:
                self._give_up(key, lead)
        if payload is not None:
            self._put(key, lead, payload, self._rules.ttl_s)

    async def _akeep(self, key: str, lead: Lead, value: V) -> None:
        """Store what was loaded; give the lease back where that cannot be."""
        payload = None
        try:
            payload = self._rules.packed(lambda: self._rules.form.pack(value))
        finally:
            if payload is None:
                await self._agive_up(key, lead)
        if payload is not None:
            await self._aput(key, lead, payload, self._rules.ttl_s)

    def _put(self, key: str, lead: Lead, payload: bytes, ttl_s: float) -> None:
        """Store a payload under a lease."""
        kept_s = self._rules.kept_s(ttl_s)
        self._rules.stored(
            self._rules.fallback.ask(
                lambda: self._store.put(self.name, key, lead, payload, kept_s)
            )
        )

    async def _aput(self, key: str, lead: Lead, payload: bytes, ttl_s: float) -> None:
        """Store a payload under a lease."""
        kept_s = self._rules.kept_s(ttl_s)
        self._rules.stored(
            await self._rules.fallback.aask(
                lambda: self._store.aput(self.name, key, lead, payload, kept_s)
            )
        )

    def _give_up(self, key: str, lead: Lead) -> None:
        """Give a lease back."""
        self._rules.fallback.ask(lambda: self._store.give_up(self.name, key, lead))

    async def _agive_up(self, key: str, lead: Lead) -> None:
        """Give a lease back."""
        await self._rules.fallback.aask(
            lambda: self._store.agive_up(self.name, key, lead)
        )

    def _fetch_alone(self, key: str, load: Callable[[], V]) -> V:
        """Return a result without Redis: from memory, or loaded once in this process."""
        known = self._rules.remembers(key)
        if known is not None:
            return known.value
        flight, leads = self._rules.fallback.depart(key)
        if not leads:
            loaded = wait(flight, self._rules.wait_s)
            return self._load(load) if loaded is None else loaded.value
        began_s = self._clock.monotonic_s()
        try:
            value = self._load(load)
        except BaseException as error:
            self._rules.fallback.arrive(key, flight, error)
            raise
        self._rules.arrive(key, flight, value, began_s)
        return value

    async def _afetch_alone(self, key: str, load: Callable[[], Awaitable[V]]) -> V:
        """Return a result without Redis: from memory, or loaded once in this process."""
        known = self._rules.remembers(key)
        if known is not None:
            return known.value
        flight, leads = self._rules.fallback.depart(key)
        if not leads:
            loaded = await wait_async(flight, self._rules.wait_s)
            return await self._aload(load) if loaded is None else loaded.value
        began_s = self._clock.monotonic_s()
        try:
            value = await self._aload(load)
        except BaseException as error:
            self._rules.fallback.arrive(key, flight, error)
            raise
        self._rules.arrive(key, flight, value, began_s)
        return value

    def _load(self, load: Callable[[], V]) -> V:
        """Load, and count it."""
        self._rules.counts.loads += 1
        return load()

    async def _aload(self, load: Callable[[], Awaitable[V]]) -> V:
        """Load, and count it."""
        self._rules.counts.loads += 1
        return await load()
