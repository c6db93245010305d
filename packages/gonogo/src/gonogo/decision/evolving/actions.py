"""Actions: intended, applied, failed or in doubt, and the way back of each."""

from dataclasses import replace

from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import next_undo, stepped
from gonogo.decision.state import RolloutState, UndoState
from gonogo.decision.transitions import StepPhase
from gonogo.model import event as events
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Operation


@fold.register
def _(event: events.ActionIntended, state: RolloutState) -> RolloutState:
    return stepped(
        _arm(state, event.step, event.undo, covered=event.covered),
        event.step,
        StepPhase.UNDER_WAY,
        attempt=event.attempt,
        started_at=state.step(event.step).started_at or event.at,
    )


@fold.register
def _(event: events.ActionByHand, state: RolloutState) -> RolloutState:
    state = _arm(state, event.step, event.undo, covered=event.covered)
    return replace(state, changed_at=event.at)


@fold.register
def _(event: events.ActionApplied, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return replace(state, changed_at=event.at)


@fold.register
def _(event: events.ActionFailed, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return stepped(state, event.step, StepPhase.FAILED, ended_at=event.at)


@fold.register
def _(event: events.ActionInDoubt, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=True)
    return stepped(state, event.step, StepPhase.IN_DOUBT)


@fold.register
def _(event: events.ActionNotApplied, state: RolloutState) -> RolloutState:
    undos = tuple(undo for undo in state.undos if undo.step != event.step)
    state = replace(state, undos=undos)
    return stepped(state, event.step, StepPhase.PENDING)


def _arm(
    state: RolloutState, step: StepId, undo: Operation | None, *, covered: bool
) -> RolloutState:
    """Record the way back of an action, unless its stage's rollback covers it."""
    found = state.find_step(step)
    if found is None or covered:
        return state
    entry = UndoState(
        number=next_undo(state),
        title=found.title,
        line=found.line,
        step=step,
        operation=undo,
    )
    return replace(state, undos=(*state.undos, entry))


def _doubted(state: RolloutState, step: StepId, *, in_doubt: bool) -> RolloutState:
    undos = tuple(
        replace(undo, in_doubt=in_doubt) if undo.step == step else undo
        for undo in state.undos
    )
    return replace(state, undos=undos)
