"""
Doubt: what an earlier worker began, and whose result nobody journaled.

First whatever ran it is asked (`Find`): a supervised script may still run, or have
left its exit status. Only when nothing is found there is the doubt settled otherwise:
an action by `action`, an undo by `rollback`.
"""

from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import ReportNotFound
from gonogo.model.effect import Apply, Find, Undo
from gonogo.model.event import ActionNotFound, UndoNotFound
from gonogo.model.plan import Action


def seek(turn: Turn, step: Action) -> None:
    """Ask what became of an action in doubt, until an answer is journaled."""
    attempt = turn.state.step(step.id).attempt
    deed = Apply(step=step.id, attempt=attempt, operation=step.apply)
    turn.perform(Find(sought=deed))


def seek_undos(turn: Turn) -> None:
    """Ask what became of the undos that an earlier worker left under way."""
    for undo in turn.state.undos:
        if undo.phase is UndoPhase.UNDER_WAY and undo.operation is not None:
            number, attempt = undo.number, undo.attempt
            deed = Undo(undo=number, attempt=attempt, operation=undo.operation)
            turn.perform(Find(sought=deed))


def not_found(turn: Turn, report: ReportNotFound) -> None:
    """Journal that nothing was found, once; of an earlier attempt nobody asks now."""
    match report.sought:
        case Apply() as sought:
            _action_not_found(turn, sought)
        case Undo() as sought:
            _undo_not_found(turn, sought)


def _action_not_found(turn: Turn, sought: Apply) -> None:
    step, attempt = sought.step, sought.attempt
    known = turn.state.step(step)
    in_doubt = known.phase is StepPhase.IN_DOUBT and known.attempt == attempt
    if in_doubt and not known.not_found:
        turn.record(ActionNotFound(at=turn.at, step=step, attempt=attempt))


def _undo_not_found(turn: Turn, sought: Undo) -> None:
    number, attempt = sought.undo, sought.attempt
    known = next((u for u in turn.state.undos if u.number == number), None)
    if known is None or known.not_found or known.attempt != attempt:
        return
    if known.phase is UndoPhase.UNDER_WAY:
        turn.record(UndoNotFound(at=turn.at, undo=number, attempt=attempt))
