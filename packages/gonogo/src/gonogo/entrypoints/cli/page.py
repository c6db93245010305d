"""
A page of text: rows with a lead and a body that hangs below itself.

On a terminal the body wraps at the width; in a pipe nothing wraps, so that a line
can be found with grep and a command copied whole.
"""

from typing import IO

from gonogo.entrypoints.cli.output import safe, silence


class Page:
    """Prints rows on a stream, plain, top down."""

    def __init__(self, stream: IO[str]) -> None:
        """Take the stream; its lines are as long as they are."""
        self.stream = stream

    def gap(self) -> None:
        """Leave a line empty."""
        self._print("", "", "", "")

    def heading(self, text: str) -> None:
        """Open a part of the page."""
        self.gap()
        self.row("", text, style="bold")

    def row(
        self, lead: str, body: str, *, style: str = "", lead_style: str = ""
    ) -> None:
        """Print a body behind its lead; every line of it hangs below the first."""
        head = safe(lead)
        for paragraph in safe(body).splitlines() or [""]:
            self._print(head, paragraph, style, lead_style)
            head = " " * len(lead)

    def _print(self, lead: str, text: str, style: str, lead_style: str) -> None:
        del style, lead_style
        self._write(f"{lead}{text}".rstrip() + "\n")

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            silence(self.stream)
