"""Triggers: the sentences that say when to roll back, stop or escalate."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import BoxKind
from gonogo.document.reader.durations import shortest, spans
from gonogo.document.reader.metrics import bare_metric
from gonogo.document.reader.page import Page
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.thresholds import find_threshold
from gonogo.document.reader.vocabulary import Topic
from gonogo.document.reading import Box, Trigger

_BACK = (
    r"(?:roll(?:ing)?\s?-?back|rolled\s?back|revert|abort|halt|stop|back\s?out|restore"
    r"|escalate|pause|kill switch|disable|undo)"
)
_IF_THEN = re.compile(
    rf"^(?:\W{{0,4}})(?:[\w /-]{{2,40}}:\s+)?(?:if|when|in case|should|wenn|si)\b"
    rf"(?P<if>[^.]*?)[,:→;]\s*(?:then\s+)?(?P<then>[^.]*?\b{_BACK}\b.*)$",
    re.IGNORECASE,
)
_THEN_IF = re.compile(
    rf"\b(?P<then>{_BACK}\b[^.]{{0,60}}?)\s+(?:if|when|on)\b\s+(?P<if>[^.]+)",
    re.IGNORECASE,
)
_BREACH = re.compile(
    r"^if\b.*\b(?:breach\w*|threshold\w*|exceed\w*|fails?)\b.*:$", re.IGNORECASE
)


def read_triggers(page: Page, boxes: tuple[Box, ...]) -> tuple[Trigger, ...]:
    """Return the triggers that sentences state, in order."""
    by_line = {b.line: b for b in boxes}
    found: list[Trigger] = []
    for statement in page.sentences():
        if statement.shape is not Shape.HEADING:
            found += _triggers_of(page, statement, by_line.get(statement.line))
    return tuple(found)


def _triggers_of(
    page: Page, statement: Statement, box: Box | None
) -> Iterator[Trigger]:
    if _is_listed(page, statement, box):
        yield _trigger(page, statement, statement.text, None)
        return
    if box and box.kind is not BoxKind.TRIGGER:
        return
    near = page.nearest(
        statement, Topic.TROUBLE, Topic.REFERENCE, Topic.INCIDENT, Topic.RISK
    )
    if _BREACH.match(statement.text) and near is Topic.INCIDENT:
        yield _trigger(page, statement, statement.text.rstrip(":"), None)
        return
    if near in {Topic.TROUBLE, Topic.REFERENCE, Topic.RISK} or statement.label:
        return
    back = page.nearest(statement, Topic.TRIGGER, Topic.ROLLBACK) is Topic.ROLLBACK
    stated = if_then(statement.text)
    if stated and not back:
        yield _trigger(page, statement, *stated)


def if_then(text: str) -> tuple[str, str] | None:
    """Return condition and response of 'If X, roll back'; None for other sentences."""
    stated = _IF_THEN.match(text) or _THEN_IF.search(text)
    return (stated["if"].strip(), stated["then"].strip()) if stated else None


def _is_listed(page: Page, statement: Statement, box: Box | None) -> bool:
    """Tell whether a sentence is an item of a list of triggers."""
    if statement.shape is not Shape.ITEM or statement.label:
        return False
    if box and box.kind in {BoxKind.GROUP, BoxKind.CHOICE, BoxKind.APPROVE}:
        return False
    near = page.nearest(
        statement,
        Topic.TRIGGER,
        Topic.ROLLBACK,
        Topic.SUCCESS,
        Topic.VERIFY,
        Topic.CONTACT,
    )
    if near is not Topic.TRIGGER:
        return False
    lead = next(iter(page.statements.leads(statement)), None)
    nested = lead is not None and lead.shape is Shape.ITEM
    return not nested or bool(lead and Topic.TRIGGER in lead.topics)


def _trigger(
    page: Page, statement: Statement, text: str, response: str | None
) -> Trigger:
    threshold = find_threshold(text)
    return Trigger(
        line=statement.line,
        text=text,
        numeric=threshold is not None,
        metric=bare_metric(text[: threshold.start]) if threshold else "",
        condition=threshold.condition if threshold else None,
        response=response,
        within_s=_within(response or text),
        box_line=statement.line if statement.mark else None,
        **page.place(statement.line),
    )


def _within(text: str) -> float | None:
    if re.search(
        r"\b(?:immediate(?:ly)?|instantly|at once|sofort)\b", text, re.IGNORECASE
    ):
        return 0.0
    for span in spans(text):
        if re.search(r"\bwithin\s+$", text[: span.start], re.IGNORECASE):
            return shortest(span.seconds)
    return None
