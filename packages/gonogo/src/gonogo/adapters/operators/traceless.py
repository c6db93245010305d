"""Operators whose deeds end with their worker, and leave nothing to be found again."""

from gonogo.model.operation import Operation
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation


class Traceless:
    """An operator that cannot tell what became of an earlier worker's deed."""

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """Return None: nothing is known."""
        del operation, cancelled, ticket
        return None
