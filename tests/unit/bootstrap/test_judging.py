"""Periods: a stretch of the past, cut into looks."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.bootstrap.judging import Period

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "looks"),
    [(3 * MINUTE, 3), (3 * MINUTE + timedelta(seconds=1), 4), (MINUTE, 1)],
    ids=["even", "with a rest", "one"],
)
def test_a_period_is_cut_into_looks_without_a_gap(length, looks):
    """Each look begins where the last has ended; the rest is a look of its own."""
    period = Period(since=START, until=START + length, every=MINUTE)
    found = list(period.stretches())
    assert looks == period.looks == len(found)
    assert (START, START + length) == (found[0].since, found[-1].until)
    assert all(a.until == b.since for a, b in itertools.pairwise(found))
