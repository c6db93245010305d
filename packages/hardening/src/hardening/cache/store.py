"""The port of results: values under keys, each loaded by one caller at a time."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """
    What a caller brings who may have to load.

    Attributes:
        holder: A name that nobody else has.
        lease_s: After this the lease to load passes on, whether it is done or not.
        grace_s: How long an expired value is given to others during a load.
    """

    holder: str
    lease_s: float
    grace_s: float


@dataclass(frozen=True, slots=True)
class Found:
    """
    A value is there.

    Attributes:
        payload: As it was stored.
        late: Whether it has expired, and somebody else loads.
    """

    payload: bytes
    late: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """The caller holds the lease and loads, under this generation."""

    ticket: Ticket
    generation: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody else loads."""

    holder: str


Taken = Found | Lead | Wait


class ResultStore(Protocol):
    """
    Values by name and key, shared by processes.

    An adapter guarantees that each call is atomic; that a lease is held by one caller
    at a time and lapses by itself; and that a value is stored only while its lease is
    held and its generation is the name's. Dropping or setting a key ends its lease,
    clearing a name changes its generation. `kept_s` includes the grace. Every call raises
    `Unreachable` when there is no answer.
    """

    def take(self, name: str, key: str, ticket: Ticket) -> Taken:
        """Return the value, or the lease to load it, or who holds the lease."""
        ...

    async def atake(self, name: str, key: str, ticket: Ticket) -> Taken:
        """Return what `take` does."""
        ...

    def put(
        self, name: str, key: str, lead: Lead, payload: bytes, kept_s: float
    ) -> bool:
        """Store a value and end its lease; False when the load was overtaken."""
        ...

    async def aput(
        self, name: str, key: str, lead: Lead, payload: bytes, kept_s: float
    ) -> bool:
        """Store what `put` does."""
        ...

    def set(self, name: str, key: str, payload: bytes, kept_s: float) -> None:
        """Store a value whatever happened meanwhile; a load of it is overtaken."""
        ...

    async def aset(self, name: str, key: str, payload: bytes, kept_s: float) -> None:
        """Store what `set` does."""
        ...

    def give_up(self, name: str, key: str, lead: Lead) -> None:
        """Give the lease back without a value; nothing if it passed on already."""
        ...

    async def agive_up(self, name: str, key: str, lead: Lead) -> None:
        """Give back what `give_up` does."""
        ...

    def drop(self, name: str, key: str) -> None:
        """Forget a value; a load of it that is under way is overtaken."""
        ...

    async def adrop(self, name: str, key: str) -> None:
        """Forget what `drop` does."""
        ...

    def clear(self, name: str) -> None:
        """Forget all values of a name; loads that are under way are overtaken."""
        ...

    async def aclear(self, name: str) -> None:
        """Forget what `clear` does."""
        ...
