"""The console: a terminal with colours and a width, and the page that wraps on it."""

import sys
from typing import IO

from rich.console import Console
from rich.text import Text

from gonogo.entrypoints.cli.output import silence
from gonogo.entrypoints.cli.page import Page


def console_for(
    *, stderr: bool = False, markup: bool = False, to: IO[str] | None = None
) -> Console:
    """
    Return a console: colours only on a terminal, and never with NO_COLOR.

    Args:
        stderr: For what is no part of the result.
        markup: For somebody whose own texts hold rich's mark-up, the rest escaped.
        to: Where to print instead, a file say.
    """
    stream = to or (sys.stderr if stderr else sys.stdout)
    return _Console(file=stream, highlight=False, markup=markup, emoji=False)


class _Console(Console):
    """A console that leaves it to its caller what a reader's going means."""

    def on_broken_pipe(self) -> None:
        """Raise again; rich would end the process with the status of a rollback."""
        raise BrokenPipeError


class ConsolePage(Page):
    """Prints rows on a console, in colours; its width decides where they wrap."""

    def __init__(self, console: Console) -> None:
        """Take the console."""
        super().__init__(console.file)
        self.console = console

    def _print(self, lead: str, text: str, style: str, lead_style: str) -> None:
        for line in self._wrapped(text, len(lead), style):
            self._show(Text(lead, lead_style) + line)
            lead = " " * len(lead)

    def _wrapped(self, text: str, indent: int, style: str) -> list[Text]:
        line = Text(text, style)
        room = self.console.width - indent
        if not self.console.is_terminal or room < 20:  # noqa: PLR2004  # hopeless
            return [line]
        return list(line.wrap(self.console, room)) or [line]

    def _show(self, line: Text) -> None:
        line.rstrip()
        try:
            self.console.print(line, soft_wrap=True)
        except BrokenPipeError:
            silence(self.console.file)
