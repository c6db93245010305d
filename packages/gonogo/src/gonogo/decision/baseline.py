"""The baseline: what the metrics were before the change."""

from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.event import StepStarted
from gonogo.model.plan import Baseline


def advance(turn: Turn, step: Baseline) -> bool:
    """Begin to measure; the measurements complete it."""
    if turn.state.step(step.id).phase is not StepPhase.PENDING:
        return False
    turn.record(StepStarted(at=turn.at, step=step.id))
    if all(metric in turn.state.baselines for metric in step.metrics):
        return turn.complete(step)
    return False
