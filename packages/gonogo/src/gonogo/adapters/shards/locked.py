"""
Every shard for one process: whoever locks the workspace's folder holds them all.

The kernel keeps the lock (flock), so that a crash leaves nothing to clean up. The file
itself stays: removing it would let two processes lock two files of one name.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Event

from gonogo.adapters.shards.errors import ShardsUnusable, WorkspaceBusy
from gonogo.model.shard import SHARDS, Fence, Shard
from gonogo.ports.shards import Epochs, Taker

# Between two questions whether an action has ended: shorter than a person notices,
# and next to no work.
_ASK_AGAIN_S = 0.05


class LockedShards:
    """
    Implements `ports.shards.Shards` for a workspace that one process runs.

    Args:
        folder: The workspace; its `worker.lock` is the lock, and holds the process id.
        epochs: The journal there. It is used by the threads that open and close.
    """

    def __init__(self, folder: Path, epochs: Epochs) -> None:
        self._folder, self._epochs = folder, epochs
        self._lock: int | None = None
        self._taker: Taker | None = None
        self._fences: dict[Shard, Fence] = {}
        self._over = False

    def open(self, taker: Taker) -> None:
        """
        Take the lock, and every shard with it.

        Raises:
            WorkspaceBusy: Another process has it; holds its process id.
            ShardsUnusable: The lock file cannot be written.
        """
        self._lock = _locked(self._folder)
        try:
            taken = self._epochs.next_epochs([Shard(n) for n in range(SHARDS)])
        except BaseException:
            self._unlock()
            raise
        self._taker = taker
        self._fences = {fence.shard: fence for fence, _ in taken}
        for fence, clean in taken:
            taker.taken(fence, clean=clean)

    def fenced_off(self, fence: Fence) -> None:
        """End the turn; since nobody else should have taken it, nothing is alive."""
        if self._fences.get(fence.shard) == fence:
            # Only a lock file that was removed by hand lets a second process in.
            self._over = True
            self._fences.pop(fence.shard, None)

    def close(self) -> None:
        """Let every shard go as soon as nothing is under way in it, then the lock."""
        pause = Event()
        while self._taker is not None and self._fences:
            self._leave(self._taker)
            if self._fences:
                pause.wait(_ASK_AGAIN_S)
        self._taker = None
        self._unlock()

    def alive(self) -> bool:
        """Return whether the lock is held, and still keeps others out."""
        return self._lock is not None and not self._over

    def _leave(self, taker: Taker) -> None:
        """Ask once for every shard that is held, and mark those that were left."""
        left = [shard for shard in tuple(self._fences) if taker.leave(shard)]
        # One may have been fenced off in between: it is not ours to mark.
        fences = [self._fences.pop(shard, None) for shard in left]
        self._mark(fence for fence in fences if fence is not None)

    def _mark(self, fences: Iterable[Fence]) -> None:
        marked = tuple(fences)
        if marked:
            self._epochs.left(marked)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def holder_of(folder: Path) -> int | None:
    """Return the process that holds a workspace, 0 if unknown; None for none."""
    try:
        file = os.open(folder / "worker.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not _lives(_pid_in(file)):
            return None
        # Shared: two that look at once do not take each other for a holder.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid_in(file) or 0
    finally:
        os.close(file)
    return None


def _lives(pid: int | None) -> bool:
    """
    Return whether a process is there, as far as one can tell.

    Who only looks must not lock out a worker that starts just then: the lock is tried
    only where somebody seems to hold it.
    """
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _locked(folder: Path) -> int:
    """Return the open, locked file of a workspace; it holds this process's id."""
    file = _opened(folder)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _pid_in(file)
        os.close(file)
        raise WorkspaceBusy(folder, pid=pid) from None
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    return file


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Not inheritable: a script that outlives the worker must not keep it.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        return os.open(folder / "worker.lock", flags, 0o600)
    except OSError as error:
        raise ShardsUnusable(
            str(folder),
            what=f"its lock file: {error.strerror}",
            remedy="Name a folder that this user may write to.",
        ) from error


def _pid_in(file: int) -> int | None:
    """Return the process id that the holder wrote; None before it did."""
    text = os.pread(file, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdigit() else None
