"""
Buckets: from cumulative counts to histograms that can be laid beside each other.

Two histograms can be compared at an edge where both are known exactly: it is an edge of
both, or lies in a bucket that is empty. So histograms with sparse buckets (Prometheus
native ones name only those that hold something) lose nothing, and those of different
layouts are made as coarse as what they have in common.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from gonogo.model.sample import Histogram

# Sums of floats, in different orders, differ by so much of the whole.
_ROUNDING = 1e-6
# Between the edges of buckets that are made here: as fine as those of HdrHistogram and
# DDSketch, so that a limit of a few percent can be checked (STATISTICS 3.4).
_GROWTH = 1.02


class BucketsWrong(ValueError):
    """Counts that are no histogram; the text says why, and what to do."""


def histogram_of(cumulative: Mapping[float, float]) -> Histogram:
    """
    Return the histogram of counts up to each edge.

    Args:
        cumulative: By upper bound, the last one infinite.

    Raises:
        BucketsWrong: There is no last one, or counts fall where they have to rise.
    """
    bounds = sorted(cumulative)
    if not bounds or not math.isinf(bounds[-1]):
        message = (
            "the bucket `+Inf` is missing, so that nobody knows how many observations "
            "there were. Ask for all buckets"
        )
        raise BucketsWrong(message)
    slack = _ROUNDING * max(abs(count) for count in cumulative.values())
    _check_rising(bounds, cumulative, slack)
    rising = list(accumulate((cumulative[bound] for bound in bounds), max))
    counts = [rising[0], *(after - before for before, after in pairwise(rising))]
    return Histogram(edges=tuple(bounds[:-1]), counts=tuple(counts))


def _check_rising(
    bounds: Sequence[float], cumulative: Mapping[float, float], slack: float
) -> None:
    if cumulative[bounds[0]] < -slack:
        message = f"the bucket up to {bounds[0]:g} holds a negative count"
        raise BucketsWrong(message)
    for low, high in pairwise(bounds):
        if cumulative[high] < cumulative[low] - slack:
            message = (
                f"the bucket up to {high:g} holds fewer than the one up to {low:g}, "
                "which it includes. Ask for cumulative buckets of one metric"
            )
            raise BucketsWrong(message)


def aligned(histograms: Sequence[Histogram]) -> tuple[Histogram, ...]:
    """Return histograms over the same edges: those where each is known exactly."""
    if len({histogram.edges for histogram in histograms}) <= 1:
        return tuple(histograms)
    every = sorted({edge for each in histograms for edge in each.edges})
    common = tuple(
        edge for edge in every if all(_is_known(each, edge) for each in histograms)
    )
    return tuple(_over(each, common) for each in histograms)


def added(histograms: Sequence[Histogram]) -> Histogram:
    """Return one histogram of all observations; at least one is given."""
    level = aligned(histograms)
    counts = zip(*(each.counts for each in level), strict=True)
    return Histogram(edges=level[0].edges, counts=tuple(map(math.fsum, counts)))


def coarse(histogram: Histogram, keep: Iterable[float], *, most: int = 48) -> Histogram:
    """
    Return a histogram with few buckets, that is as fine as ever around some values.

    Args:
        histogram: Any.
        keep: Values, in its unit: the edges next to each stay, on both sides.
        most: So many edges are left, or as many as `keep` needs.

    Returns:
        The same where it has no more. Else half of the edges are those nearest to the
        values, and half are spread over the rest; every count up to one is exact.
    """
    edges = histogram.edges
    if len(edges) <= most:
        return histogram
    needed = {place for value in keep for place in _beside(edges, value)}
    far = [
        min((abs(at - each) for each in needed), default=0) for at in range(len(edges))
    ]
    nearest = sorted(range(len(edges)), key=far.__getitem__)[: most // 2]
    chosen = needed | set(nearest)
    rest = [at for at in range(len(edges)) if at not in chosen]
    room = max(most - len(chosen), 0)
    chosen |= {rest[len(rest) * n // room] for n in range(room)}
    return _over(histogram, tuple(edges[at] for at in sorted(chosen)))


def _beside(edges: Sequence[float], value: float) -> range:
    """Return the places of the edges next to a value: below, at or above, and beyond."""
    at = bisect_left(edges, value)
    return range(max(at - 1, 0), min(at + 2, len(edges)))


def _is_known(histogram: Histogram, edge: float) -> bool:
    """Return whether the count up to an edge is known exactly."""
    index = bisect_left(histogram.edges, edge)
    at_edge = index < len(histogram.edges) and histogram.edges[index] == edge
    return at_edge or histogram.counts[index] == 0


def _over(histogram: Histogram, edges: tuple[float, ...]) -> Histogram:
    """Return a histogram over fewer, or other, edges at which it is known."""
    places = [bisect_left(edges, edge) for edge in histogram.edges]
    counts = [0.0] * (len(edges) + 1)
    for index, count in enumerate(histogram.counts):
        place = places[index] if index < len(places) else len(edges)
        counts[place] += count
    return Histogram(edges=edges, counts=tuple(counts))


def quantile_of(histogram: Histogram, quantile: float) -> float | None:
    """
    Return a quantile, as if observations lay evenly within their bucket.

    Returns:
        None without observations. The last edge where it lies above that: nobody knows
        how far.

    Source: Prometheus, `histogram_quantile`.
    """
    total = math.fsum(histogram.counts)
    if total <= 0 or not histogram.edges:
        return None
    rank, below = quantile * total, 0.0
    for index, (edge, count) in enumerate(
        zip(histogram.edges, histogram.counts, strict=False)
    ):
        if count > 0 and below + count >= rank:
            low = histogram.edges[index - 1] if index else min(0.0, edge)
            return low + (edge - low) * max(rank - below, 0.0) / count
        below += count
    return histogram.edges[-1]


def cumulative_of(values: Iterable[float]) -> Mapping[float, float]:
    """
    Return how many values lie up to each edge of the buckets that hold some.

    The edges are those of one grid, 2 % apart, so that histograms made of different
    values can be laid beside each other. Values of 0 and less are in one bucket.
    """
    places = Counter(_place(value) for value in values)
    found, below, last = dict[float, float](), 0.0, None
    for place in sorted(places, key=lambda at: -math.inf if at is None else at):
        low = 0.0 if place is None else _GROWTH ** (place - 1)
        if place is not None and low != last:
            found[low] = below
        below += places[place]
        last = 0.0 if place is None else _GROWTH**place
        found[last] = below
    return {**found, math.inf: below}


def _place(value: float) -> int | None:
    """Return the number of a value's bucket; None for 0 and less."""
    # A value on an edge belongs below it, whatever the logarithm's last digit is.
    return math.ceil(math.log(value) / math.log(_GROWTH) - 1e-9) if value > 0 else None
