"""
The exporter: rows to a CSV that a spreadsheet shows and does not run.

Text is escaped a column at a time; a cell whose kind cannot hold a formula is not, once
it was seen to be of that kind: `+14155552671` in a column of phone numbers stays as it
is, and `+1+cmd|…` in the same column does not.
"""

import csv
import os
import re
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeGuard

from hardening.core import Kind as Grows
from hardening.core import Measure, Sample, Switch, always_on, require
from hardening.csv.errors import ExportNotWritten
from hardening.csv.formula import BETWEEN, escape_all
from hardening.csv.kinds import Kind, harmless

_BATCH_ROWS = 1_000
_BYTE_ORDER_MARK = "\ufeff"
_NOTHING = re.compile("(?!)").fullmatch


class BinaryWriter(Protocol):
    """What was opened to write bytes."""

    def write(self, data: bytes, /) -> object:
        """Write them all."""
        ...


Row = Sequence[object]
"""As many cells as there are columns; None is an empty one."""

Out = str | os.PathLike[str] | BinaryWriter
"""A path, or a file opened to write bytes."""


class Exporter:
    """
    Writes rows of the same columns; shared freely between threads.

    Args:
        columns: Each heading and the kind of its cells, in order.
        delimiter: One character between cells.
        mark: Begin with a byte order mark. Excel takes a file without one for the
            machine's old encoding, and shows other letters for 'ü'; other programs may
            show the mark as part of the first heading.
        switch: Off writes the cells as they stand.

    Raises:
        InvalidSetting: One of them is wrong; it names the field.
    """

    def __init__(
        self,
        columns: Mapping[str, Kind],
        *,
        delimiter: str = ",",
        mark: bool = False,
        switch: Switch = always_on,
    ) -> None:
        holds = len(columns) > 0
        require("Exporter.columns", columns, "one column or more", holds=holds)
        rule = "one of , ; | or a tab"
        holds = delimiter in {",", ";", "|", "\t"}
        require("Exporter.delimiter", delimiter, rule, holds=holds)
        self._headings = tuple(columns)
        self._exempt = tuple(harmless(kind) for kind in columns.values())
        self._delimiter = delimiter
        self._mark = mark
        self._switch = switch
        self._rows = self._escaped = 0

    def pieces(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """
        Yield the CSV, piece by piece: the body of a streamed response.

        Args:
            rows: Each of as many cells as there are columns. A cursor of psycopg is
                one; a server-side cursor is read as the CSV is written.

        Raises:
            ValueError: A row has more or fewer cells, or text that is no Unicode.
        """
        return self._pieces(rows, _Count())

    def pieces_async(self, rows: AsyncIterable[Row]) -> AsyncGenerator[bytes, None]:
        """Yield the CSV, as `pieces` does, from rows that are awaited."""
        return self._pieces_async(rows, _Count())

    def run(self, rows: Iterable[Row], out: Out) -> int:
        """
        Write the CSV.

        Args:
            rows: As for `pieces`.
            out: A file opened to write bytes, or a path. At a path the file appears
                once it is complete; what stood there before stands there until then.

        Returns:
            How many rows were written.

        Raises:
            ExportNotWritten: There is no room, or no right, at the path.
        """
        count = _Count()
        with _written(out) as write:
            for piece in self._pieces(rows, count):
                write(piece)
        return count.rows

    async def run_async(self, rows: AsyncIterable[Row], out: Out) -> int:
        """
        Write the CSV, as `run` does, from rows that are awaited.

        Each thousand rows are written at once, on the loop's own thread: that is for a
        disk. For what is slower, take `pieces_async`.
        """
        count = _Count()
        with _written(out) as write:
            async with aclosing(self._pieces_async(rows, count)) as pieces:
                async for piece in pieces:
                    write(piece)
        return count.rows

    def measures(self) -> Iterable[Measure]:
        """Return what was counted, over all exports of this exporter."""
        rows, cells = (Sample(self._rows),), (Sample(self._escaped),)
        meaning = "Cells of exports that a spreadsheet could have run."
        return (
            Measure(
                "hardening_csv_rows_exported", "Rows exported.", Grows.COUNTER, rows
            ),
            Measure("hardening_csv_cells_escaped", meaning, Grows.COUNTER, cells),
        )

    def _pieces(self, rows: Iterable[Row], count: "_Count") -> Iterator[bytes]:
        """Yield the CSV, and count its rows."""
        on, several = self._switch(), iter(rows)
        yield self._head(on=on)
        while batch := list(islice(several, _BATCH_ROWS)):
            yield self._batch(batch, count, on=on)

    async def _pieces_async(
        self, rows: AsyncIterable[Row], count: "_Count"
    ) -> AsyncGenerator[bytes, None]:
        """Yield the CSV, and count its rows."""
        on = self._switch()
        batch: list[Row] = []
        yield self._head(on=on)
        async for row in rows:
            batch.append(row)
            if len(batch) == _BATCH_ROWS:
                yield self._batch(batch, count, on=on)
                batch.clear()
        if batch:
            yield self._batch(batch, count, on=on)

    def _head(self, *, on: bool) -> bytes:
        """Return the mark and the header."""
        headings = _texts(self._headings) if on else self._headings
        text = self._text([headings])
        return (_BYTE_ORDER_MARK + text if self._mark else text).encode()

    def _batch(self, rows: Sequence[Row], count: "_Count", *, on: bool) -> bytes:
        """Return some rows."""
        width = len(self._headings)
        if not all(len(row) == width for row in rows):
            message = f"Each row has to have {width} cells, as there are headings."
            raise ValueError(message)
        count.rows += len(rows)
        self._rows += len(rows)
        if not on:
            return self._text(rows).encode()
        columns = zip(*rows, strict=True)
        safe = map(self._safe, self._exempt, columns)
        return self._text(zip(*safe, strict=True)).encode()

    def _safe(
        self, exempt: re.Pattern[str] | None, column: Sequence[object]
    ) -> Sequence[object]:
        """Return a column's cells, none of which is a formula."""
        cells: Sequence[object]
        if exempt is None and _are_texts(column):
            cells = _texts(column)
            if cells is column:
                return cells
        else:
            is_exempt = _NOTHING if exempt is None else exempt.fullmatch
            cells = [
                cell if isinstance(cell, str) and is_exempt(cell) else _cell(cell)
                for cell in column
            ]
        self._escaped += sum(map(_is_other, cells, column))
        return cells

    def _text(self, rows: Iterable[Iterable[object]]) -> str:
        """Return rows as CSV, lines ended as RFC 4180 has it."""
        text = StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter).writerows(rows)
        return text.getvalue()


