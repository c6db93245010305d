"""A canvas: a curve drawn with letters, several dots to each in braille."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gonogo.report.plots.sparkline import Column
from gonogo.report.plots.ticks import Axis


@dataclass(frozen=True, slots=True)
class Pen:
    """
    How dots become letters.

    Attributes:
        across: Dots to a letter, from left to right; `down`, from top to bottom.
        limit: Stands where the limit is and the curve is not.
        missing: Stands at the foot of a column that was looked at without a number.
    """

    across: int
    down: int
    limit: str
    missing: str = "?"

    def letter(self, dots: frozenset[tuple[int, int]]) -> str:
        """Return the letter with these dots (column, row from above); ' ' for none."""
        if not dots:
            return " "
        if (self.across, self.down) == (1, 1):
            return "*"
        return chr(_BRAILLE + sum(_BITS[dot] for dot in dots))


# Unicode 15, block 2800: the dots are numbered downwards, the lowest pair last.
_BRAILLE = 0x2800
_BITS = {
    (0, 0): 0x01, (0, 1): 0x02, (0, 2): 0x04, (0, 3): 0x40,
    (1, 0): 0x08, (1, 1): 0x10, (1, 2): 0x20, (1, 3): 0x80,
}  # fmt: skip
BRAILLE_PEN = Pen(2, 4, "╌")
ASCII_PEN = Pen(1, 1, "-")

Dot = tuple[int, int]


def canvas(
    columns: Sequence[Column],
    axis: Axis,
    lined: Collection[int],
    *,
    rows: int,
    pen: Pen,
) -> tuple[str, ...]:
    """
    Return the rows of a drawing, the highest first.

    Args:
        columns: One for each dot across, a whole number of letters.
        axis: From the foot of the last row to the head of the first.
        lined: The rows in which limits lie.
        rows: In letters.
        pen: What it is drawn with.
    """
    dots = set(_dots(columns, axis, rows * pen.down))
    across = len(columns) // pen.across
    missing = {
        place // pen.across
        for place, column in enumerate(columns)
        if all(value is None for value in column)
    }
    return tuple(
        "".join(
            _letter(dots, (x, y), pen)
            or (pen.missing if y == rows - 1 and x in missing else "")
            or (pen.limit if y in lined else " ")
            for x in range(across)
        )
        for y in range(rows)
    )


def row_of(share: float, rows: int) -> int:
    """Return in which row a share of the axis lies, the highest being 0."""
    return min(int((1 - share) * rows), rows - 1)


def _dots(columns: Sequence[Column], axis: Axis, height: int) -> Iterator[Dot]:
    """Yield the dots of a curve; neighbours are joined, a gap is left open."""
    before: tuple[int, int] | None = None
    for x, column in enumerate(columns):
        known = [value for value in column if value is not None]
        if not known:
            before = None
            continue
        low, high = (_level(axis, value, height) for value in (min(known), max(known)))
        first, last = _joined((low, high), before)
        yield from ((x, height - 1 - y) for y in range(first, last + 1))
        before = (low, high)


def _level(axis: Axis, value: float, height: int) -> int:
    return min(int(axis.share(value) * height), height - 1)


def _joined(here: tuple[int, int], before: tuple[int, int] | None) -> tuple[int, int]:
    """Return the levels of a column, drawn on to those of the one before it."""
    low, high = here
    if before is None:
        return here
    if before[1] < low:
        return before[1] + 1, high
    if before[0] > high:
        return low, before[0] - 1
    return here


def _letter(dots: set[Dot], place: tuple[int, int], pen: Pen) -> str:
    left, top = place[0] * pen.across, place[1] * pen.down
    inside = frozenset(
        (x, y)
        for x in range(pen.across)
        for y in range(pen.down)
        if (left + x, top + y) in dots
    )
    return pen.letter(inside).strip()
