"""The store: what was processed, for as long and as much as its window says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from hardening.core import require


class Sight(IntEnum):
    """What a store knows of a key; the numbers are those of its scripts."""

    NEW = 0
    """Not within the window; held for the asker from now on, where it claims."""
    SEEN = 1
    """Processed within the window."""
    HELD = 2
    """Somebody else is processing it, and its lease has not run out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """
    Asks that nobody else processes the same keys meanwhile.

    Attributes:
        token: Of one batch of one consumer; no two are the same.
        lease_s: How long the claim holds where nobody lets go of it: after a crash.
    """

    token: str
    lease_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """
    How much is remembered: what leaves either limit is forgotten, oldest first.

    Attributes:
        span_s: A key is seen for less than this many seconds after its marking.
        size: How many keys, those marked last.
    """

    span_s: float
    size: int

    def __post_init__(self) -> None:
        holds = 0 < self.span_s < float("inf")
        require("window_s", self.span_s, "more than 0 and finite", holds=holds)
        require("size", self.size, "1 or more", holds=self.size >= 1)


class Store(Protocol):
    """
    Remembers packed keys.

    An adapter guarantees that a key marked is seen at once by everyone who shares the
    store, that marking twice is marking once (its time is the later one), that a key
    given twice to `look` gets the same answer, and that each method returns within a
    bounded time. Whatever goes wrong is a `StoreUnavailable`.
    """

    @property
    def size(self) -> int:
        """How many keys there were when the store last said; asks nobody."""
        ...

    def look(self, keys: Sequence[bytes], claim: Claim | None) -> Sequence[Sight]:
        """Return what is known of each key, in their order; claim those that are new."""
        ...

    def mark(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Remember keys as processed, in their order, and let go of their claims."""
        ...

    def release(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Let go of claims; those of another token stay."""
        ...


class AsyncStore(Protocol):
    """Does what `Store` does, for coroutines."""

    @property
    def size(self) -> int:
        """How many keys there were when the store last said; asks nobody."""
        ...

    async def look_async(
        self, keys: Sequence[bytes], claim: Claim | None
    ) -> Sequence[Sight]:
        """Do as `Store.look`."""
        ...

    async def mark_async(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Do as `Store.mark`."""
        ...

    async def release_async(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Do as `Store.release`."""
        ...
