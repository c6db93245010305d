"""The Mann-Whitney shift: how far one set of points lies above another."""

import json
from pathlib import Path

import pytest

from gonogo.analysis.kayenta_shift import (
    AllTied,
    root,
    shift_between,
    wilcoxon_diff,
    wins_share,
)

VECTORS = Path(__file__).parents[4] / "shared/vectors/kayenta_mannwhitney.json"
CASES = json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else []
INTERVALS = [case for case in CASES if "conf" in case]
RANKS = [case for case in CASES if "conf" not in case]
RISING = [float(each) for each in range(1, 21)]


def test_points_moved_up_are_found_shifted_by_as_much():
    """A service that got 7 ms slower is found 7 ms slower."""
    shift = shift_between([each + 7 for each in RISING], RISING, 0.95)
    assert 7 == pytest.approx(shift.estimate, abs=0.1)
    assert shift.low < 7 < shift.high


def test_a_higher_confidence_widens_the_interval():
    """Who wants to be surer learns less."""
    moved = [each + 7 for each in RISING]
    sure, surer = (shift_between(moved, RISING, level) for level in (0.9, 0.99))
    assert surer.low < sure.low < sure.high < surer.high


def test_exchanged_sets_have_the_opposite_shift():
    """Which of the two is the canary changes the sign alone."""
    moved = [each + 7 for each in RISING]
    up, down = shift_between(moved, RISING, 0.9), shift_between(RISING, moved, 0.9)
    assert (up.low, up.high) == pytest.approx((-down.high, -down.low), abs=2e-4)


def test_a_few_points_have_an_interval_as_wide_as_they_are():
    """Three against three can prove nothing at 98 %."""
    shift = shift_between([5.0, 6.0, 7.0], [1.0, 2.0, 3.0], 0.98)
    assert (2.0, 6.0) == (shift.low, shift.high)


def test_points_that_are_all_one_value_have_no_interval():
    """There is nothing to rank."""
    with pytest.raises(AllTied):
        shift_between([5.0], [3.0], 0.98)


@pytest.mark.parametrize(
    ("x", "expected"),
    [([3.0, 4.0], 1.0), ([1.5, 1.5], 0.5), ([1.0, 2.0], 0.5), ([0.0, 0.5], 0.0)],
)
def test_the_share_of_wins_counts_ties_by_half(x, expected):
    """Half of the wins is no effect."""
    assert expected == wins_share(x, [1.0, 2.0])


@pytest.mark.parametrize("zero", [-3.0, 0.5, 2.0])
def test_a_root_is_found_to_the_tolerance(zero):
    """A curve is followed as well as a line."""
    found = root(lambda at: zero**3 - at**3, -4.0, 5.0)
    assert zero == pytest.approx(found, abs=1e-4)


@pytest.mark.parametrize("end", [-4.0, 5.0])
def test_a_root_may_be_where_the_search_begins(end):
    """Both ends belong to it."""
    assert end == root(lambda at: end - at, -4.0, 5.0)


@pytest.mark.parametrize("case", INTERVALS, ids=lambda case: case["name"])
def test_every_interval_of_kayentas_own_tests_agrees(case):
    """Two of them were tied out with R."""
    found = shift_between(case["experiment"], case["control"], case["conf"])
    numbers = (found.low, found.high, found.estimate)
    assert case["expect"] == pytest.approx(numbers, rel=0, abs=case["tol"])


@pytest.mark.parametrize("case", RANKS, ids=lambda case: case["name"])
@pytest.mark.parametrize("shift", [0, 5])
def test_the_rank_sums_of_kayentas_own_tests_agree(case, shift):
    """The function is checked beside the search."""
    found = wilcoxon_diff(shift, case["x"], sorted(case["y"]))
    expected = case["expect"][f"mu={shift},q=0"]
    assert expected == pytest.approx(found, rel=0, abs=1e-5)
