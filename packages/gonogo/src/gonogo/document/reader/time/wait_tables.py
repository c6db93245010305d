"""Waits in tables: what a column of times means, by its title and its table."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.layout.columns import Column
from gonogo.document.reader.layout.tables import Row, Table, TableKind
from gonogo.document.reader.time.cadences import cell_cadence, item_cadence
from gonogo.document.reader.time.cell_times import written_out
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.time.span_rules import words_around
from gonogo.document.reader.time.wait_words import (
    Verdict,
    kind_by_words,
    says_again,
)
from gonogo.document.reading import Seconds

# What a column of times holds; the first that its title speaks of.
_TITLES: tuple[tuple[WaitKind, re.Pattern[str]], ...] = (
    (
        WaitKind.CADENCE,
        re.compile(
            r"\b(?:frequency|cadence|interval|how often|frecuencia|frequ[eê]ncia"
            r"|h[aä]ufigkeit|fr[eé]quence)\b|頻度|频率",
            re.IGNORECASE,
        ),
    ),
    (
        WaitKind.SOAK,
        re.compile(
            r"\b(?:soak|bake|monitor\w*|observ\w*|dwell|validation|stabili\w*|hypercare"
            r"|hold|min(?:imum)? (?:time|duration)|beobachtung\w*)\b|監視|观察",
            re.IGNORECASE,
        ),
    ),
    (WaitKind.WAIT, re.compile(r"\b(?:wait|pause|delay|cool-?down)\b", re.IGNORECASE)),
    (
        WaitKind.DEADLINE,
        re.compile(
            r"\b(?:time ?frame|respon[sd]\w*|sla|rto|deadline|due|max(?:imum)? time"
            r"|time limit|escalat\w+|acknowledg\w*|frist|plazo|prazo)\b",
            re.IGNORECASE,
        ),
    ),
    (
        WaitKind.ESTIMATE,
        re.compile(
            r"\b(?:duration|dur|minutes|mins|elapsed|estimat\w*|est|effort|time|timeline|length"
            r"|eta|dauer|zeit"
            r"|duraci[oó]n|tiempo|dura[cç][aã]o|tempo|dur[eé]e|durata|duur)\b|時間|耗时",
            re.IGNORECASE,
        ),
    ),
)
_JUDGED = {
    Column.METRIC,
    Column.THRESHOLD,
    Column.LIMIT,
    Column.ACTUAL,
    Column.WINDOW,
    Column.STATUS,
}
_DECIDING = {Column.TRIGGER, Column.SEVERITY, Column.ACTION}
_OTHERS_TIME = re.compile(r"\b(?:window|range|stamp|zone)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\d\s?%")
# A person's answer takes a minute; a shorter response time is a metric.
_BY_PEOPLE = 60.0

Timed = tuple[Seconds, WaitKind, str]


def row_times(table: Table) -> Iterator[tuple[Row, tuple[Timed, ...]]]:
    """Yield every row with the times that it states, each once."""
    titled = {i: _column_kind(table, i) for i in range(len(table.headers))}
    for row in table.rows:
        found: dict[tuple[Seconds, WaitKind], Timed] = {}
        for index in range(len(row.cells)):
            for timed in _cell(table, row.text(index), index, titled.get(index)):
                found.setdefault(timed[:2], timed)
        if found:
            yield row, tuple(found.values())


def _column_kind(table: Table, index: int) -> WaitKind | None:
    header = table.headers[index]
    if table.columns[index] in _JUDGED - {Column.STATUS} and not _is_soak(header):
        return None
    if _OTHERS_TIME.search(header):
        return None
    kind = next((k for k, title in _TITLES if title.search(header)), None)
    if kind is WaitKind.ESTIMATE:
        return _stated(table)
    return kind


def _is_soak(header: str) -> bool:
    soak = next(title for kind, title in _TITLES if kind is WaitKind.SOAK)
    return soak.search(header) is not None


def _stated(table: Table) -> WaitKind:
    """
    Return what a plain column of times means.

    In a table of what to do when something is wrong, how soon; in a ladder of
    percentages, how long each is held; anywhere else, how long the work takes.
    """
    if table.kind is TableKind.TRIGGERS or _decides(table):
        return WaitKind.DEADLINE
    ladder = sum(_has_percent(row) for row in table.rows) > len(table.rows) // 2
    return WaitKind.SOAK if ladder else WaitKind.ESTIMATE


def _decides(table: Table) -> bool:
    if table.columns[:1] == (Column.STAGE,):
        return False
    return Column.SEVERITY in table.columns and bool(
        (_DECIDING - {Column.SEVERITY}) & set(table.columns)
        or re.search(r"\bdecision\b", " ".join(table.headers), re.IGNORECASE)
    )


def _has_percent(row: Row) -> bool:
    return any(_PERCENT.search(cell.text[:40]) for cell in row.cells)


def _cell(
    table: Table, text: str, index: int, titled: WaitKind | None
) -> Iterator[Timed]:
    judged = index < len(table.columns) and table.columns[index] in _JUDGED
    routine = item_cadence(text) if index <= 1 and titled is None else None
    if routine is not None:
        yield routine, WaitKind.CADENCE, text
    if judged and titled is None:
        return
    daily = cell_cadence(text) if titled is WaitKind.CADENCE else None
    if daily is not None:
        yield daily, WaitKind.CADENCE, text
    end = None
    if titled is not None:
        text = written_out(text, table.headers[index])
    for span in spans(text):
        kind: WaitKind | Verdict | None = kind_by_words(words_around(text, span))
        if titled is WaitKind.DEADLINE and shortest(span.seconds) < _BY_PEOPLE:
            continue
        if kind is Verdict.OPEN or (kind is None and text[:1] in "<≤"):
            kind = titled
        said = end is not None and says_again(text[end : span.start])
        if isinstance(kind, WaitKind) and not said:
            end = span.end
            yield span.seconds, kind, text
