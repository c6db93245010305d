"""Control: what holds a rollout from outside, and what people retried or left out."""

from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import known_undo, stepped, undone
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.model import event as events
from gonogo.model.plan import Action, Check


@fold.register
def _(event: events.RolloutFrozen, state: RolloutState) -> RolloutState:
    return changed(state, freezes=(*state.freezes, event))


@fold.register
def _(event: events.RolloutThawed, state: RolloutState) -> RolloutState:
    left = tuple(each for each in state.freezes if each.scope != event.scope)
    return changed(state, freezes=left)


@fold.register
def _(event: events.WindowAwaited, state: RolloutState) -> RolloutState:
    return changed(state, awaited=event)


@fold.register
def _(event: events.WindowOpened, state: RolloutState) -> RolloutState:
    del event
    return changed(state, awaited=None)


@fold.register
def _(event: events.RetryAsked, state: RolloutState) -> RolloutState:
    if event.undo is not None:
        return _undo_again(state, event.undo)
    step = state.find_step(event.step or "")
    if not isinstance(step, Action | Check):
        return state
    spent = state.step(step.id).attempt
    return stepped(
        state,
        step.id,
        StepPhase.PENDING,
        spent=spent,
        not_before=None,
        ended_at=None,
    )


@fold.register
def _(event: events.SkipAsked, state: RolloutState) -> RolloutState:
    return changed(state, skips={**state.skips, event.step: event})


@fold.register
def _(event: events.StepSkipped, state: RolloutState) -> RolloutState:
    # What failed may have been applied in part: what holds, holds from here.
    failed = state.step(event.step).phase is StepPhase.FAILED
    changed_at = event.at if failed else state.changed_at
    state = changed(state, changed_at=changed_at, awaited=None)
    return stepped(state, event.step, StepPhase.DONE, ended_at=event.at, skipped=True)


def _undo_again(state: RolloutState, number: int) -> RolloutState:
    """Arm an undo anew: a person has looked, and what was in doubt is not any more."""
    spent = known_undo(state, number, UndoPhase.ARMED).attempt
    return undone(
        state,
        number,
        UndoPhase.ARMED,
        spent=spent,
        not_before=None,
        in_doubt=False,
        not_found=False,
    )
