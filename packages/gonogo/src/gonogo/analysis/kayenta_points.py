"""The points that Kayenta compares: without those that are none, or far outside."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from gonogo.analysis.kayenta_options import NanStrategy, Options, OutlierStrategy

SPREAD = 1e-5
"""By so much of their value constant points are spread; Kayenta's scale of noise."""


def cleaned(points: Sequence[float], options: Options) -> tuple[float, ...]:
    """Return the points that count: without those that are no numbers, or outside."""
    replace = options.nans is NanStrategy.REPLACE
    given = [0.0 if replace and math.isnan(each) else each for each in points]
    kept = tuple(each for each in given if math.isfinite(each))
    if options.outliers is OutlierStrategy.KEEP or not kept:
        return kept
    low, high = _fences(sorted(kept), options.outlier_factor)
    return tuple(each for each in kept if low <= each <= high)


def spread(points: Sequence[float]) -> tuple[float, ...]:
    """Return constant points spread like normal noise, the same at every look."""
    normal, count = NormalDist(), len(points)
    ranks = [normal.inv_cdf((number + 0.5) / count) for number in range(count)]
    return tuple(
        each + abs(each) * SPREAD * rank
        for each, rank in zip(points, ranks, strict=True)
    )


def _fences(ordered: Sequence[float], factor: float) -> tuple[float, float]:
    """
    Return between what points are no outliers.

    Tukey's fences, and never closer than the 1st and the 99th percentile: a metric
    that is nearly constant keeps its few other values.
    """
    low, high = _quantile(ordered, 0.25), _quantile(ordered, 0.75)
    beyond = factor * (high - low)
    least = min(_quantile(ordered, 0.01), low - beyond)
    return least, max(_quantile(ordered, 0.99), high + beyond)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile, interpolated as R's type 7."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
