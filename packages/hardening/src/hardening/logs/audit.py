"""
The audit: which lines of logs that exist already hold secrets.

    python -m hardening.logs audit app.log

It lists file, line, column and kind, never the secret, and ends with 1 when it found
some, 0 when none, 2 when a file could not be read.
"""

import argparse
import gzip
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, cast

from hardening.logs.redactor import Redactor

_LINE_MAX = 1 << 20  # a line is read in pieces of this many bytes
_CLEAN, _FOUND, _UNREAD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A secret's place.

    Attributes:
        file: As it was named; '-' is the standard input.
        line: Counted from 1.
        column: Counted from 1, in characters.
        kind: What it is: 'stripe', 'jwt', 'field'.
        length: In characters.
    """

    file: str
    line: int
    column: int
    kind: str
    length: int


def findings(file: str, stream: BinaryIO, redactor: Redactor) -> Iterator[Finding]:
    """Yield what a log holds, in order; memory stays flat whatever its size."""
    for line, shift, text in _pieces(stream):
        for found in redactor.finds(text):
            place = shift + found.start + 1
            yield Finding(file, line, place, found.kind, found.end - found.start)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the audit; return the code to exit with."""
    asked = _parser().parse_args(arguments)
    redactor = Redactor(names=asked.name or ())
    counts: Counter[str] = Counter()
    unread = 0
    for file in asked.files:
        try:
            with ExitStack() as stack:
                for finding in findings(file, _opened(file, stack), redactor):
                    counts[finding.kind] += 1
                    print(_told(finding, as_json=asked.json))  # noqa: T201 - its output
        except (OSError, EOFError, zlib.error) as error:
            unread += 1
            why = getattr(error, "strerror", None) or error
            print(f"{file}: not read: {why}", file=sys.stderr)  # noqa: T201
    _summarise(counts, len(asked.files) - unread)
    if unread:
        return _UNREAD
    return _FOUND if counts else _CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hardening.logs",
        description="List the lines of logs that hold secrets, and never the secret.",
    )
    commands = parser.add_subparsers(required=True)
    audit = commands.add_parser("audit", help="search files; exit 1 when one has any")
    audit.add_argument("files", nargs="+", help="text or .gz; '-' is standard input")
    audit.add_argument("--json", action="store_true", help="one JSON object a finding")
    audit.add_argument(
        "--name", action="append", help="a further name of fields that hold secrets"
    )
    return parser


def _opened(file: str, stack: ExitStack) -> BinaryIO:
    """Open a file, unpacked if it has to be; the standard input stays open."""
    if file == "-":
        return sys.stdin.buffer
    if file.endswith(".gz"):
        return cast("BinaryIO", stack.enter_context(gzip.open(file)))
    return stack.enter_context(Path(file).open("rb"))


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, int, str]]:
    """Yield line number, characters before, and text; of a long line several."""
    line, shift = 1, 0
    while raw := stream.readline(_LINE_MAX):
        text = raw.decode("utf-8", "replace")
        yield line, shift, text.rstrip("\n")
        ended = raw.endswith(b"\n")
        line, shift = (line + 1, 0) if ended else (line, shift + len(text))


def _told(finding: Finding, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(finding))
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return f"{place}: {finding.kind}, {finding.length} characters"


def _summarise(counts: Counter[str], files: int) -> None:
    """Say on the standard error how many there are, so that the list stays a list."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    total = f"{counts.total()} secrets in {files} files"
    print(f"{total}: {kinds}" if kinds else total, file=sys.stderr)  # noqa: T201
