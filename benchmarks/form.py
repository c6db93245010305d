"""The form of a result: rows, the same for people, for machines and for the page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table

HEADINGS = ("figure", "value", "unit", "against", "ratio", "bar", "holds")


class Of(StrEnum):
    """What a bar is held against."""

    RATIO = "ratio"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Bar:
    """
    What a row should reach; both limits belong to what holds.

    Attributes:
        of: The row's ratio, or its value.
        most: The highest that holds, where there is one.
        least: The lowest that holds, where there is one.
    """

    of: Of
    most: float | None = None
    least: float | None = None

    def __str__(self) -> str:
        """Return the bar in the words of the table: 'ratio <= 3'."""
        limits = (("<=", self.most), (">=", self.least))
        stated = [f"{sign} {limit:g}" for sign, limit in limits if limit is not None]
        return f"{self.of} {' and '.join(stated)}"

    def holds(self, number: float) -> bool:
        """Tell whether the number reaches the bar."""
        low = self.least is None or number >= self.least
        return low and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One figure.

    Attributes:
        figure: What was measured, in words.
        value: The median.
        unit: Of the value: 'ns', 'MB/s', …
        against: The peer or floor of the same run; None stands alone.
        ratio: The value over that of `against`: the median over the paired rounds.
        bar: None for a figure that is shown and not judged.
    """

    figure: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    bar: Bar | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the bar is reached; None without a bar."""
        if self.bar is None:
            return None
        number = self.value if self.bar.of is Of.VALUE else self.ratio
        return number is not None and self.bar.holds(number)

    def as_json(self) -> dict[str, object]:
        """Return the row as the published form has it."""
        bar = None if self.bar is None else str(self.bar)
        return asdict(self) | {"bar": bar, "holds": self.holds}


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False)
    path.write_text(body + "\n", encoding="utf-8")


def show(console: Console, title: str, rows: Sequence[Row]) -> None:
    """Print the rows for people."""
    table = Table(*HEADINGS, title=title, title_justify="left")
    for row in rows:
        style = "bold red" if row.holds is False else None
        table.add_row(*cells(row.as_json()), style=style)
    console.print(table)


def cells(row: dict[str, object]) -> tuple[str, ...]:
    """Return a row's seven cells as text, numbers to three digits."""
    return tuple(_cell(row[heading]) for heading in HEADINGS)


def _cell(content: object) -> str:
    """Return one cell as text."""
    match content:
        case None:
            return "-"
        case bool():
            return "yes" if content else "NO"
        case int() | float():
            return _number(content)
        case _:
            return str(content)


def _number(number: float) -> str:
    """Return a number to three digits that count, without an exponent."""
    if abs(number) >= 100:  # noqa: PLR2004 - three digits stand before the point
        return f"{number:,.0f}"
    return f"{number:#.3g}"
