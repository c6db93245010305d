"""The moves that every subject makes; the tables of `transitions` check each."""

from dataclasses import replace
from typing import Any

from gonogo.decision.state import RolloutState, StepState, UndoState
from gonogo.decision.transitions import (
    ROLLOUT,
    STEP,
    UNDO,
    Phase,
    StepPhase,
    UndoPhase,
    moved,
)
from gonogo.model.identifiers import StepId


def phased(state: RolloutState, phase: Phase) -> RolloutState:
    """Return the state with the rollout in another phase."""
    after = moved(ROLLOUT, f"rollout {state.rollout}", state.phase, phase)
    return replace(state, phase=after)


def stepped(
    state: RolloutState,
    step: StepId,
    phase: StepPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    """Return the state with a step in a phase, and what else changes of it."""
    before = state.step(step)
    after = moved(STEP, f"step {step}", before.phase, phase)
    changed: StepState = replace(before, phase=after, **changes)
    return replace(state, steps={**state.steps, step: changed})


def undone(
    state: RolloutState,
    number: int,
    phase: UndoPhase,
    **changes: Any,  # noqa: ANN401
) -> RolloutState:
    """Return the state with an undo in a phase, and what else changes of it."""

    def change(undo: UndoState) -> UndoState:
        after = moved(UNDO, f"undo {number}", undo.phase, phase)
        return replace(undo, phase=after, **changes)

    undos = tuple(change(u) if u.number == number else u for u in state.undos)
    return replace(state, undos=undos)


def next_undo(state: RolloutState) -> int:
    """Return the number of the next undo: the newest has the highest."""
    return max((each.number for each in state.undos), default=0) + 1
