"""Reading a sample: what the test of a trial is fed, with everything that is wrong."""

import math
from datetime import datetime, timedelta

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.looks import (
    Arms,
    Counted,
    Read,
    Trouble,
    no_data,
    untrusted,
)
from gonogo.analysis.evidence.quantile import slow_of
from gonogo.analysis.figures import figures
from gonogo.model.evidence import EvidenceState
from gonogo.model.sample import Arm, Level, MetricKind, Sample, Tally

# Bound once: in Python 3.11 a member of an enumeration takes longer to find than to
# compare, and a look asks for many.
_GAUGE, _QUANTILE, _RATIO = MetricKind.GAUGE, MetricKind.QUANTILE, Null.RATIO

EXPECTED_SILENCE = 20.0
"""So many expected and none seen is no chance: 2 in 1,000,000,000 (STATISTICS 3.7)."""

_OVERSHOOT = 1.01
"""Rises that are read off counters are estimates: so much more is no contradiction."""


def looked(
    trial: Trial, state: EvidenceState, sample: Sample, at: datetime
) -> Counted | Read | Trouble:
    """Return what a sample gives to the test of a trial."""
    if sample.canary is None:
        return no_data(f"{Arms.CANARY} gave none")
    if trial.kind is _GAUGE:
        return _levels(trial, sample)
    counted = _counted(trial, sample)
    if isinstance(counted, Trouble):
        return counted
    return _silence(trial, state, counted, at) or counted


def _levels(trial: Trial, sample: Sample) -> Read | Trouble:
    canary, control = sample.canary, sample.control
    if not isinstance(canary, Level):
        return no_data(f"{Arms.CANARY} gave no level")
    if trial.at is not None:
        read = Read(canary=canary.mean, reference=trial.at)
    elif isinstance(control, Level):
        read = Read(canary=canary.mean, reference=control.mean)
    else:
        return no_data(f"{Arms.CONTROL} gave no level")
    if not (math.isfinite(read.canary) and math.isfinite(read.reference)):
        return no_data("a level is no number")
    if read.canary < 0 or read.reference < 0:
        return untrusted("a level below 0 has no ratio to another")
    return read


def _counted(trial: Trial, sample: Sample) -> Counted | Trouble:
    if trial.kind is _QUANTILE:
        return slow_of(trial, sample)
    canary = _tally(trial, Arms.CANARY, sample.canary)
    if isinstance(canary, Trouble):
        return canary
    needed = trial.null is _RATIO
    if not needed and (not trial.concurrent or sample.control is None):
        return Counted(canary=canary)
    control = _tally(trial, Arms.CONTROL, sample.control)
    if isinstance(control, Trouble):
        return control
    return Counted(canary=canary, control=control)


def _tally(trial: Trial, name: Arms, arm: Arm | None) -> Tally | Trouble:
    if not isinstance(arm, Tally):
        return no_data(f"{name} gave none")
    if 0 <= arm.events <= arm.exposure < math.inf:
        return arm
    return _contradicting(trial, name, arm)


def _contradicting(trial: Trial, name: Arms, arm: Tally) -> Tally | Trouble:
    """Take up counts that are no part of their exposure: some may be, some never are."""
    if not (math.isfinite(arm.events) and math.isfinite(arm.exposure)):
        return no_data(f"what {name} gave is no number")
    counted, among = figures(arm.events, 4), figures(arm.exposure, 4)
    if arm.events < 0 or arm.exposure < 0:
        return untrusted(f"{name} counted {counted} of {among}")
    if trial.kind is MetricKind.COUNT:
        return arm
    if arm.events > arm.exposure * _OVERSHOOT + 1:
        return untrusted(
            f"{name} counted {counted} events among {among}: the two queries do not "
            "count the same"
        )
    return Tally(events=arm.exposure, exposure=arm.exposure)


def _silence(
    trial: Trial, state: EvidenceState, counted: Counted, at: datetime
) -> Trouble | None:
    """Tell when an arm had no traffic though some was due: that is no '0 errors'."""
    if counted.canary.exposure == 0:
        seen, planned = state.totals.canary_exposure, _planned(trial, Arms.CANARY)
        return _silent(trial, state, Arms.CANARY, at, seen=seen, planned_per_s=planned)
    if counted.control is None or counted.control.exposure > 0:
        return None
    if trial.null is not _RATIO:
        return None
    seen, planned = state.totals.control_exposure, _planned(trial, Arms.CONTROL)
    return _silent(trial, state, Arms.CONTROL, at, seen=seen, planned_per_s=planned)


def _planned(trial: Trial, arm: Arms) -> float:
    if trial.traffic is None:
        return 0.0
    canary = arm is Arms.CANARY
    return trial.traffic.canary_per_s if canary else trial.traffic.control_per_s


def _silent(
    trial: Trial,
    state: EvidenceState,
    arm: Arms,
    at: datetime,
    *,
    seen: float,
    planned_per_s: float,
) -> Trouble | None:
    if trial.kind is MetricKind.COUNT or state.last is None or state.first is None:
        return no_data(f"{arm} had no traffic at all")
    covered = state.last - state.first + trial.cadence
    per_s = seen / covered.total_seconds() if seen else planned_per_s
    expected = per_s * (at - state.last).total_seconds()
    if expected < EXPECTED_SILENCE:
        return None
    return no_data(
        f"{arm} had no traffic for {_minutes(at - state.last)}, where about "
        f"{expected:,.0f} were due"
    )


def _minutes(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes >= 1 else f"{span.total_seconds():.0f} s"
