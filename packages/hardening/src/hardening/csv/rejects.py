"""The rejects file: a CSV of the rows that were not imported, with place and reason."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO, StringIO
from pathlib import Path

from hardening.csv.formula import escape
from hardening.csv.reject import Reject

HEADINGS = ("line", "row", "column", "reason", "explanation", "raw")
"""The header of a rejects file."""


class RejectsFile:
    """
    Writes rejects past any buffer, so that a full disk is known before the commit.

    Attributes:
        size: In bytes, of what was written.
        kept: Whether it still holds what earlier attempts wrote.
    """

    def __init__(self, file: FileIO, size: int) -> None:
        self._file = file
        self.size = size
        self.kept = size > 0
        if not size:
            self._write([HEADINGS])

    def write(self, rejects: Iterable[Reject]) -> None:
        """
        Add rows.

        Raises:
            OSError: They could not be written; some of their bytes may have been.
        """
        self._write(map(_cells, rejects))

    def sync(self) -> None:
        """
        Return once the rows would outlive a power cut, where the file can tell.

        Raises:
            OSError: They could not be kept.
        """
        if self._file.seekable():
            os.fsync(self._file.fileno())

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        """Add rows of cells."""
        text = StringIO(newline="")
        csv.writer(text).writerows(rows)
        left = memoryview(text.getvalue().encode())
        while left:
            written = self._file.write(left) or 0
            self.size += written
            left = left[written:]


@contextmanager
def rejects_file(path: Path, size: int) -> Iterator[RejectsFile]:
    """
    Give a rejects file.

    Args:
        path: Where it is to be; an older file of another import is replaced.
        size: How much of it an earlier attempt wrote and committed; the rest is cut off.
            0 begins anew, and so does a file that is shorter than that.

    Raises:
        OSError: It cannot be opened or written.
    """
    there = path.stat().st_size if size and path.exists() else 0
    kept = size if there >= size else 0
    with path.open("r+b" if kept else "wb", buffering=0) as file:
        if kept:
            file.truncate(kept)
            file.seek(kept)
        yield RejectsFile(file, kept)


def _cells(reject: Reject) -> tuple[object, ...]:
    """Return a reject's cells; its raw row is made safe for a spreadsheet."""
    return (
        reject.line,
        reject.row,
        reject.columns,
        reject.reason.value,
        reject.words,
        escape(reject.raw),
    )
