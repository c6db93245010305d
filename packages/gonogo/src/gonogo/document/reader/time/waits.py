"""
Waits: every stated span of time, and whether it holds the procedure.

A wait and a soak hold; an estimate tells how long work takes, a deadline by when, a
cadence how often. The words around the span tell them apart; where none speaks, the
place does: a label, brackets behind a title, a column.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.layout.markup import undecorated
from gonogo.document.reader.layout.outline import Block
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.cadences import item_cadence, titled_cadence
from gonogo.document.reader.time.durations import Span, numbered_hours, spans
from gonogo.document.reader.time.span_rules import Words, words_around
from gonogo.document.reader.time.wait_places import is_part_estimate, kind_by_place
from gonogo.document.reader.time.wait_tables import row_times
from gonogo.document.reader.time.wait_words import (
    Verdict,
    is_opening,
    kind_by_words,
    says_again,
)
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Seconds, Wait

_HOUR = 3600.0
_COMMENT = re.compile(r"^\s*(?:#(?!!)|--\s)\s?(?P<text>.*)$")
_CODE_SPAN = re.compile(r"`[^`]*`")
_SCRIPTS = frozenset(
    {"", "bash", "sh", "shell", "zsh", "console", "sql", "psql", "powershell"}
)
_MEASURE = re.compile(
    r"^[\w\s-]{0,40}\b(?:duration|runtime|time)\s?[<≤]=?\s*$", re.IGNORECASE
)
# What the script itself does for so long.
_WORKS = re.compile(r"\b(?:run|test|generate|load|keep|example)\b", re.IGNORECASE)

_Time = tuple[Seconds, WaitKind]
_Timed = tuple[Seconds, WaitKind, str]
"""A span in seconds, what it means, and its words."""


def read_waits(page: Page) -> tuple[Wait, ...]:
    """Return every stated span of the page, in order."""
    found: list[Wait] = []
    last_hour = 0
    for statement in page.sentences():
        hours = numbered_hours(statement.text[:40])
        found += _stated(page, statement)
        if hours is not None and statement.shape is Shape.ITEM:
            found.append(_hours(page, statement, hours, last_hour))
            last_hour = hours[1]
    for _, table in page.table_statements:
        for row, times in row_times(table):
            found += [_made(page, row.line, t, (s, k)) for s, k, t in times]
    for fence in page.fences:
        found += _in_fence(page, fence)
    return tuple(sorted(found, key=lambda w: w.line))


def _stated(page: Page, statement: Statement) -> Iterator[Wait]:
    times = tuple(_times(page, statement))
    own = statement.line if statement.mark else None
    for seconds, kind, words in times or _regular(page, statement):
        if not _said_below(page, statement, seconds):
            line = _line_of(page, statement, words)
            yield _made(page, line, statement.text, (seconds, kind), own)


def _line_of(page: Page, statement: Statement, words: str) -> int:
    """Return the line of a wrapped paragraph on which a span stands."""
    if statement.shape is Shape.PARAGRAPH and not statement.mark:
        for number in range(statement.line, statement.last_line + 1):
            if words in page.lines[number - 1]:
                return number
    return statement.line


def _made(
    page: Page, line: int, text: str, time: _Time, box_line: int | None = None
) -> Wait:
    seconds, kind = time
    return Wait(
        line=line,
        seconds=seconds,
        kind=kind,
        text=text,
        box_line=box_line,
        **page.place(line),
    )


def _hours(
    page: Page, statement: Statement, hours: tuple[int, int], last_hour: int
) -> Wait:
    """Return 'Hours 2-4' as three hours, 'Hour 4-12' behind 'Hour 1-4' as eight."""
    first, last = hours
    seconds = (last - first + (first != last_hour)) * _HOUR
    own = statement.line if statement.mark else None
    return _made(page, statement.line, statement.text, (seconds, WaitKind.SOAK), own)


def _times(page: Page, statement: Statement) -> Iterator[_Timed]:
    seen: set[WaitKind] = set()
    end = 0
    for span in spans(statement.text):
        kind = _kind(page, statement, span)
        again = says_again(statement.text[end : span.start])
        if kind is None or (kind in seen and again):
            continue
        seen.add(kind)
        end = span.end
        yield span.seconds, kind, statement.text[span.start : span.end]


def _kind(page: Page, statement: Statement, span: Span) -> WaitKind | None:
    words = words_around(statement.text, span)
    kind = kind_by_words(words)
    if is_part_estimate(statement, words):
        return WaitKind.ESTIMATE
    if kind is WaitKind.ESTIMATE and _is_limit(page, statement, words):
        return None
    if isinstance(kind, Verdict):
        return kind_by_place(page, statement, words)
    # Under the title 'First 15 minutes' people watch; in a sentence it says by when.
    opens = statement.shape is Shape.HEADING and is_opening(words)
    return WaitKind.SOAK if kind is WaitKind.DEADLINE and opens else kind


def _is_limit(page: Page, statement: Statement, words: Words) -> bool:
    """Tell whether 'Duration < 60 seconds' stands among results, where it is judged."""
    told = (Topic.EXPECTED, Topic.SUCCESS, Topic.METRICS, Topic.TRIGGER)
    judged = page.nearest(statement, *told, Topic.DEPLOY) in told
    return judged and _MEASURE.match(words.before) is not None


def _regular(page: Page, statement: Statement) -> Iterator[_Timed]:
    """Yield the cadence of 'Daily reviews', unless the title above says it already."""
    is_title = statement.shape is Shape.HEADING or statement.label
    read = titled_cadence if is_title else item_cadence
    # 'nightly' in a command is the name of a build.
    seconds = read(statement.text if is_title else _uncoded(statement))
    above = next(iter(page.statements.leads(statement)), None)
    said = above is not None and titled_cadence(above.text) == seconds
    if seconds is not None and not said:
        yield seconds, WaitKind.CADENCE, ""


def _uncoded(statement: Statement) -> str:
    """Return a statement's text with each piece of code as one word."""
    if "`" not in statement.raw:
        return statement.text
    return undecorated(_CODE_SPAN.sub("code", statement.raw)).replace("*", "")


def _said_below(page: Page, statement: Statement, seconds: Seconds) -> bool:
    """Tell whether a 'Duration:' directly under a heading states its span again."""
    if statement.shape is not Shape.HEADING:
        return False
    below = page.statements.all[statement.index + 1 : statement.index + 3]
    return any(
        re.match(r"(?:estimated )?(?:duration|time)", other.text, re.IGNORECASE)
        and any(s.seconds == seconds for s in spans(other.text))
        for other in below
        if other.lead == statement.index
    )


def _in_fence(page: Page, fence: Block) -> Iterator[Wait]:
    """Yield what comments of a script ask for: '# Wait 10 minutes'."""
    if fence.info.split(" ")[0].strip("{.}").lower() not in _SCRIPTS:
        return
    for number, line in enumerate(fence.text.split("\n"), fence.first + 1):
        comment = _COMMENT.match(line)
        text = comment["text"] if comment else ""
        for span in spans(text):
            kind = _asked(text, span)
            if kind is not None:
                wait = _made(page, number, text, (span.seconds, kind))
                yield replace(wait, command_line=fence.first)


def _asked(text: str, span: Span) -> WaitKind | None:
    """Return what a comment asks of a person; None where the script does it itself."""
    match kind_by_words(words_around(text, span)):
        case WaitKind.CADENCE as kind:
            return kind
        case (WaitKind.WAIT | WaitKind.SOAK) as kind if not _WORKS.match(text):
            return kind
        case _:
            return None
