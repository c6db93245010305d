"""Running one command beside the service, in the service's folder."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_GRACE_S: Final = 10.0
_SIGNALLED: Final = 128
_NOT_FOUND: Final = 127


def run_command(
    command: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> int:
    """
    Run a command and return its exit status.

    A command that a signal ended gives 128 and the signal's number, as in a shell; one
    that cannot be started gives 127. It does not outlive an interrupt of this process.
    """
    environment = {**os.environ, **variables}
    try:
        process = subprocess.Popen(command, cwd=folder, env=environment)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}. Give a command to run.\n")
        return _NOT_FOUND
    try:
        status = process.wait()
    finally:
        _stop(process)
    return status if status >= 0 else _SIGNALLED - status


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
