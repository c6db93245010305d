"""
The time of the plan between two records, for whoever looks on.

A runner's clock is not ours to read, but each record holds both times: from the last
one and the pace the present instant of the plan follows. An unknown pace is measured
from the records of the same runner.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from gonogo.model.event import RolloutStarted, RunnerRecovered
from gonogo.model.record import Record

# Two records closer together on the wall say too little about the pace.
ENOUGH = timedelta(seconds=1)
# A clock of pace 1 differs between its two readings by less than this share.
NEARLY = 0.02


class PlanTime:
    """
    Follows the records of a rollout, and tells the present instant of its plan.

    Args:
        wall: The clock on the wall.
        pace: As the runner was told; None to measure it.
    """

    def __init__(self, wall: Callable[[], datetime], pace: float | None = None) -> None:
        """Begin without a record."""
        self._wall, self._told = wall, pace
        self._first: Record | None = None
        self._last: Record | None = None

    def saw(self, record: Record) -> None:
        """Take a record in; a new runner has a pace of its own."""
        if self._first is None or _begins(record):
            self._first = record
        self._last = record

    @property
    def pace(self) -> float:
        """Return how many seconds of the plan pass in one on the wall."""
        if self._told is not None:
            return self._told
        if self._first is None or self._last is None:
            return 1.0
        real = self._last.recorded_at - self._first.recorded_at
        if real < ENOUGH:
            return 1.0
        pace = (self._last.at - self._first.at) / real
        return 1.0 if abs(pace - 1) < NEARLY else pace

    def now(self, *, runs: bool = True) -> datetime:
        """Return the instant of the plan; without a runner it stands at pace 1 only."""
        if self._last is None:
            return self._wall()
        if not runs and self.pace != 1:
            return self._last.at
        return self._last.at + (self._wall() - self._last.recorded_at) * self.pace


def _begins(record: Record) -> bool:
    return isinstance(record.event, RolloutStarted | RunnerRecovered)
