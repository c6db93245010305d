"""Rounds: a look again and again; one that fails is told, and the next one comes."""

from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass

from hardening.core import Clock, Listener, require_positive
from hardening.jobs.events import WatchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """
    The rounds of one watcher.

    Attributes:
        watcher: Its name: 'watchdog', 'monitor'.
        look: Looks once.
        listener: Told of a look that failed; never raises.
        clock: Waits between looks.
    """

    watcher: str
    look: Callable[[], object]
    listener: Listener[WatchFailed]
    clock: Clock

    def go(self, every_s: float, until: Callable[[], bool]) -> None:
        """
        Look at once, and again so many seconds after each look, until told to stop.

        Raises:
            InvalidSetting: The span is none.
        """
        self._check(every_s)
        while not until():
            self._outlive()
            self.clock.wait(every_s)

    async def go_async(self, every_s: float) -> None:
        """
        Look likewise, until cancelled; in a thread, which no blocked loop stops.

        Raises:
            InvalidSetting: The span is none.
        """
        self._check(every_s)
        while True:
            await to_thread(self._outlive)
            await self.clock.wait_async(every_s)

    def _check(self, every_s: float) -> None:
        require_positive(f"{self.watcher.title()}.run every_s", every_s)

    def _outlive(self) -> None:
        """Look once; what fails is told."""
        try:
            self.look()
        except Exception as error:  # noqa: BLE001 - the watch goes on
            self.listener(WatchFailed(watcher=self.watcher, error=error))
