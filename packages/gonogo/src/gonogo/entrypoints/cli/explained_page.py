"""The page of a document as a file: written whole, never over the document itself."""

from collections.abc import Sequence
from pathlib import Path

import click

from gonogo.analysis.forecast import Forecast
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.writing import write_whole
from gonogo.report.html_explained import html_explained

_STDOUT = Path("-")


def write_page(
    document: Document, output: Path | None, power: Sequence[Forecast] = ()
) -> None:
    """
    Write the page of a document, and say where; '-' prints it instead.

    Args:
        document: As read and compiled.
        output: The file; by default one in this folder, named after the document.
        power: What its soaks can show.

    Raises:
        click.BadParameter: It is the document, or cannot be written.
    """
    html = html_explained(document.reading, document.compiled, power)
    if output == _STDOUT:
        click.echo(html, nl=False)
        return
    page = output or Path(f"{document.path.stem}.explained.html")
    if page.exists() and page.samefile(document.path):
        raise _NotWritten(page, "it is the document itself")
    try:
        write_whole(page, html)
    except OSError as error:
        raise _NotWritten(page, (error.strerror or str(error)).lower()) from error
    click.echo(page)


class _NotWritten(click.BadParameter):
    """A page cannot be written; the text says why."""

    def __init__(self, page: Path, why: str) -> None:
        """Compose the message from the file and the reason."""
        text = f"{page} cannot be written: {why}. Name another file."
        super().__init__(text, param_hint="'-o'")
