"""The sparkline: one character a column, the extremes always among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.report.plots.sparkline import ASCII, by_place, sparkline
from gonogo.report.plots.ticks import Axis

AXIS = Axis(0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "letter"),
    [(0.0, "▁"), (0.14, "▁"), (0.15, "▂"), (0.999, "▇"), (1.0, "█"), (2.0, "█")],
)
def test_a_block_is_full_only_at_the_top(value, letter):
    """Nearly a proof does not look like a proof."""
    assert letter == sparkline([(value,)], AXIS)


def test_no_data_is_a_question_mark_and_no_low_value():
    """Not measured is told apart from nothing wrong, and from nobody looking."""
    assert "▁? " == sparkline([(0.0,), (None, None), ()], AXIS)


def test_a_peak_of_one_look_is_shown():
    """Among many quiet looks of a column the one that stands out is drawn."""
    assert "▁█▁" == sparkline([(0.0,) * 9, (*(0.0,) * 8, 1.0), (0.0,) * 9], AXIS)


def test_a_dip_is_shown_as_well():
    """For a limit from below the lowest value is the news."""
    assert "█▁█" == sparkline([(1.0,) * 9, (*(1.0,) * 8, 0.0), (1.0,) * 9], AXIS)


def test_ascii_has_letters_of_its_own():
    """A terminal without Unicode gets the same line."""
    assert "_#?" == sparkline([(0.0,), (1.0,), (None,)], AXIS, ASCII)


@given(st.lists(st.none() | st.floats(0, 1)), st.integers(1, 30))
def test_every_value_is_in_one_column(values, width):
    """Columns hold all values, in order, and are as many as fit."""
    columns = by_place(values, width)
    assert values == [value for column in columns for value in column]
    assert len(columns) == min(len(values), width)
