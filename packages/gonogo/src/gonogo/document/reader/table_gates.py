"""Table gates: the rows of metric tables as gates, of rollback matrices as triggers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from gonogo.document.kinds import GateContext
from gonogo.document.lines import Cell
from gonogo.document.reader.durations import shortest, spans
from gonogo.document.reader.gates import Judged, in_words
from gonogo.document.reader.markup import plain
from gonogo.document.reader.metrics import bare_metric
from gonogo.document.reader.page import Page
from gonogo.document.reader.people import has_blank
from gonogo.document.reader.series import relative, speaks_of_change, window
from gonogo.document.reader.statements import Statement
from gonogo.document.reader.tables import Column, Row, Table, TableKind
from gonogo.document.reader.thresholds import find_threshold
from gonogo.document.reader.vocabulary import Topic
from gonogo.document.reading import Gate, Trigger
from gonogo.model.condition import Comparator, Condition, Relative

_BLANKS = frozenset(
    {"", "-", "\u2014", "\u2013", "n/a", "na", "none", "tbd", "?", "…", "...", "x"}
)
_TOLD = frozenset({
    Topic.BACKGROUND, Topic.EXPECTED, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE,
    Topic.RECORD,
})  # fmt: skip


def read_table_gates(page: Page) -> tuple[Gate, ...]:
    """Return the gates of all metric tables and rollback matrices, in order."""
    found: list[Gate] = []
    for statement, table in page.table_statements:
        if table.kind is TableKind.METRICS:
            found += _metric_gates(page, statement, table)
        elif table.kind is TableKind.TRIGGERS:
            found += _matrix_gates(page, table)
    return tuple(found)


def read_table_triggers(page: Page) -> tuple[Trigger, ...]:
    """Return the rows of all rollback matrices, and of metrics that must not come."""
    found: list[Trigger] = []
    for statement, table in page.table_statements:
        must_not = _context(page, statement, table) is GateContext.MUST_NOT
        matrix = table.kind is TableKind.TRIGGERS and _is_matrix(page, statement)
        if matrix or (table.kind is TableKind.METRICS and must_not):
            found += (_trigger(page, table, row) for row in table.rows)
    return tuple(found)


def _is_matrix(page: Page, statement: Statement) -> bool:
    """Tell whether a symptom table is about going back, not about trouble-shooting."""
    near = page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.ROLLBACK,
        Topic.TROUBLE,
        Topic.REFERENCE,
        Topic.RISK,
        Topic.INCIDENT,
        Topic.MONITOR,
    )
    return near not in {Topic.TROUBLE, Topic.REFERENCE, Topic.RISK}


def _context(page: Page, statement: Statement, table: Table) -> GateContext:
    near = page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.SUCCESS,
        Topic.METRICS,
        Topic.VERIFY,
        Topic.MONITOR,
        *sorted(_TOLD),
    )
    if near in _TOLD:
        return GateContext.INFO
    limited = table.column(Column.THRESHOLD) is None
    if near is Topic.TRIGGER or (limited and table.column(Column.LIMIT) is not None):
        return GateContext.MUST_NOT
    return GateContext.MUST_HOLD


def _metric_gates(page: Page, statement: Statement, table: Table) -> Iterator[Gate]:
    context = _context(page, statement, table)
    limit = table.column(Column.THRESHOLD, Column.LIMIT)
    name = table.column(Column.METRIC, Column.TASK, Column.OTHER)
    for row in table.rows:
        stated = row.text(limit)
        if _is_blank(stated):
            continue
        metric = row.text(0 if name is None or name == limit else name)
        judged = _judged(metric, stated, _beside(table, row))
        yield Gate(
            line=row.line,
            metric=judged.metric,
            condition=judged.condition,
            context=context,
            text=f"{metric}: {stated}",
            actual=_fillable(row, table.column(Column.ACTUAL)),
            status=_fillable(row, table.column(Column.STATUS)),
            approximate=judged.approximate,
            **page.place(row.line),
        )


def _is_blank(text: str) -> bool:
    return text.strip(" *").lower() in _BLANKS or has_blank(text)


def _beside(table: Table, row: Row) -> str:
    """Return what other cells say about the window and the present value."""
    wanted = {Column.WINDOW, Column.ACTUAL}
    return " ".join(
        row.text(i) for i, kind in enumerate(table.columns) if kind in wanted
    )


def _judged(metric: str, stated: str, beside: str) -> Judged:
    threshold = find_threshold(stated, bare=True)
    wordy = threshold is not None and threshold.start and stated[0].isalpha()
    if threshold is None or (
        wordy and threshold.condition.comparator is Comparator.EQUAL
    ):
        words = in_words(stated)
        return replace(words, metric=bare_metric(metric))
    condition = threshold.condition
    series = condition.relative or relative(metric)
    if series is None and condition.unit in {"%", "pp"} and speaks_of_change(metric):
        series = Relative.BASELINE
    span = condition.window or window(metric) or window(beside) or _whole_span(beside)
    return Judged(
        metric=bare_metric(metric),
        condition=replace(condition, relative=series, window=span),
        approximate=threshold.approximate,
    )


def _whole_span(beside: str) -> timedelta | None:
    found = spans(beside)
    if len(found) == 1 and len(beside.split()) <= 3:  # noqa: PLR2004 - '5 min window'
        return timedelta(seconds=shortest(found[0].seconds))
    return None


def _fillable(row: Row, index: int | None) -> Cell | None:
    if index is None or index >= len(row.cells):
        return None
    cell = row.cells[index]
    blank = _is_blank(plain(cell.text)) or not any(c.isalnum() for c in cell.text)
    return cell if blank else None


def _matrix_gates(page: Page, table: Table) -> Iterator[Gate]:
    for row in table.rows:
        condition, metric, text = _row_condition(table, row)
        if condition is not None:
            yield Gate(
                line=row.line,
                metric=metric,
                condition=condition,
                context=GateContext.MUST_NOT,
                text=text,
                **page.place(row.line),
            )


def _row_condition(table: Table, row: Row) -> tuple[Condition | None, str, str]:
    name = row.text(table.column(Column.TRIGGER, Column.METRIC))
    stated = row.text(table.column(Column.THRESHOLD, Column.LIMIT))
    for text, bare in ((stated, True), (name, False)):
        threshold = find_threshold(text, bare=bare) if text else None
        if threshold is not None:
            span = threshold.condition.window or window(_beside(table, row))
            span = span or _whole_span(_beside(table, row))
            metric = name if text is stated else text[: threshold.start]
            condition = replace(threshold.condition, window=span)
            return condition, bare_metric(metric) or name, f"{name} {stated}".strip()
    return None, name, f"{name} {stated}".strip()


def _trigger(page: Page, table: Table, row: Row) -> Trigger:
    condition, metric, text = _row_condition(table, row)
    response = row.text(table.column(Column.ACTION))
    return Trigger(
        line=row.line,
        text=text or row.text(0),
        numeric=condition is not None,
        metric=metric,
        condition=condition,
        response=response or None,
        within_s=_within(" ".join(row.text(i) for i in range(len(row.cells)))),
        **page.place(row.line),
    )


def _within(text: str) -> float | None:
    if "immediate" in text.lower():
        return 0.0
    found = [s for s in spans(text) if "within" in text[: s.start].lower()]
    return shortest(found[0].seconds) if found else None
