"""Answers in the memory of one process."""

from collections import OrderedDict
from threading import Lock

from hardening.core import Clock, SystemClock, require
from hardening.graphql_cache.store import Found, Missed
from hardening.graphql_cache.target import (
    Everything,
    Marks,
    OfOperations,
    Target,
    tag_of,
)

_CLOCK = SystemClock()
_TAGS_MAX = 10_000
_PREFIXES_MAX = 100
_ENTRY_BYTES = 300  # what Python needs for an entry beside its payload


class MemoryStore:
    """
    Implements `Store` in one process: the answers used last, up to a size; thread-safe.

    Other processes are not told of an invalidation; several servers need `RedisStore`.

    Invariant: an answer is found only if nothing that it is marked with was invalidated
    after the moment at which it was looked for and missed.

    Args:
        bytes_max: The most that all answers take, about.
        clock: Measures how long they are kept.
    """

    __slots__ = ("_bytes", "_bytes_max", "_clock", "_entries", "_lock", "_moments")

    def __init__(
        self, *, bytes_max: int = 64 * 1024 * 1024, clock: Clock = _CLOCK
    ) -> None:
        rule = f"more than {_ENTRY_BYTES}"
        holds = bytes_max > _ENTRY_BYTES
        require("MemoryStore.bytes_max", bytes_max, rule, holds=holds)
        self._bytes_max, self._bytes = bytes_max, 0
        self._clock = clock
        self._entries: OrderedDict[str, tuple[bytes, int, float]] = OrderedDict()
        self._moments = Moments()
        self._lock = Lock()

    @property
    def size_bytes(self) -> int:
        """What the answers take, about."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: str, marks: Marks) -> Found | Missed:
        """Look for an answer."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return Missed(self._moments.now)
            payload, moment, expires_s = entry
            is_over = self._clock.monotonic_s() >= expires_s
            if is_over or self._moments.last(marks) > moment:
                self._drop(key)
                return Missed(self._moments.now)
            self._entries.move_to_end(key)
            return Found(payload)

    async def afind(self, key: str, marks: Marks) -> Found | Missed:
        """Look for what `find` does; does not wait."""
        return self.find(key, marks)

    def keep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File an answer, unless it was overtaken; one larger than the store is not."""
        needed = len(payload) + _ENTRY_BYTES
        with self._lock:
            if self._moments.last(marks) > missed.moment:
                return False
            self._drop(key)
            if needed > self._bytes_max:
                return True
            while self._bytes + needed > self._bytes_max:
                self._drop(next(iter(self._entries)))
            expires_s = self._clock.monotonic_s() + ttl_s
            self._entries[key] = (payload, missed.moment, expires_s)
            self._bytes += needed
            return True

    async def akeep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File what `keep` does; does not wait."""
        return self.keep(key, marks, missed, payload, ttl_s)

    def invalidate(self, target: Target) -> None:
        """Forget answers, also those that are being computed."""
        with self._lock:
            self._moments.invalidate(target)

    async def ainvalidate(self, target: Target) -> None:
        """Forget what `invalidate` does; does not wait."""
        self.invalidate(target)

    def _drop(self, key: str) -> None:
        """Forget an entry, if it is there."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= len(entry[0]) + _ENTRY_BYTES


class Moments:
    """
    Counts invalidations, and remembers the last one of each mark.

    What has to be forgotten, because there are too many marks, raises the floor: every
    answer from before it counts as invalidated.
    """

    __slots__ = ("_floor", "_prefixes", "_tags", "now")

    def __init__(self) -> None:
        self.now = 0
        self._floor = 0
        self._tags: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}

    def invalidate(self, target: Target) -> None:
        """Note an invalidation."""
        self.now += 1
        match target:
            case Everything():
                self._forget()
            case OfOperations(prefix):
                self._prefixes[prefix] = self.now
            case _:
                self._tags[tag_of(target)] = self.now
        if len(self._tags) > _TAGS_MAX or len(self._prefixes) > _PREFIXES_MAX:
            self._forget()

    def last(self, marks: Marks) -> int:
        """Return the last invalidation of any of the marks."""
        last, tags = self._floor, self._tags
        for tag in marks.tags:
            last = max(last, tags.get(tag, 0))
        for prefix, moment in self._prefixes.items():
            if moment > last and marks.operation.startswith(prefix):
                last = moment
        return last

    def _forget(self) -> None:
        """Invalidate everything."""
        self._floor = self.now
        self._tags.clear()
        self._prefixes.clear()
