"""The clock of the machine: the time of the plan is the time on the wall."""

from datetime import UTC, datetime, timedelta
from threading import Lock


class SystemClock:
    """
    Implements `ports.clock.Clock` at pace 1; thread-safe.

    When the machine's clock is set back, time stands still here until that is made up
    for: instants never decrease.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the instant on the wall clock."""
        return self.wall()

    def wall(self) -> datetime:
        """Return the instant on the wall clock, in UTC."""
        with self._lock:
            self._latest = max(self._latest, datetime.now(UTC))
            return self._latest

    def working(self, *, under_way: bool) -> None:
        """Take no note: this clock runs at one speed."""

    def real_seconds(self, span: timedelta) -> float:
        """Return the span in seconds."""
        return span.total_seconds()
