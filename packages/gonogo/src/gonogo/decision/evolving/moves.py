"""The moves that every subject makes; the tables of `transitions` check each."""

from typing import Any

from gonogo.decision.changing import changed
from gonogo.decision.state import RolloutState, StepState, UndoState
from gonogo.decision.transitions import (
    ROLLOUT,
    STEP,
    UNDO,
    IllegalTransition,
    Phase,
    StepPhase,
    UndoPhase,
    moved,
)
from gonogo.model.identifiers import StepId


def phased(state: RolloutState, phase: Phase) -> RolloutState:
    """Return the state with the rollout in another phase."""
    after = moved(ROLLOUT, f"rollout {state.rollout}", state.phase, phase)
    return changed(state, phase=after)


def stepped(
    state: RolloutState,
    step: StepId,
    phase: StepPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    """Return the state with a step in a phase, and what else changes of it."""
    before = state.step(step)
    after = moved(STEP, f"step {step}", before.phase, phase)
    moved_step: StepState = changed(before, phase=after, **changes)
    return changed(state, steps={**state.steps, step: moved_step})


def undone(
    state: RolloutState,
    number: int,
    phase: UndoPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    """Return the state with an undo in a phase, and what else changes of it."""
    before = known_undo(state, number, phase)
    after = moved(UNDO, f"undo {number}", before.phase, phase)
    moved_undo = changed(before, phase=after, **changes)
    undos = tuple(moved_undo if u is before else u for u in state.undos)
    return changed(state, undos=undos)


def known_undo(state: RolloutState, number: int, phase: UndoPhase) -> UndoState:
    """
    Return the undo that is about to be in `phase`.

    Raises:
        IllegalTransition: No action has armed an undo of this number.
    """
    for undo in state.undos:
        if undo.number == number:
            return undo
    subject = f"undo {number}"
    raise IllegalTransition(subject, None, phase)


def next_undo(state: RolloutState) -> int:
    """Return the number of the next undo: the newest has the highest."""
    return max((each.number for each in state.undos), default=0) + 1
