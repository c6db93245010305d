"""Measures: values counted by size, at the price of a search and two additions."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import Histogram
from hardening.core.measure import SECONDS


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (0.0, (1, 1, 1)),
        (0.1, (1, 1, 1)),
        (0.1001, (0, 1, 1)),
        (1.0, (0, 1, 1)),
        (1.001, (0, 0, 1)),
    ],
    ids=str,
)
def test_a_bound_belongs_to_its_bucket(value, counts):
    """'At most 0.1 s' counts what took 0.1 s exactly."""
    histogram = Histogram((0.1, 1.0))
    histogram.observe(value)
    buckets = histogram.distribution().buckets
    assert tuple(zip((0.1, 1.0, inf), counts, strict=True)) == buckets


def test_nothing_observed_is_all_zeros():
    """A series exists from the start, so that its first increase is seen."""
    empty = Histogram((1.0,)).distribution()
    assert (((1.0, 0), (inf, 0)), 0.0, 0) == (empty.buckets, empty.total, empty.count)


@given(st.lists(st.floats(0, 20)))
def test_a_distribution_is_what_a_list_of_all_values_would_say(values):
    """Each bucket holds the values that are at most its bound; the last holds all."""
    histogram = Histogram()
    for value in values:
        histogram.observe(value)
    seen = histogram.distribution()
    expected = [(bound, sum(v <= bound for v in values)) for bound in (*SECONDS, inf)]
    assert expected == list(seen.buckets)
    assert (len(values), pytest.approx(sum(values))) == (seen.count, seen.total)
