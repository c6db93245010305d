"""Forecasts: for every gate of every soak of a plan, what the soak can show of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gonogo.analysis.evidence.looks import Trouble
from gonogo.analysis.evidence.quantile import slow_of
from gonogo.analysis.evidence.trial import Trial, Unfit, trial_of
from gonogo.analysis.expecting import Expected, divided
from gonogo.analysis.power import Promise, Unknown, promise
from gonogo.analysis.power.tail import tail_of
from gonogo.analysis.shares import by_evidence, share_of
from gonogo.model.identifiers import MetricName
from gonogo.model.judging import Judging, Traffic
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric, Plan, Soak, Stage
from gonogo.model.sample import Histogram, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """
    What one soak can show of one gate.

    Attributes:
        trial: None where evidence does not judge it.
        traffic: While nothing is wrong; None where it is not known.
        read: Whether the traffic was read from the source just now.
        promise: Or why there is none.
    """

    stage: Stage
    soak: Soak
    gate: Gate
    metric: Metric
    trial: Trial | None
    traffic: Traffic | None
    read: bool
    promise: Promise | Unknown


def forecasts(
    plan: Plan, expected: Mapping[MetricName, Expected] | None = None
) -> tuple[Forecast, ...]:
    """
    Return the forecasts of a plan, in its order; none for gates of plain numbers.

    Args:
        plan: As compiled.
        expected: What the sources say; counts before what the plan says.
    """
    return tuple(_forecasts(plan, expected or {}))


def _forecasts(
    plan: Plan, expected: Mapping[MetricName, Expected]
) -> Iterator[Forecast]:
    metrics = {metric.name: metric for metric in plan.metrics}
    for stage, soak, gate in _held(plan):
        metric = metrics.get(gate.metric)
        if metric is None or not isinstance(metric.probe, Query):
            continue
        known = expected.get(metric.name, Expected())
        trial = _trial(plan, soak, gate, metric)
        traffic = _traffic(stage, metric, known)
        yield Forecast(
            stage=stage,
            soak=soak,
            gate=gate,
            metric=metric,
            trial=trial if isinstance(trial, Trial) else None,
            traffic=traffic,
            read=known.traffic is not None,
            promise=_promise(trial, traffic, known),
        )


def _traffic(stage: Stage, metric: Metric, known: Expected) -> Traffic | None:
    """Return what was read, the canary's share of it as it will be; else the plan's."""
    judging = metric.judging or Judging()
    if known.traffic is None:
        return judging.traffic
    return divided(known.traffic, judging.share_pct or stage.exposure_pct)


def _held(plan: Plan) -> Iterator[tuple[Stage, Soak, Gate]]:
    """Yield the gates of each soak that lasts."""
    triggers = {gate.id: gate for gate in plan.triggers}
    for stage in plan.stages:
        gates = triggers | {gate.id: gate for gate in stage.gates}
        for step in stage.steps:
            if isinstance(step, Soak) and step.duration:
                known = (gates[each] for each in step.gates if each in gates)
                yield from ((stage, step, gate) for gate in known)


def _trial(plan: Plan, soak: Soak, gate: Gate, metric: Metric) -> Trial | Unfit:
    if not by_evidence(gate, metric):
        return Unfit("its gate asks for another judge")
    return trial_of(gate, metric, duration=soak.duration, alpha=share_of(plan))


def _promise(
    trial: Trial | Unfit, traffic: Traffic | None, known: Expected
) -> Promise | Unknown:
    if isinstance(trial, Unfit):
        return Unknown(f"it is not judged by evidence: {trial.reason}")
    if known.trouble is not None and traffic is None:
        return Unknown(known.trouble)
    if known.histogram is None or trial.quantile is None:
        return promise(trial, traffic)
    coarse = slow_of(trial, _alike(known.histogram))
    if isinstance(coarse, Trouble):
        return Unknown(coarse.reason)
    return promise(trial, traffic, tail_of(known.histogram, trial.quantile))


def _alike(histogram: Histogram) -> Sample:
    """Return a look at arms that do not differ: it shows whether the buckets serve."""
    return Sample(
        since=datetime.min.replace(tzinfo=UTC),
        canary=histogram,
        control=histogram,
        before=histogram,
    )
