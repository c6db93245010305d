"""The result of a script in a database: its rows as text, their number, one value."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

from gonogo.adapters.operators.output import KeptOutput, Redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    What a script gave.

    Attributes:
        output: Rows as lines, columns parted by ` | `; without rows, what the
            database said about each statement.
        rows: How many; for a statement that gives none, how many it changed.
        value: The first column of the first row, where it is data.
    """

    output: str = ""
    rows: int | None = None
    value: float | str | None = None


class DatabaseError(Exception):
    """A database refused, or could not be reached; the text is for people."""


def result_of_rows(rows: Iterable[Sequence[Any]], redact: Redact) -> Result:
    """Return the result of a query, in bounded memory however many rows it has."""
    output, count, value = KeptOutput(redact), 0, None
    for row in rows:
        if count == 0 and row:
            value = scalar(row[0])
        count += 1
        line = " | ".join(map(_shown, row))
        output.feed(f"{line}\n".encode("utf-8", "replace"))
    return Result(output=output.text().removesuffix("\n"), rows=count, value=value)


def scalar(cell: Any) -> float | str | None:  # noqa: ANN401 - whatever a driver gives
    """Return a cell as a finite number or a word; None for what is no data."""
    match cell:
        case None:
            return None
        case bool():
            return str(cell).lower()
        case int() | float() | Decimal():
            number = float(cell)
            return number if math.isfinite(number) else None
        case timedelta():
            return cell.total_seconds()
        case _:
            return _shown(cell)


def _shown(cell: Any) -> str:  # noqa: ANN401 - whatever a driver gives
    """Return a cell as text."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case dict() | list():
            return json.dumps(cell, ensure_ascii=False, default=_shown)
        case bytes() | memoryview():
            return f"\\x{bytes(cell).hex()}"
        case datetime() | date() | time_of_day():
            return cell.isoformat()
        case _:
            return str(cell)
