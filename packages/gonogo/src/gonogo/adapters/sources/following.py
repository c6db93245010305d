"""
Following a file that grows: whole lines, each once, through rotation and truncation.

The file is held open, so that what was written to it before it was moved away is read
to its end; then the new one of its name is read from its beginning. A file that is cut
to nothing (`copytruncate`) is read from its beginning as well.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LONGEST_LINE = 1024 * 1024  # bytes; what is longer is no line, and is left out
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lines:
    """
    What was new in a file.

    Attributes:
        lines: Whole ones, without their ends.
        began: Whether the first of them is the first of a file.
        more: Whether there is more to read at once.
    """

    lines: Sequence[bytes]
    began: bool = False
    more: bool = False


class Followed:
    """
    One file, followed; not thread-safe.

    Args:
        path: Of the file.
        tail: So many bytes of what is there already are read; None for all.
    """

    def __init__(self, path: Path, *, tail: int | None = None) -> None:
        self._path, self._tail = path, tail
        self._file: int | None = None
        self._offset, self._rest, self._skipping = 0, b"", False

    def read(self) -> Lines:
        """
        Return the next lines, at most about a MiB of them.

        Raises:
            OSError: The file is not there, or cannot be read.
        """
        began = self._file is None and self._open(self._tail)
        data = self._new()
        if not data and self._was_replaced():
            self.close()
            began = self._open(None)
            data = self._new()
        elif not data and self._was_cut():
            self._begin_again()
            began, data = True, self._new()
        return Lines(self._lines(data), began=began, more=len(data) == _CHUNK)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
        self._file = None

    def _open(self, tail: int | None) -> bool:
        """Open the file; return whether it is read from its beginning."""
        self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        self._begin_again()
        size = os.fstat(self._file).st_size
        if tail is not None and size > tail:
            self._offset = size - tail
            self._skipping = True  # what stands there is the end of some line
        return self._offset == 0

    def _begin_again(self) -> None:
        self._offset, self._rest, self._skipping = 0, b"", False

    def _new(self) -> bytes:
        assert self._file is not None  # noqa: S101
        data = os.pread(self._file, _CHUNK, self._offset)
        self._offset += len(data)
        return data

    def _was_replaced(self) -> bool:
        assert self._file is not None  # noqa: S101
        there, ours = self._path.stat(), os.fstat(self._file)
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _was_cut(self) -> bool:
        assert self._file is not None  # noqa: S101
        return os.fstat(self._file).st_size < self._offset

    def _lines(self, data: bytes) -> list[bytes]:
        """Return the whole lines; the last piece waits for its end."""
        *lines, rest = (self._rest + data).split(b"\n")
        if lines and self._skipping:
            del lines[0]
            self._skipping = False
        if len(rest) > _LONGEST_LINE:
            rest, self._skipping = b"", True
        self._rest = rest
        return [line.removesuffix(b"\r") for line in lines]
