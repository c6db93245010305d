"""A question: a step that only a person can take, or judge."""

from gonogo.decision import rollback
from gonogo.decision.action import way_back
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Person
from gonogo.model.event import ActionByHand, Asked, QuestionAsked
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import CHOICES, Purpose, Question, Step


def advance(turn: Turn, step: Question) -> bool:
    """Ask, or count an answer that came early."""
    early = turn.state.answers.get(QuestionId(step.id))
    if turn.state.step(step.id).phase is not StepPhase.PENDING:
        return False
    if early is not None:
        return _go_on(turn, step, early.answer, early.by)
    text = f"{step.title}\n{step.text}" if step.text else step.title
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=QuestionId(step.id),
            about=Asked.STEP,
            subject=step.id,
            text=text,
            choices=CHOICES[step.purpose],
            role=step.role,
        )
    )
    return False


def answered(turn: Turn, step: Step, answer: str, by: Person) -> bool:
    """Act on the answer to a step's question: the first choice is the good one."""
    if isinstance(step, Question) and is_deed(step, answer):
        done_by_hand(turn, step, by)
    return _go_on(turn, step, answer, by)


def is_deed(step: Question, answer: str) -> bool:
    """Return whether an answer says that a person has changed the world."""
    return step.purpose is Purpose.DO and answer == CHOICES[Purpose.DO][0]


def done_by_hand(turn: Turn, step: Question, by: Person) -> None:
    """Record what a person did, with its way back, from the moment they say so."""
    undo, covered = way_back(turn.state, step, None)
    turn.record(
        ActionByHand(at=turn.at, step=step.id, by=by, undo=undo, covered=covered)
    )


def _go_on(turn: Turn, step: Step, answer: str, by: Person) -> bool:
    choices = CHOICES[step.purpose] if isinstance(step, Question) else ("yes", "no")
    if choices and answer != choices[0]:
        reason = f"{by.name} answered '{answer}' to '{step.title}' (line {step.line})"
        rollback.abort(turn, subject=step.id, reason=reason, by=by)
        return True
    return turn.complete(step)
