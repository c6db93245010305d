"""
Fenced expressions: queries with a limit in a fence that stands under triggers or alerts.

'rate(errors_total[5m]) > 0.05 for 3m' in such a fence must not come true, whatever its
language is called; the same line elsewhere may be a query to run.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.outline import Block
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.fenced_lines import Fenced
from gonogo.document.reader.limits.judging import Judged
from gonogo.document.reader.limits.settings import is_alarm, is_title
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.words.vocabulary import Topic

# A query ends in its limit, and perhaps in how long it is to last.
_EXPRESSION = re.compile(
    r"^(?P<query>[A-Za-z_(][^;#$]{0,240}?)\s(?P<limit>[<>=!]=?\s*-?\d[\d.,]*\s?%?)"
    r"(?:\s+for\s+(?P<span>\d+\s?[a-z]+))?\s*(?:#.*)?$"
)
_RANGE = re.compile(r"\[(?P<span>\d+[smhdw])(?::\w*)?\]")
_COMMENT = re.compile(r"^\s*(?:#|//|--)\s*(?P<name>\S.*)$")
# A metric's name ends in its unit, as its conventions want it.
_UNITS = (
    (re.compile(r"_seconds(?:_bucket)?\b"), "s"),
    (re.compile(r"_(?:ms|milliseconds)(?:_bucket)?\b"), "ms"),
)
# Words side by side are a command or prose; a query has operators between its names.
_SIDE_BY_SIDE = re.compile(
    r"[\w\])](?<!\band)(?<!\bor)(?<!\bunless)\s+(?!(?:by|and|or|unless|on|ignoring|without|offset|bool)\b)"
    r"(?:[A-Za-z\"']|[-/]\S)"
)
# Words that begin a line of a program; a query begins with a name or a bracket.
_PROGRAM = re.compile(
    r"^(?:if|elif|while|for|select|where|assert|return|awk|test)\b", re.IGNORECASE
)


def fenced_expressions(page: Page) -> Iterator[Fenced]:
    """Yield the limits of the queries in fences that stand under triggers or alerts."""
    for statement in page.statements.all:
        if statement.shape is Shape.FENCE and _is_feared(page, statement):
            yield from _queries(page.block(statement))


def _is_feared(page: Page, statement: Statement) -> bool:
    """Tell whether the title or label right above names triggers or alerts."""
    for lead in page.statements.leads(statement):
        if is_title(page, lead):
            return False
        if Topic.TRIGGER in lead.topics or is_alarm(lead):
            return True
        if lead.shape is Shape.HEADING:
            return False
    return False


def _queries(block: Block) -> Iterator[Fenced]:
    name = ""
    for line, text in enumerate(block.text.split("\n"), block.first + 1):
        comment = _COMMENT.match(text)
        if comment:
            name = comment["name"]
            continue
        found = _query(line, text.strip(), name)
        name = ""
        if found is not None:
            yield found


def _query(line: int, text: str, name: str) -> Fenced | None:
    """Return what a line compares; the comment above it names what is measured."""
    stated = None if _PROGRAM.match(text) else _EXPRESSION.match(text)
    threshold = find_threshold(stated["limit"]) if stated else None
    if stated is None or threshold is None or _SIDE_BY_SIDE.search(stated["query"]):
        return None
    condition = replace(
        threshold.condition,
        unit=_unit(stated["query"]) or threshold.condition.unit,
        window=_window(stated),
    )
    judged = Judged(metric=name or stated["query"].strip(), condition=condition)
    feared = GateContext.MUST_NOT
    return Fenced(line=line, text=text, judged=judged, context=feared, sets_off=True)


def _unit(query: str) -> str | None:
    return next((unit for name, unit in _UNITS if name.search(query)), None)


def _window(stated: re.Match[str]) -> timedelta | None:
    """Return how long the limit is to be passed, or what the query looks back over."""
    ranged = _RANGE.search(stated["query"])
    span = stated["span"] or (ranged["span"] if ranged else "")
    found = spans(span)
    return timedelta(seconds=shortest(found[0].seconds)) if found else None
