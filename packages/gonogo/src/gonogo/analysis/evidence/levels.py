"""
Levels: gauges, as the log of their ratio to a control or to a limit, look by look.

Where the noise of looks was calibrated, each look counts. Where it was not, means over
an hour do, and a test that learns their spread as it goes (STATISTICS 3.5).
"""

import math
from datetime import datetime, timedelta

from gonogo.model.evidence import Levels

BLOCK = timedelta(hours=1)
"""Means over an hour are nearly independent, whatever the noise of single looks."""

_FLOOR = 0.01  # of the usual level: it makes a level of 0 comparable


def log_ratio(canary: float, reference: float, usual: float) -> float:
    """
    Return the log of the ratio of two levels.

    Args:
        canary: At least 0.
        reference: Of the control, or the limit; at least 0.
        usual: A usual level; a hundredth of it is added to both, so that 0 is legal.
    """
    floor = _FLOOR * usual
    if canary + floor <= 0 or reference + floor <= 0:
        return 0.0
    return math.log((canary + floor) / (reference + floor))


def taken(levels: Levels, value: float) -> Levels:
    """Return the sums with one value more (Welford)."""
    count = levels.count + 1
    off = value - levels.mean
    mean = levels.mean + off / count
    return Levels(
        count=count,
        mean=mean,
        squares=levels.squares + off * (value - mean),
        open_sum=levels.open_sum,
        open_looks=levels.open_looks,
        opened=levels.opened,
    )


def in_blocks(levels: Levels, value: float, at: datetime) -> Levels:
    """Return the sums with one look more; a block of an hour is one value of them."""
    opened = levels.opened or at
    total, looks = levels.open_sum + value, levels.open_looks + 1
    if at - opened < BLOCK:
        return Levels(
            count=levels.count,
            mean=levels.mean,
            squares=levels.squares,
            open_sum=total,
            open_looks=looks,
            opened=opened,
        )
    closed = Levels(count=levels.count, mean=levels.mean, squares=levels.squares)
    full = taken(closed, total / looks)
    return Levels(count=full.count, mean=full.mean, squares=full.squares, opened=at)


def log_evidence_of_mean(
    levels: Levels, limit: float, direction: int, prior: float = 1.0
) -> float:
    """
    Return the log of the evidence that the mean is beyond a limit; spread unknown.

    Args:
        levels: The values so far.
        limit: For the mean, in logs.
        direction: 1 for 'above', -1 for 'below'.
        prior: How many values the belief in 'no effect' is worth.

    Source: STATISTICS 3.5; the any-time t-test (Lai 1976, Wang and Ramdas).
    """
    count = levels.count
    if count < 2 or levels.squares <= 0:  # noqa: PLR2004  # no spread of one value
        return 0.0
    freedom = count - 1
    t_squared = count * (levels.mean - limit) ** 2 / (levels.squares / freedom)
    part = prior / (prior + count)
    fit = math.log1p(t_squared / freedom) - math.log1p(part * t_squared / freedom)
    found = 0.5 * math.log(part) + 0.5 * (freedom + 1) * fit
    return found if direction * (levels.mean - limit) > 0 else min(found, 0.0)
