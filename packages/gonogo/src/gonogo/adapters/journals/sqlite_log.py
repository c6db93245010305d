"""
The write-ahead log of a journal in SQLite: made durable by us, not by its commits.

In its mode NORMAL, SQLite writes a commit into the log and leaves the sync to the next
checkpoint; a sync of the log afterwards makes it as durable as its mode FULL does. It
covers every commit before it, also those of other threads and processes.
"""

import os
from pathlib import Path
from threading import Lock

from gonogo.adapters.journals.errors import JournalUnusable

# Where the system has it, it spares writing what only tells when a file was changed.
_sync = getattr(os, "fdatasync", os.fsync)


class WriteAheadLog:
    """
    Syncs the log beside a journal's file, which a connection keeps open. Thread-safe.

    SQLite locks its file and never the log, so that closing the log releases no lock.
    """

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_name(f"{journal.name}-wal")
        self._file: int | None = None
        self._lock = Lock()

    def sync(self) -> None:
        """
        Make durable every commit that came before.

        Raises:
            JournalUnusable: The disk has failed. Trying again is no way: a system may
                have dropped what it could not write, and say that all is well.
        """
        try:
            _sync(self._opened())
        except OSError as error:
            what = f"its disk has failed ({error.strerror}); its end may be lost"
            remedy = (
                "Look at the disk; then `gonogo journal verify` checks the records."
            )
            raise JournalUnusable(self._path, what=what, remedy=remedy) from error

    def close(self) -> None:
        """Close the log; it may be gone already."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _opened(self) -> int:
        with self._lock:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            return self._file
