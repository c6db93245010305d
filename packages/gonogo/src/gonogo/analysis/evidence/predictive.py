"""
The predictive test: where only a time before the change is there to compare with.

Days differ. Today's rate, were nothing changed, is taken to lie around the rate before
as far as comparable times have lain apart; the evidence weighs what was counted against
that (STATISTICS 3.6, formulas 5 and 6).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.analysis.grid import Grid
from gonogo.model.evidence import Mixture

LEAST_DAY_SPREAD = 0.03
"""Days differ by this much at least, even where the few that were seen did not."""

_FEW_PERIODS = 1.3  # a spread known from few periods is larger than it looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """
    What a period before the change says of today.

    Attributes:
        rate: Events by exposure.
        spread: How far today may lie from it, as a share: one standard deviation.
    """

    rate: float
    spread: float


def before_of(rates: Sequence[float], exposure: float) -> Before:
    """
    Return what comparable periods say of today.

    Args:
        rates: Events by exposure, of one period each; non-empty, with a mean above 0.
        exposure: Of each period.

    Source: STATISTICS 3.6, formula 5.
    """
    periods = len(rates)
    mean = sum(rates) / periods
    sampling = 1 / (mean * exposure)
    between = math.sqrt(max(_variance(rates, mean) / mean**2 - sampling, 0.0))
    return expected(mean, between=between, events=mean * exposure, periods=periods)


def expected(rate: float, *, between: float, events: float, periods: int = 1) -> Before:
    """
    Return what is expected of today.

    Args:
        rate: Events by exposure, before.
        between: How far comparable periods lie apart, as a share.
        events: So many were counted in each.
        periods: So many.
    """
    between2 = max(between, LEAST_DAY_SPREAD) ** 2
    cv2 = _FEW_PERIODS * (1 + 1 / periods) * between2 + 1 / (events * periods)
    return Before(rate=rate, spread=math.sqrt(cv2))


def log_evidence(
    before: Before,
    *,
    events: float,
    exposure: float,
    limit: float,
    direction: int,
    grid: Grid,
) -> float:
    """
    Return the log of the evidence that today's rate is beyond a multiple of the rate.

    Args:
        before: What was seen of the time before.
        events: All so far, over phi; `exposure` likewise.
        exposure: See there.
        limit: The multiple; 1.05 for '+5 %'.
        direction: 1 for 'above', -1 for 'below'.
        grid: Of effects beyond the limit.
    """
    shape = 1 / before.spread**2
    scale = shape / before.rate
    base = _fit(shape, scale, events, exposure, limit)
    terms = [
        weight
        + _fit(shape, scale, events, exposure, limit * math.exp(direction * effect))
        - base
        for effect, weight in zip(grid.effects, grid.log_weights, strict=True)
    ]
    top = max(terms)
    return top + math.log(sum(math.exp(term - top) for term in terms))


def followed(mixture: Mixture, now: float) -> Mixture:
    """Return evidence whose present value is computed from totals, with its best."""
    return Mixture(spent=1.0, now=now, best=max(now, mixture.best))


def _fit(
    shape: float, scale: float, events: float, exposure: float, ratio: float
) -> float:
    return events * math.log(ratio) - (shape + events) * math.log(
        scale + ratio * exposure
    )


def _variance(values: Sequence[float], mean: float) -> float:
    if len(values) < 2:  # noqa: PLR2004  # one value has no variance
        return 0.0
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
