"""The trend: what happened in each of the last sixty minutes."""

import pytest

from hardening.breaker.trend import Minute, Totals, Trend


def shown(minutes):
    """Return what was counted, by how long ago, the quiet minutes left out."""
    return {m.ago: m.succeeded for m in minutes if m.succeeded}


@pytest.mark.parametrize(
    ("now_s", "ago"), [(59.9, 0), (60.0, 1), (119.9, 1), (120.0, 2)], ids=str
)
def test_what_was_counted_stays_in_its_minute(now_s, ago):
    """A minute begins at its first instant."""
    trend = Trend(0.0)
    totals = Totals(succeeded=3)
    assert {ago: 3} == shown(trend.minutes(now_s, totals))


def test_each_minute_holds_its_own():
    """The numbers of a minute are what came in it, not what came until then."""
    trend = Trend(0.0)
    trend.roll(60.0, Totals(succeeded=3))
    trend.roll(180.0, Totals(succeeded=7))
    minutes = trend.minutes(185.0, Totals(succeeded=9))
    assert {3: 3, 2: 4, 0: 2} == shown(minutes)


@pytest.mark.parametrize(("hours_s", "kept"), [(59 * 60, True), (60 * 60, False)])
def test_an_hour_is_kept(hours_s, kept):
    """The sixtieth minute is there, the next one is not."""
    minutes = Trend(0.0).minutes(float(hours_s), Totals(succeeded=3))
    assert (60, kept) == (len(minutes), bool(shown(minutes)))


def test_a_minute_holds_all_four_numbers():
    """Answered, failed, refused, and how often the circuit opened."""
    totals = Totals(succeeded=1, failed=2, ignored=9, rejected=3, probes=9, openings=4)
    last = Trend(0.0).minutes(1.0, totals)[-1]
    assert Minute(ago=0, succeeded=1, failed=2, rejected=3, openings=4) == last


def test_a_clock_that_stands_still_is_no_trouble():
    """The same instant twice is one minute."""
    trend = Trend(0.0)
    trend.roll(60.0, Totals(succeeded=1))
    trend.roll(60.0, Totals(succeeded=2))
    assert {1: 1, 0: 1} == shown(trend.minutes(60.0, Totals(succeeded=2)))
