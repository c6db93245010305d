"""Virtual time: what is still to happen, in the order of its instants."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from gonogo.testing.clock import NOON


class Agenda:
    """
    What is to come in a world, and what time it is there.

    Attributes:
        now: The instant in the world; it never goes back.
    """

    def __init__(self) -> None:
        """Begin at noon, with nothing to come."""
        self.now = NOON
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def after(self, span: timedelta, happen: Callable[[], None]) -> None:
        """Let something happen after a span; in the order given if at one instant."""
        heappush(self._entries, (self.now + span, next(self._order), happen))

    def due(self) -> datetime | None:
        """Return when the next thing comes; None when nothing is to come."""
        return self._entries[0][0] if self._entries else None

    def happen_next(self) -> None:
        """Let the next thing happen, at its instant."""
        at, _, happen = heappop(self._entries)
        self.now = max(self.now, at)
        happen()
