"""Running one command beside the system, so that neither outlives the other."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Final, NoReturn

_PR_SET_PDEATHSIG: Final = 1
_GRACE_S: Final = 10.0
_SIGNALLED: Final = 128
_NOT_FOUND: Final = 127


def run_command(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """
    Run a command with more environment variables and return its exit status.

    A command that a signal ended gives 128 and the signal's number, as in a shell; one
    that cannot be started gives 127. When this process is interrupted, the command is
    stopped first; when it is killed, the command gets SIGTERM from the kernel.
    """
    try:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}. Give a command to run.\n")
        return _NOT_FOUND
    try:
        status = process.wait()
    finally:
        _stop(process)
    return status if status >= 0 else _SIGNALLED - status


def stop_on_sigterm() -> None:
    """Turn SIGTERM into an exception, so that every block is left in order."""
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, _: FrameType | None) -> NoReturn:
    """Leave with the status of a process that a signal ended."""
    raise SystemExit(_SIGNALLED + number)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop a command that still runs, if need be by force."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    """Ask the kernel, in the child, for SIGTERM when the parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
