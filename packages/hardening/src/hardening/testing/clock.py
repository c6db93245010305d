"""A clock on which waiting takes no time."""

import asyncio


class FakeClock:
    """
    Implements `hardening.core.Clock`: a wait moves the clock and returns.

    Attributes:
        waits: Every span that was waited for, in seconds, oldest first.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s
        self.waits: list[float] = []

    def monotonic_s(self) -> float:
        """Return where the test, or a wait, moved the clock."""
        return self._now_s

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
        self.wait(span_s)
        await asyncio.sleep(0)  # noqa: TID251 - yields, and takes no time
