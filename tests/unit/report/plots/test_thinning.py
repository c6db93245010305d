"""Thinning: a long series keeps its outline and its gaps in a bounded size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.report.plots.thinning import thinned

VALUES = st.lists(st.none() | st.floats(allow_nan=False), max_size=300)


@pytest.mark.parametrize("count", [0, 1, 9], ids=["none", "one", "exactly as many"])
def test_a_short_series_is_left_as_it_is(count):
    """What fits is drawn point by point."""
    assert tuple(range(count)) == thinned([1.0] * count, 9)


def test_one_point_too_many_is_thinned():
    """The bound holds from the first point beyond it."""
    assert len(thinned([float(n) for n in range(10)], 9)) < 10


@given(VALUES, st.integers(3, 40))
def test_a_drawing_never_grows_beyond_its_bound(values, most):
    """However long a rollout was, its curve has at most so many points."""
    places = thinned(values, most)
    assert len(places) <= most
    assert sorted(set(places)) == list(places)


@given(VALUES.filter(lambda values: any(v is not None for v in values)))
def test_no_peak_is_lost(values):
    """The lowest and the highest value are always drawn."""
    known = [v for v in values if v is not None]
    kept = [v for p in thinned(values, 12) if (v := values[p]) is not None]
    assert (min(known), max(known)) == (min(kept), max(kept))


@given(VALUES)
def test_a_gap_stays_a_gap(values):
    """A look without data is not drawn over, however many looks there were."""
    kept = [values[p] for p in thinned(values, 12)]
    assert (None in values) == (None in kept)
