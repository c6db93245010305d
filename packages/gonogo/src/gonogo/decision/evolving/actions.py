"""Actions: intended, applied, failed or in doubt, and the way back of each."""

from gonogo.decision.changing import changed
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
        not_found=False,
        started_at=state.step(event.step).started_at or event.at,
    )


@fold.register
def _(event: events.ActionByHand, state: RolloutState) -> RolloutState:
    state = _arm(state, event.step, event.undo, covered=event.covered)
    return changed(state, changed_at=event.at)


@fold.register
def _(event: events.ActionApplied, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return changed(state, changed_at=event.at)


@fold.register
def _(event: events.ActionFailed, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=False)
    return stepped(state, event.step, StepPhase.FAILED, ended_at=event.at)


@fold.register
def _(event: events.ActionInDoubt, state: RolloutState) -> RolloutState:
    state = _doubted(state, event.step, in_doubt=True)
    return stepped(state, event.step, StepPhase.IN_DOUBT)


@fold.register
def _(event: events.ActionNotFound, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.IN_DOUBT, not_found=True)


@fold.register
def _(event: events.RunnerRecovered, state: RolloutState) -> RolloutState:
    """Forget what was not found: the new runner may be on another machine."""
    del event
    steps = {
        step: changed(known, not_found=False) if known.not_found else known
        for step, known in state.steps.items()
    }
    undos = tuple(changed(undo, not_found=False) for undo in state.undos)
    return changed(state, steps=steps, undos=undos)


@fold.register
def _(event: events.ActionNotApplied, state: RolloutState) -> RolloutState:
    undos = tuple(undo for undo in state.undos if undo.step != event.step)
    state = changed(state, undos=undos)
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
    return changed(state, undos=(*state.undos, entry))


def _doubted(state: RolloutState, step: StepId, *, in_doubt: bool) -> RolloutState:
    undos = tuple(
        changed(undo, in_doubt=in_doubt) if undo.step == step else undo
        for undo in state.undos
    )
    return changed(state, undos=undos)
