"""Axes and ticks: round numbers and round instants, whatever is drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.report.plots.ticks import (
    Axis,
    axis_of,
    number_ticks,
    odds_ticks,
    time_ticks,
)

START = datetime(2030, 1, 1, 21, 7, 13, tzinfo=UTC)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


@given(st.lists(NUMBERS, min_size=1))
def test_an_axis_holds_every_number(numbers):
    """Nothing that was measured lies outside of the drawing."""
    axis = axis_of(iter(numbers))
    assert axis.low < axis.high
    assert axis.low <= min(numbers)
    assert max(numbers) <= axis.high


@pytest.mark.parametrize(
    ("numbers", "low"), [((0.0, 10.0), 0.0), ((-1.0, 9.0), -1.8)], ids=["zero", "below"]
)
def test_an_axis_goes_below_zero_only_for_values_below_it(numbers, low):
    """An error rate of less than nothing is never on the scale."""
    assert low == pytest.approx(axis_of(iter(numbers)).low)


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0])
def test_a_constant_has_an_axis_around_it(value):
    """A value that never moved is a level line, not an error."""
    axis = axis_of(iter([value, value]), air=0)
    assert axis.low <= value < axis.high


@pytest.mark.parametrize(
    ("value", "share"), [(-1.0, 0.0), (0.0, 0.0), (5.0, 0.5), (10.0, 1.0), (11.0, 1.0)]
)
def test_what_is_beyond_an_axis_lies_at_its_end(value, share):
    """A share is never outside of 0 to 1."""
    assert share == Axis(0.0, 10.0).share(value)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, (0, 5, 10)),
        (0.1, 1.3, (0.5, 1.0)),
        (480, 520, (480, 490, 500, 510, 520)),
    ],
    ids=["ten", "parts", "hundreds"],
)
def test_ticks_are_round_numbers(low, high, ticks):
    """A person reads 0.5 and 1, not 0.37 and 0.74."""
    assert pytest.approx(ticks) == number_ticks(Axis(low, high))


@given(NUMBERS, st.floats(1e-6, 1e12))
def test_an_axis_never_gets_many_ticks(low, height):
    """Numbers beside an axis do not run into each other."""
    assert len(number_ticks(Axis(low, low + max(height, abs(low) * 1e-3)))) <= 6


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (timedelta(seconds=20), ["21:07:15", "21:07:20", "21:07:25", "21:07:30"]),
        (timedelta(hours=1), ["21:10", "21:20", "21:30", "21:40", "21:50", "22:00"]),
        (timedelta(hours=6), ["22:00", "23:00", "Jan 2", "01:00", "02:00", "03:00"]),
        (timedelta(days=3), ["Jan 2", "12:00", "Jan 3", "12:00", "Jan 4", "12:00"]),
        (timedelta(days=5), ["Jan 2", "Jan 3", "Jan 4", "Jan 5", "Jan 6"]),
    ],
    ids=["seconds", "an hour", "over midnight", "days", "more days"],
)
def test_instants_are_round_and_a_new_day_is_named(span, labels):
    """The time below a drawing reads like a clock; midnight says the day."""
    assert labels == [label for _, label in time_ticks(START, START + span)]


def test_no_time_at_all_has_one_tick():
    """Two looks at the same instant are no reason to fail."""
    assert ["21:07:13"] == [label for _, label in time_ticks(START, START)]


@pytest.mark.parametrize(
    ("high", "labels"),
    [(2.3, ["1"]), (2.31, ["1", "10"]), (8.3, ["1", "10", "100", "1,000"]),
     (19.0, ["1", "100", "10,000", "1,000,000", "100,000,000"])],
    ids=["below ten", "ten", "thousands", "millions"],
)  # fmt: skip
def test_evidence_is_marked_at_powers_of_ten(high, labels):
    """A proof of 40 is read off between 10 and 100."""
    assert labels == [label for _, label in odds_ticks(Axis(0.0, high))]
