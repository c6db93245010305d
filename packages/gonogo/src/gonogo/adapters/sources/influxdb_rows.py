"""
The answers of InfluxDB as rows: columns and values (v1), annotated CSV (v2), JSON (v3).

A row's number is in the column `_value` or `value`, else in the only column that is
neither time nor tag.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gonogo.adapters.sources.api import shown

_VALUE = ("_value", "value")
_TIME = ("_time", "time")
_APART = frozenset({"", "result", "table", "_start", "_stop", *_TIME})
_TAGS_APART = frozenset({"_field", "_measurement"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an answer, whichever way it was written; None without its own time."""

    at: datetime | None
    value: object
    labels: tuple[tuple[str, str], ...]


class NotAnswered(Exception):
    """An error that was sent as an answer."""


class Unclear(Exception):
    """A row in which no one number is meant; the text goes on from the source."""


def rows_of_influxql(held: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of v1: columns and values, series by series."""
    if "error" in held:
        raise NotAnswered(shown(held["error"]))
    for result in held["results"]:
        if "error" in result:
            raise NotAnswered(shown(result["error"]))
        for series in result.get("series", ()):
            for values in series["values"]:
                cells = dict(zip(series["columns"], values, strict=True))
                at = cells.pop("time", None)
                yield Row(
                    # InfluxQL gives 1970 to a value that is of no instant.
                    at=datetime.fromtimestamp(at / 1_000, UTC) if at else None,
                    value=_only(cells),
                    labels=tuple(sorted(series.get("tags", {}).items())),
                )


def rows_of_objects(held: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the rows of v3: an object each; texts are tags."""
    for one in held:
        cells = {name: each for name, each in one.items() if name not in _APART}
        at = next((one[name] for name in _TIME if one.get(name)), None)
        texts = {name: each for name, each in cells.items() if isinstance(each, str)}
        rest = {name: each for name, each in cells.items() if name not in texts}
        yield Row(
            at=None if at is None else _parsed(at),
            value=_only(rest),
            labels=tuple(sorted(texts.items())),
        )


def rows_of_csv(text: str) -> Iterator[Row]:
    """
    Yield the rows of v2: tables of annotated CSV, parted by empty lines.

    Columns that group a table are its tags; an error is a table of its own.
    """
    groups: Sequence[str] = ()
    names: Sequence[str] = ()
    for cells in csv.reader(text.splitlines()):
        if not any(cells):
            groups, names = (), ()
        elif cells[0] == "#group":
            groups, names = cells, ()
        elif cells[0].startswith("#"):
            continue
        elif not groups:
            message = "a table without annotations"
            raise ValueError(message)
        elif not names:
            names = cells
        else:
            yield _csv_row(dict(zip(names, cells, strict=True)), names, groups)


def _csv_row(
    row: Mapping[str, str], names: Sequence[str], groups: Sequence[str]
) -> Row:
    if "error" in row and "_value" not in row:
        raise NotAnswered(shown(row["error"]))
    tags = {
        name
        for name, group in zip(names, groups, strict=False)
        if group == "true" and name not in _APART
    }
    at = next((row[name] for name in _TIME if row.get(name)), None)
    apart = _APART | tags | _TAGS_APART
    rest = {name: each or None for name, each in row.items() if name not in apart}
    return Row(
        at=None if at is None else _parsed(at),
        value=_only(rest),
        labels=tuple(sorted((name, row[name]) for name in tags - _TAGS_APART)),
    )


def _only(cells: Mapping[str, object]) -> object:
    """Return the cell that is meant."""
    for name in _VALUE:
        if name in cells:
            return cells[name]
    if len(cells) == 1:
        return next(iter(cells.values()))
    names = ", ".join(cells) or "none"
    what = f"gave rows in which no one number is meant (columns: {names})"
    message = f"{what}. Call it `value`."
    raise Unclear(message)


def _parsed(text: str) -> datetime:
    """Return an instant; without a zone it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
