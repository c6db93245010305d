"""
Shell: a script runs as a person would type it, with its end guaranteed.

`bash -c`: the exit status is that of the last command, and neither `set -e` nor
`pipefail` is on unless the script says so. Standard input is empty, so that a prompt
ends instead of hanging. Values are environment variables, never part of the text.

A process that the script leaves in the background lives on, if it does not write to
the script's output any more; that has no reader when the script has ended.

An action or undo runs under a supervisor that outlives gonogo (`supervised`); a look is
a child of gonogo, which nobody misses when both are gone.
"""

import math
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex

from gonogo.adapters.operators.ending import Ended
from gonogo.adapters.operators.output import KeptOutput, Redact
from gonogo.adapters.operators.process import Process, run
from gonogo.adapters.operators.reserve import Job
from gonogo.adapters.operators.session import (
    WRAPPER,
    Sessions,
    SessionState,
    parsed,
)
from gonogo.adapters.operators.supervised import (
    AlreadyBegun,
    Deed,
    Left,
    SupervisorLost,
)
from gonogo.adapters.operators.supervisor import KEPT
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.operation import Operation, Shell
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation

_GRACE_S = 5.0  # between SIGTERM and SIGKILL; docker gives 10, kubernetes 30
_LONGEST_VALUE = 200  # a longer line is a text, not a value
_WITHHELD = (
    b"[The output is withheld: it was written with other secrets than those that are "
    b"set here, so that they could not be taken out of it.]\n"
)


class ShellOperator:
    """
    Performs `Shell`.

    Args:
        folder: Where scripts start: the document's folder.
        values: What reaches a script as environment variables.
        redact: Takes the secrets out of the output.
        sessions: A private folder, one for each rollout, for what sessions hand on
            and for the deeds that outlive their worker.
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
        self._deeds = sessions / "deeds"
        self._grace_s = grace_s

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: only the document knows what reverses a script."""
        assert isinstance(operation, Shell)  # noqa: S101
        return None

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Run the script; an exit status other than 0 is a result, not an error."""
        assert isinstance(operation, Shell)  # noqa: S101
        if ticket.attempt is None:
            return self._look(operation, cancelled, ticket)
        return self._do(operation, cancelled, ticket)

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """Return what became of the script that an earlier worker began here."""
        assert isinstance(operation, Shell)  # noqa: S101
        deed = Deed(self._deeds, ticket)
        deadline_s = operation.deadline.total_seconds()
        try:
            found = deed.find(cancelled, deadline_s=deadline_s, grace_s=self._grace_s)
        except (SupervisorLost, OSError):
            return None
        except Ended as ended:
            return Observation(error=ended.told("The script", operation.deadline))
        if isinstance(found, Left):
            return self._settled(operation, deed, found, ticket)
        return found

    # -- a look: a child of this process, and gone with it -----------------------

    def _look(
        self, operation: Shell, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        began = time.monotonic()
        output = KeptOutput(self._redact)
        status: int | None = None
        error: str | None = None
        try:
            status = self._run(operation, output, cancelled, ticket)
        except Ended as ended:
            error = ended.told("The script", operation.deadline)
        except UnresolvedValue as unresolved:
            error = str(unresolved)
        except (OSError, ValueError) as refused:
            error = _not_run(refused)
        return _observed(output, status, error, time.monotonic() - began)

    def _run(
        self,
        operation: Shell,
        output: KeptOutput,
        cancelled: Cancellation,
        ticket: Ticket,
    ) -> int:
        """Run the script in its session, if it has one, and return its status."""
        base, state = self._base(operation, ticket), self._state(operation)
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
            self._hand_on(operation, bytes(account), base)

    # -- a deed: supervised, so that it outlives this process --------------------

    def _do(
        self, operation: Shell, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        deed = Deed(self._deeds, ticket)
        try:
            left = deed.run(self._job(operation, ticket), cancelled)
        except Ended as ended:
            return Observation(error=ended.told("The script", operation.deadline))
        except (UnresolvedValue, AlreadyBegun, SupervisorLost) as told:
            return Observation(error=str(told))
        except (OSError, ValueError) as refused:
            return Observation(error=_not_run(refused))
        return self._settled(operation, deed, left, ticket)

    def _job(self, operation: Shell, ticket: Ticket) -> Job:
        base, state = self._base(operation, ticket), self._state(operation)
        environment = state.environment(base)
        return Job(
            command=(_bash(base), *_arguments(operation, KEPT, state)),
            environment=environment,
            where=self._where(state),
            deadline_s=operation.deadline.total_seconds(),
            grace_s=self._grace_s,
            seal=self._values.seal(token_hex(8)),
        )

    def _settled(
        self, operation: Shell, deed: Deed, left: Left, ticket: Ticket
    ) -> Observation:
        """Return what was left, free of secrets, and keep only that."""
        salt = left.seal.partition(":")[0]
        if left.seal == self._values.seal(salt):
            output = KeptOutput.of(left.head, left.tail, left.total, self._redact)
            self._hand_on(operation, left.account, self._base(operation, ticket))
        else:
            output = KeptOutput.of(_WITHHELD, b"", len(_WITHHELD), self._redact)
        error = None
        if left.why is not None:
            error = Ended(left.why).told("The script", operation.deadline)
        if left.refused is not None:
            error = _not_run(OSError(left.refused, os.strerror(left.refused)))
        seen = _observed(output, left.status, error, left.took_s)
        deed.settle(seen)
        return seen

    # -- what a script starts with, and hands on ---------------------------------

    def _base(self, operation: Shell, ticket: Ticket) -> dict[str, str]:
        base = self._values.environment_for_shell(operation.run)
        base.pop("BASH_ENV", None)  # nothing runs that the document does not say
        if ticket.traceparent:
            base["TRACEPARENT"] = ticket.traceparent
        return base

    def _state(self, operation: Shell) -> SessionState:
        session = operation.session
        return SessionState() if session is None else self._sessions.load(session)

    def _hand_on(
        self, operation: Shell, account: bytes, base: Mapping[str, str]
    ) -> None:
        after = parsed(account, base)
        if operation.session is not None and after is not None:
            self._sessions.save(operation.session, after)

    def _where(self, state: SessionState) -> Path:
        """Return the folder to run in, which has to be there."""
        folder = self._folder if not state.cwd else Path(state.cwd)
        if not folder.is_dir():
            message = f"there is no folder {folder}"
            raise FileNotFoundError(message)
        return folder


def _observed(
    output: KeptOutput, status: int | None, error: str | None, took_s: float
) -> Observation:
    text = output.text()
    return Observation(
        output=text,
        value=value_of(text) if status == 0 else None,
        exit_status=status,
        error=error,
        took_s=took_s,
    )


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


def _not_run(refused: OSError | ValueError) -> str:
    return f"The script could not be run: {_reason(refused)}."


def _reason(error: OSError | ValueError) -> str:
    """Return in words why the system refused."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}"
    return str(error)