def export_csv(
    rows: Iterable[Row],
    out: Out,
    columns: Mapping[str, Kind],
    *,
    delimiter: str = ",",
    mark: bool = False,
) -> int:
    """Write rows as a CSV without formulas, as `Exporter` does; return how many."""
    return Exporter(columns, delimiter=delimiter, mark=mark).run(rows, out)


async def export_csv_async(
    rows: AsyncIterable[Row],
    out: Out,
    columns: Mapping[str, Kind],
    *,
    delimiter: str = ",",
    mark: bool = False,
) -> int:
    """Write rows that are awaited as a CSV without formulas; return how many."""
    exporter = Exporter(columns, delimiter=delimiter, mark=mark)
    return await exporter.run_async(rows, out)


@dataclass(slots=True)
class _Count:
    """How many rows were written."""

    rows: int = 0


def _are_texts(column: Sequence[object]) -> TypeGuard[Sequence[str]]:
    """Tell whether a column holds nothing but text."""
    return set(map(type, column)) == {str}


def _texts(texts: Sequence[str]) -> Sequence[str]:
    """Return texts without formulas; the very sequence where there were none."""
    if BETWEEN in "".join(texts):
        message = "A cell holds half of a pair of UTF-16, which is no text."
        raise ValueError(message)
    return escape_all(texts)


def _cell(cell: object) -> object:
    """Return a cell that is no formula; a number or a day cannot be one."""
    if cell is None or isinstance(cell, int | float | Decimal | date | time):
        return cell
    return _texts((cell if isinstance(cell, str) else str(cell),))[0]


def _is_other(cell: object, before: object) -> bool:
    """Tell whether a cell was escaped."""
    return cell is not before and isinstance(before, str) and cell != before


@contextmanager
def _written(out: Out) -> Iterator[Callable[[bytes], object]]:
    """Give what writes; at a path, to a file that replaces the old one once complete."""
    if not isinstance(out, str | os.PathLike):
        yield out.write
        return
    path = Path(out)
    part = path.with_name(f"{path.name}.part")
    with _room(path):
        file = part.open("wb")
    try:

        def write(piece: bytes) -> None:
            with _room(path):
                file.write(piece)

        yield write
        with _room(path):
            file.close()
            part.replace(path)
    finally:
        with suppress(OSError):
            file.close()
        part.unlink(missing_ok=True)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say that an export could not be written."""
    try:
        yield
    except OSError as error:
        raise ExportNotWritten(path=path, error=error) from error
