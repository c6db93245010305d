"""Buckets of what was pushed: made, added up, and their rise taken."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.adapters.sources.buckets import (
    added,
    at_or_below,
    of_bounds,
    of_powers,
    of_value,
    risen,
)

COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=20)


@given(st.floats(1e-6, 1e6))
def test_an_observation_lies_in_its_bucket(value):
    """A value lies above its bucket's lower edge and at or below the upper one."""
    low, high = sorted(of_value(value))
    assert low < value * (1 + 1e-12)
    assert value <= high * (1 + 1e-12)
    assert high / low == pytest.approx(2 ** (1 / 32))


@pytest.mark.parametrize("value", [0.0, -1.5])
def test_what_is_not_above_zero_has_one_bucket(value):
    """Times of zero, and clocks that went back, lie at zero."""
    assert of_value(value) == {0.0: 1.0}


def test_a_sampled_observation_stands_for_several():
    """One of ten that was sent counts for ten."""
    assert sum(of_value(3.0, 10.0).values()) == 10


def test_bounds_have_one_count_more():
    """What is above the last bound has the edge infinity."""
    assert of_bounds([1.0, 2.0], [3, 4, 5]) == {1.0: 3, 2.0: 4, math.inf: 5}


@pytest.mark.parametrize(
    ("bounds", "counts"),
    [([1.0, 2.0], [1, 2]), ([2.0, 1.0], [1, 2, 3]), ([1.0], [1, -2])],
    ids=["one too few", "not ascending", "negative"],
)
def test_what_is_no_histogram_is_refused(bounds, counts):
    """Bounds and counts that do not fit are an error, not a guess."""
    with pytest.raises(ValueError, match="do not fit"):
        of_bounds(bounds, counts)


def test_powers_of_two_are_the_edges_at_scale_zero():
    """At scale 0 the bucket with offset 1 lies between 2 and 4."""
    assert of_powers(0, 1, [5, 0, 7]) == {2.0: 0, 4.0: 5, 8.0: 0, 16.0: 7}


def test_an_empty_bucket_leaves_no_edge():
    """Only edges of buckets that hold something are kept."""
    assert of_powers(3, -100, [0] * 200) == {}


@pytest.mark.parametrize("scale", [-11, 21])
def test_a_scale_beyond_the_standard_is_refused(scale):
    """Scales lie between -10 and 20."""
    with pytest.raises(ValueError, match="scale"):
        of_powers(scale, 0, [1])


@given(COUNTS, COUNTS)
def test_a_rise_is_what_was_added(before, more):
    """What came since is the difference, whatever came."""
    first, second = of_powers(2, 0, before), of_powers(2, 0, more)
    rise = risen(first, added((first, second)))
    assert {edge: n for edge, n in rise.items() if n} == {
        edge: n for edge, n in second.items() if n
    }


@given(COUNTS)
def test_coarser_buckets_rise_by_what_was_added(before):
    """A histogram that gives up detail between two exports loses no observation."""
    fine = of_powers(1, 0, before)
    coarse = of_powers(0, 0, [sum(before[i : i + 2]) for i in range(0, len(before), 2)])
    rise = risen(fine, added((coarse, of_powers(0, 0, [0, 3]))))
    assert sum(rise.values()) == 3
    assert rise[4.0] == 3


def test_a_fall_is_a_restart():
    """Fewer than before means that the counter began anew."""
    assert risen({1.0: 5, math.inf: 0}, {1.0: 3, math.inf: 1}) is None


def test_fewer_in_one_bucket_is_a_restart_too():
    """Though more came in all, a bucket that fell was begun anew."""
    assert risen({1.0: 5, math.inf: 0}, {1.0: 3, math.inf: 9}) is None


def test_cumulative_counts_end_at_infinity():
    """The last edge is infinity, with all observations."""
    assert at_or_below({2.0: 3, 1.0: 1}) == {1.0: 1, 2.0: 4, math.inf: 4}
