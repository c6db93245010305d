"""Virtual time: what is still to come, in the order of its instants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count


@dataclass(slots=True, kw_only=True)
class Entry:
    """
    Something to come.

    Attributes:
        kind: 'look' for a measurement, 'work' for other work, else 'word' or 'fate'.
        dead: It does not come any more.
    """

    happen: Callable[[], None]
    kind: str
    dead: bool = False


class Agenda:
    """What is to come; things of one instant come in the order they were put in."""

    def __init__(self) -> None:
        """Begin with nothing to come."""
        self._entries: list[tuple[datetime, int, Entry]] = []
        self._order = count()

    def put(self, at: datetime, entry: Entry) -> Entry:
        """Let something come at an instant."""
        heappush(self._entries, (at, next(self._order), entry))
        return entry

    def due(self) -> datetime | None:
        """Return when the next thing comes; None when nothing does."""
        while self._entries and self._entries[0][2].dead:
            heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def next(self) -> Entry:
        """Take the next thing out; there has to be one (`due`)."""
        return heappop(self._entries)[2]

    def drop(self, *kinds: str) -> None:
        """Let nothing of these kinds come any more."""
        self._entries = [e for e in self._entries if e[2].kind not in kinds]
        heapify(self._entries)

    def holds(self, *kinds: str) -> bool:
        """Tell whether something of these kinds is to come."""
        return any(e.kind in kinds and not e.dead for _, _, e in self._entries)
