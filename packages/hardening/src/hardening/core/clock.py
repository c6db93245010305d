"""The clocks: how long things take, how to wait, and what time it is."""

from typing import Protocol


class Clock(Protocol):
    """
    Measures spans and waits.

    An adapter guarantees that `monotonic_s` never goes back, also when the wall clock
    is set, and that both waits return no earlier than asked.
    """

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary start."""
        ...

    def wait(self, span_s: float) -> None:
        """Return after this many seconds; at once for zero."""
        ...

    async def wait_async(self, span_s: float) -> None:
        """Return after this many seconds, and let others run meanwhile."""
        ...


class WallClock(Protocol):
    """Tells the time of day. It may jump, back too; never measure a span by it."""

    def unix_s(self) -> float:
        """Return seconds since the start of 1970, UTC."""
        ...
