"""
All operators by the kind of operation, each behind the redaction (law 10).

Operators redact what they cut themselves; this is the one place through which
everything leaves, so that no operator can forget.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gonogo.adapters.operators.databases import Databases
from gonogo.adapters.operators.flags import FlagOperator
from gonogo.adapters.operators.http import HttpOperator
from gonogo.adapters.operators.migrate import MigrateOperator
from gonogo.adapters.operators.output import Redact, bounded, clean
from gonogo.adapters.operators.shell import ShellOperator
from gonogo.adapters.operators.sql import SqlOperator
from gonogo.adapters.operators.values import Values
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    Operation,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation, Operator, PreparationFailed


def all_operators(
    *, values: Values, redact: Redact, folder: Path, sessions: Path
) -> Mapping[type[Any], Operator]:
    """
    Return an operator for every kind of operation.

    Args:
        values: What the plan's names stand for.
        redact: Takes the secrets out of all that comes back.
        folder: The document's; paths are relative to it, and scripts start there.
        sessions: A private folder for what shell sessions hand on.
    """
    flags = FlagOperator(folder, values)
    databases = Databases(values, redact, folder=folder)
    operators: Mapping[type[Any], Operator] = {
        Shell: ShellOperator(folder, values, redact, sessions=sessions),
        Sql: SqlOperator(databases),
        Migrate: MigrateOperator(folder, databases),
        Http: HttpOperator(values, redact),
        SetFlag: flags,
        RestoreFlag: flags,
        KillFlags: flags,
        ReadFlag: flags,
    }
    return {
        kind: RedactingOperator(operator, redact)
        for kind, operator in operators.items()
    }


class RedactingOperator:
    """
    Another operator, with the secrets taken out of all that it returns.

    Args:
        inner: Does the work.
        redact: Takes the secrets out.
    """

    def __init__(self, inner: Operator, redact: Redact) -> None:
        self._inner, self._redact = inner, redact

    def prepare(self, operation: Operation) -> Operation | None:
        """
        Return what reverses the operation, which has to be free of secrets.

        Raises:
            PreparationFailed: It cannot be read, or holds a secret. The journal must
                not have that, and a redacted undo would undo something else.
        """
        try:
            undo = self._inner.prepare(operation)
        except PreparationFailed as error:
            message = self._redact(clean(str(error)))
            raise PreparationFailed(message) from None
        if undo is not None and self._holds_secret(undo):
            message = (
                f"What would reverse this ({undo.kind.replace('_', ' ')}) holds what "
                "looks like a secret. It must not be kept in the journal, so that it "
                "could not be undone: take the secret out of the script or definition."
            )
            raise PreparationFailed(message)
        return undo

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Do it, and return what came of it, bounded and redacted."""
        return self._redacted(self._inner.perform(operation, cancelled, ticket))

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """Return what became of a deed begun earlier, bounded and redacted."""
        seen = self._inner.find(operation, cancelled, ticket)
        return None if seen is None else self._redacted(seen)

    def _redacted(self, seen: Observation) -> Observation:
        value, error, sample = seen.value, seen.error, seen.sample
        if sample is not None and sample.notes:
            sample = replace(sample, notes=tuple(map(self._shown, sample.notes)))
        return replace(
            seen,
            sample=sample,
            output=bounded(seen.output, self._redact),
            value=self._shown(value) if isinstance(value, str) else value,
            error=None if error is None else self._shown(error),
        )

    def _shown(self, text: str) -> str:
        return bounded(text, self._redact)

    def _holds_secret(self, undo: Operation) -> bool:
        return any(
            text != self._redact(text)
            for text in (getattr(undo, name) for name in undo.__slots__)
            if isinstance(text, str)
        )
