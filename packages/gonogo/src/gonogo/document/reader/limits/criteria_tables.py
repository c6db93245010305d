"""
Criteria tables: rows that name a check or a criterion, with a place to tick it.

Under 'Success criteria' a row of a column of criteria is a condition whatever its words.
A list of tasks or checks holds both: 'Keys rotated' is work, 'No duplicate entries' is a
result to judge.
"""

from collections.abc import Iterator, Sequence

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.limits.claims import result
from gonogo.document.reader.limits.judging import Judged, judge
from gonogo.document.reader.limits.matrices import fillable, is_blank
from gonogo.document.reader.limits.settings import TOLD
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic, folded
from gonogo.document.reading import Gate

_LIMITED = frozenset({Column.THRESHOLD, Column.LIMIT, Column.EXPECTED, Column.TRIGGER})
_WORKERS = frozenset({Column.NAME, Column.ROLE})
_CRITERIA = frozenset({
    "criterion", "gate", "requirement", "condition", "criterio", "kriterium", "metric",
    "indicator", "metrica", "metrik",
})  # fmt: skip
# A column of this name needs no heading to say that its rows are to be met.
_CALLED = frozenset({"criterion", "acceptance criterion", "criterio", "kriterium"})
_KINDS = frozenset({TableKind.OTHER, TableKind.TIMELINE})


def is_ticked(table: Table) -> bool:
    """Tell whether each row names something whose status is to be told."""
    has = set(table.columns)
    told = Column.STATUS in has or (_is_named(table) and Column.ACTUAL in has)
    return (
        table.kind in _KINDS and told and not has & _LIMITED
        and _name(table) is not None
    )  # fmt: skip


def criteria_gates(page: Page, statement: Statement, table: Table) -> Iterator[Gate]:
    """Yield the gates of a table of checks, in order; work rows are none."""
    near = page.nearest(statement, Topic.SUCCESS, *sorted(TOLD))
    if near in TOLD:
        return
    wanted = near is Topic.SUCCESS and not _WORKERS & set(table.columns)
    named, name = _is_named(table), _name(table)
    wanted = wanted or (name is not None and folded(table.headers[name]) in _CALLED)
    for row in table.rows:
        text = row.text(_name(table))
        if not is_blank(text):
            for judged in _judged(text, whole=wanted and named):
                yield _gate(page, table, row, judged, text)


def _is_named(table: Table) -> bool:
    """Tell whether the column of what is checked says that its rows are criteria."""
    name = _name(table)
    return name is not None and folded(table.headers[name]) in _CRITERIA


def _name(table: Table) -> int | None:
    """Return the column that says what is checked; a number is no name."""
    named = table.column(Column.METRIC, Column.TASK)
    if named is not None:
        return named
    others = (
        index
        for index, (column, header) in enumerate(
            zip(table.columns, table.headers, strict=True)
        )
        if column is Column.OTHER and any(c.isalpha() for c in header)
    )
    return next(others, None)


def _judged(text: str, *, whole: bool) -> Sequence[Judged]:
    if whole:
        return [judge(text, bare=False)]
    return result(text)


def _gate(page: Page, table: Table, row: Row, judged: Judged, text: str) -> Gate:
    return Gate(
        line=row.line,
        metric=judged.metric or text,
        condition=judged.condition,
        context=GateContext.MUST_HOLD,
        text=text,
        status=fillable(row, table.column(Column.STATUS)),
        **page.place(row.line),
    )
