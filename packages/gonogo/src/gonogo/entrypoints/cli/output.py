"""Plain output: made safe for a terminal, and for readers that go away."""

import os
import re
import sys
from typing import IO

import click

# Output of others' commands must not move the cursor or set a title.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def safe(text: str) -> str:
    """Return text without the control characters that a terminal acts on."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, or nothing when nobody reads any more: a rollout goes on."""
    try:
        click.echo(text, err=err)
    except OSError:
        silence(sys.stderr if err else sys.stdout)


def silence(stream: IO[str]) -> None:
    """Let all further output of a stream go nowhere: its reader (`head`) has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
