"""
Running a process to its end, by its deadline, or until it is cancelled.

The process leads a session of its own. Ended early, the whole group gets SIGTERM, and
after a grace SIGKILL. Everything it starts inherits the pipe `kept`, even what has its
output redirected; when both pipes are at their end, nobody is left. It does not outlive
gonogo (`leashed`).
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gonogo.adapters.operators.ending import Ended, Why
from gonogo.adapters.operators.leashed import LEASH
from gonogo.ports.operator import Cancellation

_POLL_S = 0.05  # how late a cancellation may be noticed
_CHUNK = 64 * 1024
_DRAIN_CHUNKS = 64  # of a process left behind that never stops writing
_REAP_S = 5.0  # after SIGKILL only a process stuck in the kernel takes longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What to run, and where its bytes go."""

    command: Callable[[int], Sequence[str]]
    folder: Path
    environment: Mapping[str, str]
    on_output: Callable[[bytes], None]
    on_kept: Callable[[bytes], None]


@dataclass(slots=True)
class _Pipes:
    """The reading ends of both pipes, each with who takes its bytes."""

    takers: dict[int, Callable[[bytes], None]]
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def __post_init__(self) -> None:
        for end in self.takers:
            os.set_blocking(end, False)
            self.selector.register(end, selectors.EVENT_READ)

    def read(self, wait_s: float) -> bool:
        """Hand on what is there, or comes in time; return whether there was any."""
        if not self.takers:
            return False
        ready = self.selector.select(wait_s)
        for key, _ in ready:
            self._read_one(key.fd)
        return bool(ready)

    def _read_one(self, end: int) -> None:
        try:
            data = os.read(end, _CHUNK)
        except BlockingIOError:
            return
        if data:
            self.takers[end](data)
        else:
            self._forget(end)

    def _forget(self, end: int) -> None:
        self.selector.unregister(end)
        del self.takers[end]
        os.close(end)

    def close(self) -> None:
        """Close what is open still."""
        for end in tuple(self.takers):
            self._forget(end)
        self.selector.close()


def run(
    process: Process,
    *,
    deadline_s: float,
    grace_s: float,
    cancelled: Cancellation,
) -> int:
    """
    Run a process and return its exit status; 128 and the number for a signal.

    `process.command` gets the number of the file descriptor whose bytes go to
    `on_kept`. Processes that it leaves behind live on; their output is not waited for.

    Raises:
        Ended: It was ended, because of its deadline or a cancellation.
        OSError: It could not be started.
    """
    deadline = time.monotonic() + deadline_s
    LEASH.make_ready()
    child, pipes = _start(process)
    with LEASH.holding(child.pid):
        try:
            why = _follow(child, pipes, deadline, cancelled)
            if why is not None:
                _end(child, pipes, grace_s)
                raise Ended(why)
            _drain(pipes)
            status = child.wait(_REAP_S)
        finally:
            _kill(child)
            pipes.close()
    return status if status >= 0 else 128 - status


def _start(process: Process) -> "tuple[subprocess.Popen[bytes], _Pipes]":
    """Start the process, and return it with the reading ends of its pipes."""
    output, output_in = os.pipe()
    kept, kept_in = os.pipe()
    pipes = _Pipes({output: process.on_output, kept: process.on_kept})
    try:
        child = subprocess.Popen(  # noqa: S603 - running scripts is what this is for
            process.command(kept_in),
            cwd=process.folder,
            env=process.environment,
            stdin=subprocess.DEVNULL,
            stdout=output_in,
            stderr=output_in,
            pass_fds=(kept_in,),
            start_new_session=True,
        )
    except BaseException:
        pipes.close()
        raise
    finally:
        os.close(output_in)
        os.close(kept_in)
    return child, pipes


def _follow(
    child: "subprocess.Popen[bytes]",
    pipes: _Pipes,
    deadline: float,
    cancelled: Cancellation,
) -> Why | None:
    """Read until the process has ended; return why it must be ended instead."""
    while not _has_ended(child):
        if cancelled.is_set():
            return Why.CANCELLED
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return Why.DEADLINE
        wait_s = min(_POLL_S, left_s)
        if not pipes.takers:
            # Both pipes are closed: it is ending, or has detached itself.
            time.sleep(min(wait_s, 0.005))
        pipes.read(wait_s)
    return None


def _end(child: "subprocess.Popen[bytes]", pipes: _Pipes, grace_s: float) -> None:
    """Ask the whole group to end; after the grace, make it."""
    _signal(child, signal.SIGTERM)
    limit = time.monotonic() + grace_s
    while pipes.takers and time.monotonic() < limit:
        pipes.read(_POLL_S)
    _signal(child, signal.SIGKILL)
    _drain(pipes)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """Make sure that the process is gone, whatever happened."""
    if child.returncode is None:
        _signal(child, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_REAP_S)


def _drain(pipes: _Pipes) -> None:
    """Read what has been written already; somebody may hold the pipes for ever."""
    for _ in range(_DRAIN_CHUNKS):
        if not pipes.read(0):
            return


def _has_ended(child: "subprocess.Popen[bytes]") -> bool:
    """
    Return whether the process has ended, without reaping it.

    Not reaped, it keeps its number, so that a signal to its group cannot reach some
    other process that got the same number since.
    """
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child.pid, options) is not None


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send a signal to the process's group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
