"""The cache of a single value, such as a credential: fresh in every process."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from hardening.cache import processes
from hardening.cache.cell import Cell, Flight, Join, Lead
from hardening.cache.confirm import Confirmation, confirm
from hardening.cache.counts import Counts, measures_of
from hardening.cache.errors import InvalidationUnconfirmed, NoLoader
from hardening.cache.events import CacheEvent, CacheInvalidated, CacheLoadOvertaken
from hardening.cache.generations import Generations, Raised, Unreachable
from hardening.cache.identity import fresh_name
from hardening.cache.landing import (
    Landing,
    Loaded,
    in_thread,
    landed,
    wait,
    wait_async,
)
from hardening.cache.machine import Expired, Ready, Terms
from hardening.cache.watch import Watch
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
    renew_in_child,
    require,
)

V = TypeVar("V")

_CLOCK = SystemClock()
_ENTROPY = SystemEntropy()

# A load that is overtaken is repeated. After so many rounds of that there is a storm of
# invalidations; the caller loads for itself, and nothing is kept.
_ROUNDS_MAX = 5
_CLOSE_S = 2.0
_ALONE = "alone"  # the generation of a value that no other process shares


class SingleValue(Generic[V]):
    """
    Holds one value in each process, and drops it everywhere when it is invalidated.

    The promise: once `invalidate` has returned, every `get` that begins, in any process
    that shares the generation, returns what a load gave that began after `invalidate`
    was called. Without an invalidation, no value is served that is older than its time
    to live and the grace. When Redis cannot be asked, a value is served for `stale_s`
    at most; then every `get` loads for itself.

    A hit reads two attributes and the clock. The value is in no repr, event or log, and
    it is not written to Redis.

    Args:
        name: What it is called in Redis, events and metrics.
        load: Returns the value; whatever it raises reaches those who asked.
        load_async: Does the same for coroutines; without it they run `load` in a thread.
        generations: What processes share; None keeps the value of this process alone.
        ttl_s: For how long a value is good that nobody invalidates.
        grace_s: For how much longer it is served while one caller loads the next.
        stale_s: For how long it is served when the generation cannot be verified. Give
            all processes the same.
        poll_s: How often the generation is verified when nothing is announced.
        wait_s: How long a caller waits for another's load, or for Redis's first answer.
        jitter: Each value lives shorter by a random part of this fraction, so that
            processes do not all load at once.
        switch: Off loads at every call, as if there were no cache.
        listener: Told of invalidations, overtaken loads, and Redis coming and going.
        clock: Measures and waits.
        entropy: Spreads the expiries, and names this process.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], V] | None = None,
        *,
        load_async: Callable[[], Awaitable[V]] | None = None,
        generations: Generations | None = None,
        ttl_s: float = 3600.0,
        grace_s: float = 10.0,
        stale_s: float = 10.0,
        poll_s: float = 1.0,
        wait_s: float = 5.0,
        jitter: float = 0.1,
        switch: Switch = always_on,
        listener: Listener[CacheEvent] = ignore,
        clock: Clock = _CLOCK,
        entropy: Entropy = _ENTROPY,
    ) -> None:
        spans = {
            "ttl_s": ttl_s,
            "grace_s": grace_s,
            "stale_s": stale_s,
            "poll_s": poll_s,
            "wait_s": wait_s,
        }
        _check(name, load or load_async, spans, jitter=jitter)
        self.name = name
        self._load = load
        self._load_async = load_async
        self._generations = generations
        self._ttl_s = ttl_s
        self._terms = Terms(
            stale_s=float("inf") if generations is None else stale_s, grace_s=grace_s
        )
        self._poll_s = poll_s
        self._wait_s = wait_s
        self._jitter = jitter
        self._switch = switch
        self._listener = listener
        self._clock = clock
        self._now = clock.monotonic_s
        self._entropy = entropy
        self._counts = Counts()
        self._cell: Cell[V]
        self._starting: Lock
        self._watch: Watch | None
        self.forked()
        renew_in_child(self, SingleValue.forked)
        processes.register(self)

    def __repr__(self) -> str:
        """Return the name alone: the value may be a secret."""
        return f"SingleValue({self.name!r})"

    def get(self) -> V:
        """
        Return the value, from memory or from a load.

        Raises:
            NoLoader: There is no `load`.
        """
        ready = self._cell.ready
        if ready is not None and self._now() < ready.until_s and self._switch():
            self._counts.hits += 1
            return ready.value
        return self._get_slowly()

    async def aget(self) -> V:
        """Return what `get` does; the event loop is never held up."""
        ready = self._cell.ready
        if ready is not None and self._now() < ready.until_s and self._switch():
            self._counts.hits += 1
            return ready.value
        return await self._aget_slowly()

    def invalidate(self, *, within_s: float | None = None) -> Confirmation:
        """
        Drop the value in all processes, and return once that is certain.

        Call it after the change is committed. It takes milliseconds; a process that
        does not answer, or a Redis that was restarted a moment ago, makes it `stale_s`.

        Args:
            within_s: Give up after this; None takes as long as it takes.

        Raises:
            InvalidationUnconfirmed: Redis could not be asked, or it took longer than
                it may; some process may still serve the old value.
        """
        began_s = self._now()
        self._cell.drop()
        if self._generations is None:
            return self._confirmed(began_s)
        try:
            raised = self._generations.advance(self.name)
        except Unreachable as error:
            self._cell.drop()  # it may have been raised all the same
            raise self._unconfirmed(began_s) from error
        # A load that began since the first drop may have read the old value, unless
        # the watch has seen the new generation before.
        if self._cell.told(raised.generation):
            self._hurry()
        return self._confirm(self._generations, raised, began_s, within_s)

    async def ainvalidate(self, *, within_s: float | None = None) -> Confirmation:
        """Do what `invalidate` does, in a thread; a cancelled call still ends there."""
        return await in_thread(partial(self.invalidate, within_s=within_s))

    def close(self) -> None:
        """Stop keeping the value fresh; a later `get` starts anew."""
        with self._starting:
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.close(_CLOSE_S)
        self._cell.drop()

    def forked(self) -> None:
        """Start empty, as another member; a child of a fork is told to."""
        self._cell = Cell(self._terms, flight_s=self._wait_s, clock=self._clock)
        self._starting = Lock()
        self._watch = None

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, as it stands."""
        return measures_of(self.name, self._counts)

    def _get_slowly(self) -> V:
        """Return the value by whatever it takes."""
        if not self._switch():
            return self._load_now()
        loaded: Loaded[V] | None
        for _ in range(_ROUNDS_MAX):
            match self._next():
                case Ready(value) | Expired(value):
                    return value
                case Lead(flight):
                    loaded = self._fly(flight)
                case Join(flight):
                    loaded = wait(flight.landing, self._wait_s)
                case None:
                    break
                case turn:
                    wait(turn, self._wait_s)
                    continue
            if loaded is not None and loaded.kept:
                return loaded.value
        return self._load_directly()

    async def _aget_slowly(self) -> V:
        """Return the value by whatever it takes."""
        if not self._switch():
            return await self._aload_now()
        loaded: Loaded[V] | None
        for _ in range(_ROUNDS_MAX):
            match self._next():
                case Ready(value) | Expired(value):
                    return value
                case Lead(flight):
                    loaded = await self._afly(flight)
                case Join(flight):
                    loaded = await wait_async(flight.landing, self._wait_s)
                case None:
                    break
                case turn:
                    await wait_async(turn, self._wait_s)
                    continue
            if loaded is not None and loaded.kept:
                return loaded.value
        return await self._aload_directly()

    def _next(
        self,
    ) -> "Ready[V] | Expired[V] | Lead[V] | Join[V] | Landing[None] | None":
        """
        Decide what a reader does now.

        Returns:
            A landing is Redis's next answer, to be waited for; None is to load and to
            keep nothing.
        """
        step = self._cell.step()
        self._counts.hits += isinstance(step, Ready)
        self._counts.late_hits += isinstance(step, Expired)
        return self._answer() if step is None else step

    def _answer(self) -> "Landing[None] | None":
        """Return Redis's next answer; None when it does not answer."""
        if self._generations is None:
            alone, _ = self._cell.question()
            self._cell.looked(alone, _ALONE)
            return landed(None)
        watch = self._watching(self._generations)
        if watch.failing or watch.waits_s() >= self._wait_s:
            return None
        return watch.turn()

    def _watching(self, generations: Generations) -> Watch:
        """Return the thread that keeps the value fresh; the first reader starts it."""
        with self._starting:
            if self._watch is None:
                self._watch = Watch(
                    self._cell,
                    generations,
                    name=self.name,
                    member=fresh_name(self._entropy),
                    poll_s=self._poll_s,
                    term_s=self._terms.stale_s,
                    clock=self._clock,
                    counts=self._counts,
                    listener=self._listener,
                )
                self._watch.start()
            return self._watch

    def _fly(self, flight: Flight[V]) -> Loaded[V]:
        """Load for all who wait."""
        self._counts.loads += 1
        try:
            value = self._load_now()
        except BaseException as error:
            self._cell.crash(flight, error)
            raise
        return self._land(flight, value)

    async def _afly(self, flight: Flight[V]) -> Loaded[V]:
        """Load for all who wait; a cancelled load passes on to one of them."""
        self._counts.loads += 1
        try:
            value = await self._aload_now()
        except BaseException as error:
            self._cell.crash(flight, error)
            raise
        return self._land(flight, value)

    def _land(self, flight: Flight[V], value: V) -> Loaded[V]:
        """Keep what was loaded, unless it was overtaken."""
        ttl_s = self._ttl_s * (1 - self._jitter * self._entropy.chance())
        kept = self._cell.land(flight, value, ttl_s=ttl_s)
        if not kept:
            self._counts.overtaken += 1
            self._listener(CacheLoadOvertaken(cache=self.name))
        return Loaded(value, kept)

    def _load_directly(self) -> V:
        """Return the value of a load of the caller's own."""
        self._counts.loads += 1
        self._counts.direct_loads += 1
        return self._load_now()

    async def _aload_directly(self) -> V:
        """Return the value of a load of the caller's own."""
        self._counts.loads += 1
        self._counts.direct_loads += 1
        return await self._aload_now()

    def _load_now(self) -> V:
        """Return what `load` gives."""
        if self._load is None:
            raise NoLoader(cache=self.name, setting="load")
        return self._load()

    async def _aload_now(self) -> V:
        """Return what `load_async` gives, or `load` in a thread."""
        if self._load_async is None:
            return await in_thread(self._load_now)
        return await self._load_async()

    def _hurry(self) -> None:
        """Have the generation looked at soon."""
        watch = self._watch
        if watch is not None:
            watch.hurry()

    def _confirm(
        self,
        generations: Generations,
        raised: Raised,
        began_s: float,
        within_s: float | None,
    ) -> Confirmation:
        """Wait until every process has dropped the value."""
        lapsed = confirm(
            generations,
            self.name,
            raised,
            term_s=self._terms.stale_s,
            clock=self._clock,
            within_s=within_s,
        )
        if lapsed is None:
            raise self._unconfirmed(began_s)
        return self._confirmed(began_s, lapsed)

    def _confirmed(self, began_s: float, lapsed: int = 0) -> Confirmation:
        """Count and tell a confirmed invalidation."""
        waited_s = self._now() - began_s
        self._counts.invalidations.observe(waited_s)
        self._listener(
            CacheInvalidated(cache=self.name, waited_s=waited_s, lapsed=lapsed)
        )
        return Confirmation(waited_s=waited_s, lapsed=lapsed)

    def _unconfirmed(self, began_s: float) -> InvalidationUnconfirmed:
        """Count an invalidation that is not confirmed; return the error."""
        self._counts.unconfirmed += 1
        waited_s = self._now() - began_s
        return InvalidationUnconfirmed(cache=self.name, waited_s=waited_s)


def _check(
    name: str,
    load: object,
    spans: Mapping[str, float],
    *,
    jitter: float,
) -> None:
    """Refuse settings that cannot work."""
    require("SingleValue.name", name, "a text that is not empty", holds=bool(name))
    require("SingleValue.load", load, "given, or load_async", holds=load is not None)
    for setting, span_s in spans.items():
        lowest = "0 or more" if setting == "grace_s" else "more than 0"
        holds = 0 <= span_s < float("inf") and (span_s > 0 or setting == "grace_s")
        rule = f"{lowest} and finite"
        require(f"SingleValue.{setting}", span_s, rule, holds=holds)
    rule = "shorter than stale_s"
    holds = spans["poll_s"] < spans["stale_s"]
    require("SingleValue.poll_s", spans["poll_s"], rule, holds=holds)
    rule = "from 0 to 1"
    require("SingleValue.jitter", jitter, rule, holds=0 <= jitter <= 1)
