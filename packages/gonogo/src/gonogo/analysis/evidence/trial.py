"""
Trials: from a gate of the plan to what is tested of it.

All of it is derived from the plan alone, so that the same plan gives the same test in
any process, before the soak and after a restart.
"""

from dataclasses import replace
from datetime import timedelta

from gonogo.analysis.evidence.definition import (
    UNCALIBRATED,
    Null,
    Trial,
    digest_of,
)
from gonogo.analysis.evidence.levels import BLOCK
from gonogo.analysis.evidence.predictive import Before, expected
from gonogo.analysis.evidence.stated import Stated, Unfit, stated
from gonogo.model.condition import Relative
from gonogo.model.judging import JudgeName, Judging
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric
from gonogo.model.sample import MetricKind, Tally

__all__ = [
    "UNCALIBRATED",
    "Before",
    "Null",
    "Trial",
    "Unfit",
    "digest_of",
    "trial_of",
]

DAY = timedelta(hours=24)
"""The horizon of gates that no soak ends."""

LEAST_RISE = 1.2
"""What must be found of a limit that allows no rise, so that 'none seen' means much."""

FIXED_RISE = 1.5
"""Likewise of a fixed limit: half as much again."""

LEAST_BLOCKS = 5
"""Fewer means of an hour are never proof, whatever they are (STATISTICS 3.5)."""


def trial_of(
    gate: Gate,
    metric: Metric,
    *,
    duration: timedelta | None,
    alpha: float,
    baseline: Tally | None = None,
    share_pct: float | None = None,
) -> Trial | Unfit:
    """
    Return what is tested of a gate, or why evidence cannot judge it.

    Args:
        gate: Its condition says the limit.
        metric: Its probe has to be a query.
        duration: Of the soak; None for gates that no soak ends, whose horizon is a day
            and who have no final look.
        alpha: This gate's share of the false alarms; 0 to 1.
        baseline: What was counted before the change, where that is all there is.
        share_pct: The canary's share in this stage, where it is not the metric's own;
            it is watched in soaks alone, since it changes from stage to stage.
    """
    if not isinstance(metric.probe, Query):
        return Unfit(f"{metric.name} is a plain number, not counted by a source")
    limit = stated(gate, metric, metric.probe.metric_kind)
    if isinstance(limit, Unfit):
        return limit
    judging = metric.judging or Judging()
    if share_pct is not None:
        judging = replace(judging, share_pct=share_pct)
    trial = _draft(gate, metric, metric.probe, judging, limit)
    timed = replace(
        trial,
        alpha=alpha,
        looks=max(1, round((DAY if duration is None else duration) / metric.cadence)),
        final=duration is not None,
        share=None if duration is None else trial.share,
        extensions=judging.extensions,
        cadence=metric.cadence,
    )
    return _of_kind(timed, gate, limit, judging, baseline)


def _draft(
    gate: Gate, metric: Metric, probe: Query, judging: Judging, limit: Stated
) -> Trial:
    share = judging.share_pct
    concurrent = probe.control is not None
    return Trial(
        metric=gate.metric,
        kind=probe.metric_kind,
        null=Null.RATIO,
        limit=limit.limit,
        direction=limit.direction,
        promised=_promised(limit),
        noise=judging.noise or UNCALIBRATED,
        calibrated=judging.noise is not None,
        quantile=judging.quantile or probe.quantile,
        concurrent=concurrent,
        share=share / 100 if share and concurrent and share < 100 else None,  # noqa: PLR2004
        traffic=judging.traffic,
        cadence=metric.cadence,
    )


def _promised(limit: Stated) -> float:
    """
    Return what has to be found with 80 %: as far beyond the limit as it allows.

    A limit of +10 % that is passed unproven must at least have excluded +21 %: the
    same power then proves a harmless change, and finds a harmful one.
    """
    if not limit.relative:
        return float(limit.limit * FIXED_RISE**limit.direction)
    allowed = limit.limit**limit.direction
    rise = allowed if allowed > 1 else LEAST_RISE
    return float(limit.limit * rise**limit.direction)


