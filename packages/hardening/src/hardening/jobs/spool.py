"""The spool: a file for letters that could not be put, until they can."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from hardening.jobs.asking import as_json
from hardening.jobs.letter import NewLetter, Reason


class Spool:
    """
    Keeps letters on this machine's disk while PostgreSQL is gone.

    Any number of processes may share the file. Each letter is a line of JSON, on the
    disk when `keep` returns; arguments that are no JSON are kept as the table would show
    them. The file holds the jobs' arguments and is readable by its owner alone.

    Args:
        path: In a folder that exists and outlives the process.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def keep(self, letter: NewLetter) -> None:
        """
        Keep a letter.

        Raises:
            OSError: The disk is full, or the folder is gone.
        """
        # The first newline ends what a crash may have left of the line before.
        line = b"\n" + json.dumps(_values(letter), default=_plain).encode() + b"\n"
        with _locked(self._path) as descriptor:
            os.lseek(descriptor, 0, os.SEEK_END)
            _write(descriptor, line)

    def drain(self, put: Callable[[NewLetter], object]) -> int:
        """
        Put all letters, oldest first, and empty the file.

        What `put` raises ends it, and every letter stays: those that were put already
        are put again the next time, which changes nothing.

        Returns:
            How many were put.
        """
        if not self._path.exists():
            return 0
        with _locked(self._path) as descriptor:
            lines = filter(None, _read(descriptor).split(b"\n"))
            # A line that a crash cut short was never kept.
            letters = [made for made in map(_letter, lines) if made is not None]
            for letter in letters:
                put(letter)
            os.ftruncate(descriptor, 0)
        return len(letters)


class _locked:  # noqa: N801 - used as a function
    """Opens a file for one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> int:
        """Return the file's descriptor."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return self._descriptor

    def __exit__(self, *_: object) -> None:
        """Close it, which unlocks it."""
        os.close(self._descriptor)


def _write(descriptor: int, line: bytes) -> None:
    """Write a whole line to the disk, or take back what was written of it."""
    end = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, line)
        while written < len(line):
            written += os.write(descriptor, line[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _read(descriptor: int) -> bytes:
    """Return the whole file."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _values(letter: NewLetter) -> dict[str, Any]:
    """Return a letter's fields as JSON can hold them, whatever its arguments are."""
    values = {field.name: getattr(letter, field.name) for field in fields(NewLetter)}
    readable = {name: json.loads(as_json(values[name])) for name in ("args", "options")}
    return values | readable


def _plain(content: object) -> object:
    """Return what JSON can hold."""
    return content.isoformat() if isinstance(content, datetime) else repr(content)


def _letter(line: bytes) -> NewLetter | None:
    """Return a line as a letter; None for half a line."""
    try:
        values: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    first = values["first_failed_at"]
    values["first_failed_at"] = first and datetime.fromisoformat(first)
    values["reason"] = Reason(values["reason"])
    return NewLetter(**values)
