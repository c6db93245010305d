"""The canvas: dots as letters, joined where looks follow one another."""

import pytest

from gonogo.report.plots.canvas import ASCII_PEN, BRAILLE_PEN, canvas, row_of
from gonogo.report.plots.ticks import Axis

AXIS = Axis(0.0, 4.0)


def drawn(values, pen, *, rows=1, lined=()):
    """Return the rows of a curve with a value in each dot's column."""
    columns = [(value,) for value in values]
    return canvas(columns, AXIS, lined, rows=rows, pen=pen)


@pytest.mark.parametrize(
    ("value", "letter"), [(0, "⣀"), (1, "⠤"), (2, "⠒"), (3, "⠉"), (4, "⠉")]
)
def test_a_level_line_is_drawn_at_its_height(value, letter):
    """Four dots to a letter show four heights; the top one belongs to the highest."""
    assert (letter,) == drawn([value, value], BRAILLE_PEN)


def test_a_jump_is_joined():
    """A curve has no hole where it jumps from one look to the next."""
    assert ("⡸",) == drawn([0, 3], BRAILLE_PEN)
    assert ("⢱",) == drawn([3, 0], BRAILLE_PEN)


def test_no_data_leaves_a_hole_and_says_so():
    """Across a gap nothing is joined; the lowest row is marked."""
    rows = drawn([3.5, 3.5, None, 0], ASCII_PEN, rows=4)
    assert ("**  ", "    ", "    ", "  ?*") == rows


def test_the_limit_is_seen_where_the_curve_is_not():
    """A limit is a line behind the curve."""
    assert ("**--", "  **") == drawn([3, 3, 1, 1], ASCII_PEN, rows=2, lined={0})


@pytest.mark.parametrize(("share", "row"), [(1.0, 0), (0.76, 0), (0.75, 1), (0.0, 3)])
def test_rows_are_counted_from_above(share, row):
    """The highest value is in row 0."""
    assert row == row_of(share, 4)
