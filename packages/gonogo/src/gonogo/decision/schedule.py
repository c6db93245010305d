"""When the machine has to be woken next, if nothing else happens before."""

from collections.abc import Container, Iterator
from datetime import datetime

from gonogo.decision import approval, failing, gate, rollback, window
from gonogo.decision.hold import awaits_end, end_of
from gonogo.decision.remembering import remembered
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.model.plan import Approval, Soak


def next_wake(
    state: RolloutState, measuring: Container[object] = ()
) -> datetime | None:
    """
    Return the earliest instant at which something falls due; None for never.

    Args:
        state: Of the rollout.
        measuring: Metrics that are being measured: the result wakes, and no time.
    """
    return min(_wakes(state, measuring), default=None)


def waits_for_people(state: RolloutState) -> bool:
    """
    Return whether only people can bring the rollout on, and nothing needs watching.

    A gate in force needs watching: then the rollout may not be left alone.
    """
    if state.ended or state.going_back or gate.in_force(state):
        return False
    held = state.paused or state.freezes
    return bool(held or state.questions or _consent_missing(state))


def _consent_missing(state: RolloutState) -> bool:
    step = state.current_step
    return isinstance(step, Approval) and step.id not in state.approvals


def _wakes(state: RolloutState, measuring: Container[object]) -> Iterator[datetime]:
    if state.ended:
        return
    yield from gate.wake_for_measuring(state, measuring)
    yield from _step_wakes(state)
    yield from _undo_wakes(state)
    yield from _window_wakes(state)


def _window_wakes(state: RolloutState) -> Iterator[datetime]:
    awaited = state.awaited
    if awaited is None or awaited.until is None or state.held or _is_skipping(state):
        return
    # A consent that lapsed meanwhile, say, is waited for first.
    ahead = window.ahead(state)
    if ahead is not None and ahead.id == awaited.stage:
        yield awaited.until


def _is_skipping(state: RolloutState) -> bool:
    """Return whether it is a person's to say if the current step begins at all."""
    step = state.current_step
    return step is not None and failing.is_to_be_skipped(state, step.id)


@remembered
def _undo_wakes(state: RolloutState) -> tuple[datetime, ...]:
    """Return when the undo that is next may be tried; the others wait for that one."""
    undo = rollback.next_open(state)
    if undo is None or undo.phase is not UndoPhase.ARMED or undo.not_before is None:
        return ()
    return (undo.not_before,)


def _step_wakes(state: RolloutState) -> Iterator[datetime]:
    step = state.current_step
    if step is None or state.going_back:
        return
    known = state.step(step.id)
    if known.not_before is not None and not (state.held or _is_skipping(state)):
        yield known.not_before
    if isinstance(step, Approval):
        yield from approval.deadlines(state, step)
    if isinstance(step, Soak) and known.phase is StepPhase.UNDER_WAY:
        end = end_of(step, known)
        if end is not None and awaits_end(state, step, end):
            yield end
        if known.patience_from is not None and not state.held:
            yield known.patience_from + step.limit
