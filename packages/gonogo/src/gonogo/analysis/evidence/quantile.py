"""
Quantiles become counts: 'p99 rose by more than 10 %' is a question of slow requests.

Counted are the canary's requests slower than 1.1 x, and the control's slower than x,
where x is what the control's p99 was in the hour before: it was fixed before the stretch
began, so that a drift which both share is no evidence (STATISTICS 3.4, formula 4).
Percentiles themselves are never compared, nor averaged.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from gonogo.analysis.evidence.definition import Trial
from gonogo.analysis.evidence.looks import Arms, Counted, Trouble, no_data, untrusted
from gonogo.analysis.evidence.words import quantile_text
from gonogo.analysis.figures import change_text, figures, share_text
from gonogo.model.sample import Arm, Histogram, Sample, Tally

_EXACT = 1e-9
_FIXED_TOLERANCE = 0.10
"""So far above a fixed limit the next bucket may begin, as a share of it."""


def slow_of(trial: Trial, sample: Sample) -> Counted | Trouble:
    """Return how many of each arm's observations were slow, among how many."""
    broken = _broken(sample.canary, sample.control, sample.before)
    if broken is not None:
        return broken
    if not isinstance(sample.canary, Histogram):
        return no_data(f"{Arms.CANARY} gave no observations")
    if trial.at is not None:
        return _beyond_fixed(trial, trial.at, sample.canary, sample.control)
    return _compared(trial, sample, sample.canary)


def threshold_of(before: Histogram, quantile: float) -> float | None:
    """
    Return the bucket edge nearest to a quantile, in share of the observations.

    Args:
        before: Non-empty observations.
        quantile: 0.99 for p99.

    Returns:
        None where it lies above the last edge.
    """
    total, below = sum(before.counts), 0.0
    previous: tuple[float, float] | None = None
    for edge, count in zip(before.edges, before.counts, strict=False):
        below += count
        share = below / total
        if share >= quantile - _EXACT:
            near = previous is not None and quantile - previous[1] < share - quantile
            return previous[0] if near and previous is not None else edge
        previous = (edge, share)
    return None


def _compared(trial: Trial, sample: Sample, canary: Histogram) -> Counted | Trouble:
    if not isinstance(sample.control, Histogram):
        return no_data(f"{Arms.CONTROL} gave no observations")
    if sample.before is None or not sum(sample.before.counts):
        return no_data(f"{Arms.CONTROL} gave no observations in the hour before")
    start = threshold_of(sample.before, trial.quantile or 0.0)
    if start is None:
        return untrusted(
            f"{quantile_text(trial)} lies above the last bucket: add larger ones"
        )
    return _beyond_ratio(trial, start, canary, sample.control)


def _broken(*arms: Arm | None) -> Trouble | None:
    for arm in arms:
        if not isinstance(arm, Histogram):
            continue
        if len(arm.counts) != len(arm.edges) + 1:
            return untrusted("a histogram has no bucket beyond its last edge")
        if not all(count >= 0 and math.isfinite(count) for count in arm.counts):
            return untrusted("a bucket counts less than nothing")
    return None


def _beyond_fixed(
    trial: Trial, limit: float, canary: Histogram, control: Arm | None
) -> Counted | Trouble:
    edge = _edge_from(canary.edges, limit)
    if edge is None or edge > limit * (1 + _FIXED_TOLERANCE):
        near = figures(limit, 4)
        apart = "there is none" if edge is None else f"the next is {figures(edge, 4)}"
        return untrusted(
            f"no bucket ends near the limit of {near} of {quantile_text(trial)}: {apart}; "
            f"add {near} to the buckets"
        )
    beside = _tally(control, limit) if isinstance(control, Histogram) else None
    return _counted(canary, limit, edge, beside)


def _beyond_ratio(
    trial: Trial, start: float, canary: Histogram, control: Histogram
) -> Counted | Trouble:
    wanted = start * trial.limit
    edge = _edge_from(canary.edges, wanted)
    steps = [each for each in canary.edges if each > start * (1 + _EXACT)]
    apart = min(steps, default=math.inf) / start - 1
    if edge is None or apart > trial.limit - 1 + _EXACT:
        far = "without end" if math.isinf(apart) else f"{share_text(apart)} apart"
        return untrusted(
            f"the buckets around {quantile_text(trial)} are {far}, the limit is "
            f"{change_text(trial.limit)}: it needs finer buckets"
        )
    return _counted(canary, wanted, edge, _tally(control, start))


def _counted(
    canary: Histogram, limit: float, edge: float, control: Tally | None
) -> Counted:
    """Count the canary beyond the edge at or above the limit, and below, for safety."""
    cautious = None if _is_at(edge, limit) else _tally(canary, limit)
    return Counted(canary=_tally(canary, edge), control=control, cautious=cautious)


def _is_at(edge: float, value: float) -> bool:
    return abs(edge - value) <= _EXACT * value


def _edge_from(edges: Sequence[float], value: float) -> float | None:
    """Return the first edge at or above a value."""
    at = bisect_left(edges, value * (1 - _EXACT))
    return edges[at] if at < len(edges) else None


def _tally(histogram: Histogram, edge: float) -> Tally:
    """
    Count what lies above an edge, among all.

    A bucket that a value cuts through counts as above: of the control, and of the canary
    that is to be proven safe, that is the cautious side.
    """
    first = bisect_right(histogram.edges, edge * (1 + _EXACT))
    above = sum(histogram.counts[first:])
    return Tally(events=above, exposure=sum(histogram.counts))
