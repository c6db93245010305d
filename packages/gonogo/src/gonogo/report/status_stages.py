"""The stages of a status, as a timeline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gonogo.decision import RolloutState
from gonogo.decision.state import UndoState
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.model.identifiers import StageId
from gonogo.model.plan import Stage


class StageMark(StrEnum):
    """
    Where a stage stands.

    `STOPPED` is the stage in which a rollout turned back without having changed
    anything in it; `BY_HAND` one with an undo that was handed to a person.
    """

    PENDING = "pending"
    CURRENT = "current"
    DONE = "done"
    STOPPED = "stopped"
    ROLLING_BACK = "rolling back"
    ROLLED_BACK = "rolled back"
    BY_HAND = "handed over"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """
    One stage of the timeline.

    Attributes:
        started_at: None before it is entered.
        ended_at: When its last step was done, or the rollout turned back in it.
        duration: Zero before it is entered; until now while it lasts.
        done: So many of its `steps` are done.
    """

    id: StageId
    title: str
    line: int
    state: StageMark
    started_at: datetime | None
    ended_at: datetime | None
    duration: timedelta
    done: int
    steps: int


def stages_of(state: RolloutState, now: datetime) -> tuple[StageStatus, ...]:
    """Return every stage of the plan, in order."""
    found: list[StageStatus] = []
    entered: datetime = state.started_at
    for index, stage in enumerate(state.plan.stages):
        status = _status(state, stage, index, entered, now)
        found.append(status)
        entered = status.ended_at or entered
    return tuple(found)


def mark_of(state: RolloutState, index: int) -> StageMark:
    """Return where the stage of this index stands."""
    if index > state.stage:
        return StageMark.PENDING
    undone = _mark_of_undos(undos_in(state, state.plan.stages[index]))
    if state.aborted is not None and undone is not None:
        return undone
    if index < state.stage or state.phase is Phase.COMPLETED:
        return StageMark.DONE
    return StageMark.STOPPED if state.aborted is not None else StageMark.CURRENT


def undos_in(state: RolloutState, stage: Stage) -> tuple[UndoState, ...]:
    """Return the undos recorded for the actions of a stage, oldest first."""
    own = {step.id for step in stage.steps}
    return tuple(undo for undo in state.undos if undo.step in own)


def _mark_of_undos(undos: tuple[UndoState, ...]) -> StageMark | None:
    phases = {undo.phase for undo in undos}
    if UndoPhase.HANDED_OVER in phases:
        return StageMark.BY_HAND
    if phases & {UndoPhase.ARMED, UndoPhase.UNDER_WAY}:
        return StageMark.ROLLING_BACK
    return StageMark.ROLLED_BACK if phases else None


def _status(
    state: RolloutState, stage: Stage, index: int, entered: datetime, now: datetime
) -> StageStatus:
    known = [state.steps[step.id] for step in stage.steps if step.id in state.steps]
    ends = [step.ended_at for step in known if step.ended_at]
    ended = _ended(state, index, ends, entered)
    begun = index <= state.stage
    started = entered if begun else None
    return StageStatus(
        id=stage.id,
        title=stage.title,
        line=stage.line,
        state=mark_of(state, index),
        started_at=started,
        ended_at=ended,
        duration=(ended or now) - started if started else timedelta(),
        done=sum(step.phase == "done" for step in known),
        steps=len(stage.steps),
    )


def _ended(
    state: RolloutState, index: int, ends: list[datetime], entered: datetime
) -> datetime | None:
    if index > state.stage:
        return None
    if index < state.stage:
        return max(ends, default=entered)
    if state.aborted is not None:
        return state.aborted.at
    return state.ended_at
