"""The operator: performs one kind of operation, or looks through it."""

from typing import Protocol

from gonogo.model.operation import Operation
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

    def perform(self, operation: Operation, cancelled: Cancellation) -> Observation:
        """Do it (or look), and return what came of it."""
        ...
