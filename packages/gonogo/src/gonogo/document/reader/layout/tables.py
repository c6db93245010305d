"""
Tables: rows as cells with their columns, and what kind of table it is.

A table is classified by the set of things its columns speak of, each known by many
synonyms, and never by one header.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gonogo.document.lines import Cell
from gonogo.document.reader.layout.codes import Code, diagnostic
from gonogo.document.reader.layout.columns import Column, columns_of
from gonogo.document.reader.layout.markup import plain, undecorated
from gonogo.document.reader.layout.outline import Block
from gonogo.model.diagnostic import Diagnostic


class TableKind(StrEnum):
    """What a table is for."""

    METRICS = "metrics"
    TRIGGERS = "triggers"
    APPROVALS = "approvals"
    CONTACTS = "contacts"
    TIMELINE = "timeline"
    OTHER = "other"


# A longer cell is read to here.
_LONGEST = 1000
_DELIMITER = re.compile(r"^[\s|:>-]*-[\s|:-]*$")
_PERSONAL = {Column.ROLE, Column.NAME}
_CONSENT = {Column.APPROVED, Column.SIGNATURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row below the header."""

    line: int
    cells: tuple[Cell, ...]

    def text(self, index: int | None) -> str:
        """Return the plain words of a cell; '' where there is none."""
        if index is None or index >= len(self.cells):
            return ""
        return undecorated(plain(self.cells[index].text[:_LONGEST]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    One table.

    Attributes:
        line: The header row's line.
        columns: What each column holds, in order.
        headers: The header cells' plain words.
    """

    line: int
    last_line: int
    block: int
    kind: TableKind
    headers: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column(self, *wanted: Column) -> int | None:
        """Return the index of the first column of the first kind there is."""
        for kind in wanted:
            if kind in self.columns:
                return self.columns.index(kind)
        return None


def is_task_list(table: Table) -> bool:
    """Tell whether a table is a checklist: what is to be done, and a column to tick."""
    listed = {Column.TASK, Column.METRIC} & set(table.columns)
    return bool(listed) and Column.STATUS in table.columns


def read_table(
    block: Block, index: int, lines: Sequence[str]
) -> tuple[Table, tuple[Diagnostic, ...]]:
    """Return the table that a block of the outline is, and what is wrong with it."""
    numbers = range(block.first, block.last + 1)
    split = [Row(line=n, cells=cells(lines[n - 1], n)) for n in numbers]
    header = split[0]
    rows = tuple(r for r in split[2:] if lines[r.line - 1].strip())
    headers = tuple(header.text(i) for i in range(len(header.cells)))
    columns = columns_of(headers)
    table = Table(
        line=block.first,
        last_line=rows[-1].line if rows else block.first + 1,
        block=index,
        kind=_kind(columns),
        headers=headers,
        columns=columns,
        rows=rows,
    )
    return table, _width_problems(table)


def cells(text: str, line: int) -> tuple[Cell, ...]:
    """Return the cells of a row; an escaped pipe belongs to its cell."""
    bounds = [i for i, c in enumerate(text) if c == "|" and not _escaped(text, i)]
    if not bounds or text[: bounds[0]].strip(" \t>"):
        bounds.insert(0, -1)
    if not bounds or text[bounds[-1] + 1 :].strip():
        bounds.append(len(text))
    return tuple(
        Cell(line=line, start=a + 2, end=b + 1, text=text[a + 1 : b].strip())
        for a, b in itertools.pairwise(bounds)
    )


def missing_delimiter(block: Block) -> Diagnostic | None:
    """Return a diagnostic where a paragraph looks like a table without its dashes."""
    rows = [line for line in block.text.split("\n") if line.lstrip().startswith("|")]
    if len(rows) < 2 or any(_DELIMITER.match(r) for r in rows[1:2]):  # noqa: PLR2004
        return None
    width = max(1, len(cells(rows[0], 1)))
    example = "|" + "---|" * width
    return diagnostic(Code.TABLE_DELIMITER, block.text_line, example=example)


def _escaped(text: str, index: int) -> bool:
    return index > 0 and text[index - 1] == "\\"


def _kind(columns: Sequence[Column]) -> TableKind:  # noqa: PLR0911 - rules in order
    has = set(columns)
    if Column.TRIGGER in has and has & {Column.ACTION, Column.LIMIT, Column.THRESHOLD}:
        return TableKind.TRIGGERS
    measured = has & {Column.THRESHOLD, Column.LIMIT}
    if Column.EXPECTED in has and has & {Column.METRIC, Column.ACTUAL}:
        measured.add(Column.EXPECTED)
    if columns[0] is Column.SETTING and not has & {Column.METRIC, Column.TRIGGER}:
        return TableKind.OTHER
    if measured and (has & {Column.METRIC, Column.TASK, Column.WINDOW, Column.ACTUAL}):
        return TableKind.METRICS
    if _is_signed(columns):
        return TableKind.APPROVALS
    if Column.CONTACT in has and len(columns) > 1:
        return TableKind.CONTACTS
    if has & {Column.TIME, Column.STAGE} and len(columns) > 1:
        return TableKind.TIMELINE
    if measured and columns[0] in {Column.OTHER, Column.STAGE}:
        return TableKind.METRICS
    return TableKind.OTHER


def _is_signed(columns: Sequence[Column]) -> bool:
    """
    Tell whether a table has people consent.

    A date alone is a signature's only in a table of people; papers and shifts are dated too.
    """
    has = set(columns)
    if not has & _PERSONAL or has & {Column.TASK, Column.TIME}:
        return False
    return bool(has & _CONSENT) or (
        Column.DATE in has and columns[0] in _PERSONAL and Column.OTHER not in has
    )


def _width_problems(table: Table) -> tuple[Diagnostic, ...]:
    return tuple(
        diagnostic(
            Code.TABLE_WIDTH,
            row.line,
            _problem_column(row, len(table.headers)),
            cells=len(row.cells),
            columns=len(table.headers),
        )
        for row in table.rows
        if len(row.cells) != len(table.headers)
    )


def _problem_column(row: Row, width: int) -> int:
    if len(row.cells) > width:
        return row.cells[width].start
    return row.cells[-1].end if row.cells else 1
