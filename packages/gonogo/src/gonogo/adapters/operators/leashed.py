"""
Looks on a leash: a child process that its worker leaves behind does not live on.

A script that measures is of no use when nobody waits for its answer, and nobody keeps
its deadline any more. The kernel's own means (a signal at the parent's death) is no
good here: it comes at the end of the thread that started the child.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from gonogo.adapters.operators import leash


class Leash:
    """Tells the program `leash` what is under way. Of any thread."""

    def __init__(self) -> None:
        self._program: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def make_ready(self) -> None:
        """Start the program, so that what begins next is held at once."""
        with self._lock, suppress(OSError):  # without it, a look is only less tidy
            if self._program is None or self._program.poll() is not None:
                self._program = _started()

    @contextmanager
    def holding(self, group: int) -> Iterator[None]:
        """Hold a process group while it is under way."""
        self._say(f"+{group}\n")
        try:
            yield
        finally:
            self._say(f"-{group}\n")

    def close(self) -> None:
        """End the program; whatever it holds ends with it."""
        with self._lock:
            program, self._program = self._program, None
        if program is not None and program.stdin is not None:
            program.stdin.close()
            program.wait()

    def _say(self, line: str) -> None:
        """Say one line: short enough to be written whole."""
        self.make_ready()
        with self._lock, suppress(OSError):
            if self._program is not None and self._program.stdin is not None:
                os.write(self._program.stdin.fileno(), line.encode())


def _started() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - gonogo's own program
        (sys.executable, "-I", "-S", leash.__file__),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )


LEASH = Leash()
atexit.register(LEASH.close)
