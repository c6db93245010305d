"""
Gates: which are in force, when their metrics are due, and what a measurement means.

Law 4: the gates in force are judged at every tick, whatever the rollout is doing;
one that trips ends the way forward at once.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gonogo.analysis import threshold
from gonogo.analysis.condensing import condensed
from gonogo.analysis.evidence import Trial
from gonogo.analysis.threshold import Prepared
from gonogo.decision import judging, rollback
from gonogo.decision.hold import STALE_LOOKS, end_of
from gonogo.decision.judging import Trials
from gonogo.decision.plan_index import index_of
from gonogo.decision.remembering import remembered
from gonogo.decision.state import MetricState, RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import ReportMeasured
from gonogo.model.effect import Measure
from gonogo.model.event import (
    Asked,
    BaselineCaptured,
    MeasurementTaken,
    StepCompleted,
)
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.operation import Query
from gonogo.model.plan import Baseline, Gate, Metric, Soak
from gonogo.model.sample import Tally
from gonogo.model.verdict import GateVerdict, Measurement, Outcome


def in_force(state: RolloutState) -> tuple[Gate, ...]:
    """
    Return the gates that may end the rollout now.

    The triggers of the plan from the first action on; the gates of a stage from its
    first action on until it is left, and those of a soak while it lasts.
    """
    return tuple(_watch(state).forcing.values())


def trial_under_way(state: RolloutState, gate: GateId) -> Trial | None:
    """Return what evidence tests of a gate in force; None where it does not judge it."""
    found = _watch(state).trials.get(gate)
    return found if isinstance(found, Trial) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """
    What has to be watched now, until more happens than a measurement.

    Attributes:
        forcing: The gates in force.
        judged_by: Those of each metric.
        of_step: The metrics that the soak or baseline under way needs looked at, each
            by a look of its own; what a source counts is not among them.
        looks: When each of those is to be looked at, whatever its cadence.
        uncaptured: Those of the baseline under way that have no value yet.
        wanted: The metrics that something now depends on, in the order of the plan.
        soak: Under way.
        trials: What evidence tests of the gates in force whose metrics are counted.
        plain: The judges of those that are one number and one limit.
    """

    forcing: Mapping[GateId, Gate]
    judged_by: Mapping[MetricName, tuple[Gate, ...]]
    of_step: frozenset[MetricName]
    looks: tuple[datetime, ...]
    uncaptured: tuple[MetricName, ...]
    wanted: Mapping[MetricName, Metric]
    soak: Soak | None
    trials: Trials
    plain: Mapping[GateId, Prepared]


@remembered
def _watch(state: RolloutState) -> _Watch:
    metrics = index_of(state.plan).metrics
    soak, uncaptured = _soak_under_way(state), _uncaptured(state)
    of_soak = {state.gate(gate).metric for gate in soak.gates} if soak else set()
    forcing = _forcing(state, soak)
    judged_by: dict[MetricName, tuple[Gate, ...]] = {}
    for gate in forcing.values():
        judged_by[gate.metric] = (*judged_by.get(gate.metric, ()), gate)
    # A source is asked about a stretch: one that a look of its own cuts short is empty.
    of_step = {name for name in of_soak | {*uncaptured} if not is_asked(metrics[name])}
    running = state.phase is Phase.RUNNING
    wanted = judged_by.keys() | set(uncaptured) if running else set[MetricName]()
    return _Watch(
        forcing=forcing,
        judged_by=judged_by,
        of_step=frozenset(of_step),
        looks=_looks_of_step(state, soak),
        uncaptured=uncaptured,
        wanted={name: metrics[name] for name in metrics if name in wanted},
        soak=soak,
        trials=judging.trials(state, forcing, soak),
        plain={
            gate.id: threshold.prepared(gate)
            for gate in forcing.values()
            if judging.is_plain(state, gate)
        },
    )


def _forcing(state: RolloutState, soak: Soak | None) -> Mapping[GateId, Gate]:
    if state.phase is not Phase.RUNNING:
        return {}
    triggers = state.plan.triggers if state.undos else ()
    stage = state.current_stage
    own = stage.gates if stage is not None and state.applied_in_stage() else ()
    of_soak = (state.gate(gate) for gate in (soak.gates if soak else ()))
    return {gate.id: gate for gate in (*triggers, *own, *of_soak)}


def is_asked(metric: Metric) -> bool:
    """Tell whether a metric is asked of a source, about a stretch of time."""
    return isinstance(metric.probe, Query)


def due(state: RolloutState, at: datetime) -> tuple[MetricName, ...]:
    """Return the metrics to measure now, in the order of the plan."""
    return tuple(name for name, look in _next_looks(state) if look <= at)


def measure_due(turn: Turn) -> None:
    """Ask the runner for every measurement that is due."""
    for name in due(turn.state, turn.at):
        metric = turn.state.metric(name)
        since = _asked_since(turn.state, metric, turn.at)
        turn.perform(Measure(metric=name, operation=metric.probe, since=since))


def _asked_since(state: RolloutState, metric: Metric, at: datetime) -> datetime | None:
    """
    Return where the stretch begins that a source is asked about.

    It follows the last that had data: a look that gave nothing is made good by the
    next. What was before the last change is no evidence of how things are now.
    """
    if not is_asked(metric):
        return None
    known = state.metrics.get(metric.name)
    last = None if known is None else known.sampled_at
    since = at - metric.cadence if last is None else last
    changed_at = state.changed_at
    return since if changed_at is None else max(since, min(changed_at, at))


def _next_looks(state: RolloutState) -> Iterator[tuple[MetricName, datetime]]:
    """Yield when each metric is due: by its cadence, and at the end of its soak."""
    watch, known = _watch(state), state.metrics
    for name in watch.wanted:
        if name not in known:
            yield name, state.at
        elif name in watch.of_step:
            yield name, _look_of_step(known[name], watch.looks)
        else:
            yield name, known[name].next_at


def _look_of_step(known: MetricState, looks: Sequence[datetime]) -> datetime:
    """Return the next look, where the step under way may want one before it is due."""
    last, next_at = known.last.at, known.next_at
    for look in looks:
        if last < look < next_at:
            next_at = look
    return next_at


def wake_for_measuring(
    state: RolloutState, besides: Container[object] = ()
) -> tuple[datetime, ...]:
    """Return the instants at which metrics are due next, but for some."""
    return tuple(look for name, look in _next_looks(state) if name not in besides)


def unwatched_since(state: RolloutState, at: datetime) -> datetime | None:
    """
    Return since when a gate that matters now has not been looked at; None if all were.

    Source: a sample older than three of its intervals is no data (STATISTICS 3.7, as
    most monitoring systems have it).
    """
    looks = (
        (metric, state.metrics.get(name))
        for name, metric in _watch(state).wanted.items()
    )
    stale = (
        known.last.at
        for metric, known in looks
        if known and at - known.last.at > STALE_LOOKS * metric.cadence
    )
    return min(stale, default=None)


def measured(turn: Turn, report: ReportMeasured) -> None:
    """Take up a measurement: judge its gates, and act on what trips."""
    state = turn.state
    watch = _watch(state)
    if report.metric not in watch.wanted or _is_stale(state, report):
        return
    verdicts = tuple(
        _judged(state, watch, gate, report.measurement)
        for gate in watch.judged_by.get(report.metric, ())
    )
    turn.record(
        MeasurementTaken(
            at=turn.at,
            metric=report.metric,
            measurement=_condensed(state, watch, report),
            verdicts=verdicts,
        )
    )
    _capture_baseline(turn, report)
    _abort_on_trip(turn, verdicts)
    _call_for_unread(turn, report.metric)


def _condensed(
    state: RolloutState, watch: _Watch, report: ReportMeasured
) -> Measurement:
    """Return a measurement as it is journaled: with no more than was judged by."""
    taken, probe = report.measurement, state.metric(report.metric).probe
    if taken.sample is None or not isinstance(probe, Query):
        return taken
    gates = watch.judged_by.get(report.metric, ())
    trials = (watch.trials.get(gate.id) for gate in gates)
    tested = [trial for trial in trials if isinstance(trial, Trial)]
    sample = condensed(taken.sample, tested, quantile=probe.quantile)
    return replace(taken, sample=sample)


def _judged(
    state: RolloutState, watch: _Watch, gate: Gate, measurement: Measurement
) -> GateVerdict:
    # A plain number, as most are, takes the shortest way: there are so many.
    plain = watch.plain.get(gate.id)
    if plain is not None:
        verdict = plain(measurement, state.baselines.get(gate.metric))
        return GateVerdict(gate=gate.id, verdict=verdict)
    trial = watch.trials.get(gate.id)
    return judging.judged(state, gate, measurement, trial, watch.soak)


def _is_stale(state: RolloutState, report: ReportMeasured) -> bool:
    """Tell whether this look, or a later one, has been taken up already."""
    known = state.metrics.get(report.metric)
    return known is not None and report.measurement.at <= known.last.at


def _soak_under_way(state: RolloutState) -> Soak | None:
    step = state.current_step
    if isinstance(step, Soak) and state.step(step.id).phase is StepPhase.UNDER_WAY:
        return step
    return None


def _uncaptured(state: RolloutState) -> tuple[MetricName, ...]:
    step = state.current_step
    if not isinstance(step, Baseline):
        return ()
    if state.step(step.id).phase is not StepPhase.UNDER_WAY:
        return ()
    return tuple(name for name in step.metrics if name not in state.baselines)


def _looks_of_step(state: RolloutState, soak: Soak | None) -> tuple[datetime, ...]:
    """Return when the step under way began, and when the hold of its soak will end."""
    step = state.current_step
    if step is None:
        return ()
    known = state.step(step.id)
    began = () if known.started_at is None else (known.started_at,)
    end = None if soak is None or not soak.duration else end_of(soak, known)
    return began if end is None else (*began, end)


def _capture_baseline(turn: Turn, report: ReportMeasured) -> None:
    step, value = turn.state.current_step, report.measurement.value
    if not isinstance(step, Baseline) or not isinstance(value, float | int):
        return
    if report.metric not in _uncaptured(turn.state):
        return
    sample = report.measurement.sample
    counted = None if sample is None else sample.canary
    turn.record(
        BaselineCaptured(
            at=turn.at,
            step=step.id,
            metric=report.metric,
            value=float(value),
            tally=counted if isinstance(counted, Tally) else None,
        )
    )
    if not _uncaptured(turn.state):
        turn.record(StepCompleted(at=turn.at, step=step.id))


def _abort_on_trip(turn: Turn, verdicts: tuple[GateVerdict, ...]) -> None:
    forcing = _watch(turn.state).forcing
    for found in verdicts:
        gate = forcing.get(found.gate)
        if gate is None or found.verdict.outcome is not Outcome.FAIL:
            continue
        proven = found.finding is Finding.HARM
        if proven or turn.state.gates[gate.id].bad >= gate.consecutive:
            reason = "; ".join(found.verdict.reasons)
            line = f"{reason} (line {gate.line})"
            rollback.abort(turn, subject=gate.title, reason=line, gate=gate.id)


def _call_for_unread(turn: Turn, metric: MetricName) -> None:
    """Call a person when a metric stays unread, and send them home when it is back."""
    known = turn.state.metrics[metric]
    if known.unread == 0:
        turn.withdraw(metric, about=Asked.ATTENTION)
        return
    if known.unread < turn.state.metric(metric).errors:
        return
    why = known.last.error or _unusable(known.last)
    text = (
        f"'{metric}' could not be read {known.unread} times in a row: {why}. "
        "Nothing new starts until it can, or until somebody decides."
    )
    turn.call(metric, text)


def _unusable(measurement: Measurement) -> str:
    if measurement.value is None:
        return "it gives no data"
    return f"it gives '{measurement.value}', which is no number"
