"""Law 7: a consent counts once, and so does the answer to a question."""

from collections.abc import Sequence

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.plan import Approval
from gonogo.testing.laws.law import hold, steps_of


def consents_count_once(history: Sequence[Event]) -> None:
    """Law 7: an approval step is done by a consent of its own, and by no other."""
    for step in steps_of(history).values():
        if isinstance(step, Approval):
            _consents_of(history, step)


def _consents_of(history: Sequence[Event], step: Approval) -> None:
    open_consent: events.ApprovalGiven | None = None
    for event in history:
        if getattr(event, "step", None) != step.id:
            continue
        match event:
            case events.ApprovalGiven():
                hold(
                    open_consent is None or event.at - open_consent.at > step.valid_for,
                    f"{step.id} was given twice",
                )
                open_consent = event
            case events.ApprovalLapsed():
                open_consent = None
            case events.StepCompleted():
                hold(
                    open_consent is not None
                    and event.at - open_consent.at <= step.valid_for,
                    f"{step.id} is done without a consent that holds",
                )
            case events.ApprovalTimedOut():
                hold(open_consent is None, f"{step.id} timed out, though given")
            case _:
                pass


def every_question_is_settled_once(history: Sequence[Event]) -> None:
    """Law 7: a question is answered or withdrawn while it is open, and once."""
    still_open: set[str] = set()
    for event in history:
        match event:
            case events.QuestionAsked():
                hold(event.question not in still_open, f"{event.question} asked twice")
                still_open.add(event.question)
            case events.QuestionAnswered(early=False) | events.QuestionWithdrawn():
                hold(event.question in still_open, f"{event.question} is not open")
                still_open.remove(event.question)
            case _:
                pass
