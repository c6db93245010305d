"""
Starting supervisors: one is kept in reserve, so that a script begins at once.

To start Python takes longer than to start a script (some 10 ms against 2): the first
deed of a worker waits for it, and no other that comes a moment later. A supervisor in
reserve ends by itself when its worker does.
"""

import atexit
import marshal
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from gonogo.adapters.operators import supervisor
from gonogo.adapters.operators.output import KEPT_BYTES

_REAP_S = 5.0  # a supervisor that has let go of its socket ends at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    A script to be run.

    Attributes:
        command: The program with its arguments; the first is an absolute path.
        where: The folder to run in.
        seal: Tells whether a later reader knows the same secrets (`Values.seal`).
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    where: Path
    deadline_s: float
    grace_s: float
    seal: str


class AtWork:
    """
    A supervisor that was given a job by this worker.

    Attributes:
        said: What it had to say, once `wait` has returned True.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self._process, self._line = process, line
        self.said, self._over = b"", False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.close()
        with suppress(subprocess.TimeoutExpired):
            # One that does not even let go of its line is not waited for.
            self._process.wait(_REAP_S if self._over else 0)

    def give(self, folder: Path, job: Job) -> None:
        """Give it the job, and nothing more."""
        data = marshal.dumps(
            {
                "folder": str(folder.resolve()),
                "command": tuple(job.command),
                "environment": dict(job.environment),
                "where": str(job.where),
                "deadline_s": job.deadline_s,
                "grace_s": job.grace_s,
                "seal": job.seal,
                "half": KEPT_BYTES,
            }
        )
        self._line.sendall(len(data).to_bytes(supervisor.SIZE, "big") + data)
        self._line.shutdown(socket.SHUT_WR)

    def wait(self, wait_s: float) -> bool:
        """Return whether it has ended; wait a little while it has not."""
        # Not `select`: it refuses numbers of 1024 and more, which a worker may have.
        ready = select.poll()
        ready.register(self._line, select.POLLIN)
        while ready.poll(wait_s * 1000):
            piece = self._line.recv(64)
            if not piece:
                self._over = True
                return True
            self.said += piece
        return False

    def dismiss(self) -> None:
        """End one that was given no job."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)
        with self:
            self.wait(_REAP_S)


class Supervisors:
    """Starts supervisors for all deeds of this process. Of any thread."""

    def __init__(self) -> None:
        self._reserve: AtWork | None = None
        self._lock = Lock()

    @contextmanager
    def put_to_work(self, folder: Path, job: Job) -> Iterator[AtWork]:
        """
        Yield a supervisor that has a job; afterwards put another one in reserve.

        Raises:
            OSError: None could be started.
        """
        at_work = self._taken() or _started()
        try:
            at_work.give(folder, job)
        except BrokenPipeError:  # somebody has ended the one in reserve
            at_work.dismiss()
            at_work = _started()
            at_work.give(folder, job)
        # Not at once: Python's start would compete with that of the script.
        with at_work:
            yield at_work
        self._put_in_reserve()

    def close(self) -> None:
        """End the one in reserve."""
        reserve = self._taken()
        if reserve is not None:
            reserve.dismiss()

    def _taken(self) -> AtWork | None:
        with self._lock:
            reserve, self._reserve = self._reserve, None
        return reserve

    def _put_in_reserve(self) -> None:
        with self._lock, suppress(OSError):
            if self._reserve is None:
                self._reserve = _started()


def _started() -> AtWork:
    """Return a new supervisor, which waits for its job."""
    ours, theirs = socket.socketpair()
    try:
        # -I and -S: neither the environment nor site-packages has a say in it.
        process = subprocess.Popen(  # noqa: S603 - gonogo's own program
            (sys.executable, "-I", "-S", supervisor.__file__),
            cwd="/",
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return AtWork(process, ours)


SUPERVISORS = Supervisors()
atexit.register(SUPERVISORS.close)
