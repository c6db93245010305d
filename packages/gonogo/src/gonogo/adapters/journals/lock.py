"""
One runner per rollout and machine: a lock on a file, gone when its process is gone.

The kernel keeps the lock (flock), so that a crash leaves nothing to clean up. The file
itself stays: removing it would let two processes lock two files of one name.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from gonogo.adapters.journals.errors import JournalUnusable, RolloutBusy
from gonogo.model.identifiers import RolloutId


class RolloutLock:
    """
    Exclusive right to drive a rollout, from `acquire` to `release`, or by `with`.

    Args:
        folder: Where the lock files lie; created when missing.
        rollout: Whose lock it is.
    """

    def __init__(self, folder: Path, rollout: RolloutId) -> None:
        self.path = folder / f"{quote(rollout, safe='')}.lock"
        self._rollout = rollout
        self._file: int | None = None

    def acquire(self) -> None:
        """
        Take the lock, at once or not at all.

        Raises:
            RolloutBusy: Another runner has it; holds its process id.
            JournalUnusable: The lock file cannot be written.
        """
        assert self._file is None, "the lock is taken already"  # noqa: S101
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _pid_in(file)
            os.close(file)
            raise RolloutBusy(self._rollout, pid=pid) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Not inheritable: a script that outlives the runner must not keep it.
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalUnusable(
                self.path,
                what=f"its lock file: {error.strerror}",
                remedy="Name a folder that this user may write to.",
            ) from error

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _pid_in(file: int) -> int | None:
    """Return the process id that the holder wrote; None before it did."""
    text = os.pread(file, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdigit() else None
