"""Matrices: the conditions that the cells of a table state."""

import re
from dataclasses import replace
from datetime import timedelta

from gonogo.document.lines import Cell
from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.markup import plain
from gonogo.document.reader.layout.tables import Row, Table
from gonogo.document.reader.limits.clauses import clauses
from gonogo.document.reader.limits.if_then import ends_work
from gonogo.document.reader.limits.judging import Judged, in_words, judge
from gonogo.document.reader.limits.metrics import bare_metric, is_better_high
from gonogo.document.reader.limits.series import relative, speaks_of_change, window
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.people.people import has_blank
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.words.vocabulary import folded
from gonogo.model.condition import Comparator, Condition, Relative

# Beside a limit, these say how long it is looked at.
_LASTING = frozenset({"duration", "dauer", "duracion"})
_BLANKS = frozenset(
    {"", "-", "\u2014", "\u2013", "n/a", "na", "none", "tbd", "?", "…", "...", "x"}
)
_GOES_ON = re.compile(
    r"^(?:keep (?:watching|going|monitoring)|continue|carry on|proceed|no action|none needed"
    r"|do nothing|go on|accept|ignore|promote|advance|continuar|weiter)\b",
    re.IGNORECASE,
)
_ZERO = re.compile(r"^\W*(?:zero|cero|null|nil)(?:\s+[a-z-]+){0,2}\W*$", re.IGNORECASE)
_SIGNED = re.compile(r"[+-]\s?\d+(?:\.\d+)?\s*(?:%|x\b|ms\b)")


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing."""
    return text.strip(" *_").lower() in _BLANKS or has_blank(text)


def fillable(row: Row, index: int | None) -> Cell | None:
    """Return the cell of a row that a person is to fill; None where it is filled."""
    if index is None or index >= len(row.cells):
        return None
    cell = row.cells[index]
    blank = is_blank(plain(cell.text)) or not any(c.isalnum() for c in cell.text)
    return cell if blank else None


def beside(table: Table, row: Row) -> str:
    """Return what other cells say about the window and the present value."""
    return " ".join(
        row.text(index)
        for index, column in enumerate(table.columns)
        if column in {Column.WINDOW, Column.ACTUAL}
        or (column is Column.TIME and folded(table.headers[index]) in _LASTING)
    )


def own_condition(metric: str, piece: str) -> Judged:
    """Return a condition that names its own metric, else the row's."""
    judged = judge(piece, bare=True)
    return judged if judged.metric else replace(judged, metric=bare_metric(metric))


def cell_condition(metric: str, stated: str, beside_it: str) -> Judged:
    """Return what the cell of a limit states of a metric."""
    none = _none_of(metric, stated)
    if none is not None:
        return none
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
    return Judged(
        metric=bare_metric(metric),
        condition=_with_window(replace(condition, relative=series), metric, beside_it),
        approximate=threshold.approximate,
    )


def _none_of(metric: str, stated: str) -> Judged | None:
    """Return 'Zero' or 'Zero unexplained' in a cell as a count of what the row names."""
    none = _ZERO.match(stated)
    if none is None:
        return None
    condition = Condition(comparator=Comparator.EQUAL, value=0.0, unit="count")
    return Judged(metric=bare_metric(metric), condition=condition)


def _with_window(condition: Condition, *beside_it: str) -> Condition:
    span = condition.window
    for text in beside_it:
        span = span or window(text)
    return replace(condition, window=span or _whole_span(beside_it[-1]))


def _whole_span(text: str) -> timedelta | None:
    found = spans(text)
    if len(found) == 1 and len(text.split()) <= 3:  # noqa: PLR2004 - '5 min window'
        return timedelta(seconds=shortest(found[0].seconds))
    return None


def breached(condition: Condition, metric: str) -> Condition:
    """Return a limit that must not be reached: a number alone is one to stay below."""
    if condition.comparator is not Comparator.EQUAL:
        return condition
    worse = Comparator.LESS if is_better_high(metric) else Comparator.MORE
    return replace(condition, comparator=worse)


def goes_on(table: Table, row: Row) -> bool:
    """Tell whether a row's answer is to go on: 'Keep watching', 'No action'."""
    answer = row.text(table.column(Column.ACTION))
    return _GOES_ON.match(answer) is not None and not ends_work(answer)


def row_conditions(table: Table, row: Row) -> tuple[Judged, ...]:
    """Return the conditions of a row of a rollback matrix; its words if no number."""
    name = row.text(table.column(Column.TRIGGER, Column.METRIC))
    stated = row.text(table.column(Column.THRESHOLD, Column.LIMIT))
    around = f"{stated} {beside(table, row)}"
    if not name or (find_threshold(name) is None and states_number(stated)):
        pieces = clauses(stated)
        read = (
            [cell_condition(name, stated, around)]
            if len(pieces) == 1 and name
            else [own_condition(name, p) for p in pieces]
        )
    else:
        bare = _SIGNED.search(name) is not None
        read = [judge(p, bare=bare) for p in clauses(name)]
    return tuple(
        replace(
            one,
            metric=one.metric or name,
            condition=_with_window(
                breached(one.condition, one.metric), beside(table, row)
            )
            if one.condition.value is not None
            else one.condition,
        )
        for one in read
    )


def column_conditions(table: Table, row: Row, column: int) -> tuple[Judged, ...]:
    """Return the conditions of one cell, which may name its metric or leave it out."""
    text = row.text(column)
    name = row.text(table.column(Column.METRIC))
    pieces = clauses(text)
    if len(pieces) == 1 and name:
        return (cell_condition(name, text, beside(table, row)),)
    return tuple(own_condition(text, piece) for piece in pieces)


def states_number(text: str) -> bool:
    """Tell whether a cell holds a number to judge by."""
    return find_threshold(text, bare=True) is not None


def row_text(table: Table, row: Row) -> str:
    """Return what a row of a rollback matrix says in words."""
    name = row.text(table.column(Column.TRIGGER, Column.METRIC))
    stated = row.text(table.column(Column.THRESHOLD, Column.LIMIT))
    return f"{name} {stated}".strip() or row.text(0)
