"""Measuring: metrics, the gates judged by them, baselines and soaks."""

from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import stepped
from gonogo.decision.remembering import remember_too
from gonogo.decision.state import GateState, MetricState, RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.model import event as events
from gonogo.model.plan import Soak
from gonogo.model.verdict import Outcome, Verdict


@fold.register
def _(event: events.MeasurementTaken, state: RolloutState) -> RolloutState:
    metric = state.metric(event.metric)
    before = state.metrics.get(event.metric)
    unread = 0 if _is_read(event) else 1
    now = MetricState(
        last=event.measurement,
        next_at=event.at + metric.cadence,
        unread=unread and unread + (before.unread if before else 0),
    )
    gates = {**state.gates}
    for found in event.verdicts:
        gates[found.gate] = _judged(gates.get(found.gate), found.verdict, event)
    metrics = {**state.metrics, event.metric: now}
    after = changed(state, at=event.at, metrics=metrics, gates=gates)
    remember_too(after, state)
    return after


@fold.register
def _(event: events.BaselineCaptured, state: RolloutState) -> RolloutState:
    return changed(state, baselines={**state.baselines, event.metric: event.value})


@fold.register
def _(event: events.WatchInterrupted, state: RolloutState) -> RolloutState:
    del event
    unheld = {k: changed(gate, held_since=None) for k, gate in state.gates.items()}
    state = changed(state, gates=unheld)
    step = state.current_step
    if not isinstance(step, Soak) or not step.gates:
        return state
    return stepped(state, step.id, state.step(step.id).phase, since=None)


@fold.register
def _(event: events.SoakStarted, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.UNDER_WAY, since=event.since)


@fold.register
def _(event: events.SoakReset, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.UNDER_WAY, since=None)


@fold.register
def _(event: events.SoakExtended, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.UNDER_WAY, patience_from=event.at)


def _is_read(event: events.MeasurementTaken) -> bool:
    """Tell whether a value came that can be used: a word is no number for a gate."""
    if not isinstance(event.measurement.value, str):
        return event.measurement.value is not None
    decided = {Outcome.PASS, Outcome.FAIL}
    return any(found.verdict.outcome in decided for found in event.verdicts)


def _judged(
    before: GateState | None,
    verdict: Verdict,
    event: events.MeasurementTaken,
) -> GateState:
    passes = verdict.outcome is Outcome.PASS
    fails = verdict.outcome is Outcome.FAIL
    bad = 0 if before is None or passes else before.bad
    held = before.held_since if before and before.held_since else event.at
    return GateState(
        verdict=verdict,
        judged_at=event.measurement.at,
        held_since=held if passes else None,
        bad=bad + fails,
    )
