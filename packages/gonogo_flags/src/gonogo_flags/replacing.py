"""
Replacing a file so that readers see the old one or the new one, never a mixture.

The new content goes to a temporary file in the same folder, is forced to the disk, and
takes the old one's name in one step; then the folder is forced too. Writers exclude
one another by a lock file beside it, which stays: removing it would let two in.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from gonogo_flags.errors import FlagFileLocked

# A writer holds the lock for milliseconds (two fsyncs); five seconds mean that it is
# stopped, and whoever wants to kill a flag has to hear of that soon.
LOCK_PAUSE_S = 0.01
LOCK_ATTEMPTS = 500


@contextmanager
def locked(path: Path, *, attempts: int = LOCK_ATTEMPTS) -> Iterator[None]:
    """
    Hold the lock file of a path, against other threads and other processes.

    Raises:
        FlagFileLocked: Another writer held it during all attempts.
        OSError: The lock file cannot be opened.
    """
    lock_path = path.with_name(path.name + ".lock")
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _acquire(descriptor, lock_path, attempts)
        yield
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """
    Replace a file atomically and durably; its mode and owner stay.

    Raises:
        OSError: The folder cannot be written; the file is as it was.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            _take_over_mode_and_owner(path, file.fileno())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the two names stand side by side
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - a plain string from mkstemp
        raise
    _sync_folder(path.parent)


def _acquire(descriptor: int, lock_path: Path, attempts: int) -> None:
    """Take the lock, asking again after a pause."""
    pause = Event()
    for _ in range(attempts):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause.wait(LOCK_PAUSE_S)
        else:
            return
    raise FlagFileLocked(str(lock_path), attempts * LOCK_PAUSE_S)


def _take_over_mode_and_owner(path: Path, descriptor: int) -> None:
    """Give a new file the mode, and where allowed the owner, of the old one."""
    old = path.stat()
    os.fchmod(descriptor, old.st_mode & 0o7777)
    with suppress(PermissionError):
        os.fchown(descriptor, old.st_uid, old.st_gid)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
