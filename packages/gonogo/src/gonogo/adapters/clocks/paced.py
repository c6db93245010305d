"""A clock that hurries the waiting: at pace 3600 an hour of it takes a second."""

import math
import time
from datetime import datetime, timedelta
from threading import Lock

from gonogo.adapters.clocks.system import SystemClock


class PaceInvalid(ValueError):
    """The pace is not a number that time can run at."""

    def __init__(self, pace: float) -> None:
        """Compose the message from the pace given."""
        self.pace = pace
        super().__init__(
            f"A pace of {pace:g} is not possible. Give a number above 0: 1 is real "
            "time, 60 makes a minute a second, 3600 an hour."
        )


class PacedClock:
    """
    Implements `ports.clock.Clock` at a pace; thread-safe.

    Only waiting is hurried. While work is under way the plan's time runs at the real
    speed, so that an action of a second does not take hours of the plan, and limits,
    deadlines and pauses keep their meaning; so it does until it is told for the first
    time. It runs on the monotonic clock, so that setting the machine's does not move it.

    Args:
        pace: Seconds of the plan's time in one real second of waiting; above 0.
        start: What the plan's time is now, timezone-aware. A runner that takes a
            rollout over starts at the instant of its last event.

    Raises:
        PaceInvalid: The pace is 0, negative or not finite.
    """

    def __init__(self, pace: float, start: datetime) -> None:
        if not (math.isfinite(pace) and pace > 0):
            raise PaceInvalid(pace)
        self.pace, self._start = pace, start
        self._since_s, self._speed = time.monotonic(), min(1.0, pace)
        self._system, self._lock = SystemClock(), Lock()

    def now(self) -> datetime:
        """Return the instant in the time of the plan."""
        with self._lock:
            real_s = time.monotonic() - self._since_s
            return self._start + timedelta(seconds=real_s * self._speed)

    def wall(self) -> datetime:
        """Return the instant on the wall clock, in UTC."""
        return self._system.wall()

    def working(self, *, under_way: bool) -> None:
        """Run at the real speed while work is under way, and at the pace again."""
        speed = min(1.0, self.pace) if under_way else self.pace
        if speed != self._speed:
            now = self.now()
            with self._lock:
                self._start, self._since_s = now, time.monotonic()
                self._speed = speed

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds of waiting this span of the plan takes."""
        return span.total_seconds() / self.pace
