"""Delivery: a text that a command makes, printed or written to a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gonogo.bootstrap.writing import write_whole

F = TypeVar("F", bound=Callable[..., Any])


def output_option(
    metavar: str = "FILE", says: str = "Write there instead of printing."
) -> Callable[[F], F]:
    """Give a command `-o`, the file that its text goes to."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--output", type=kind, metavar=metavar, help=says)


def deliver(text: str, output: Path | None) -> None:
    """
    Print a text as it is, or write it whole.

    Raises:
        OSError: It cannot be written.
    """
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
