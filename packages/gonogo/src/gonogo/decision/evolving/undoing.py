"""The way back: aborted, each undo tried, and rolled back."""

from datetime import timedelta

from gonogo.analysis import expectation
from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import known_undo, next_undo, phased, undone
from gonogo.decision.state import RolloutState, UndoState
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.model import event as events

# The first failed undo is tried again after this, the second after twice as long.
UNDO_PAUSE = timedelta(seconds=15)


@fold.register
def _(event: events.RolloutAborted, state: RolloutState) -> RolloutState:
    state = changed(
        phased(state, Phase.ROLLING_BACK),
        aborted=event,
        paused=None,
        freezes=(),
        awaited=None,
    )
    if not event.incident:
        return state
    # Rollback goes from the newest entry down: the first task listed comes last.
    for task in reversed(state.plan.incident):
        if task.operation is not None:
            entry = UndoState(
                number=next_undo(state),
                title=task.title,
                line=task.line,
                step=None,
                operation=task.operation,
            )
            state = changed(state, undos=(*state.undos, entry))
    return state


@fold.register
def _(event: events.UndoIntended, state: RolloutState) -> RolloutState:
    phase = UndoPhase.UNDER_WAY
    return undone(
        state,
        event.undo,
        phase,
        attempt=event.attempt,
        not_before=None,
        not_found=False,
    )


@fold.register
def _(event: events.UndoNotFound, state: RolloutState) -> RolloutState:
    return undone(state, event.undo, UndoPhase.UNDER_WAY, not_found=True)


@fold.register
def _(event: events.UndoApplied, state: RolloutState) -> RolloutState:
    return undone(state, event.undo, UndoPhase.UNDONE)


@fold.register
def _(event: events.UndoFailed, state: RolloutState) -> RolloutState:
    reason = "; ".join(expectation.judge((), event.observation).reasons)
    spent = known_undo(state, event.undo, UndoPhase.ARMED).spent
    again = event.at + UNDO_PAUSE * (event.attempt - spent)
    return undone(state, event.undo, UndoPhase.ARMED, reason=reason, not_before=again)


@fold.register
def _(event: events.UndoHandedOver, state: RolloutState) -> RolloutState:
    return undone(state, event.undo, UndoPhase.HANDED_OVER, reason=event.reason)


@fold.register
def _(event: events.RolledBack, state: RolloutState) -> RolloutState:
    return changed(phased(state, Phase.ROLLED_BACK), ended_at=event.at)
