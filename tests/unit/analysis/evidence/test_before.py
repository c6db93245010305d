"""What comparable days before say of today."""

import math

import pytest

from gonogo.analysis.evidence.predictive import before_of

WEEK = (0.0050, 0.0056, 0.0045, 0.0052, 0.0048, 0.0061, 0.0044)


def test_days_that_differ_leave_as_much_open_as_they_differ():
    """Seven days: their spread, what was drawn by chance taken off, and then more."""
    found = before_of(WEEK, exposure=86_400.0)
    mean = sum(WEEK) / 7
    variance = sum((rate - mean) ** 2 for rate in WEEK) / 6
    between = variance / mean**2 - 1 / (mean * 86_400)
    expected = 1.3 * (1 + 1 / 7) * between + 1 / (mean * 86_400 * 7)
    assert (mean, math.sqrt(expected)) == pytest.approx((found.rate, found.spread))


@pytest.mark.parametrize("rates", [(0.005,) * 7, (0.005,)], ids=["equal days", "one"])
def test_days_that_were_equal_may_still_differ_by_three_percent(rates):
    """A few days alike are no proof that the next one is."""
    found = before_of(rates, exposure=1e9)
    expected = math.sqrt(1.3 * (1 + 1 / len(rates)) * 0.03**2)
    assert expected == pytest.approx(found.spread, rel=1e-3)
