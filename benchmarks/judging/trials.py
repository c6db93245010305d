"""Trials: what gonogo is told of a metric and its soak before it begins."""

from datetime import timedelta

from gonogo.analysis.evidence import Trial, Unfit, trial_of
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.judging import Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind, Tally

SOAK = timedelta(hours=24)
ALPHA = 0.05
QUIET = Noise()
"""Calibrated, and nothing found: events are single and the arms are alike."""


def trial(
    kind: MetricKind,
    limit: Condition,
    *,
    traffic: Traffic | None = None,
    noise: Noise = QUIET,
    quantile: float | None = None,
    baseline: Tally | None = None,
) -> Trial:
    """
    Return the trial of one gate that has all of a soak's false alarms to itself.

    Raises:
        TypeError: Evidence cannot judge it; the text says why.
    """
    asked = Asked(events="events")
    compared = limit.relative is Relative.CONTROL
    metric = Metric(
        name=MetricName("metric"),
        probe=Query(
            source="world",
            metric_kind=kind,
            canary=asked,
            control=asked if compared else None,
        ),
        judging=Judging(noise=noise, traffic=traffic, quantile=quantile, extensions=0),
    )
    gate = Gate(
        id=GateId("gate"), line=1, title="", metric=metric.name, condition=limit
    )
    found = trial_of(gate, metric, duration=SOAK, alpha=ALPHA, baseline=baseline)
    if isinstance(found, Unfit):
        raise TypeError(found.reason)
    return found


def rise(percent: float) -> Condition:
    """Return a limit against the control: '< +5 %'."""
    return Condition(
        comparator=Comparator.LESS, value=percent, unit="%", relative=Relative.CONTROL
    )


def below(value: float, unit: str | None = None) -> Condition:
    """Return a fixed limit: '< 1 %'."""
    return Condition(comparator=Comparator.LESS, value=value, unit=unit)
