"""The port of answers: filed under a key, forgotten by target, never overtaken."""

from dataclasses import dataclass
from typing import Protocol

from hardening.graphql_cache.target import Marks, Target


class Unreachable(Exception):
    """The store did not answer in time, or not at all; see the cause."""

    def __init__(self) -> None:
        super().__init__("The store of GraphQL answers could not be asked.")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer is there; nothing of it was invalidated since it was computed."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Missed:
    """
    Nothing is there.

    Attributes:
        moment: When it was looked for, in the store's own count of invalidations.
    """

    moment: int


class Store(Protocol):
    """
    Answers by key.

    An adapter guarantees that an answer is kept, and found, only if none of its marks
    was invalidated since the moment of the miss before it was computed; and that each
    call is atomic. Every call may raise `Unreachable`.
    """

    def find(self, key: str, marks: Marks) -> Found | Missed:
        """Look for an answer."""
        ...

    async def afind(self, key: str, marks: Marks) -> Found | Missed:
        """Look for what `find` does."""
        ...

    def keep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File an answer; False when an invalidation overtook it."""
        ...

    async def akeep(
        self, key: str, marks: Marks, missed: Missed, payload: bytes, ttl_s: float
    ) -> bool:
        """File what `keep` does."""
        ...

    def invalidate(self, target: Target) -> None:
        """Forget answers, also those that are being computed."""
        ...

    async def ainvalidate(self, target: Target) -> None:
        """Forget what `invalidate` does."""
        ...
