"""
Guided failure: a step that fails asks a person, where the plan wants it to.

Without a word about it a failure turns back at once. A trigger turns back whatever
the plan says of its steps: that is not here.
"""

from gonogo.decision import rollback
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import Phase
from gonogo.decision.turn import Turn
from gonogo.model.event import Asked, QuestionAsked
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Action, Check, OnFailure, Plan


def failed(turn: Turn, step: Action | Check, reason: str) -> None:
    """Turn back because a step failed, or ask what to do about it."""
    if turn.state.phase is not Phase.RUNNING:
        return
    if asks(turn.state.plan, step):
        _ask(turn, step, f"{reason}. Retry it, skip it, or abort?")
    else:
        rollback.abort(turn, subject=step.id, reason=reason)


def ask_again(turn: Turn, step: Action | Check) -> None:
    """Ask anew about a step that failed, when whoever was to leave it out would not."""
    if skip_of(step.id) not in turn.state.questions:
        text = f"'{step.title}' failed (line {step.line}), and is not left out."
        _ask(turn, step, f"{text} Retry it, skip it, or abort?")


def asks(plan: Plan, step: Action | Check) -> bool:
    """Return whether a failure of this step is a question to a person."""
    return (step.on_failure or plan.on_failure) is OnFailure.ASK


def skip_of(step: str) -> QuestionId:
    """Return the name of the question whether a step may be left out."""
    return QuestionId(f"{step}/skip")


def is_to_be_skipped(state: RolloutState, step: str) -> bool:
    """Return whether somebody is asked just now whether a step may be left out."""
    return skip_of(step) in state.questions


def _ask(turn: Turn, step: Action | Check, text: str) -> None:
    attempt = turn.state.step(step.id).attempt
    again = f"-{attempt}" if attempt > 1 else ""
    turn.ask(
        QuestionAsked(
            at=turn.at,
            # What was said of one attempt settles no other.
            question=QuestionId(f"{step.id}/failed{again}"),
            about=Asked.FAILED,
            subject=step.id,
            text=text,
            choices=("retry", "skip", "abort"),
        )
    )
