"""Several to ask, one after the other: the first that answers counts."""

from gonogo.model.command import Answer, Approve
from gonogo.model.event import ApprovalAsked, QuestionAsked
from gonogo.model.plan import Approval, Plan
from gonogo.ports.people import People


class Several:
    """
    Implements `ports.people.People` by others, such as a file and then a terminal.

    Args:
        people: In the order in which they are asked.
    """

    def __init__(self, *people: People) -> None:
        self._people = people

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return the first answer; None when nobody has one."""
        answers = (each.answer(question, plan) for each in self._people)
        return next((answer for answer in answers if answer is not None), None)

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return the first consent or refusal; None when nobody gives one."""
        consents = (each.consent(asked, approval, plan) for each in self._people)
        return next((consent for consent in consents if consent is not None), None)

    def tell(self, text: str, *, urgent: bool) -> None:
        """Let everybody know."""
        for each in self._people:
            each.tell(text, urgent=urgent)
