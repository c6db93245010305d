"""
Stages of documents without headings for them.

The ordered parts are then numbered bold lines, the rows of a table with a column for
them, or the items of an ordered list.
"""

import re
from collections.abc import Iterator, Mapping

from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.statements import Shape, Statement, Statements
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.staging.labelled_parts import labelled_parts
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.staging.spans import stage_of
from gonogo.document.reader.words.titles import turns_back
from gonogo.document.reader.words.vocabulary import folded
from gonogo.document.reading import Stage

# One of a kind is no row.
_ROW = 2
# A cell as short as 'Day 1' is the number of a part; its name stands beside it.
_SHORT = 2
_EXPOSURE = re.compile(r"%|\b(?:traffic|exposure|users|percent|percentage|share)\b")
_OTHER_KINDS = frozenset({TableKind.METRICS, TableKind.APPROVALS, TableKind.CONTACTS})


def stages_without_headings(
    tree: SectionTree, statements: Statements, tables: Mapping[int, Table]
) -> tuple[Stage, ...]:
    """Return the stages that labels open, else table rows, else ordered items."""
    for rule in (_labels, _rows, _items):
        found = tuple(rule(tree, statements, tables))
        if len(found) >= _ROW:
            return found
    return ()


def _labels(
    tree: SectionTree, statements: Statements, tables: Mapping[int, Table]
) -> Iterator[Stage]:
    del tables
    for part in labelled_parts(tree, statements):
        if not tree.outside[part.section] and not turns_back(part.title, tree.known):
            yield stage_of(part.line, part.last, part.title, tree.known)


def _rows(
    tree: SectionTree, statements: Statements, tables: Mapping[int, Table]
) -> Iterator[Stage]:
    """Yield the rows of the first table with a column for the parts."""
    for statement in statements.all:
        if statement.shape is not Shape.TABLE or tree.outside[statement.section]:
            continue
        table = tables[statement.block]
        column = _part_column(tree, table)
        if column is not None:
            yield from (_of_row(tree, table, row, column) for row in table.rows)
            return


def ladder_rows(
    tree: SectionTree, statements: Statements, tables: Mapping[int, Table]
) -> Iterator[tuple[Row, str, str]]:
    """Yield row, title and share of each step of a ramp that a table shows."""
    for statement in statements.all:
        if statement.shape is Shape.TABLE and not tree.outside[statement.section]:
            table = tables[statement.block]
            column = _part_column(tree, table)
            if column is not None and any(_shares(table)):
                for row in table.rows:
                    yield row, *_titled(table, row, column)


def _part_column(tree: SectionTree, table: Table) -> int | None:
    """Return the column that numbers or times the parts: one of the first two."""
    if table.kind in _OTHER_KINDS:
        return None
    for index, (header, column) in enumerate(
        zip(table.headers[:2], table.columns[:2], strict=True)
    ):
        if folded(header) in tree.known.stages or column in {Column.STAGE, Column.TIME}:
            return index
    return None


def _of_row(tree: SectionTree, table: Table, row: Row, column: int) -> Stage:
    title, share = _titled(table, row, column)
    return stage_of(row.line, row.line, title, tree.known, exposed=share)


def _titled(table: Table, row: Row, column: int) -> tuple[str, str]:
    title, beside = row.text(column), row.text(column + 1)
    if len(title.split()) <= _SHORT and beside:
        title = f"{title}: {beside}"
    return title, next((row.text(i) for i, _ in _shares(table)), "")


def _shares(table: Table) -> Iterator[tuple[int, str]]:
    headers = enumerate(table.headers)
    return ((i, h) for i, h in headers if _EXPOSURE.search(h.casefold()))


def _items(
    tree: SectionTree, statements: Statements, tables: Mapping[int, Table]
) -> Iterator[Stage]:
    """Yield the outermost ordered items: those that hold more, if there are any."""
    del tables
    numbered = [
        s
        for s in statements.all
        if s.number is not None and s.depth == 0 and not tree.outside[s.section]
    ]
    holding = [s for s in numbered if s.governs]
    for item in holding if len(holding) >= _ROW else numbered:
        yield _of_item(tree, statements, item)


def _of_item(tree: SectionTree, statements: Statements, item: Statement) -> Stage:
    return stage_of(item.line, statements.end(item), item.text, tree.known)
