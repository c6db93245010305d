"""
A line that tells one thing: an instant, a symbol, words. Colour only repeats these.

Plain output, the last events of the live view and the journal on screen all show the
same lines.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from gonogo.entrypoints.cli.page import Page
from gonogo.report.wording import instant_text


class Tone(Enum):
    """How a line is meant: its symbol, and the colour that repeats it."""

    STAGE = ("▶", "bold")
    GOOD = ("✓", "green")
    BAD = ("✗", "bold red")
    BACK = ("↩", "bold yellow")
    DOUBT = ("?", "yellow")
    PERSON = ("!", "bold cyan")
    NEWS = ("·", "")

    @property
    def symbol(self) -> str:
        """Return the symbol, one column wide."""
        return str(self.value[0])

    @property
    def style(self) -> str:
        """Return the style that repeats the symbol on a terminal with colours."""
        return str(self.value[1])


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line, and the lines that belong below it.

    Attributes:
        details: Shown indented: an error's text, the commands to type.
    """

    at: datetime
    tone: Tone
    text: str
    details: tuple[str, ...] = ()

    def plain(self) -> str:
        """Return the line, its instant first, and its details below."""
        head = f"{instant_text(self.at)}  {self.tone.symbol} {self.text}"
        return "\n".join([head, *(f"{' ' * 24}{detail}" for detail in self.details)])

    def show(self, page: Page) -> None:
        """Print the line on a terminal, its words hanging behind the instant."""
        lead = f"{self.at.astimezone(UTC):%m-%d %H:%M:%S}Z {self.tone.symbol} "
        style = self.tone.style
        page.row(lead, self.text, style=style, lead_style=style)
        for detail in self.details:
            page.row(" " * len(lead), detail, style="dim")
