"""A sparkline: the course of a gate in one line of characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gonogo.report.plots.ticks import Axis

Column = tuple[float | None, ...]
"""What was seen within one character's width: empty when nobody looked."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of a sparkline; the last step is kept for what is at the top."""

    steps: str
    missing: str = "?"
    empty: str = " "


BLOCKS = Letters("▁▂▃▄▅▆▇█")
ASCII = Letters("_.,-=+*#")


def sparkline(columns: Sequence[Column], axis: Axis, letters: Letters = BLOCKS) -> str:
    """
    Return one character for each column.

    Of several numbers in a column the one farthest from the middle of all is shown: a
    peak of one look is never lost. No data is a '?', never a low value.
    """
    known = [value for column in columns for value in column if value is not None]
    middle = median(known) if known else 0.0
    return "".join(_letter(column, axis, middle, letters) for column in columns)


def by_place(values: Sequence[float | None], width: int) -> tuple[Column, ...]:
    """Return values as columns in their order, not more than the width."""
    count = min(len(values), width)
    edges = [place * len(values) // max(count, 1) for place in range(count + 1)]
    return tuple(tuple(values[start:end]) for start, end in pairwise(edges))


def _letter(column: Column, axis: Axis, middle: float, letters: Letters) -> str:
    if not column:
        return letters.empty
    known = [value for value in column if value is not None]
    if not known:
        return letters.missing
    share = axis.share(max(known, key=lambda value: abs(value - middle)))
    if share >= 1:
        return letters.steps[-1]
    return letters.steps[int(share * (len(letters.steps) - 1))]
