"""
Buckets of observations that were pushed: how many lay at or below each edge.

Held by upper edge, each bucket by itself; what is above the last has the edge infinity.
A bucket of a fine grid comes with its lower edge too, though nothing may lie below it:
between the two a reader knows that nothing is missing, and may cut at either.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

Buckets = Mapping[float, float]

# 2.2 % from edge to edge, as a native histogram of Prometheus of schema 5.
_STEPS = 32
_HIGHEST_SCALE, _LOWEST_SCALE = 20, -10  # as OpenTelemetry has them


def of_value(value: float, count: float = 1.0) -> Buckets:
    """Return the bucket of one observation on the grid of our own."""
    if value <= 0:
        return {0.0: count}
    index = math.ceil(math.log2(value) * _STEPS)
    return {2 ** ((index - 1) / _STEPS): 0.0, 2 ** (index / _STEPS): count}


def of_bounds(bounds: Sequence[float], counts: Sequence[float]) -> Buckets:
    """
    Return the buckets of an explicit histogram.

    Args:
        bounds: Ascending.
        counts: One more than `bounds`.

    Raises:
        ValueError: They do not fit each other, or are no histogram.
    """
    ascending = all(low < high for low, high in pairwise(bounds))
    if len(counts) != len(bounds) + 1 or not ascending or min(counts) < 0:
        message = "bounds and counts of a histogram do not fit"
        raise ValueError(message)
    return dict(zip((*bounds, math.inf), counts, strict=True))


def of_powers(scale: int, offset: int, counts: Sequence[float]) -> Buckets:
    """
    Return the positive buckets of an exponential histogram.

    Args:
        scale: The edges are powers of 2 ** 2 ** -scale.
        offset: The power below the first bucket.
        counts: One a power, none left out.

    Source: OpenTelemetry, "Metrics Data Model", "ExponentialHistogram".

    Raises:
        ValueError: The scale or an edge is beyond what a number can hold.
    """
    if not _LOWEST_SCALE <= scale <= _HIGHEST_SCALE:
        message = f"scale {scale} of an exponential histogram"
        raise ValueError(message)
    found: dict[float, float] = {}
    for index, count in enumerate(counts, start=offset):
        if count < 0:
            message = "a negative count in an exponential histogram"
            raise ValueError(message)
        if count:
            found.setdefault(_power(scale, index), 0.0)
            upper = _power(scale, index + 1)
            found[upper] = found.get(upper, 0.0) + count
    return found


def added(buckets: Sequence[Buckets]) -> Buckets:
    """Return the sum of several, over the edges of all."""
    found: dict[float, float] = {}
    for one in buckets:
        for edge, count in one.items():
            found[edge] = found.get(edge, 0.0) + count
    return found


def risen(before: Buckets, after: Buckets) -> Buckets | None:
    """
    Return what came since an earlier state of the same counters; None: they restarted.

    The later state may have coarser edges: an exponential histogram gives up detail
    when it has to cover more.
    """
    edges = sorted(after)
    now = list(accumulate(after[edge] for edge in edges))
    was = _cumulative(before, edges)
    if now and sum(before.values()) > now[-1]:
        return None
    gone = [high - low for high, low in zip(now, was, strict=True)]
    each = [high - low for high, low in zip(gone, [0.0, *gone], strict=False)]
    if any(count < 0 for count in each):
        return None
    return dict(zip(edges, each, strict=True))


def at_or_below(buckets: Buckets) -> Mapping[float, float]:
    """Return the cumulative counts by edge, ascending; the last edge is infinity."""
    edges = sorted({*buckets, math.inf})
    counts = accumulate(buckets.get(edge, 0.0) for edge in edges)
    return dict(zip(edges, counts, strict=True))


def _power(scale: int, index: int) -> float:
    try:
        return math.pow(2.0, index * math.pow(2.0, -scale))
    except OverflowError:
        return math.inf


def _cumulative(buckets: Buckets, edges: Sequence[float]) -> Sequence[float]:
    """Return how many lay at or below each of other edges."""
    own = sorted(buckets)
    totals = [0.0, *accumulate(buckets[edge] for edge in own)]
    return [totals[bisect_right(own, edge)] for edge in edges]
