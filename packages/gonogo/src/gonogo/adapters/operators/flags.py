"""Flags: their exposure is set, read and put back in a file of flagd's form."""

import time
from collections.abc import Callable
from pathlib import Path

from gonogo.adapters.operators.filling import filled
from gonogo.adapters.operators.traceless import Traceless
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.operation import (
    KillFlags,
    Operation,
    ReadFlag,
    RestoreFlag,
    SetFlag,
)
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation, PreparationFailed
from gonogo_flags import FlagError, FlagFile


class FlagOperator(Traceless):
    """
    Performs `SetFlag`, `RestoreFlag`, `KillFlags` and `ReadFlag`.

    All of these are idempotent, and take about as long as writing a small file: their
    deadline is that of the file's lock.

    Args:
        folder: What relative paths are relative to: the document's folder.
        values: What `$NAME`s in the path of a file stand for.
    """

    def __init__(self, folder: Path, values: Values) -> None:
        self._folder, self._values = folder, values

    def prepare(self, operation: Operation) -> Operation | None:
        """
        Return what puts a flag back as it is now.

        None for all but `SetFlag`: a restored flag needs no way back, and a killed
        one is switched on by people again, never by a rollback.

        Raises:
            PreparationFailed: The file cannot be read.
        """
        if not isinstance(operation, SetFlag):
            return None
        try:
            definition = self._file(operation.file).definition(operation.flag)
        except (FlagError, UnresolvedValue) as error:
            raise PreparationFailed(str(error)) from error
        return RestoreFlag(
            file=operation.file,
            flag=operation.flag,
            definition=definition,
            deadline=operation.deadline,
        )

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Set, restore, kill or read."""
        del ticket
        began = time.monotonic()
        value: float | None = None
        output, error = "", None
        try:
            if cancelled.is_set():
                error = "The flag was left as it is: the operation was cancelled."
            else:
                output, value = self._performed(operation)
        except (FlagError, UnresolvedValue) as refused:
            error = str(refused)
        took_s = time.monotonic() - began
        return Observation(output=output, value=value, error=error, took_s=took_s)

    def _performed(self, operation: Operation) -> tuple[str, float | None]:
        """Return what was done in words, and the exposure where it is one."""
        match operation:
            case SetFlag(file=file, flag=flag, percentage=percentage):
                self._file(file).set_percentage(flag, percentage)
                return f"{flag} is at {percentage:g} %", percentage
            case RestoreFlag(file=file, flag=flag, definition=definition):
                self._file(file).restore(flag, definition)
                return f"{flag} is as it was before", None
            case KillFlags(file=file, flags=flags):
                _each(self._file(file).kill, flags)
                return f"{', '.join(flags)}: off", 0.0
            case ReadFlag(file=file, flag=flag):
                percentage = self._file(file).percentage(flag)
                return f"{flag} is at {percentage:g} %", percentage
            case _:
                message = f"a FlagOperator does not perform {type(operation).__name__}"
                raise AssertionError(message)

    def _file(self, path: str) -> FlagFile:
        return FlagFile(self._folder / filled(path, self._values))


def _each(kill: Callable[[str], None], flags: tuple[str, ...]) -> None:
    """Kill every flag, also after one could not be; then raise the first error."""
    errors: list[FlagError] = []
    for flag in flags:
        try:
            kill(flag)
        except FlagError as error:
            errors.append(error)
    if errors:
        raise errors[0]
