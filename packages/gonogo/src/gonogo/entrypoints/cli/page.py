"""
A page of text: rows with a lead and a body that hangs below itself when it wraps.

On a terminal the body wraps at the width; in a pipe nothing wraps, so that a line
can be found with grep and a command copied whole.
"""

import sys

from rich.console import Console
from rich.text import Text

from gonogo.entrypoints.cli.output import safe, silence


def console_for(*, stderr: bool = False, markup: bool = False) -> Console:
    """
    Return a console: colours only on a terminal, and never with NO_COLOR.

    Args:
        stderr: For what is no part of the result.
        markup: For somebody whose own texts hold rich's mark-up, the rest escaped.
    """
    stream = sys.stderr if stderr else sys.stdout
    return _Console(file=stream, highlight=False, markup=markup, emoji=False)


class _Console(Console):
    """A console that leaves it to its caller what a reader's going means."""

    def on_broken_pipe(self) -> None:
        """Raise again; rich would end the process with the status of a rollback."""
        raise BrokenPipeError


class Page:
    """Prints rows on a console, top down."""

    def __init__(self, console: Console) -> None:
        """Take the console; its width decides where rows wrap."""
        self.console = console

    def gap(self) -> None:
        """Leave a line empty."""
        self._print(Text())

    def heading(self, text: str) -> None:
        """Open a part of the page."""
        self.gap()
        self.row("", text, style="bold")

    def row(
        self, lead: str, body: str, *, style: str = "", lead_style: str = ""
    ) -> None:
        """Print a body behind its lead; every line of it hangs below the first."""
        indent = " " * len(lead)
        first = True
        for paragraph in safe(body).splitlines() or [""]:
            for line in self._wrapped(paragraph, len(lead), style):
                head = Text(safe(lead) if first else indent, lead_style)
                self._print(head + line)
                first = False

    def _wrapped(self, text: str, indent: int, style: str) -> list[Text]:
        line = Text(text, style)
        room = self.console.width - indent
        if not self.console.is_terminal or room < 20:  # noqa: PLR2004  # hopeless
            return [line]
        return list(line.wrap(self.console, room)) or [line]

    def _print(self, line: Text) -> None:
        line.rstrip()
        try:
            self.console.print(line, soft_wrap=True)
        except BrokenPipeError:
            silence(self.console.file)
