"""
The judges that are measured beside ours, on the same soaks.

Each is written from what its makers publish and says after which minute it would have
turned a soak back; `NEVER` where it would not. Points and intervals are of the rates of
errors, in percent; a limit is the ratio that is just allowed.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging.worlds import Counts, Grid
from gonogo.analysis.kayenta import classify
from gonogo.analysis.kayenta_options import CONFIDENCE, Direction, Label, Options

Minutes = NDArray[np.float64]
"""Of each soak: after how many minutes it was turned back."""

NEVER = math.inf
IN_A_ROW = 5
"""As in the tutorials of loops: five failed checks."""
WINDOW = 60
"""Points in a judgement of Kayenta: it advises fifty at least."""
TUNED_AT = 5000
"""GrowthBook: sequentialTestingTuningParameter, by default."""


def naive(counts: Counts, limit: float) -> Minutes:
    """Turn back when the canary is worse in five minutes running."""
    canary, control = percentages(counts)
    return first_in_a_row(canary > limit * control, IN_A_ROW)


def percentages(counts: Counts) -> tuple[Grid, Grid]:
    """Return the rates of both arms minute by minute; nan without traffic."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            100 * counts.canary / counts.canary_exposure,
            100 * counts.control / counts.control_exposure,
        )


def first_in_a_row(bad: NDArray[np.bool_], wanted: int) -> Minutes:
    """Return the minute at which so many in a row were bad."""
    row = np.zeros(len(bad))
    found = np.full(len(bad), NEVER)
    for minute in range(bad.shape[1]):
        row = np.where(bad[:, minute], row + 1, 0)
        found[(row >= wanted) & np.isinf(found)] = minute + 1
    return found


def first(bad: NDArray[np.bool_]) -> Minutes:
    """Return the first minute that was bad."""
    return np.where(bad.any(axis=1), bad.argmax(axis=1) + 1.0, NEVER)


def growthbook(counts: Counts, limit: float, alpha: float) -> Minutes:
    """
    Turn back when a confidence sequence on pooled rates leaves the limit.

    Source: GrowthBook's one-sided sequential test, after Waudby-Smith et al.,
    arXiv:2103.06476v7, (134) and (161); here the difference is rate - limit x rate.
    """
    x, n = counts.canary.cumsum(axis=1), counts.canary_exposure.cumsum(axis=1)
    y, m = counts.control.cumsum(axis=1), counts.control_exposure.cumsum(axis=1)
    twice = -2 * math.log(2 * alpha)
    tuning = (twice + math.log(twice + 1)) / TUNED_AT
    with np.errstate(divide="ignore", invalid="ignore"):
        canary, control = x / n, y / m
        total = n + m
        variance = canary * (1 - canary) / n + limit**2 * control * (1 - control) / m
        grown = total * tuning + 1
        reach = np.log1p(np.sqrt(grown) / (2 * alpha))
        half = np.sqrt(2 * variance * grown * reach / (total * tuning))
        return first((canary - limit * control > half) & (x + y > 0))


def kayenta(canary: Grid, control: Grid, limit: float, every: int) -> Minutes:
    """
    Turn back when Kayenta classifies the last hour's points as High.

    Args:
        canary: Points by soak and minute; nan is none.
        control: Likewise.
        limit: The allowed ratio of the means.
        every: Minutes between two judgements.
    """
    found = np.full(len(canary), NEVER)
    for end in range(WINDOW, canary.shape[1] + 1, every):
        waiting = np.flatnonzero(np.isinf(found))
        part = slice(end - WINDOW, end)
        high = is_high(canary[waiting, part], control[waiting, part], limit)
        found[waiting[high]] = end
    return found


RANKED_ABOVE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""The rank sum from which on the interval may lie above 0, as a normal quantile."""


def is_high(x: Grid, y: Grid, limit: float) -> NDArray[np.bool_]:
    """
    Tell which windows Kayenta classifies as High, a row each.

    Most are excluded by the ratio of the means and by the rank sum, all rows at once;
    the others are classified one by one by the judge that agrees with Kayenta's tests.
    """
    options = Options(direction=Direction.INCREASE, allowed_increase=limit)
    with np.errstate(invalid="ignore"):
        above, below = np.nanmean(x, axis=1), np.nanmean(y, axis=1)
    # Without a mean above 0 there is no ratio, and Kayenta lets any effect count.
    larger = (above >= limit * below) | (above == 0) | (below == 0)
    high: NDArray[np.bool_] = larger & (_standardised(x, y) > RANKED_ABOVE)
    for row in np.flatnonzero(high):
        found = classify(x[row].tolist(), y[row].tolist(), options)
        high[row] = found.label is Label.HIGH
    return high


def _standardised(x: Grid, y: Grid) -> NDArray[np.float64]:
    """Return the rank sums of rows, corrected for ties and continuity; 0 when tied."""
    from scipy.stats import rankdata  # noqa: PLC0415 - half a second to load

    pooled = np.concatenate([x, y], axis=1)
    missing = np.isnan(pooled)
    n, m = (~np.isnan(x)).sum(axis=1), (~np.isnan(y)).sum(axis=1)
    # What is missing ranks last, and so takes no rank from another.
    ranks = rankdata(np.where(missing, np.inf, pooled), axis=1)
    ranks[missing] = 0
    excess = ranks[:, : x.shape[1]].sum(axis=1) - n * (n + 1) / 2 - n * m / 2
    points = n + m
    with np.errstate(divide="ignore", invalid="ignore"):
        tied = _ties(pooled) / (points * (points - 1))
        spread = np.sqrt(n * m / 12 * (points + 1 - tied))
        found = (excess - 0.5 * np.sign(excess)) / spread
    return np.where(spread > 0, found, 0.0)


def _ties(pooled: Grid) -> NDArray[np.float64]:
    """Return, by row, the sum over groups of equal points of size cubed less size."""
    ordered = np.sort(pooled, axis=1)  # nan last, and equal to nothing
    same = ordered[:, 1:] == ordered[:, :-1]
    total = np.zeros(len(ordered))
    row = np.zeros(len(ordered))
    for column in range(same.shape[1]):
        # A group that grows from k to k + 1 adds 3k(k + 1) to its cube less its size.
        row = np.where(same[:, column], row + 1, 0)
        total += 3 * row * (row + 1)
    return total
