"""The machine's own clock and entropy."""

import asyncio
import random
import time
from collections.abc import Callable


class SystemClock:
    """Implements `Clock` by the machine's monotonic clock."""

    # A static method costs no frame of Python's own; this is on every hot path.
    monotonic_s = staticmethod(time.monotonic)

    def wait(self, span_s: float) -> None:
        """Return after this many seconds; at once for zero."""
        time.sleep(span_s)

    async def wait_async(self, span_s: float) -> None:
        """Return after this many seconds, and let others run meanwhile."""
        await asyncio.sleep(span_s)


class SystemEntropy:
    """
    Implements `Entropy` by the process's pseudo-random generator.

    It spreads clients apart; it keeps no secrets.
    """

    chance: Callable[[], float] = staticmethod(random.random)
