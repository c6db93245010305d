"""Which page a stream gets: the plain one, or the one of a terminal."""

import os
import sys
from typing import IO

from gonogo.entrypoints.cli.page import Page

# Who sets one of these wants a pipe to be taken for a terminal, or the reverse.
_ASKING = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})


def page_for(*, stderr: bool = False, to: IO[str] | None = None) -> Page:
    """
    Return a page: with colours on a terminal, without them in a pipe or a file.

    Args:
        stderr: For what is no part of the result.
        to: Where to print instead, a file say.
    """
    stream = to or (sys.stderr if stderr else sys.stdout)
    if not stream.isatty() and _ASKING.isdisjoint(os.environ):
        return Page(stream)
    # Not at the top: a pipe need not wait for what only a terminal shows.
    from gonogo.entrypoints.cli.console import (  # noqa: PLC0415
        ConsolePage,
        console_for,
    )

    return ConsolePage(console_for(stderr=stderr, to=to))
