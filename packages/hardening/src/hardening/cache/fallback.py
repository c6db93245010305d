"""The fallback of results: what a process does while Redis is away."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from hardening.cache.counts import Counts
from hardening.cache.events import CacheEvent, CacheReachable, CacheUnreachable
from hardening.cache.generations import Unreachable
from hardening.cache.landing import Landing, Loaded, landing
from hardening.cache.memory import Memory
from hardening.core import Clock, Listener, renew_in_child

R = TypeVar("R")

# A frozen server costs one caller a timeout; the others are spared for this long.
_AWAY_S = 1.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A result to be kept in this process, and until when, on the monotonic clock."""

    payload: bytes
    expires_s: float


class Fallback:
    """
    Knows whether Redis is away, and keeps results meanwhile, in this process.

    Invariant: nothing is kept that a load gave which began before the last `forget` of
    its key.

    Attributes:
        memory: Results that were loaded while Redis was away.
        era: Grows with every `forget`.

    Args:
        cache: The cache's name, for events.
        memory: Where results are kept.
        clock: Measures.
        counts: Where failures are counted.
        listener: Told when Redis is out of reach, and back.
    """

    def __init__(
        self,
        cache: str,
        memory: Memory,
        *,
        clock: Clock,
        counts: Counts,
        listener: Listener[CacheEvent],
    ) -> None:
        self.memory = memory
        self.era = 0
        self._cache = cache
        self._clock = clock
        self._counts = counts
        self._listener = listener
        self._away_until_s = float("-inf")
        self._is_away = False
        self._flights: dict[str, Landing[Loaded[Any] | None]] = {}
        self._lock = Lock()
        renew_in_child(self, Fallback.forked)

    def is_away(self) -> bool:
        """Tell whether Redis is not to be asked now."""
        return self._is_away and self._clock.monotonic_s() < self._away_until_s

    def lost(self, error: Exception) -> None:
        """Take in that Redis did not answer."""
        self._counts.unreachable += 1
        self._away_until_s = self._clock.monotonic_s() + _AWAY_S
        was_away, self._is_away = self._is_away, True
        if not was_away:
            self._listener(CacheUnreachable(cache=self._cache, error=error))

    def answered(self) -> None:
        """Take in that Redis answered: what was kept meanwhile may be overtaken."""
        if self._is_away:
            self._is_away = False
            self.forget()
            self._listener(CacheReachable(cache=self._cache))

    def ask(self, question: Callable[[], R]) -> R | None:
        """Return Redis's answer; None when it is away."""
        if self.is_away():
            return None
        try:
            answer = question()
        except Unreachable as error:
            self.lost(error)
            return None
        self.answered()
        return answer

    async def aask(self, question: Callable[[], Awaitable[R]]) -> R | None:
        """Return what `ask` does."""
        if self.is_away():
            return None
        try:
            answer = await question()
        except Unreachable as error:
            self.lost(error)
            return None
        self.answered()
        return answer

    def depart(self, key: str) -> "tuple[Landing[Loaded[Any] | None], bool]":
        """Return the load of a key in this process, and whether the caller leads it."""
        with self._lock:
            under_way = self._flights.get(key)
            if under_way is not None:
                return under_way, False
            begun: Landing[Loaded[Any] | None] = landing()
            self._flights[key] = begun
            return begun, True

    def arrive(
        self,
        key: str,
        flight: "Landing[Loaded[Any] | None]",
        loaded: Loaded[Any] | BaseException,
        kept: Kept | None = None,
    ) -> None:
        """
        End the load of a key, with what it gave or what it failed with.

        Args:
            key: What was loaded.
            flight: What `depart` returned.
            loaded: For those who wait.
            kept: Kept only if nothing was forgotten meanwhile.
        """
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
                if kept is not None:
                    self.memory.keep(key, kept.payload, expires_s=kept.expires_s)
        _settle(flight, loaded)

    def keep(self, key: str, kept: Kept, *, era: int) -> None:
        """Keep a result, unless something was forgotten since that era."""
        with self._lock:
            if era == self.era:
                self.memory.keep(key, kept.payload, expires_s=kept.expires_s)

    def forget(self, key: str | None = None) -> int:
        """
        Forget a result, or all; whoever asks from now on waits for no load before it.

        Returns:
            The era that begins.
        """
        with self._lock:
            self.era += 1
            if key is None:
                self._flights.clear()
                self.memory.clear()
            else:
                self._flights.pop(key, None)
                self.memory.drop(key)
            return self.era

    def forked(self) -> None:
        """Start empty: the threads that load are the parent's, and so are their locks."""
        self._lock = Lock()
        self._flights = {}
        self.memory.forked()


def _settle(
    flight: "Landing[Loaded[Any] | None]", loaded: Loaded[Any] | BaseException
) -> None:
    """Tell those who wait; what ends a thread or a task is not for them."""
    match loaded:
        case Loaded():
            flight.set_result(loaded)
        case Exception():
            flight.set_exception(loaded)
        case _:
            flight.set_result(None)
