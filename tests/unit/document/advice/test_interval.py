"""The values that a limit allows."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.document.advice.interval import Interval, allowed, comparable
from gonogo.model.condition import Comparator, Condition, Relative

LIMITS = st.integers(-5, 5).map(float)
INTERVALS = st.builds(Interval, LIMITS, LIMITS, st.booleans(), st.booleans())


def holds(interval, value):
    """Return whether a number lies in an interval, by the plain definition."""
    above = value > interval.low if interval.low_open else value >= interval.low
    below = value < interval.high if interval.high_open else value <= interval.high
    return above and below


@given(INTERVALS, INTERVALS)
def test_two_intervals_meet_where_a_number_lies_in_both(one, other):
    """Ends are whole here, so halves between them are witnesses enough."""
    witnesses = [number / 2 for number in range(-12, 13)]
    both = any(holds(one, each) and holds(other, each) for each in witnesses)
    assert both == one.meets(other)


@pytest.mark.parametrize(
    ("comparator", "held"),
    [
        (Comparator.LESS, (True, False, False)),
        (Comparator.AT_MOST, (True, True, False)),
        (Comparator.EQUAL, (False, True, False)),
        (Comparator.AT_LEAST, (False, True, True)),
        (Comparator.MORE, (False, False, True)),
    ],
)
def test_a_comparator_allows_what_it_says(comparator, held):
    """Just below the limit, exactly at it, and just above."""
    interval = allowed(Condition(comparator=comparator, value=5.0))
    assert held == tuple(holds(interval, value) for value in (4.9, 5.0, 5.1))


def test_between_holds_its_ends():
    """'10 to 20' holds 10 and 20."""
    condition = Condition(comparator=Comparator.BETWEEN, value=(10.0, 20.0))
    interval = allowed(condition)
    held = [holds(interval, value) for value in (9.9, 10.0, 20.0, 20.1)]
    assert [False, True, True, False] == held


@pytest.mark.parametrize("comparator", [Comparator.NOT_EQUAL, Comparator.WORDS])
def test_what_is_no_interval_is_not_compared(comparator):
    """'not 5' and 'stable' allow no one run of numbers."""
    value = 5.0 if comparator is Comparator.NOT_EQUAL else None
    assert allowed(Condition(comparator=comparator, value=value)) is None


def less(value, unit=None, **more):
    """Return a limit from above."""
    return Condition(comparator=Comparator.LESS, value=value, unit=unit, **more)


def test_limits_are_compared_in_one_unit():
    """500 ms are 0.5 s."""
    assert 0.5 == comparable(less(1.0, "s"), less(500.0, "ms")).value


@pytest.mark.parametrize(
    "other",
    [less(1.0, "%"), less(1.0), less(1.0, "s", relative=Relative.BASELINE)],
    ids=["another unit", "no unit", "a change"],
)
def test_what_measures_differently_is_not_compared(other):
    """A limit in seconds says nothing about one in per cent."""
    assert comparable(less(1.0, "s"), other) is None


def test_a_window_does_not_keep_limits_from_being_compared():
    """What 'over 5 minutes' means for two limits is for the rules to say."""
    window = less(1.0, "s", window=timedelta(minutes=5))
    assert window == comparable(less(1.0, "s"), window)
