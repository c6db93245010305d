"""People: whoever answers questions and gives consent, at once or some day."""

from typing import Protocol

from gonogo.model.command import Answer, Approve
from gonogo.model.event import ApprovalAsked, QuestionAsked
from gonogo.model.plan import Approval, Plan


class People(Protocol):
    """
    Somebody to ask. None means: not here, not now; the question stays open.

    The instant of a command they return is the caller's to set.
    """

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return an answer, one of the question's choices, or None."""
        ...

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return a consent or a refusal, or None."""
        ...

    def tell(self, text: str, *, urgent: bool) -> None:
        """Let people know something; nothing is expected back."""
        ...
