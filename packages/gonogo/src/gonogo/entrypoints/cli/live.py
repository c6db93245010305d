"""
The live view: what happened scrolls by, and below it stands the picture of the whole.

The picture is drawn anew four times a second, on a thread of its own. A prompt gets
the screen to itself; what happens meanwhile is told when it is over. When the terminal
is gone nothing is drawn, and the rollout is left, or taken back, in order.
"""

from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from gonogo.bootstrap.clocks import clock_for
from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.charting import Charts
from gonogo.entrypoints.cli.console import ConsolePage
from gonogo.entrypoints.cli.output import safe
from gonogo.entrypoints.cli.picture import Screen, picture
from gonogo.entrypoints.cli.plantime import PlanTime
from gonogo.entrypoints.cli.telling import Teller
from gonogo.model.record import Record
from gonogo.report.status import status_of

if TYPE_CHECKING:
    from gonogo.entrypoints.cli.line import Line

REFRESHES_PER_S = 4
# So many lines of what happened stay in sight above the picture.
IN_SIGHT = 5


class LiveView:
    """
    Implements `views.View` on a terminal.

    Args:
        console: The terminal.
        pace: Of the runner; None where it is another process.
        footer: What the keys do, below the picture.
    """

    def __init__(
        self,
        console: Console,
        *,
        pace: float | None = None,
        footer: str = "Ctrl-C leaves; the same command goes on",
    ) -> None:
        """Draw nothing yet."""
        self.footer, self.runs = footer, True
        self._console, self._page = console, ConsolePage(console)
        self._time = PlanTime(clock_for(1, None).wall, pace)
        self._teller, self._charts = Teller(), Charts()
        self._state: RolloutState | None = None
        self._live: Live | None = None
        self._untold: list[Line] = []
        self._suspended = 0
        self._lock = Lock()

    def open(self) -> None:
        """Begin to draw."""
        with self._lock:
            self._draw()

    def close(self) -> None:
        """Stop drawing; the last picture stays."""
        with self._lock:
            self._tell_untold()
            self.footer = ""
            self._erase(keep=True)

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Tell what was just journaled, and draw the state after it from now on."""
        with self._lock:
            for record in records:
                self._time.saw(record)
                self._charts.saw(state, record.event)
                self._untold.extend(self._teller.tell(record.event, state))
            self._state = state
            if not self._suspended:
                self._tell_untold()

    def say(self, text: str) -> None:
        """Say something that is no event."""
        with suppress(OSError):
            self._console.print(Text(f"gonogo: {safe(text)}", "bold"))

    def suspend(self) -> None:
        """Take the picture off the screen."""
        with self._lock:
            self._suspended += 1
            if self._suspended == 1:
                self._tell_untold()
                self._erase(keep=False)

    def resume(self) -> None:
        """Tell what happened meanwhile, and draw again."""
        with self._lock:
            self._suspended -= 1
            if not self._suspended:
                self._tell_untold()
                self._draw()

    def _draw(self) -> None:
        self._live = Live(
            console=self._console,
            get_renderable=self._picture,
            refresh_per_second=REFRESHES_PER_S,
            vertical_overflow="crop",
        )
        with suppress(OSError):
            self._live.start()

    def _erase(self, *, keep: bool) -> None:
        if self._live is not None:
            self._live.transient = not keep
            with suppress(OSError):
                self._live.stop()
            self._live = None

    def _tell_untold(self) -> None:
        for line in self._untold:
            with suppress(OSError):
                line.show(self._page)
        self._untold.clear()

    def _picture(self) -> Group:
        state = self._state
        if state is None:
            return Group()
        width, height = self._console.size
        status = status_of(state, now=self._time.now(runs=self.runs))
        room = Screen(width, max(height - IN_SIGHT, 8))
        chart = self._charts.lines(state, self._console)
        lines = picture(status, room, footer=self.footer, chart=chart)
        return Group(Text(), *lines)
