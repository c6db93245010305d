"""
By how much one set of points lies above another: the Mann-Whitney test as Kayenta has it.

The shift is that of Hodges and Lehmann, with a confidence interval around it; both are
roots of the standardised rank sum as a function of the shift. Kayenta finds them with
Brent's method and stops within an *absolute* 1e-4. Values much smaller than that, such
as error rates as fractions, drown in it; it is kept because teams that come from there
expect the same answers. Percentages keep clear of it.

Source: Hollander and Wolfe, Nonparametric Statistical Methods, ch. 4; R, wilcox.test
with conf.int; R. Brent, Algorithms for Minimization without Derivatives, ch. 4 (zeroin).
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from sys import float_info

TOLERANCE = 1e-4
"""How near to a root Kayenta's search ends, absolutely."""
MOST_STEPS = 1001
"""Kayenta gives up after so many and takes what it has."""


class AllTied(ValueError):
    """All points are the same once shifted, so no interval can be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """
    How far the first points lie above the second.

    Attributes:
        low: The lower end of the confidence interval.
        high: The upper end.
        estimate: The median of all pairwise differences (Hodges-Lehmann).
    """

    low: float
    high: float
    estimate: float


def shift_between(x: Sequence[float], y: Sequence[float], confidence: float) -> Shift:
    """
    Return how far `x` lies above `y`.

    Args:
        x: Points, in any order; finite, at least one.
        y: Likewise.
        confidence: Of the interval, two-sided: 0.98.

    Raises:
        AllTied: Each set is of one value alone, or of one point.
    """
    search = _Search(tuple(x), tuple(sorted(y)))
    # Near minus what the interval leaves out on one side: 2.33 for 0.98.
    tail = NormalDist().inv_cdf((1 - confidence) / 2)
    return Shift(
        low=search.end(-tail), high=search.end(tail), estimate=search.estimate()
    )


def wilcoxon_diff(shift: float, x: Sequence[float], y: Sequence[float]) -> float:
    """
    Return the standardised rank sum of `x` against `y`, once `x` is shifted down.

    Args:
        shift: Taken off every point of `x`.
        x: Points in any order.
        y: Points, ascending.

    Returns:
        About normal under equal distributions, corrected for continuity and ties;
        it falls while the shift grows.

    Raises:
        AllTied: No two points differ.
    """
    moved = [value - shift for value in x]
    pairs, points = len(x) * len(y), len(x) + len(y)
    wins = sum(bisect_left(y, value) + bisect_right(y, value) for value in moved) / 2
    excess = wins - pairs / 2
    tied = sum(each**3 - each for each in Counter([*moved, *y]).values())
    spread = pairs / 12 * (points + 1 - tied / (points * (points - 1)))
    if spread <= 0:
        message = "all points are the same; no interval can be had"
        raise AllTied(message)
    continuity = math.copysign(0.5, excess) if excess else 0.0
    return (excess - continuity) / math.sqrt(spread)


def wins_share(x: Sequence[float], y: Sequence[float]) -> float:
    """
    Return how often a point of `x` is above one of `y`, ties by half: 0.5 is no effect.

    Source: Vargha and Delaney (2000), the common language effect size.
    """
    ordered = sorted(y)
    wins = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in x)
    return wins / 2 / (len(x) * len(y))


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for shifts, between those that part the two sets wholly."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.x) - self.y[-1]

    @property
    def most(self) -> float:
        return max(self.x) - self.y[0]

    def end(self, quantile: float) -> float:
        """Return the end of the interval at a quantile, or where the points end."""
        function = self._above(quantile)
        if function(self.least) <= 0:
            return self.least
        if function(self.most) >= 0:
            return self.most
        return root(function, self.least, self.most)

    def estimate(self) -> float:
        """Return the shift at which neither set ranks above the other."""
        return root(self._above(0.0), self.least, self.most)

    def _above(self, quantile: float) -> Callable[[float], float]:
        return lambda shift: wilcoxon_diff(shift, self.x, self.y) - quantile


@dataclass(frozen=True, slots=True)
class _Point:
    """A place on the line, and the function's value there."""

    at: float
    value: float


def root(function: Callable[[float], float], least: float, most: float) -> float:
    """
    Return about where a function is zero, between two places where its signs differ.

    The steps are those of Brent's zeroin, one by one: with a tolerance as wide as this
    the answer depends on them.
    """
    last = _Point(least, function(least))
    best = _Point(most, function(most))
    if last.value == 0:
        return least
    across = last
    for _ in range(MOST_STEPS):
        taken = best.at - last.at
        if abs(across.value) < abs(best.value):
            last, best, across = best, across, best
        near = 2 * float_info.epsilon * abs(best.at) + TOLERANCE / 2
        halved = (across.at - best.at) / 2
        if abs(halved) <= near or best.value == 0:
            return best.at
        step = _step(last, best, across, taken, near)
        at = best.at + (step if abs(step) >= near else math.copysign(near, step))
        last, best = best, _Point(at, function(at))
        if _same_side(best, across):
            across = last
    return best.at


def _same_side(one: _Point, other: _Point) -> bool:
    return one.value * other.value > 0


def _step(
    last: _Point, best: _Point, across: _Point, taken: float, near: float
) -> float:
    """Return how far to go from the best place: interpolated where that is safe."""
    halved = (across.at - best.at) / 2
    if abs(taken) < near or abs(last.value) <= abs(best.value):
        return halved
    p, q = _interpolated(last, best, across)
    within = p < 1.5 * halved * q - abs(near * q) / 2
    return p / q if within and p < abs(taken * q / 2) else halved


def _interpolated(last: _Point, best: _Point, across: _Point) -> tuple[float, float]:
    """Return the step p/q to where a line, or a sideways parabola, meets zero; p >= 0."""
    width = across.at - best.at
    ratio = best.value / last.value
    if last.at == across.at:
        p, q = width * ratio, 1 - ratio
    else:
        s, t = last.value / across.value, best.value / across.value
        p = ratio * (width * s * (s - t) - (best.at - last.at) * (t - 1))
        q = (s - 1) * (t - 1) * (ratio - 1)
    return (p, -q) if p > 0 else (-p, q)
