"""The operator: performs one kind of operation, or looks through it."""

from typing import Protocol

from gonogo.model.operation import Operation
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation


class Cancellation(Protocol):
    """Tells an operator that is at work to end it."""

    def is_set(self) -> bool:
        """Return whether the work should end."""
        ...


class PreparationFailed(Exception):
    """What reverses an operation could not be looked up; the text says why."""


class Operator(Protocol):
    """
    Performs operations of one kind.

    An operator keeps the operation's deadline, ends what it started when it is
    passed or cancelled, and bounds and redacts what it returns. It never raises for
    what the world does: that is `Observation.error`, with what to do about it.
    """

    def prepare(self, operation: Operation) -> Operation | None:
        """
        Return what will reverse the operation, as the world stands now.

        Changes nothing. None when the operation knows no way back of its own.

        Raises:
            PreparationFailed: It should be there but cannot be read.
        """
        ...

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """
        Do it (or look), and return what came of it.

        A deed that outlives its worker is begun at most once for each ticket on this
        machine: whoever comes second is refused with an `Observation.error`.
        """
        ...

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """
        Return what became of a deed that an earlier worker may have begun.

        Waits for one that still runs, by the deadline it was given; ends it when
        cancelled. After an answer of None, nobody begins it any more on this machine.

        Returns:
            What came of it; None when nothing is known here. That says nothing about
            another machine, nor that it was not begun.
        """
        ...
