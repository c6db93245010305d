"""
Table gates: the cells of a table that hold limits, as gates.

A table of metrics has one gate a row and limit: what is wanted ('Target', 'Green') must
hold, what is warned of ('Alert threshold', 'Abort if') must not come true. A table of
stages may carry limits in its cells as sentences ('Go criteria', 'Rollback trigger').
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.limits.claims import once
from gonogo.document.reader.limits.clauses import clauses
from gonogo.document.reader.limits.criteria_tables import criteria_gates, is_ticked
from gonogo.document.reader.limits.judging import counted
from gonogo.document.reader.limits.matrices import (
    beside,
    breached,
    cell_condition,
    fillable,
    goes_on,
    is_blank,
    own_condition,
    row_conditions,
    row_text,
    states_number,
)
from gonogo.document.reader.limits.settings import is_alarm
from gonogo.document.reader.limits.states import state_of
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import Gate
from gonogo.model.condition import Comparator

_TOLD = frozenset({
    Topic.BACKGROUND, Topic.EXPECTED, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE,
    Topic.RECORD,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A column that holds limits, and how they are meant."""

    column: int
    context: GateContext


def read_table_gates(page: Page) -> tuple[Gate, ...]:
    """Return the gates that the tables of a page state, in order."""
    found: list[Gate] = []
    for statement, table in page.table_statements:
        if table.kind is TableKind.METRICS:
            found += _metric_gates(page, statement, table)
        elif table.kind is TableKind.TRIGGERS and is_matrix(page, statement):
            found += _matrix_gates(page, statement, table)
        elif table.kind is TableKind.TIMELINE:
            found += _staged_gates(page, statement, table)
        if is_ticked(table):
            found += criteria_gates(page, statement, table)
    return tuple(found)


def is_matrix(page: Page, statement: Statement) -> bool:
    """Tell whether a symptom table is about going back, not about trouble-shooting."""
    near = page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.ROLLBACK,
        Topic.CONTACT,
        Topic.TROUBLE,
        Topic.REFERENCE,
        Topic.RISK,
        Topic.INCIDENT,
        Topic.MONITOR,
    )
    return near not in {Topic.TROUBLE, Topic.REFERENCE, Topic.RISK}


def setting_of(page: Page, statement: Statement) -> Topic | None:
    """Return what a table of limits stands under."""
    return page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.SUCCESS,
        Topic.METRICS,
        Topic.VERIFY,
        Topic.MONITOR,
        *sorted(_TOLD),
    )


# A limit with a severity beside it sets off an alarm.
_GRADES = frozenset(
    {"severity", "sev", "alert level", "alert severity", "schweregrad", "severidad"}
)
_ALARMED = frozenset(
    {"threshold", "thresholds", "limit", "value", "schwellwert", "umbral"}
)


def _limits(page: Page, statement: Statement, table: Table) -> Iterator[Limit]:
    near = setting_of(page, statement)
    told = near in _TOLD
    lead = next(iter(page.statements.leads(statement)), None)
    warned = near is Topic.TRIGGER or (lead is not None and is_alarm(lead))
    graded = any(folded(h) in _GRADES for h in table.headers)
    for index, column in enumerate(table.columns):
        alarm = graded and folded(table.headers[index]) in _ALARMED
        wanted = column is Column.THRESHOLD and not warned and not alarm
        if column is Column.EXPECTED and table.kind is not TableKind.METRICS:
            continue
        if column in {Column.THRESHOLD, Column.LIMIT, Column.EXPECTED}:
            holds = wanted or column is Column.EXPECTED
            meant = GateContext.MUST_HOLD if holds else GateContext.MUST_NOT
            yield Limit(column=index, context=GateContext.INFO if told else meant)


def _metric_gates(page: Page, statement: Statement, table: Table) -> Iterator[Gate]:
    limits = tuple(_limits(page, statement, table))
    taken = {limit.column for limit in limits}
    name = table.column(Column.METRIC, Column.TASK, Column.STAGE, Column.OTHER)
    for row in table.rows:
        metric = row.text(0 if name is None or name in taken else name)
        for limit in limits:
            yield from _cell_gates(page, table, row, limit, metric)


