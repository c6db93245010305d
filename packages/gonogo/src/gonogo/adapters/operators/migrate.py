"""
Migrations: the up script is run, and the down script is recorded before that.

The text of the down script goes into the journal, so that a rollback runs what was
there when the migration was applied, whatever has become of the file.
"""

from pathlib import Path

from gonogo.adapters.operators.databases import Databases
from gonogo.adapters.operators.traceless import Traceless
from gonogo.model.operation import Migrate, Operation, Sql
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation, PreparationFailed


class MigrateOperator(Traceless):
    """
    Performs `Migrate`, in one transaction.

    A script with a statement that PostgreSQL refuses inside a transaction, such as
    `CREATE INDEX CONCURRENTLY`, runs statement by statement instead, up and down
    alike: when one fails, those before it stay done.

    Args:
        folder: What the paths of scripts are relative to: the document's folder.
        databases: Where they run.
    """

    def __init__(self, folder: Path, databases: Databases) -> None:
        self._folder, self._databases = folder, databases

    def prepare(self, operation: Operation) -> Operation | None:
        """
        Return the down script, as it is now; None when the plan names none.

        Raises:
            PreparationFailed: It is named, and missing, unreadable or empty.
        """
        assert isinstance(operation, Migrate)  # noqa: S101
        if operation.down is None:
            return None
        try:
            query = self._script(operation.down)
        except _ScriptUnreadable as error:
            message = f"{error} Without it the migration has no way back."
            raise PreparationFailed(message) from error
        return Sql(
            query=query,
            connection=operation.connection,
            deadline=operation.deadline,
            idempotent=operation.idempotent,
        )

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Run the up script."""
        del ticket
        assert isinstance(operation, Migrate)  # noqa: S101
        try:
            script = self._script(operation.up)
        except _ScriptUnreadable as error:
            return Observation(error=str(error))
        return self._databases.execute(
            script,
            connection=operation.connection,
            deadline=operation.deadline,
            cancelled=cancelled,
        )

    def _script(self, name: str) -> str:
        """Return the text of a script, which has to be there and say something."""
        path = self._folder / name
        try:
            text = path.read_text("utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise _ScriptUnreadable(path, reason) from error
        except UnicodeDecodeError as error:
            raise _ScriptUnreadable(path, "it is not UTF-8") from error
        if not text.strip():
            raise _ScriptUnreadable(path, "it is empty")
        return text


class _ScriptUnreadable(Exception):
    """A migration script cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The migration script {path} cannot be read: {why}.")
