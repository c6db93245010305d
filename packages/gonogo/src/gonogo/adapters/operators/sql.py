"""SQL: statements over a named connection, as a probe or as an action."""

from gonogo.adapters.operators.databases import Databases
from gonogo.adapters.operators.traceless import Traceless
from gonogo.model.operation import Operation, Sql
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation


class SqlOperator(Traceless):
    """
    Performs `Sql`, in one transaction.

    Statements that PostgreSQL refuses inside a transaction are the exception; see
    `postgres`.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: only the document knows what reverses statements."""
        assert isinstance(operation, Sql)  # noqa: S101
        return None

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Run the statements; the rows are those of the last query."""
        del ticket
        assert isinstance(operation, Sql)  # noqa: S101
        return self._databases.execute(
            operation.query,
            connection=operation.connection,
            deadline=operation.deadline,
            cancelled=cancelled,
        )
