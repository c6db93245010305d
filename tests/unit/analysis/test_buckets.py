"""Buckets: histograms read, laid beside each other, added, and made of values."""

import math
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.analysis.buckets import (
    BucketsWrong,
    added,
    aligned,
    coarse,
    cumulative_of,
    histogram_of,
    quantile_of,
)
from gonogo.model.sample import Histogram

INF = math.inf
VALUES = st.lists(st.floats(0, 1e6, allow_subnormal=False), max_size=60)


def histogram(edges, counts):
    """Return a histogram."""
    return Histogram(edges=tuple(edges), counts=tuple(counts))


def below(found, edge):
    """Return how many observations lie up to one of the edges."""
    return sum(found.counts[: found.edges.index(edge) + 1])


def test_cumulative_counts_become_the_counts_of_each_bucket():
    """A bucket counts what lies above the one below it."""
    found = histogram_of({0.1: 3.0, INF: 10.0, 0.5: 9.0})
    assert histogram((0.1, 0.5), (3, 6, 1)) == found


@pytest.mark.parametrize(
    ("cumulative", "sentence"),
    [
        ({}, "`+Inf` is missing"),
        ({0.1: 3.0, 0.5: 9.0}, "`+Inf` is missing"),
        (
            {0.1: 3.0, 0.5: 2.0, INF: 4.0},
            "up to 0.5 holds fewer than the one up to 0.1",
        ),
        ({0.1: 3.0, INF: 2.0}, "up to inf holds fewer"),
        ({0.1: -3.0, INF: 2.0}, "negative"),
    ],
)
def test_counts_that_are_no_histogram_are_refused_in_words(cumulative, sentence):
    """Buckets of two metrics, or only some of them, are told as such."""
    with pytest.raises(BucketsWrong, match=sentence.replace("+", r"\+")):
        histogram_of(cumulative)


@pytest.mark.parametrize(
    ("drop", "wrong"),
    [(0.9e-6, False), (1.1e-6, True)],
    ids=["just under", "just over"],
)
def test_only_rounding_is_forgiven(drop, wrong):
    """A bucket that falls by the last digits of a sum is none that falls."""
    cumulative = {0.1: 1.0, 0.5: 1.0 - drop, INF: 1.0}
    if wrong:
        with pytest.raises(BucketsWrong):
            histogram_of(cumulative)
    else:
        assert histogram((0.1, 0.5), (1, 0, 0)) == histogram_of(cumulative)


def test_histograms_of_other_layouts_meet_at_the_edges_they_share():
    """What only one of them parts cannot be compared, and is one bucket."""
    fine = histogram((1, 2, 3, 4), (1, 2, 3, 4, 5))
    coarse = histogram((2, 4), (10, 20, 30))
    assert (
        histogram((2, 4), (3, 7, 5)),
        histogram((2, 4), (10, 20, 30)),
    ) == aligned((fine, coarse))


def test_an_edge_inside_an_empty_bucket_is_known_exactly():
    """Sparse histograms, which name only what holds something, lose nothing."""
    low = histogram((1, 2), (0, 5, 0))
    high = histogram((8, 16), (0, 7, 0))
    edges = (1, 2, 8, 16)
    assert (
        histogram(edges, (0, 5, 0, 0, 0)),
        histogram(edges, (0, 0, 0, 7, 0)),
    ) == aligned((low, high))


def test_without_a_shared_edge_only_the_total_is_left():
    """Histograms that cannot be compared say so by having no edge."""
    assert (histogram((), (3,)), histogram((), (7,))) == aligned(
        (histogram((1,), (1, 2)), histogram((2,), (3, 4)))
    )


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_aligned_histograms_count_what_the_values_say(groups):
    """At every edge that is kept, each histogram still counts its own values."""
    found = aligned([histogram_of(cumulative_of(values)) for values in groups])
    for values, one in zip(groups, found, strict=True):
        assert found[0].edges == one.edges
        for edge in one.edges:
            # A value on an edge may stand on either side, by its last digit.
            if not any(abs(value - edge) <= edge * 1e-9 for value in values):
                exact = bisect_left(sorted(values), edge)
                assert exact == pytest.approx(below(one, edge))
        assert len(values) == pytest.approx(sum(one.counts))


def test_adding_histograms_adds_their_observations():
    """Two instances are one service."""
    one, other = histogram((1, 2), (1, 2, 3)), histogram((2,), (4, 5))
    assert histogram((2,), (7, 8)) == added((one, other))


@pytest.mark.parametrize(
    ("quantile", "expected"),
    [(0.0, 0.0), (0.25, 0.05), (0.5, 0.1), (0.75, 0.3), (1.0, 0.5)],
)
def test_a_quantile_lies_evenly_in_its_bucket(quantile, expected):
    """Half of a bucket's observations lie below its middle."""
    found = quantile_of(histogram((0.1, 0.5), (50, 50, 0)), quantile)
    assert expected == pytest.approx(found)


def test_a_quantile_above_the_last_edge_is_the_last_edge():
    """How far above it lies, nobody knows."""
    assert 0.5 == quantile_of(histogram((0.1, 0.5), (1, 1, 98)), 0.99)


def test_without_observations_there_is_no_quantile():
    """No data is no number."""
    assert None is quantile_of(histogram((0.1, 0.5), (0, 0, 0)), 0.99)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=80))
def test_a_histogram_of_values_keeps_each_quantile_to_two_percent(values):
    """Buckets made here are fine enough for a limit of a few percent."""
    found = quantile_of(histogram_of(cumulative_of(values)), 0.5)
    exact = sorted(values)[math.ceil(len(values) / 2) - 1]
    assert exact == pytest.approx(found, rel=0.021)


def test_no_values_are_a_histogram_of_nothing():
    """Nothing was slow where nothing happened."""
    assert histogram((), (0,)) == histogram_of(cumulative_of(()))


FINE = Histogram(
    edges=tuple(float(n) for n in range(1, 301)), counts=tuple(map(float, range(301)))
)


def test_a_coarse_histogram_keeps_the_edges_next_to_what_matters():
    """Around 250.5 and at 100 every bucket is what it was."""
    found = coarse(FINE, (250.5, 100.0), most=24)
    assert {249.0, 250.0, 251.0, 252.0, 99.0, 100.0, 101.0} <= set(found.edges)
    assert 250.0 == found.counts[found.edges.index(251.0)]


@pytest.mark.parametrize(
    ("most", "left"), [(299, 299), (300, 300), (301, 300)], ids=str
)
def test_a_histogram_that_is_small_enough_stays_as_it_is(most, left):
    """Only what is too large is made coarser."""
    assert left == len(coarse(FINE, (), most=most).edges)


def test_what_has_to_be_kept_is_kept_whatever_the_room():
    """Few edges are wished for; none of those that matter goes."""
    assert {9.0, 10.0, 11.0, 49.0, 50.0, 51.0} == set(
        coarse(FINE, (10.0, 50.0), most=2).edges
    ) - {8.0, 12.0}


@given(keep=st.lists(st.floats(-10, 400), max_size=6), most=st.integers(1, 64))
def test_every_count_up_to_an_edge_that_is_left_is_exact(keep, most):
    """Merging buckets forgets where in them, and nothing else."""
    found = coarse(FINE, keep, most=most)
    assert set(found.edges) <= set(FINE.edges)
    assert len(found.edges) <= max(most, 3 * len(keep) + most // 2)
    for edge in found.edges:
        assert below(FINE, edge) == below(found, edge)
