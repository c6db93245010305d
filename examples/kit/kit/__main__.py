"""The command line: `python -m kit PIECE [--broken] [--folder DIR] [-- COMMAND]`."""

import argparse
import logging
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

from .load import steady
from .pieces import make, names
from .place import Place
from .running import run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command beside the service, and return its exit status."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    try:
        with ExitStack() as stack:
            return _run(options, stack)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(options: argparse.Namespace, stack: ExitStack) -> int:
    """Run the service, and the command beside it; tell what failed in the service."""
    folder = options.folder or Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="kit-"))
    )
    place = Place(options.piece, folder, stack, is_broken=options.broken)
    logging.basicConfig(filename=place.folder / "service.log", force=True)
    load = stack.enter_context(steady(place, make(place)))
    command = options.command or _rollout(place, options.pace)
    status = run_command(command, place.folder, place.variables)
    if status:
        for failure, times in load.failures.most_common(3):
            sys.stderr.write(f"of the service: {times} times {failure}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m kit",
        description="Roll a piece of the kit out in a service under load, live.",
    )
    parser.add_argument("piece", choices=names(), metavar="PIECE")
    parser.add_argument("--broken", action="store_true", help="set the piece up wrong")
    parser.add_argument("--folder", type=Path, help="to keep files and report")
    parser.add_argument(
        "--pace", default="14400", help="how many times as fast [14400: an hour in ¼ s]"
    )
    parser.add_argument(
        "command", nargs="*", metavar="-- COMMAND", help="instead of the rollout"
    )
    return parser


def _rollout(place: Place, pace: str) -> list[str]:
    """Return the command that runs the piece's document."""
    words = ("run", place.document.name, "--answers", "answers.yaml")
    return [
        *(sys.executable, "-m", "gonogo", *words),
        *("--as", "you", "--yes", "--again", "--pace", pace),
    ]


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """Turn SIGTERM into an exception, so that every block is left in order."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
