"""
Going forward: a stage is entered, its steps are taken in order, and it is left.

Law 1: a stage is left only when each of its steps is done, and a step is completed
only by the event that proves it, or left out by two persons (`control`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from gonogo.decision import (
    action,
    approval,
    baseline,
    check,
    failing,
    question,
    soak,
    window,
)
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.effect import Notify
from gonogo.model.event import RolloutCompleted, StageEntered, StagePromoted
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Question,
    Soak,
    Stage,
    Step,
)

Handler = Callable[[Turn, Any], bool]

BY_KIND: Mapping[type[Any], Handler] = {
    Action: action.advance,
    Check: check.advance,
    Question: question.advance,
    Approval: approval.advance,
    Soak: soak.advance,
    Baseline: baseline.advance,
}


def advance(turn: Turn) -> bool:
    """Bring the rollout on by one move; return whether more may follow at once."""
    stage, step = turn.state.current_stage, turn.state.current_step
    begun = step and turn.state.step(step.id).phase is not StepPhase.PENDING
    if turn.state.held and not begun:
        return False
    if stage is not None and not begun and _lapse_consents(turn, stage):
        return True
    if step is not None and stage is not None:
        return (begun or _may_begin(turn, step)) and _take(turn, step)
    if _waits_for_window(turn):
        return False
    if stage is not None:
        turn.record(StagePromoted(at=turn.at, stage=stage.id))
    return _enter_next(turn)


def _take(turn: Turn, step: Step) -> bool:
    return BY_KIND[type(step)](turn, step)


def _may_begin(turn: Turn, step: Step) -> bool:
    """Return whether a step may begin: nobody is about to leave it out, and in time."""
    if failing.is_to_be_skipped(turn.state, step.id):
        return False
    return not _waits_for_window(turn)


def _waits_for_window(turn: Turn) -> bool:
    ahead = window.ahead(turn.state)
    return ahead is not None and window.waits(turn, ahead)


def _lapse_consents(turn: Turn, stage: Stage) -> bool:
    """Let go of the consents of this stage that are too old to begin anything on."""
    done = (
        step
        for step in stage.steps
        if isinstance(step, Approval)
        and turn.state.step(step.id).phase is StepPhase.DONE
    )
    return any(approval.lapse(turn, step) for step in tuple(done))


def _enter_next(turn: Turn) -> bool:
    following = turn.state.stage + 1
    if following == len(turn.state.plan.stages):
        turn.record(RolloutCompleted(at=turn.at))
        turn.perform(Notify(text=f"'{turn.state.plan.title}' is complete."))
        return False
    turn.record(StageEntered(at=turn.at, stage=turn.state.plan.stages[following].id))
    return True
