"""Table triggers: rows that say on what to roll back, stop or escalate."""

from collections.abc import Iterator

from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.limits.judging import Judged
from gonogo.document.reader.limits.matrices import (
    column_conditions,
    goes_on,
    is_blank,
    row_conditions,
    row_text,
)
from gonogo.document.reader.limits.table_gates import is_matrix, setting_of
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import Trigger

_ENDS = ("rollback", "roll back", "abort", "halt", "stop", "no go", "abbruch")
_NEVER = frozenset({TableKind.APPROVALS, TableKind.CONTACTS})


def read_table_triggers(page: Page) -> tuple[Trigger, ...]:
    """Return the rows of rollback and escalation tables, in order."""
    return tuple(
        trigger
        for statement, table in page.table_statements
        for trigger in _triggers(page, statement, table)
    )


def _triggers(page: Page, statement: Statement, table: Table) -> Iterator[Trigger]:
    graded = {Column.TRIGGER, Column.SEVERITY} <= set(table.columns)
    column = _ending_column(table)
    if table.kind is TableKind.TRIGGERS or (
        graded and table.kind is not TableKind.OTHER
    ):
        if is_matrix(page, statement):
            yield from (_trigger(page, table, row) for row in _answered(table))
    elif _is_listed(page, statement, table):
        yield from (_trigger(page, table, row) for row in _answered(table))
    elif column is not None:
        for row in table.rows:
            text = row.text(column)
            if not is_blank(text):
                stated = column_conditions(table, row, column)
                yield _row_trigger(page, table, row, text, stated)


def _answered(table: Table) -> Iterator[Row]:
    return (row for row in table.rows if not goes_on(table, row))


def _is_listed(page: Page, statement: Statement, table: Table) -> bool:
    """Tell whether a table under 'Rollback triggers' lists them, row by row."""
    answers = {Column.ACTION, Column.APPROVED, Column.SEVERITY, Column.TRIGGER}
    if table.kind in _NEVER and not answers & set(table.columns):
        return False
    measured = table.kind is TableKind.METRICS
    judged = measured or bool(answers & set(table.columns))
    return judged and setting_of(page, statement) is Topic.TRIGGER


def _ending_column(table: Table) -> int | None:
    """Return the column whose limits end the work ('Rollback trigger', 'Abort if')."""
    for index, column in enumerate(table.columns):
        words = folded(table.headers[index])
        if column is Column.LIMIT and words.startswith(_ENDS):
            return index
    return None


def _trigger(page: Page, table: Table, row: Row) -> Trigger:
    judged = row_conditions(table, row)
    return _row_trigger(page, table, row, row_text(table, row), judged)


def _row_trigger(
    page: Page, table: Table, row: Row, text: str, judged: tuple[Judged, ...]
) -> Trigger:
    first = next((j for j in judged if j.condition.value is not None), None)
    response = row.text(table.column(Column.ACTION))
    return Trigger(
        line=row.line,
        text=text,
        numeric=first is not None,
        metric=first.metric if first else "",
        condition=first.condition if first else None,
        response=response or None,
        within_s=_within(" ".join(row.text(i) for i in range(len(row.cells)))),
        **page.place(row.line),
    )


def _within(text: str) -> float | None:
    if "immediate" in text.lower():
        return 0.0
    found = [s for s in spans(text) if "within" in text[: s.start].lower()]
    return shortest(found[0].seconds) if found else None
