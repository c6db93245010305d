"""
The way back: undoing what was applied, newest first, as the journal recorded it.

Nothing blocks it (law 3): not a pause, an open question, a missing approval or a
failed undo. An undo that keeps failing is handed to a person, and the rest goes on.
"""

from gonogo.analysis import expectation
from gonogo.decision import doubt
from gonogo.decision.state import RolloutState, UndoState
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Person, ReportObserved, ReportUndone
from gonogo.model.effect import Cancel, Notify, Observe, Undo
from gonogo.model.event import (
    ActionApplied,
    ActionNotApplied,
    Asked,
    Event,
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
from gonogo.model.plan import Action, IncidentTask
from gonogo.model.verdict import Outcome

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
    if any(turn.state.actions_under_way()) or _still_sought(turn):
        return False
    undo = next_open(turn.state)
    if undo is None:
        turn.record(_rolled_back(turn))
        return False
    if undo.phase is UndoPhase.UNDER_WAY and not undo.not_found:
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


def observed(turn: Turn, report: ReportObserved) -> None:
    """
    Settle what is in doubt on the way back by what the action's own check saw.

    Of an action: whether there is anything to undo. Of an undo: whether the action
    still stands, so that undoing it failed. Unless it says, a person has to see to it.
    """
    undo, step = next_open(turn.state), turn.state.find_step(report.step)
    if undo is None or not isinstance(step, Action) or undo.step != step.id:
        return
    if not _is_asked(undo):
        return
    expected = (step.check_expects,) if step.check_expects else ()
    verdict = expectation.judge(expected, report.observation)
    if verdict.outcome not in {Outcome.PASS, Outcome.FAIL}:
        _hand_over(turn, undo, f"{_in_doubt(undo)}: {'; '.join(verdict.reasons)}")
        return
    turn.record(_settled(turn, undo, report, stands=verdict.outcome is Outcome.PASS))


def _settled(
    turn: Turn, undo: UndoState, report: ReportObserved, *, stands: bool
) -> Event:
    at, seen = turn.at, report.observation
    if undo.phase is UndoPhase.UNDER_WAY:
        kind = UndoFailed if stands else UndoApplied
        return kind(at=at, undo=undo.number, attempt=undo.attempt, observation=seen)
    if stands:
        return ActionApplied(
            at=at, step=report.step, attempt=report.attempt, observation=seen
        )
    return ActionNotApplied(at=at, step=report.step)


def _is_asked(undo: UndoState) -> bool:
    """Return whether the action's check is what settles an entry of the way back."""
    if undo.operation is None or undo.operation.idempotent:
        return False
    if undo.phase is UndoPhase.UNDER_WAY:
        return undo.not_found
    return undo.phase is UndoPhase.ARMED and undo.in_doubt


def _in_doubt(undo: UndoState) -> str:
    what = "undone" if undo.phase is UndoPhase.UNDER_WAY else "applied at all"
    return f"a crash left in doubt whether it was {what}"


def _look(turn: Turn, undo: UndoState) -> bool:
    """Ask the action's own check, or hand the entry over; as `_begin` returns."""
    step = turn.state.find_step(undo.step or "")
    if not isinstance(step, Action) or step.check is None:
        return _hand_over(turn, undo, _in_doubt(undo))
    attempt = turn.state.step(step.id).attempt
    turn.perform(Observe(step=step.id, attempt=attempt, operation=step.check))
    return False


def _still_sought(turn: Turn) -> bool:
    """
    End the actions that may still run unseen, and return whether there are any.

    Nothing is undone before they answer: what still runs would do it again.
    """
    sought = tuple(turn.state.actions_sought())
    for step in sought:
        doubt.seek(turn, step)
        turn.perform(Cancel(step=step.id))
    return bool(sought)


def next_open(state: RolloutState) -> UndoState | None:
    """Return the newest entry that is open; one tried again waits for what goes on."""
    undos = state.undos
    newest = next((u for u in reversed(undos) if _open(u)), None)
    if newest is None or not newest.spent:
        return newest
    return next((u for u in undos if u.phase is UndoPhase.UNDER_WAY), newest)


def _open(undo: UndoState) -> bool:
    return undo.phase in {UndoPhase.ARMED, UndoPhase.UNDER_WAY}


def _begin(turn: Turn, undo: UndoState) -> bool:
    """Undo one entry, settle a doubt, or hand it over; return whether more follows."""
    if undo.operation is None:
        return _hand_over(turn, undo, "the document names no way back for it")
    if _is_asked(undo):
        return _look(turn, undo)
    if undo.attempt - undo.spent >= UNDO_ATTEMPTS and not undo.not_found:
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
