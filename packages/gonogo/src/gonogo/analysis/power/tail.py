"""The tail of a service's latencies: which share is slower, from what was counted."""

import math
from bisect import bisect_left
from itertools import accumulate

from gonogo.analysis.power.outlook import Tail
from gonogo.model.sample import Histogram


def tail_of(histogram: Histogram, quantile: float) -> Tail | None:
    """
    Return the tail of a histogram at a quantile.

    Within a bucket observations are taken to lie evenly on the scale of logarithms, as
    latencies roughly do; beyond the last edge nothing is known, and none is taken.

    Returns:
        None where nothing was observed, or the quantile lies above the last edge.
    """
    total = sum(histogram.counts)
    edges = [edge for edge in histogram.edges if edge > 0]
    if total <= 0 or not edges:
        return None
    below = _below(histogram, total)

    def survival(value: float) -> float:
        return max(1 - _share_below(value, edges, below), LEAST)

    place = bisect_left(below, quantile)
    if place >= len(edges):
        return None
    return Tail(survival, _within(quantile, place, edges, below))


LEAST = 1e-9


def _below(histogram: Histogram, total: float) -> list[float]:
    """Return the share up to each edge above 0; what is at or below 0 is in the first."""
    shares = [count / total for count in accumulate(histogram.counts[:-1])]
    pairs = zip(histogram.edges, shares, strict=True)
    return [share for edge, share in pairs if edge > 0]


def _share_below(value: float, edges: list[float], below: list[float]) -> float:
    place = bisect_left(edges, value)
    if place >= len(edges):
        return below[-1]
    low, high = _ends(place, edges)
    start = below[place - 1] if place else 0.0
    if value <= low:
        return start
    part = math.log(value / low) / math.log(high / low)
    return start + part * (below[place] - start)


def _within(
    quantile: float, place: int, edges: list[float], below: list[float]
) -> float:
    low, high = _ends(place, edges)
    start = below[place - 1] if place else 0.0
    wide = below[place] - start
    part = (quantile - start) / wide if wide > 0 else 1.0
    return float(low * (high / low) ** part)


def _ends(place: int, edges: list[float]) -> tuple[float, float]:
    """Return the ends of a bucket; the first has no lower one, and gets a half."""
    high = edges[place]
    return (edges[place - 1] if place else high / 2), high
