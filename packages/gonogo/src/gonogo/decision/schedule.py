"""When the machine has to be woken next, if nothing else happens before."""

from collections.abc import Iterator
from datetime import datetime

from gonogo.decision import approval, gate
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.model.plan import Approval, Soak


def next_wake(state: RolloutState) -> datetime | None:
    """Return the earliest instant at which something falls due; None for never."""
    return min(_wakes(state), default=None)


def waits_for_people(state: RolloutState) -> bool:
    """
    Return whether only people can bring the rollout on, and nothing needs watching.

    A gate in force needs watching: then the rollout may not be left alone.
    """
    if state.ended or state.going_back or gate.in_force(state):
        return False
    return bool(state.paused or state.questions or _consent_missing(state))


def _consent_missing(state: RolloutState) -> bool:
    step = state.current_step
    return isinstance(step, Approval) and step.id not in state.approvals


def _wakes(state: RolloutState) -> Iterator[datetime]:
    if state.ended:
        return
    yield from gate.wake_for_measuring(state)
    yield from _step_wakes(state)
    for undo in state.undos:
        if undo.phase is UndoPhase.ARMED and undo.not_before is not None:
            yield undo.not_before


def _step_wakes(state: RolloutState) -> Iterator[datetime]:
    step = state.current_step
    if step is None or state.going_back:
        return
    known = state.step(step.id)
    if known.not_before is not None and not state.held:
        yield known.not_before
    if isinstance(step, Approval):
        yield from approval.deadlines(state, step)
    if isinstance(step, Soak) and known.phase is StepPhase.UNDER_WAY:
        if known.since is not None:
            yield known.since + step.duration
        if known.patience_from is not None and not state.held:
            yield known.patience_from + step.limit
