"""
Child processes that never outlive their parent.

Each child reads from a pipe that only the parent writes to. When the parent ends, even
by SIGKILL, the pipe closes, and the child ends itself.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Tells a child that its standard input is the pipe; without, it is somebody's terminal.
LIFELINE: Final = "QC_LIFELINE"
_PACKAGES: Final = Path(__file__).parents[1]
_GRACE_S: Final = 4.0
_LOG_TAIL: Final = 2_000


@dataclass(frozen=True, slots=True)
class Child:
    """A running part of the system, with the log that it writes."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def log_tail(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text("utf-8", "replace")[-_LOG_TAIL:]


def start_child(
    name: str,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    descriptors: Sequence[int] = (),
) -> Child:
    """
    Start `python -m qc_flow` with arguments.

    Args:
        name: How to call it when something is wrong with it.
        arguments: After the module's name.
        environment: Added to this process's own.
        log: What it prints goes here.
        descriptors: Open files to hand over, under the same numbers.
    """
    path = os.pathsep.join([str(_PACKAGES), os.environ.get("PYTHONPATH", "")])
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "qc_flow", *arguments],
            env={**os.environ, **environment, LIFELINE: "1", "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(descriptors),
            start_new_session=True,  # a Ctrl-C is for the parent, which stops us
        )
    return Child(name, process, log)


def stop_children(children: Sequence[Child]) -> None:
    """Ask all children to stop, wait a little, and kill those that did not."""
    for child in children:
        child.process.terminate()
        if child.process.stdin is not None:
            child.process.stdin.close()
    for child in children:
        try:
            child.process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def follow_parent() -> None:
    """End this process when its parent ends; for a child, as it starts."""
    if os.environ.pop(LIFELINE, None):
        threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    """Wait until the pipe closes; ask this process to stop, then make it."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_S)
    os._exit(1)
