"""Clocks on which waiting takes no time."""


class FakeClock:
    """
    Implements `Clock` and `WallClock`: a wait moves both and returns.

    Args:
        start_s: Where the monotonic clock starts.
        unix_s: Where the wall clock starts.

    Attributes:
        waits: Every span that was waited for, in seconds, oldest first.
    """

    def __init__(self, start_s: float = 0.0, unix_s: float = 1.8e9) -> None:
        self._now_s = start_s
        self._wall_ahead_s = unix_s - start_s
        self.waits: list[float] = []

    def monotonic_s(self) -> float:
        """Return where the test, or a wait, moved the clock."""
        return self._now_s

    def unix_s(self) -> float:
        """Return the time of day, moved by waits and jumps."""
        return self._now_s + self._wall_ahead_s

    def jump(self, span_s: float) -> None:
        """Set the wall clock on, or back; the monotonic clock does not notice."""
        self._wall_ahead_s += span_s

    def advance(self, span_s: float) -> None:
        """
        Move the clock on.

        Raises:
            ValueError: The span is negative; clocks never go back.
        """
        if span_s < 0:
            message = f"A clock never goes back; it was asked to move by {span_s} s."
            raise ValueError(message)
        self._now_s += span_s

    def wait(self, span_s: float) -> None:
        """Move the clock on, and remember the wait."""
        self.advance(span_s)
        self.waits.append(span_s)

    async def wait_async(self, span_s: float) -> None:
        """Move the clock on, remember the wait, and let others run once."""
        import asyncio  # noqa: PLC0415 - takes longer than all the rest

        self.wait(span_s)
        await asyncio.sleep(0)  # noqa: TID251 - yields, and takes no time
