"""The rejects file: a CSV of the rows that were not imported, with place and reason."""

import csv
import os
from collections.abc import Iterable
from io import FileIO, StringIO
from pathlib import Path
from stat import S_ISREG

from hardening.core import require
from hardening.csv.formula import escape
from hardening.csv.reject import Reject

HEADINGS = ("line", "row", "column", "reason", "explanation", "raw")
"""The header of a rejects file."""


class RejectsFile:
    """
    Writes rejects past any buffer, so that a full disk is known before the commit.

    Invariant: nothing is touched before `start`. Until the place of an import is held,
    the file may be that of another process, which is writing it.

    Args:
        path: Where it is to be; an older file of another import is replaced.
        size: How much of it an earlier attempt wrote and committed; the rest is cut off.
            0 begins anew, and so does a file that is shorter than that.

    Attributes:
        size: In bytes, of what was written.
        kept: Whether it still holds what earlier attempts wrote; known once it started.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._file: FileIO | None = None
        self.size = size
        self.kept = size > 0

    def start(self) -> None:
        """
        Open the file and put its header into it, the first time that this is called.

        Raises:
            OSError: It cannot be opened or written.
        """
        if self._file is not None:
            return
        there = self._path.stat().st_size if self.kept and self._path.exists() else 0
        self.kept = self.kept and there >= self.size
        self._file = self._path.open("r+b" if self.kept else "wb", buffering=0)
        if self.kept:
            self._file.truncate(self.size)
            self._file.seek(self.size)
        else:
            self.size = 0
            self._write([HEADINGS])

    def close(self) -> None:
        """Close the file, if it was started."""
        if self._file is not None:
            self._file.close()

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
        if self._opened.seekable():
            os.fsync(self._opened.fileno())

    @property
    def _opened(self) -> FileIO:
        """The file; it was started before anything is written."""
        assert self._file is not None  # noqa: S101 - `store` starts it
        return self._file

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        """Add rows of cells."""
        text = StringIO(newline="")
        csv.writer(text).writerows(rows)
        left = memoryview(text.getvalue().encode())
        while left:
            written = self._opened.write(left) or 0
            self.size += written
            left = left[written:]


def require_apart(source: object, rejects: str | os.PathLike[str]) -> None:
    """
    Refuse a rejects file that is the source: to begin it would erase what is to be read.

    Args:
        source: A path, an open file, or anything else, which is no file.
        rejects: The path of the rejects file.

    Raises:
        InvalidSetting: They are one file, by whatever names.
    """
    same = _are_one(source, rejects)
    require("rejects", rejects, "another file than the source", holds=not same)


def _are_one(source: object, rejects: str | os.PathLike[str]) -> bool:
    """Tell whether a source is this file; a terminal or a pipe may well be both."""
    try:
        there = os.stat(rejects)  # noqa: PTH116 - as `samestat` wants it
        here = os.stat(_named(source))  # noqa: PTH116 - an open file has no path
    except (OSError, TypeError, ValueError):
        return False
    return S_ISREG(there.st_mode) and os.path.samestat(here, there)


def _named(source: object) -> str | os.PathLike[str] | int:
    """Return what the system knows a source by; others raise what is no answer."""
    if isinstance(source, str | os.PathLike):
        return source
    number = getattr(source, "fileno", None)
    if number is None:
        raise TypeError
    return int(number())


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
