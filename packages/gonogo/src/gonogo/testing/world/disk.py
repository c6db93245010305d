"""A slow disk: what was journaled is durable a moment later, unless the power fails."""

from collections import deque
from collections.abc import Callable, Sequence
from copy import copy
from datetime import timedelta
from typing import Any

from gonogo.model.identifiers import RolloutId
from gonogo.ports.journal import Append, Appended
from gonogo.runner.batch import Kept
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.plans import Dice, chance, pick
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.script import SECOND

LAGS = (SECOND * 0, SECOND / 1000, SECOND / 10, SECOND * 3)
"""How long a sync takes."""


class Disk:
    """
    What a journal in memory is kept on, and how slow that is.

    Attributes:
        slow: Whether an engine goes on while it syncs; else each append is durable.
    """

    def __init__(self, seed: object) -> None:
        """Draw how slow it is, with dice of its own."""
        self._dice = Dice("disk", seed)
        self.slow = chance(self._dice, 40)
        self._durable: dict[str, Any] = {}

    def lag(self) -> timedelta:
        """Return how long the next sync takes."""
        return pick(self._dice, LAGS)

    def power_fails(self) -> bool:
        """Tell whether it is the whole machine that dies."""
        return self.slow and chance(self._dice, 50)

    def sync(self, journal: MemoryJournal) -> None:
        """Make durable whatever the journal holds now."""
        held = ((name, value) for name, value in vars(journal).items())
        self._durable = {n: _copied(v) for n, v in held if isinstance(v, dict | set)}
        self._durable["_sent"] = vars(journal)["_sent"]

    def lose(self, journal: MemoryJournal) -> None:
        """Take from a journal what was never synced."""
        vars(journal).update({n: _copied(v) for n, v in self._durable.items()})


def _copied(held: Any) -> Any:  # noqa: ANN401  of the journal's own
    """Return a copy that grows by itself; what is in it never changes."""
    if isinstance(held, dict):
        return {key: copy(value) for key, value in held.items()}
    return copy(held)


class Lagging:
    """Implements `Settling`: a sync takes as long as the world's disk likes."""

    def __init__(
        self,
        append_all: Callable[[Sequence[Append]], tuple[Appended, ...]],
        sync: Callable[[], None],
        disk: Disk,
        agenda: Agenda,
        turn: Callable[[], None],
    ) -> None:
        """Take the journal's two halves, and what lets the engine have its turn."""
        self.append_all, self._sync, self._turn = append_all, sync, turn
        self._disk, self._agenda = disk, agenda
        self._waiting: deque[Kept] = deque()
        self._durable: deque[Kept] = deque()

    def put(self, kept: Sequence[Kept]) -> None:
        """Begin a sync that covers it."""
        if kept:
            self._waiting.extend(kept)
            covered = len(self._waiting)
            self._agenda.after(self._disk.lag(), lambda: self._ended(covered))

    def take(self) -> tuple[Kept, ...]:
        """Return what has become durable since the last call."""
        kept = tuple(self._durable)
        self._durable.clear()
        return kept

    def flush(self) -> None:
        """Sync at once."""
        self._sync()
        self._durable.extend(self._waiting)
        self._waiting.clear()

    def __contains__(self, rollout: RolloutId) -> bool:
        """Return whether something of a rollout was put and not taken."""
        return any(
            rollout == each.running.rollout for each in (*self._waiting, *self._durable)
        )

    def __len__(self) -> int:
        """Return how much waits."""
        return len(self._waiting) + len(self._durable)

    def close(self) -> None:
        """Leave it."""

    def _ended(self, covered: int) -> None:
        """End a sync; a later one, or a flush, may have covered it already."""
        if self._waiting:
            self._sync()
            covered = min(covered, len(self._waiting))
            self._durable.extend(self._waiting.popleft() for _ in range(covered))
            self._turn()
