"""The world of the load: it answers at once, and notes when it was asked for what."""

import time

from benchmarks.engine.load import BROKEN, WELL, number_of
from gonogo.model.command import Answer, Approve
from gonogo.model.event import ApprovalAsked, QuestionAsked
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Http, Operation
from gonogo.model.plan import Approval, Plan
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation

BREAKS_ONE_IN = 33
"""One rollout in so many sees its trigger broken while it is measured."""

CHANGED = Observation(http_status=200, output="changed")


def breaks(rollout: RolloutId) -> bool:
    """Tell whether a rollout is one of those that are broken."""
    return number_of(rollout) % BREAKS_ONE_IN == 0


class World:
    """
    Implements `ports.operator.Operator`; on any thread.

    Attributes:
        breaking: Whether looks of the chosen rollouts see a broken trigger now.
        broke: When the first such look returned, by rollout; in seconds of the epoch,
            which all processes of a machine share.
        undone: When the first undo was begun, likewise.
    """

    def __init__(self) -> None:
        """Begin well."""
        self.breaking = False
        self.broke: dict[str, float] = {}
        self.undone: dict[str, float] = {}

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: the plan has the way back."""
        del operation
        return None

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Answer a look, or take note of a deed."""
        del cancelled
        if isinstance(operation, Http) and operation.json is None:
            self.undone.setdefault(ticket.rollout, time.time())
            return CHANGED
        if self.breaking and breaks(ticket.rollout):
            self.broke.setdefault(ticket.rollout, time.time())
            return Observation(value=BROKEN)
        return Observation(value=WELL)

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """Return None: nothing is known here of what others began."""
        del operation, cancelled, ticket
        return None


class Nobody:
    """Implements `ports.people.People`: nobody is asked, and nothing is printed."""

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return None."""
        del question, plan
        return None

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return None."""
        del asked, approval, plan
        return None

    def tell(self, text: str, *, urgent: bool) -> None:
        """Say nothing."""
