"""
Waits: every stated span of time, and whether it holds the procedure.

A wait and a soak hold; an estimate tells how long work takes, a deadline by when, a
cadence how often. The words around the span tell them apart.
"""

import re
from collections.abc import Iterator

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.durations import Span, numbered_hours, shortest, spans
from gonogo.document.reader.page import Page
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.tables import Column, Table
from gonogo.document.reader.vocabulary import Topic
from gonogo.document.reading import Wait

_HOUR, _DAY = 3600.0, 86400.0
_DEADLINE = re.compile(
    r"\b(?:within|in under|no later than|by|innerhalb|dentro de)\s+(?:the\s+)?(?:next\s+|first\s+)?[~<≤]?\s*$",
    re.IGNORECASE,
)
_DEADLINE_LABEL = re.compile(
    r"\b(?:response time|respond|rto|sla|deadline|acknowledge)\b.{0,30}$|\binside\s+$",
    re.IGNORECASE,
)
_CADENCE = re.compile(r"\b(?:every|each|alle|cada)\s*(?:~|other\s)?\s*$", re.IGNORECASE)
_WAIT = re.compile(
    r"\b(?:wait|waiting|pause|hold|sleep|warten|esperar|esperar al menos|delay)\b"
    r"[^.;]{0,40}$|\bafter\s+(?:at least\s+)?$",
    re.IGNORECASE,
)
_SOAK_BEFORE = re.compile(
    r"\b(?:monitor\w*|observ\w+|soak\w*|bak(?:e|ing)|watch\w*|stable|healthy|hold\w*"
    r"|hypercare|canary|passive|active|traffic|green|clean|sustained|burn-?in|run"
    r"|maintain\w*|verify|no (?:issues|errors|incidents)|überwachen|monitorear)\b"
    r"[^.;]{0,60}?\b(?:for|over|during|first|next|at least|über|por|durante)?\s*[(~]*\s*$",
    re.IGNORECASE,
)
_SOAK_BEHIND = re.compile(
    r"^[\s-]*(?:of\s+)?(?:soak|bake|monitor|observation|hypercare|burn|watch|stabil"
    r"|passive|active|canary|window|of (?:clean|stable|green)|stable|green|clean"
    r"|no (?:issues|errors)|staging|at \d)",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\b(?:for|over|during)\s+(?:at least\s+|the\s+(?:first|next)\s+|~)?$",
    re.IGNORECASE,
)
_EXPOSED = re.compile(
    r"%|\b(?:deploy|traffic|expand|ramp|keep|leave|rollout|stay|remain|test|enabled?"
    r"|let|at|window|period)\b",
    re.IGNORECASE,
)
_ESTIMATE = re.compile(
    r"\b(?:estimat\w+|duration|takes?|took|effort|time|eta|total|about|approximately"
    r"|approx|expected|roughly|dauer|duraci[oó]n|downtime|runtime|~|≈)\b[^.;]{0,40}$"
    r"|[~≈]\s*$",
    re.IGNORECASE,
)
_ESTIMATE_BEHIND = re.compile(
    r"^\s*(?:total|to (?:complete|run|finish)|per |deploy|prepar|of work|maximum"
    r"|depending|downtime)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:timeout|ttl|retention|retain\w*|keep|kept|old|ago|expir\w*|rolling|average"
    r"|interval|window|last|past|older|cache\w*|cool-?off|latency|p\d\d|faster|backoff"
    r"|per|uptime|history|backups?|previous|version|since|cert\w*|valid|response)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\bfirst\s*$", re.IGNORECASE)
_LIMIT = re.compile(
    r"(?:[<>≤≥=]|less than|more than|under|below|above|exceeds?|over|at most)\s*$",
    re.IGNORECASE,
)
_TOLD = (Topic.RISK, Topic.BACKGROUND, Topic.REFERENCE, Topic.TROUBLE)
_SOAKING = frozenset({Topic.MONITOR})


def read_waits(page: Page) -> tuple[Wait, ...]:
    """Return every stated span of the page, in order."""
    found: list[Wait] = []
    last_hour = 0
    for statement in page.sentences():
        hours = numbered_hours(statement.text[:40])
        found += _waits_of(page, statement)
        if hours is not None and statement.shape is Shape.ITEM:
            found += _hours(page, statement, hours, last_hour)
            last_hour = hours[1]
    for table in page.tables.values():
        found += _table_waits(page, table)
    return tuple(sorted(found, key=lambda w: w.line))


def _hours(
    page: Page, statement: Statement, hours: tuple[int, int], last_hour: int
) -> Iterator[Wait]:
    """Yield 'Hours 2-4' as three hours, 'Hour 4-12' behind 'Hour 1-4' as eight."""
    first, last = hours
    length = last - first + (first != last_hour)
    yield _wait(page, statement, length * _HOUR, WaitKind.SOAK)


def _wait(
    page: Page,
    statement: Statement,
    seconds: float | tuple[float, float],
    kind: WaitKind,
) -> Wait:
    return Wait(
        line=statement.line,
        seconds=seconds,
        kind=kind,
        text=statement.text,
        box_line=statement.line if statement.mark else None,
        **page.place(statement.line),
    )


