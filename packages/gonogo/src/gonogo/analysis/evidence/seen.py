"""
Seen: the numbers of a verdict, of the whole test or since harm began.

A proof of harm is told with what was seen since its onset; a proof that totals alone
give, with all there is.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from gonogo.analysis.evidence.definition import Null, Trial
from gonogo.analysis.evidence.onsets import seen_since, since
from gonogo.model.evidence import EvidenceState, Finding, Levels, Totals
from gonogo.model.sample import MetricKind

# Bound once: in Python 3.11 a member of an enumeration takes longer to find than to
# compare, and a look asks for many.
_HARM, _RATIO = Finding.HARM, Null.RATIO


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What is told of a test.

    Attributes:
        totals: Seen in the time that is told of.
        estimate: Of that time: a ratio, a rate, a fraction or a level; None: no data.
        since: When that time began; None: with the first look.
        whole: The estimate of the whole test, where that is not what is told.
    """

    totals: Totals
    estimate: float | None
    since: datetime | None = None
    whole: float | None = None


def seen_of(
    trial: Trial, state: EvidenceState, finding: Finding, *, bar: float
) -> Seen:
    """
    Return what is told of a finding.

    Args:
        trial: What is tested.
        state: After the last look.
        finding: Of it.
        bar: What the evidence of any look has to reach, in logs.
    """
    whole = _estimate(trial, state.totals, state.levels)
    onset = since(state) if finding is _HARM and state.harm.best >= bar else None
    if onset is None:
        return Seen(state.totals, whole)
    totals = seen_since(state.totals, onset)
    estimate = _estimate(trial, totals, None)
    if estimate is None:
        return Seen(state.totals, whole)
    return Seen(totals, estimate, onset.at, whole)


def estimate_of(trial: Trial, state: EvidenceState) -> float | None:
    """
    Return what was seen so far, for display: a ratio, a rate, a fraction or a level.

    A ratio is weighed look by look, so that no ramp and no drift shifts it; half an
    event is added to each arm while one has none.
    """
    return _estimate(trial, state.totals, state.levels)


def _estimate(trial: Trial, seen: Totals, levels: Levels | None) -> float | None:
    if not seen.canary_exposure:
        return None
    if trial.null is _RATIO:
        return _ratio(seen)
    if trial.kind is MetricKind.GAUGE:
        return _level(trial, seen, levels)
    rate = seen.canary_events / seen.canary_exposure
    return rate / trial.day.rate if trial.null is Null.PREDICTIVE else rate


def _ratio(seen: Totals) -> float | None:
    if not seen.control_exposure:
        return None
    if seen.weighed_canary > 0 and seen.weighed_control > 0:
        return seen.weighed_canary / seen.weighed_control
    canary = (seen.canary_events + 0.5) / seen.canary_exposure
    return canary / ((seen.control_events + 0.5) / seen.control_exposure)


def _level(trial: Trial, seen: Totals, levels: Levels | None) -> float | None:
    """Return the mean of the log ratios where it is kept, else the ratio of means."""
    if levels is not None and (levels.count or levels.open_looks):
        many = levels.count > 0
        mean = levels.mean if many else levels.open_sum / levels.open_looks
        return math.exp(mean) * (trial.at or 1.0)
    if trial.at is not None:
        return seen.canary_events / seen.canary_exposure
    return seen.canary_events / seen.control_events if seen.control_events else None
