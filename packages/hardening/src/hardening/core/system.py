"""The machine's own clock and entropy."""

import random
import time
from collections.abc import Callable


class SystemClock:
    """Implements `Clock` and `WallClock` by the machine's own clocks."""

    # A static method costs no frame of Python's own; this is on every hot path.
    monotonic_s = staticmethod(time.monotonic)
    unix_s = staticmethod(time.time)

    def wait(self, span_s: float) -> None:
        """Return after this many seconds; at once for zero."""
        time.sleep(span_s)

    async def wait_async(self, span_s: float) -> None:
        """Return after this many seconds, and let others run meanwhile."""
        # Not at the top: it takes longer to import than the whole of a piece.
        import asyncio  # noqa: PLC0415

        await asyncio.sleep(span_s)


class SystemEntropy:
    """
    Implements `Entropy` by the process's pseudo-random generator.

    It spreads clients apart; it keeps no secrets.
    """

    chance: Callable[[], float] = staticmethod(random.random)


class SecretEntropy:
    """Implements `Entropy` by the system's own generator: nobody can guess it."""

    chance: Callable[[], float] = staticmethod(random.SystemRandom().random)
