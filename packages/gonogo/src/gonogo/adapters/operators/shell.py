"""
Shell: a script runs as a person would type it, with its end guaranteed.

`bash -c`: the exit status is that of the last command, and neither `set -e` nor
`pipefail` is on unless the script says so. Standard input is empty, so that a prompt
ends instead of hanging. Values are environment variables, never part of the text.

A process that the script leaves in the background lives on, if it does not write to
the script's output any more; that has no reader when the script has ended.
"""

import math
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.adapters.operators.ending import Ended
from gonogo.adapters.operators.output import KeptOutput, Redact
from gonogo.adapters.operators.process import Process, run
from gonogo.adapters.operators.session import (
    WRAPPER,
    Sessions,
    SessionState,
    parsed,
)
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.operation import Operation, Shell
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation

_GRACE_S = 5.0  # between SIGTERM and SIGKILL; docker gives 10, kubernetes 30
_LONGEST_VALUE = 200  # a longer line is a text, not a value


class ShellOperator:
    """
    Performs `Shell`.

    Args:
        folder: Where scripts start: the document's folder.
        values: What reaches a script as environment variables.
        redact: Takes the secrets out of the output.
        sessions: A private folder for what sessions hand on, one for each rollout.
        grace_s: How long a script may take to end when told to.
    """

    def __init__(
        self,
        folder: Path,
        values: Values,
        redact: Redact,
        *,
        sessions: Path,
        grace_s: float = _GRACE_S,
    ) -> None:
        self._folder, self._values, self._redact = folder, values, redact
        self._sessions = Sessions(sessions, values.secrets())
        self._grace_s = grace_s

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: only the document knows what reverses a script."""
        assert isinstance(operation, Shell)  # noqa: S101
        return None

    def perform(self, operation: Operation, cancelled: Cancellation) -> Observation:
        """Run the script; an exit status other than 0 is a result, not an error."""
        assert isinstance(operation, Shell)  # noqa: S101
        began = time.monotonic()
        output = KeptOutput(self._redact)
        status: int | None = None
        error: str | None = None
        try:
            status = self._run(operation, output, cancelled)
        except Ended as ended:
            error = ended.told("The script", operation.deadline)
        except UnresolvedValue as unresolved:
            error = str(unresolved)
        except (OSError, ValueError) as refused:
            error = f"The script could not be run: {_reason(refused)}."
        text = output.text()
        return Observation(
            output=text,
            value=value_of(text) if status == 0 else None,
            exit_status=status,
            error=error,
            took_s=time.monotonic() - began,
        )

    def _run(
        self, operation: Shell, output: KeptOutput, cancelled: Cancellation
    ) -> int:
        """Run the script in its session, if it has one, and return its status."""
        base = self._values.environment_for_shell(operation.run)
        base.pop("BASH_ENV", None)  # nothing runs that the document does not say
        session = operation.session
        state = SessionState() if session is None else self._sessions.load(session)
        account = bytearray()
        bash = _bash(base)
        process = Process(
            command=lambda kept: (bash, *_arguments(operation, kept, state)),
            folder=self._where(state),
            environment=state.environment(base),
            on_output=output.feed,
            on_kept=account.extend,
        )
        try:
            return run(
                process,
                deadline_s=operation.deadline.total_seconds(),
                grace_s=self._grace_s,
                cancelled=cancelled,
            )
        finally:
            after = parsed(bytes(account), base)
            if session is not None and after is not None:
                self._sessions.save(session, after)

    def _where(self, state: SessionState) -> Path:
        """Return the folder to run in, which has to be there."""
        folder = self._folder if not state.cwd else Path(state.cwd)
        if not folder.is_dir():
            message = f"there is no folder {folder}"
            raise FileNotFoundError(message)
        return folder


def value_of(text: str) -> float | str | None:
    """Return the one value that a text of one line is: a finite number, or a word."""
    word = text.strip()
    if not word or "\n" in word or len(word) > _LONGEST_VALUE:
        return None
    try:
        number = float(word)
    except ValueError:
        return None if word.lower() == "null" else word
    return number if math.isfinite(number) else None


def _bash(base: Mapping[str, str]) -> str:
    """Return bash by the PATH that every block starts with: a script may change it."""
    bash = shutil.which("bash", path=base.get("PATH"))
    if bash is None:
        message = "bash is not installed, or not on the PATH"
        raise FileNotFoundError(message)
    return bash


def _arguments(operation: Shell, kept: int, state: SessionState) -> Sequence[str]:
    """Return what to give bash; `kept` is where a session's variables go."""
    if operation.session is None:
        return ("-c", operation.run, "bash")
    return ("-c", WRAPPER, "bash", str(kept), operation.run, *state.plain)


def _reason(error: OSError | ValueError) -> str:
    """Return in words why the system refused."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}"
    return str(error)
