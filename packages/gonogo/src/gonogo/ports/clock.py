"""The clock: the time of the plan, the time on the wall, and how they go together."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """
    Gives instants, timezone-aware, that never go back.

    At pace 1 the time of the plan is the time on the wall; at pace 3600 an hour of
    waiting takes a second. Work takes its real time at every pace.
    """

    def now(self) -> datetime:
        """Return the instant in the time of the plan."""
        ...

    def wall(self) -> datetime:
        """Return the instant on the wall clock."""
        ...

    def working(self, *, under_way: bool) -> None:
        """Take note whether work is under way: meanwhile no clock runs fast."""
        ...

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds this span of the plan's time takes."""
        ...
