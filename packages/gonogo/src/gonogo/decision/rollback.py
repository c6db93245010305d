"""
The way back: undoing what was applied, newest first, as the journal recorded it.

Nothing blocks it (law 3): not a pause, an open question, a missing approval or a
failed undo. An undo that keeps failing is handed to a person, and the rest goes on.
"""

from gonogo.analysis import expectation
from gonogo.decision.state import UndoState
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Person, ReportUndone
from gonogo.model.effect import Cancel, Notify, Undo
from gonogo.model.event import (
    Asked,
    QuestionAsked,
    RolledBack,
    RolloutAborted,
    UndoApplied,
    UndoFailed,
    UndoHandedOver,
    UndoIntended,
)
from gonogo.model.identifiers import GateId, QuestionId
from gonogo.model.operation import Operation
from gonogo.model.plan import IncidentTask

# Three tries with a pause between outlast a restart of what the undo talks to; a
# person called later than that would have wanted to be called sooner.
UNDO_ATTEMPTS = 3

SURVIVE_ABORT = frozenset({Asked.HANDOVER, Asked.INCIDENT})


def abort(
    turn: Turn,
    *,
    subject: str,
    reason: str,
    by: Person | None = None,
    gate: GateId | None = None,
) -> None:
    """Decide to stop going forward. A rollout that is going back already goes on."""
    if turn.state.phase is not Phase.RUNNING:
        return
    incident = by is None and bool(turn.state.undos)
    for asked in tuple(turn.state.questions.values()):
        if asked.about not in SURVIVE_ABORT:
            turn.withdraw(asked.subject, about=asked.about)
    turn.record(
        RolloutAborted(
            at=turn.at,
            subject=subject,
            reason=reason,
            by=by,
            gate=gate,
            incident=incident,
        )
    )
    turn.perform(Notify(text=f"Rolling back: {reason}", urgent=True))
    for step in turn.state.actions_under_way():
        turn.perform(Cancel(step=step.id))
    if incident:
        _open_incident(turn)


def advance(turn: Turn) -> bool:
    """Take the next step back; return whether more may follow at once."""
    if any(turn.state.actions_under_way()):
        return False
    undo = next((u for u in reversed(turn.state.undos) if _open(u)), None)
    if undo is None:
        turn.record(_rolled_back(turn))
        return False
    if undo.phase is UndoPhase.UNDER_WAY:
        return False
    return _begin(turn, undo)


def undone(turn: Turn, report: ReportUndone) -> None:
    """Take up what came of an undo; a report of an earlier attempt is ignored."""
    undo = next((u for u in turn.state.undos if u.number == report.undo), None)
    if undo is None or undo.phase is not UndoPhase.UNDER_WAY:
        return
    if undo.attempt != report.attempt:
        return
    kind = UndoApplied if expectation.succeeded(report.observation) else UndoFailed
    turn.record(
        kind(
            at=turn.at,
            undo=report.undo,
            attempt=report.attempt,
            observation=report.observation,
        )
    )


def recover(turn: Turn) -> None:
    """Settle the undos whose runner ended while they were under way."""
    for undo in turn.state.undos:
        if undo.phase is not UndoPhase.UNDER_WAY or undo.operation is None:
            continue
        if undo.operation.idempotent:
            _intend(turn, undo, undo.operation)
        else:
            _hand_over(turn, undo, "a crash left in doubt whether it was undone")


def _open(undo: UndoState) -> bool:
    return undo.phase in {UndoPhase.ARMED, UndoPhase.UNDER_WAY}


def _begin(turn: Turn, undo: UndoState) -> bool:
    """Undo one entry, or hand it over; return whether the next may follow."""
    if undo.operation is None:
        return _hand_over(turn, undo, "the document names no way back for it")
    if undo.in_doubt and not undo.operation.idempotent:
        reason = "a crash left in doubt whether it was applied at all"
        return _hand_over(turn, undo, reason)
    if undo.attempt >= UNDO_ATTEMPTS:
        return _hand_over(turn, undo, f"it failed {undo.attempt} times: {undo.reason}")
    if undo.not_before is not None and turn.at < undo.not_before:
        return False
    _intend(turn, undo, undo.operation)
    return False


def _intend(turn: Turn, undo: UndoState, operation: Operation) -> None:
    number, attempt = undo.number, undo.attempt + 1
    turn.record(
        UndoIntended(at=turn.at, undo=number, attempt=attempt, operation=operation)
    )
    turn.perform(Undo(undo=number, attempt=attempt, operation=operation))


def _hand_over(turn: Turn, undo: UndoState, reason: str) -> bool:
    turn.record(UndoHandedOver(at=turn.at, undo=undo.number, reason=reason))
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=QuestionId(f"undo-{undo.number}"),
            about=Asked.HANDOVER,
            subject=f"undo-{undo.number}",
            text=f"Undo by hand: {undo.title} (line {undo.line}): {reason}.",
            choices=("done",),
        )
    )
    return True


def _rolled_back(turn: Turn) -> RolledBack:
    undos = turn.state.undos
    return RolledBack(
        at=turn.at,
        undone=tuple(u.number for u in undos if u.phase is UndoPhase.UNDONE),
        handed_over=tuple(u.number for u in undos if u.phase is UndoPhase.HANDED_OVER),
    )


def _open_incident(turn: Turn) -> None:
    for task in turn.state.plan.incident:
        if task.operation is None:
            turn.ask(_incident_question(turn, task))


def _incident_question(turn: Turn, task: IncidentTask) -> QuestionAsked:
    items = "; ".join(task.items)
    return QuestionAsked(
        at=turn.at,
        question=task.id,
        about=Asked.INCIDENT,
        subject=task.id,
        text=f"{task.title}: {items}" if items else task.title,
        choices=("done",),
        due=turn.at + task.within,
    )
