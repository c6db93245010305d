"""The port of the shared generation: a number that every process watches."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


class Unreachable(Exception):
    """
    The store did not answer in time, or not at all.

    Attributes:
        store: Its kind: 'Redis'.
    """

    def __init__(self, store: str = "Redis") -> None:
        self.store = store
        super().__init__(f"{store} could not be asked; see the cause.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """
    A generation that was just raised.

    Attributes:
        generation: The new one.
        life: Of the store's memory; another one says that it lost its data.
        pending: Members that still may serve values of an older one.
        term_s: The longest time for which any member serves a value unverified.
        age_s: How long ago the store began to keep the members' names. One that lost
            its data, or was started, lately may not know all of them.
    """

    generation: str
    life: str
    pending: frozenset[str]
    term_s: float
    age_s: float


class Subscription(Protocol):
    """Announcements of one name, in order, as far as the network delivers them."""

    def next(self, timeout_s: float) -> str | None:
        """
        Return the next announced generation, or None when there was none in time.

        An empty text says that announcements may have been missed: a new connection.

        Raises:
            Unreachable: The connection is gone.
        """
        ...


class Generations(Protocol):
    """
    A number for each name, with the members that watch it.

    An adapter guarantees that each call is atomic, that a generation never returns once
    it was left, also when the store is restarted or loses its data, and that a member
    is pending from its first look on until it looks with the new generation.
    """

    def look(self, name: str, *, member: str, seen: str, term_s: float) -> str:
        """
        Return the generation, and note that the member is up to date if it is.

        Args:
            name: What the generation is of.
            member: Who looks.
            seen: What the member serves values of; empty when it serves none, and keeps
                the result of no load that began earlier.
            term_s: For how long the member serves values after a look.

        Raises:
            Unreachable: There is no answer.
        """
        ...

    def advance(self, name: str) -> Raised:
        """
        Raise the generation and announce it; a repeat raises it again.

        Raises:
            Unreachable: There is no answer; it may have been raised all the same.
        """
        ...

    def pending(self, name: str, raised: Raised) -> frozenset[str] | None:
        """
        Return the members that have not seen a generation or a later one.

        Returns:
            None when the store lost its data since, so that nobody knows.

        Raises:
            Unreachable: There is no answer.
        """
        ...

    def forget(self, name: str, members: frozenset[str], raised: Raised) -> None:
        """
        Remove those of the members that still have not seen a generation.

        Raises:
            Unreachable: There is no answer.
        """
        ...

    def leave(self, name: str, member: str) -> None:
        """
        Remove a member that serves nothing any more.

        Raises:
            Unreachable: There is no answer.
        """
        ...

    def subscribe(self, name: str) -> AbstractContextManager[Subscription]:
        """
        Open the announcements of a name.

        Raises:
            Unreachable: There is no answer.
        """
        ...