def _waits_of(page: Page, statement: Statement) -> Iterator[Wait]:
    seen: set[WaitKind] = set()
    for span in spans(statement.text):
        kind = _kind(page, statement, span)
        if kind is not None and kind not in seen:
            seen.add(kind)
            yield _wait(page, statement, span.seconds, kind)


def _kind(page: Page, statement: Statement, span: Span) -> WaitKind | None:
    text = statement.text
    before, behind = text[: span.start], text[span.end :]
    if _CADENCE.search(before) or text[span.start :].lower().startswith(
        ("every", "each")
    ):
        return WaitKind.CADENCE
    if _DEADLINE.search(before) or _DEADLINE_LABEL.search(before):
        return WaitKind.DEADLINE
    if text[span.start :].lower().startswith(("per ", "last ", "a ", "an ")):
        return None
    told = page.nearest(statement, *_TOLD)
    return _holding(page, statement, span, (before, behind), told)


def _holding(  # noqa: PLR0911 - rules in order
    page: Page,
    statement: Statement,
    span: Span,
    around: tuple[str, str],
    told: Topic | None,
) -> WaitKind | None:
    before, behind = around
    worded = statement.text[span.start : span.end].lower()
    if _SOAK_BEHIND.match(behind) and not _NOISE.search(before[-12:]):
        return WaitKind.SOAK
    if _LIMIT.search(before):
        takes = re.search(r"\btakes?\b", before, re.IGNORECASE)
        return WaitKind.ESTIMATE if takes else None
    if told and told is not Topic.BACKGROUND and not _WAIT.search(before):
        whole = _ESTIMATE_BEHIND.match(behind)
        return WaitKind.ESTIMATE if whole else None
    if _WAIT.search(before):
        return WaitKind.WAIT
    if worded.startswith("first ") or _FIRST.search(before):
        return _first_span(before, shortest(span.seconds))
    if _NOISE.search(before[-24:]) or _NOISE.search(behind[:16]):
        return None
    return _by_length(page, statement, span, around)


def _first_span(before: str, seconds: float) -> WaitKind:
    """Return what 'first hour' means: watching, or for a moment only, a deadline."""
    watched = re.search(r"monitor|observ|watch", before, re.IGNORECASE)
    return WaitKind.SOAK if watched or seconds >= _HOUR else WaitKind.DEADLINE


def _by_length(  # noqa: PLR0911 - rules in order
    page: Page, statement: Statement, span: Span, around: tuple[str, str]
) -> WaitKind | None:
    before, behind = around
    seconds = shortest(span.seconds)
    labelled = re.match(
        r"^(?:estimated )?(?:duration|time|length)\b", before, re.IGNORECASE
    )
    if labelled or statement.shape is Shape.HEADING:
        estimated = re.search(r"estimat|total|effort", before, re.IGNORECASE)
        watched = _SOAK_BEFORE.search(before) or _SOAK_BEHIND.match(behind)
        if statement.shape is Shape.HEADING and watched and not labelled:
            return WaitKind.SOAK
        long = seconds >= _DAY and not estimated
        return WaitKind.SOAK if long and labelled else _heading(seconds, statement)
    if _SOAK_BEFORE.search(before) and (_FOR.search(before) or "(" in before[-3:]):
        return WaitKind.SOAK
    if _FOR.search(before):
        return WaitKind.SOAK if _EXPOSED.search(before) else None
    if re.search(r"\bafter\s*$", before[:-1] + " ", re.IGNORECASE):
        return WaitKind.WAIT
    if _ESTIMATE.search(before) or _ESTIMATE_BEHIND.match(behind):
        return WaitKind.ESTIMATE
    near = page.nearest(statement, Topic.TIMELINE)
    short_item = statement.shape is Shape.ITEM and re.match(
        r"^[^:]{2,40}:\s*\(?$", before
    )
    return WaitKind.ESTIMATE if near or short_item else None


def _heading(seconds: float, statement: Statement) -> WaitKind | None:
    if statement.shape is Shape.HEADING and seconds >= _DAY:
        return None
    return WaitKind.ESTIMATE


def _table_waits(page: Page, table: Table) -> Iterator[Wait]:
    """Yield what timeline tables say: durations are estimates, bakes are soaks."""
    for index, header in enumerate(table.headers):
        column = table.columns[index]
        if column not in {Column.TIME, Column.OTHER, Column.WINDOW}:
            continue
        soak = re.search(r"\b(?:soak|bake|monitor|hold|observ)", header, re.IGNORECASE)
        duration = re.search(
            r"\b(?:duration|estimate|dauer|time)\b", header, re.IGNORECASE
        )
        if not soak and not duration:
            continue
        for row in table.rows:
            for span in spans(row.text(index))[:1]:
                yield Wait(
                    line=row.line,
                    seconds=span.seconds,
                    kind=WaitKind.SOAK if soak else WaitKind.ESTIMATE,
                    text=row.text(index),
                    **page.place(row.line),
                )
