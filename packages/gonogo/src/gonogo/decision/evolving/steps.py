"""Stages and steps: entered, started, judged and completed."""

from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import phased, stepped
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.model import event as events
from gonogo.model.plan import Check
from gonogo.model.verdict import Outcome


@fold.register
def _(event: events.StageEntered, state: RolloutState) -> RolloutState:
    ids = [stage.id for stage in state.plan.stages]
    return changed(state, stage=ids.index(event.stage))


@fold.register
def _(event: events.StepStarted, state: RolloutState) -> RolloutState:
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        attempt=event.attempt,
        started_at=state.step(event.step).started_at or event.at,
        patience_from=event.at,
        not_before=None,
    )


@fold.register
def _(event: events.StepCompleted, state: RolloutState) -> RolloutState:
    # A deed that its window kept waiting may have been done by hand before.
    state = changed(state, awaited=None) if state.awaited else state
    return stepped(state, event.step, StepPhase.DONE, ended_at=event.at)


@fold.register
def _(event: events.RolloutCompleted, state: RolloutState) -> RolloutState:
    return changed(phased(state, Phase.COMPLETED), ended_at=event.at)


@fold.register
def _(event: events.CheckJudged, state: RolloutState) -> RolloutState:
    step = state.find_step(event.step)
    if not isinstance(step, Check) or event.verdict.outcome is Outcome.PASS:
        return state
    if event.verdict.outcome is Outcome.INCONCLUSIVE:
        return state
    retry_at = event.at + step.retry_delay
    return stepped(state, event.step, StepPhase.PENDING, not_before=retry_at)
