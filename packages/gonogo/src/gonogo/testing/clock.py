"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from threading import Lock

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


class FakeClock:
    """
    Implements `ports.clock.Clock`; thread-safe.

    Args:
        start: The first instant in the time of the plan.
        wall: The first instant on the wall; by default the same.
        pace: How much faster than the wall the plan's time moves.
    """

    def __init__(
        self, start: datetime = NOON, *, wall: datetime | None = None, pace: float = 1
    ) -> None:
        self._now, self._wall = start, start if wall is None else wall
        self._pace = pace
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the instant in the time of the plan."""
        with self._lock:
            return self._now

    def wall(self) -> datetime:
        """Return the instant on the wall clock."""
        with self._lock:
            return self._wall

    def working(self, *, under_way: bool) -> None:
        """Take no note: this clock moves by hand."""

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds this span of the plan's time takes."""
        return span.total_seconds() / self._pace

    def advance(self, span: timedelta) -> datetime:
        """
        Move the plan's time on, and the wall clock with it; return the new instant.

        Raises:
            ValueError: The span is negative; clocks never go back.
        """
        if span < timedelta(0):
            message = f"A clock never goes back; it was asked to move by {span}."
            raise ValueError(message)
        with self._lock:
            self._now += span
            self._wall += span / self._pace
            return self._now

    def advance_to(self, instant: datetime) -> datetime:
        """
        Move the plan's time to an instant, which must not lie in the past.

        Raises:
            ValueError: The instant lies in the past; clocks never go back.
        """
        return self.advance(instant - self.now())
