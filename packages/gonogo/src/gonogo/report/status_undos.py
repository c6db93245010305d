"""The way back of a status: what would be undone, and how far that has come."""

from dataclasses import dataclass

from gonogo.decision import RolloutState
from gonogo.decision.state import UndoState
from gonogo.decision.transitions import UndoPhase
from gonogo.model.event import Asked
from gonogo.model.identifiers import StepId
from gonogo.report.wording import operation_text


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStatus:
    """
    One entry of the way back.

    Attributes:
        operation: What it does, as a phrase; None where only a person can.
        reason: Why it failed last, or was handed over; '' for neither.
        waits_for_person: Handed over, and nobody has said yet that it is done.
    """

    number: int
    title: str
    line: int
    step: StepId | None
    operation: str | None
    phase: UndoPhase
    attempt: int
    reason: str
    in_doubt: bool
    waits_for_person: bool


def undos_of(state: RolloutState) -> tuple[UndoStatus, ...]:
    """Return the way back, newest first: the order in which it is gone."""
    return tuple(_status(state, undo) for undo in reversed(state.undos))


def _status(state: RolloutState, undo: UndoState) -> UndoStatus:
    return UndoStatus(
        number=undo.number,
        title=undo.title,
        line=undo.line,
        step=undo.step,
        operation=operation_text(undo.operation) if undo.operation else None,
        phase=undo.phase,
        attempt=undo.attempt,
        reason=undo.reason,
        in_doubt=undo.in_doubt,
        waits_for_person=undo.phase is UndoPhase.HANDED_OVER
        and any(
            asked.about is Asked.HANDOVER and asked.subject == f"undo-{undo.number}"
            for asked in state.questions.values()
        ),
    )