# 'Required: yes' of a thing tells that there is one; nothing is judged by it.
_FLAG = re.compile(
    r"^\W*(?:yes|no|optional|required|mandatory|recommended|true|false|s[íi]|ja|nein|sim|n[ãa]o"
    r"|oui|non|conditional\w*)?\W*(?:\(.{0,80}\))?$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^\W*(?:yes|no|true|false|s[íi]|ja|nein|sim|oui|non)\W*$", re.IGNORECASE
)
_REQUIRED = frozenset(
    {"required", "mandatory", "requerido", "obligatorio", "erforderlich"}
)


def _is_flag(table: Table, limit: Limit, stated: str) -> bool:
    """Tell whether a cell only says whether its row is required."""
    required = folded(table.headers[limit.column]) in _REQUIRED
    if Column.ACTUAL in table.columns and _ANSWER.match(stated):
        return False  # what was found is held against it: 'Build passes | Yes | ____'
    return required and _FLAG.match(stated) is not None


def _cell_gates(
    page: Page, table: Table, row: Row, limit: Limit, metric: str
) -> Iterator[Gate]:
    stated = row.text(limit.column)
    if is_blank(stated) or _is_flag(table, limit, stated):
        return
    pieces = clauses(stated)
    for piece in pieces:
        judged = (
            cell_condition(metric, piece, beside(table, row))
            if metric and len(pieces) == 1
            else own_condition(metric, piece)
        )
        condition = judged.condition
        if limit.context is GateContext.MUST_NOT:
            condition = breached(condition, judged.metric)
        yield Gate(
            line=row.line,
            metric=judged.metric,
            condition=condition,
            context=limit.context,
            text=f"{metric}: {piece}" if metric else piece,
            actual=fillable(row, table.column(Column.ACTUAL)),
            status=fillable(row, table.column(Column.STATUS)),
            approximate=judged.approximate,
            **page.place(row.line),
        )


def _matrix_gates(page: Page, statement: Statement, table: Table) -> Iterator[Gate]:
    # Whom to call in which case judges nothing.
    near = page.nearest(statement, Topic.TRIGGER, Topic.ROLLBACK, Topic.CONTACT)
    called = Column.CONTACT in table.columns or near is Topic.CONTACT
    for row in (r for r in table.rows if not goes_on(table, r)):
        for judged in row_conditions(table, row):
            worded = judged.condition.comparator is Comparator.WORDS
            if judged.metric and not (worded and called):
                yield Gate(
                    line=row.line,
                    metric=judged.metric,
                    condition=judged.condition,
                    context=GateContext.MUST_NOT,
                    text=row_text(table, row),
                    **page.place(row.line),
                )


# -- tables of stages ------------------------------------------------


# 'Load the rows: zero errors permitted' is a step with its own limit.
_PERMITTED = re.compile(r"\b(?:permitted|tolerated|allowed)\b", re.IGNORECASE)
# Columns in which a step may be made to wait for a state ('Increase if stable').
_WAITING = frozenset({
    Column.OTHER, Column.ACTION, Column.APPROVED, Column.TASK, Column.STATUS,
})  # fmt: skip


def _awaited(page: Page, row: Row, text: str) -> Iterator[Gate]:
    said = counted(text)
    for judged in once(text) or ([said] if said and _PERMITTED.search(text) else ()):
        yield Gate(
            line=row.line,
            metric=judged.metric or text,
            condition=judged.condition,
            context=GateContext.MUST_HOLD,
            text=text,
            **page.place(row.line),
        )


def _staged_gates(page: Page, statement: Statement, table: Table) -> Iterator[Gate]:
    limits = tuple(_limits(page, statement, table))
    told = page.nearest(statement, Topic.ROLLBACK, *sorted(_TOLD))
    for row in table.rows:
        for index, column in enumerate(table.columns if told is None else ()):
            if column in _WAITING:
                yield from _awaited(page, row, row.text(index))
        for limit in limits:
            stated = row.text(limit.column)
            sure = limit.context is GateContext.MUST_NOT or state_of(stated)
            if sure or states_number(stated):
                yield from _cell_gates(page, table, row, limit, "")
