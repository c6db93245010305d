"""Nobody there: notices are printed, and every question stays open."""

from rich.console import Console

from gonogo.adapters.people.terminal import notice
from gonogo.model.command import Answer, Approve
from gonogo.model.event import ApprovalAsked, QuestionAsked
from gonogo.model.plan import Approval, Plan


class Nobody:
    """
    Implements `ports.people.People` for a rollout without a terminal.

    Args:
        console: Where notices are printed.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return None: it can be answered by `gonogo answer`."""
        del question, plan
        return None

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return None: it can be given by `gonogo approve`."""
        del asked, approval, plan
        return None

    def tell(self, text: str, *, urgent: bool) -> None:
        """Print a notice."""
        notice(self._console, text, urgent=urgent)
