"""Measuring: metrics, the gates judged by them, baselines and soaks."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gonogo.analysis.counting import Counts, counted
from gonogo.decision.changing import changed
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.evolving.moves import stepped
from gonogo.decision.hold import end_of, idle, in_doubt
from gonogo.decision.judging import MOST_SEEN, looks_back, seen_in
from gonogo.decision.plan_index import index_of
from gonogo.decision.remembering import remember_too, remembered
from gonogo.decision.state import GateState, MetricState, RolloutState, Seen
from gonogo.decision.transitions import StepPhase
from gonogo.model import event as events
from gonogo.model.identifiers import GateId
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric, Soak
from gonogo.model.verdict import GateVerdict, Measurement, Outcome


@fold.register
def _(event: events.MeasurementTaken, state: RolloutState) -> RolloutState:
    metric = state.metric(event.metric)
    before = state.metrics.get(event.metric)
    unread = 0 if _is_read(event) else 1
    now = MetricState(
        last=event.measurement,
        next_at=event.at + metric.cadence,
        unread=unread and unread + (before.unread if before else 0),
        sampled_at=_sampled_at(metric, event.measurement, before),
    )
    gates = {**state.gates}
    looking_back = _looking_back(state)
    for found in event.verdicts:
        earlier = gates.get(found.gate)
        now_judged = _judged(earlier, found, event)
        if found.gate in looking_back:
            seen = _seen(earlier, looking_back[found.gate], metric, event)
            now_judged = changed(now_judged, seen=seen)
        gates[found.gate] = now_judged
    metrics = {**state.metrics, event.metric: now}
    after = changed(state, at=event.at, metrics=metrics, gates=gates)
    remember_too(after, state)
    return after


@fold.register
def _(event: events.BaselineCaptured, state: RolloutState) -> RolloutState:
    if event.tally is not None:
        tallies = {**state.tallies, event.metric: event.tally}
        state = changed(state, tallies=tallies)
    return changed(state, baselines={**state.baselines, event.metric: event.value})


@fold.register
def _(event: events.WatchInterrupted, state: RolloutState) -> RolloutState:
    del event
    unheld = {k: changed(gate, held_since=None) for k, gate in state.gates.items()}
    state = changed(state, gates=unheld)
    step = state.current_step
    if not isinstance(step, Soak) or not step.gates:
        return state
    return _held_anew(state, step)


@fold.register
def _(event: events.SoakStarted, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.UNDER_WAY, since=event.since)


@fold.register
def _(event: events.SoakReset, state: RolloutState) -> RolloutState:
    step = state.find_step(event.step)
    if not isinstance(step, Soak):
        return stepped(state, event.step, StepPhase.UNDER_WAY, since=None)
    return _held_anew(state, step)


@fold.register
def _(event: events.HoldPaused, state: RolloutState) -> RolloutState:
    return stepped(state, event.step, StepPhase.UNDER_WAY, paused_since=event.since)


@fold.register
def _(event: events.HoldResumed, state: RolloutState) -> RolloutState:
    known = state.step(event.step)
    lost = event.at - known.paused_since if known.paused_since else timedelta()
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        extra=known.extra + lost,
        idle=idle(known, event.at),
        paused_since=None,
    )


@fold.register
def _(event: events.SoakProlonged, state: RolloutState) -> RolloutState:
    step, known = state.find_step(event.step), state.step(event.step)
    if not isinstance(step, Soak):
        return state
    planned = end_of(step, known)
    later = event.until - planned if planned else timedelta()
    state = _concluding_anew(state, step)
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        extra=known.extra + later,
        prolonged=known.prolonged + 1,
    )


@fold.register
def _(event: events.SoakExtended, state: RolloutState) -> RolloutState:
    return stepped(
        state,
        event.step,
        StepPhase.UNDER_WAY,
        patience_from=event.at,
        idle=timedelta(),
    )


def _held_anew(state: RolloutState, step: Soak) -> RolloutState:
    """Return the state with the time held so far counting for nothing."""
    return stepped(
        _concluding_anew(state, step),
        step.id,
        state.step(step.id).phase,
        since=None,
        extra=timedelta(),
        idle=timedelta(),
        paused_since=None,
    )


def _concluding_anew(state: RolloutState, step: Soak) -> RolloutState:
    """Return the state with a final look still to come for each gate of a soak."""
    concluded = [g for g in step.gates if _is_concluded(state.gates.get(g))]
    if not concluded:
        return state
    gates = {**state.gates}
    for name in concluded:
        gates[name] = changed(gates[name], concluded=None)
    return changed(state, gates=gates)


def _is_concluded(gate: GateState | None) -> bool:
    return gate is not None and gate.concluded is not None


def _is_read(event: events.MeasurementTaken) -> bool:
    """Tell whether a value came that can be used: a word is no number for a gate."""
    if not isinstance(event.measurement.value, str):
        return event.measurement.value is not None
    decided = {Outcome.PASS, Outcome.FAIL}
    return any(found.verdict.outcome in decided for found in event.verdicts)


@remembered
def _looking_back(state: RolloutState) -> Mapping[GateId, Gate]:
    """Return the gates whose judge needs earlier looks than the last."""
    every = index_of(state.plan).gates
    return {name: gate for name, gate in every.items() if looks_back(gate)}


def _sampled_at(
    metric: Metric, measurement: Measurement, before: MetricState | None
) -> datetime | None:
    """Return the instant of the last look at which a source had data of every arm."""
    sample = measurement.sample
    if sample is not None and sample.canary is not None:
        probe = metric.probe
        beside = isinstance(probe, Query) and probe.control is not None
        if sample.control is not None or not beside:
            return measurement.at
    return before.sampled_at if before else None


def _seen(
    before: GateState | None, gate: Gate, metric: Metric, event: events.MeasurementTaken
) -> tuple[Seen, ...]:
    """Return the looks that a judge looks back over, this one last."""
    seen = (*(before.seen if before else ()), seen_in(metric, event.measurement))
    if gate.window is not None:
        first = event.measurement.at - gate.window
        seen = tuple(each for each in seen if each.at > first)
    return seen[-MOST_SEEN:]


def _judged(
    before: GateState | None,
    found: GateVerdict,
    event: events.MeasurementTaken,
) -> GateState:
    verdict = found.verdict
    passes = verdict.outcome is Outcome.PASS
    fails = verdict.outcome is Outcome.FAIL
    bad = 0 if before is None or passes else before.bad
    held = before.held_since if before and before.held_since else event.at
    now = GateState(
        verdict=verdict,
        judged_at=event.measurement.at,
        held_since=held if passes else None,
        bad=bad + fails,
    )
    known = before is not None and (before.evidence or before.counts)
    if found.finding is None and found.measured is None and not known:
        return now
    return _told_more(before, found, now)


def _told_more(
    before: GateState | None, found: GateVerdict, now: GateState
) -> GateState:
    """Return what is known of a gate that is weighed, or whose measurements count."""
    after = changed(now, finding=found.finding)
    evidence, concluded = found.evidence, found.finding if found.final else None
    if before is not None:
        evidence = evidence or before.evidence
        concluded = concluded or before.concluded
    after = changed(after, evidence=evidence, concluded=concluded)
    if in_doubt(after):
        since = before and (before.doubtful_since or before.judged_at)
        after = changed(after, doubtful_since=since or now.judged_at)
    if found.measured is not None:
        counts = before.counts if before and before.counts else Counts()
        after = changed(after, counts=counted(counts, found.measured))
    return after