def _of_kind(
    trial: Trial, gate: Gate, limit: Stated, judging: Judging, baseline: Tally | None
) -> Trial | Unfit:
    if trial.kind is MetricKind.GAUGE:
        return _gauge(trial, gate, limit)
    if trial.kind is MetricKind.QUANTILE:
        return _quantile(trial, limit)
    if not limit.relative:
        counted = trial.kind is MetricKind.COUNT
        fixed = replace(trial, null=Null.RATE if counted else Null.FRACTION)
        return _informed(fixed)
    if trial.concurrent and gate.condition.relative is not Relative.PREVIOUS:
        return _informed(trial)
    return _predictive(trial, judging, baseline)


def _gauge(trial: Trial, gate: Gate, limit: Stated) -> Trial | Unfit:
    if limit.relative and not trial.concurrent:
        return Unfit("a level can only be compared with that of a control beside it")
    at = None if limit.relative else trial.limit
    if trial.noise.lrv is not None:
        information = trial.looks / trial.noise.lrv
        return replace(trial, null=Null.GAUSS, at=at, information=information)
    if not limit.relative and gate.judge is not JudgeName.EVIDENCE:
        return Unfit("a level is held against a fixed limit look by look")
    if trial.final and trial.looks * trial.cadence < LEAST_BLOCKS * BLOCK:
        return Unfit(
            f"without calibrated noise a level needs {LEAST_BLOCKS} hours: calibrate "
            "it, or soak longer"
        )
    return replace(trial, null=Null.BLOCKS, at=at)


def _quantile(trial: Trial, limit: Stated) -> Trial | Unfit:
    if trial.quantile is None or not 0 < trial.quantile < 1:
        return Unfit("which quantile it is, is not stated")
    if trial.direction < 0:
        return Unfit("only an upper limit of a quantile can be weighed")
    if limit.relative and not trial.concurrent:
        return Unfit("a quantile can only be compared with that of a control beside it")
    if limit.relative and trial.limit < 1:
        return Unfit("a quantile that has to fall cannot be weighed")
    if limit.relative:
        return _informed(trial)
    slow = 1 - trial.quantile
    fixed = replace(trial, null=Null.FRACTION, at=trial.limit, limit=slow)
    return _informed(replace(fixed, promised=slow * FIXED_RISE))


def _predictive(
    trial: Trial, judging: Judging, baseline: Tally | None
) -> Trial | Unfit:
    seen = _seen_before(trial, judging, baseline)
    if seen is None or seen.events <= 0 or seen.exposure <= 0:
        return Unfit(
            "it is compared with a time before, of which only a number is known: give "
            "its `traffic`, or a control"
        )
    before = expected(
        seen.events / seen.exposure,
        between=trial.noise.tau,
        events=seen.events / trial.noise.phi,
    )
    return _informed(replace(trial, null=Null.PREDICTIVE, before=before, share=None))


def _seen_before(
    trial: Trial, judging: Judging, baseline: Tally | None
) -> Tally | None:
    if baseline is not None or judging.traffic is None:
        return baseline
    exposure = judging.traffic.canary_per_s * _span_s(trial)
    return Tally(events=judging.traffic.rate * exposure, exposure=exposure)


def _informed(trial: Trial) -> Trial:
    """Add what the planned soak will know, where its traffic is given (2.2)."""
    traffic = trial.traffic
    if traffic is None or trial.information is not None:
        return trial
    slow = trial.quantile is not None and trial.kind is MetricKind.QUANTILE
    rate = 1 - (trial.quantile or 0.0) if slow else traffic.rate
    canary = rate * traffic.canary_per_s * _span_s(trial)
    control = rate * traffic.control_per_s * _span_s(trial)
    if trial.null in {Null.RATE, Null.FRACTION}:
        events = trial.limit * traffic.canary_per_s * _span_s(trial)
        information = events
    elif trial.null is Null.PREDICTIVE:
        information = canary
    else:
        at_limit = canary * trial.tested
        both = at_limit + control
        information = at_limit * control / both if both else 0.0
    return replace(trial, information=information / trial.noise.phi or None)


def _span_s(trial: Trial) -> float:
    return trial.looks * trial.cadence.total_seconds()
