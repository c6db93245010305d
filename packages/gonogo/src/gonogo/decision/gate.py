"""
Gates: which are in force, when their metrics are due, and what a measurement means.

Law 4: the gates in force are judged at every tick, whatever the rollout is doing;
one that trips ends the way forward at once.
"""

from datetime import datetime

from gonogo.analysis import threshold
from gonogo.decision import rollback
from gonogo.decision.state import RolloutState
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
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.plan import Baseline, Gate, Soak
from gonogo.model.verdict import GateVerdict, Measurement, Outcome

# A gate is unwatched when so many of its looks in a row were not taken.
STALE_LOOKS = 3


def in_force(state: RolloutState) -> tuple[Gate, ...]:
    """
    Return the gates that may end the rollout now.

    The triggers of the plan from the first action on; the gates of a stage from its
    first action on until it is left, and those of a soak while it lasts.
    """
    if state.phase is not Phase.RUNNING:
        return ()
    triggers = state.plan.triggers if state.undos else ()
    stage = state.current_stage
    own = stage.gates if stage is not None and state.applied_in_stage() else ()
    soak = (state.gate(gate) for gate in _soak_gates(state))
    return tuple({gate.id: gate for gate in (*triggers, *own, *soak)}.values())


def due(state: RolloutState, at: datetime) -> tuple[MetricName, ...]:
    """Return the metrics to measure now, in the order of the plan."""
    wanted = _wanted(state)
    return tuple(
        metric.name
        for metric in state.plan.metrics
        if metric.name in wanted and next_measurement(state, metric.name) <= at
    )


def measure_due(turn: Turn) -> None:
    """Ask the runner for every measurement that is due."""
    for name in due(turn.state, turn.at):
        probe = turn.state.metric(name).probe
        turn.perform(Measure(metric=name, operation=probe))


def next_measurement(state: RolloutState, metric: MetricName) -> datetime:
    """Return when a metric is due: by its cadence, and at the end of its soak."""
    known = state.metrics.get(metric)
    if known is None:
        return state.at
    closing = _closing_look(state, metric)
    asked = _asked_since(state, known.last.at, metric)
    return min(each for each in (known.next_at, closing, asked) if each)


def wake_for_measuring(state: RolloutState) -> tuple[datetime, ...]:
    """Return the instants at which metrics are due next."""
    return tuple(next_measurement(state, name) for name in _wanted(state))


def unwatched_since(state: RolloutState, at: datetime) -> datetime | None:
    """
    Return since when a gate that matters now has not been looked at; None if all were.

    Source: a sample older than three of its intervals is no data (STATISTICS 3.7, as
    most monitoring systems have it).
    """
    looks = {name: state.metrics.get(name) for name in _wanted(state)}
    stale = (
        known.last.at
        for name, known in looks.items()
        if known and at - known.last.at > STALE_LOOKS * state.metric(name).cadence
    )
    return min(stale, default=None)


def measured(turn: Turn, report: ReportMeasured) -> None:
    """Take up a measurement: judge its gates, and act on what trips."""
    state = turn.state
    if report.metric not in _wanted(state) or _is_stale(state, report):
        return
    verdicts = tuple(
        _judge(state, gate, report.measurement)
        for gate in _judged_by(state, report.metric)
    )
    turn.record(
        MeasurementTaken(
            at=turn.at,
            metric=report.metric,
            measurement=report.measurement,
            verdicts=verdicts,
        )
    )
    _capture_baseline(turn, report)
    _abort_on_trip(turn, verdicts)
    _call_for_unread(turn, report.metric)


def _is_stale(state: RolloutState, report: ReportMeasured) -> bool:
    """Tell whether this look, or a later one, has been taken up already."""
    known = state.metrics.get(report.metric)
    return known is not None and report.measurement.at <= known.last.at


def _wanted(state: RolloutState) -> frozenset[MetricName]:
    """Return the metrics that something now depends on."""
    if state.phase is not Phase.RUNNING:
        return frozenset()
    gates = {gate.metric for gate in in_force(state)}
    return frozenset(gates | set(_uncaptured(state)))


def _judged_by(state: RolloutState, metric: MetricName) -> tuple[Gate, ...]:
    return tuple(gate for gate in in_force(state) if gate.metric == metric)


def _judge(state: RolloutState, gate: Gate, measurement: Measurement) -> GateVerdict:
    baseline = state.baselines.get(gate.metric)
    verdict = threshold.judge(gate, measurement, baseline)
    return GateVerdict(gate=gate.id, verdict=verdict)


def _soak_under_way(state: RolloutState) -> Soak | None:
    step = state.current_step
    if isinstance(step, Soak) and state.step(step.id).phase is StepPhase.UNDER_WAY:
        return step
    return None


def _soak_gates(state: RolloutState) -> tuple[GateId, ...]:
    soak = _soak_under_way(state)
    return soak.gates if soak else ()


def _uncaptured(state: RolloutState) -> tuple[MetricName, ...]:
    step = state.current_step
    if not isinstance(step, Baseline):
        return ()
    if state.step(step.id).phase is not StepPhase.UNDER_WAY:
        return ()
    return tuple(name for name in step.metrics if name not in state.baselines)


def _closing_look(state: RolloutState, metric: MetricName) -> datetime | None:
    """Return the end of the soak, when the metric was not looked at since."""
    soak = _soak_under_way(state)
    if soak is None or not soak.duration:
        return None
    if metric not in {state.gate(g).metric for g in soak.gates}:
        return None
    since = state.step(soak.id).since
    if since is None:
        return None
    end = since + soak.duration
    return end if state.metrics[metric].last.at < end else None


def _asked_since(
    state: RolloutState, looked_at: datetime, metric: MetricName
) -> datetime | None:
    """Return when a soak or baseline began that needs a look later than the last."""
    step = state.current_step
    if step is None or metric not in _wanted_by_step(state):
        return None
    began = state.step(step.id).started_at
    return began if began is not None and looked_at < began else None


def _wanted_by_step(state: RolloutState) -> set[MetricName]:
    soak = {state.gate(gate).metric for gate in _soak_gates(state)}
    return soak | set(_uncaptured(state))


def _capture_baseline(turn: Turn, report: ReportMeasured) -> None:
    step, value = turn.state.current_step, report.measurement.value
    if not isinstance(step, Baseline) or not isinstance(value, float | int):
        return
    if report.metric not in _uncaptured(turn.state):
        return
    turn.record(
        BaselineCaptured(
            at=turn.at, step=step.id, metric=report.metric, value=float(value)
        )
    )
    if not _uncaptured(turn.state):
        turn.record(StepCompleted(at=turn.at, step=step.id))


def _abort_on_trip(turn: Turn, verdicts: tuple[GateVerdict, ...]) -> None:
    forcing = {gate.id: gate for gate in in_force(turn.state)}
    for found in verdicts:
        gate = forcing.get(found.gate)
        if gate is None or found.verdict.outcome is not Outcome.FAIL:
            continue
        if turn.state.gates[gate.id].bad >= gate.consecutive:
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
