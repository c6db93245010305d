"""Triggers: the sentences that say when to roll back, stop or escalate."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import BoxKind
from gonogo.document.reader.layout.markup import bold_start, split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.if_then import conditionals, ends_work, unwished_lead
from gonogo.document.reader.limits.metrics import bare_metric
from gonogo.document.reader.limits.settings import (
    is_entry,
    is_procedure,
    is_title,
    setting,
)
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Box, Trigger

# Labels of what tells that a way back is to be gone.
_SIGNS = re.compile(
    r"^\W*(?:(?:rollback|abort|stop|escalation)\s+)?(?:symptoms?|triggers?(?:ed by)?"
    r"|triggering conditions?|indicators?|signs?|signals?|conditions?|criteria"
    r"|when(?: to use(?: this)?)?|use (?:this )?(?:when|if)|detection|s[ií]ntomas?|symptome"
    r"|anzeichen|gatilhos?|disparadores?|症状)\s*(?:\(.{1,60}\))?\s*:?\W*$",
    re.IGNORECASE,
)
_LEADING = (
    "if", "when", "trigger", "triggers", "criteria", "criterion", "condition",
    "conditions", "threshold", "thresholds", "any of", "signals",
)  # fmt: skip
_SEVERITY = re.compile(
    r"^\W*(?:P[0-5]|S(?:EV|ev)?[- ]?[0-5]|severity\s*\d|(?:critical|high|medium|low)"
    r"(?=\W*$|\s*[(/\u2013\u2014-]|\s+(?:severity|priority|impact|risk|issues?|incidents?"
    r"|errors?|failures?|alerts?|bugs?)\b))(?!\w)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:immediate(?:ly)?|escalat\w+|page|call|within|rollback|roll back|abort|halt)\b",
    re.IGNORECASE,
)
_BANS = re.compile(r"\W*(?:do not|don't|never|no)\b", re.IGNORECASE)
# 'Within' stands right before its span.
_NEAR = 12
_APART = frozenset({Topic.TROUBLE, Topic.REFERENCE, Topic.RISK})
_LISTED = (
    Topic.TRIGGER, Topic.ROLLBACK, Topic.SUCCESS, Topic.VERIFY, Topic.CONTACT,
    Topic.COMMUNICATION, Topic.APPROVAL,
)  # fmt: skip
_WATCHED = frozenset({Topic.MONITOR, Topic.VERIFY})
_NO_ITEMS = frozenset({BoxKind.GROUP, BoxKind.CHOICE, BoxKind.APPROVE})


def read_triggers(page: Page, boxes: tuple[Box, ...]) -> tuple[Trigger, ...]:
    """Return the triggers that sentences state, in order."""
    by_line = {b.line: b for b in boxes}
    return tuple(
        trigger
        for statement in page.sentences()
        for trigger in _triggers_of(page, statement, by_line.get(statement.line))
    )


def is_listed(page: Page, statement: Statement, box: Box | None) -> bool:
    """Tell whether a sentence is an item of a list of triggers."""
    if not is_entry(statement) or (box and box.kind in _NO_ITEMS):
        return False
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is None or is_procedure(lead):
        return False
    if lead.label and _SIGNS.match(lead.text) and _is_way_back(page, lead):
        return True
    return _is_under_triggers(page, statement, lead)


def _is_under_triggers(page: Page, statement: Statement, lead: Statement) -> bool:
    """Tell whether what governs a sentence names triggers, `lead` right above it."""
    watched = lead.label and lead.topics & _WATCHED and Topic.TRIGGER not in lead.topics
    if watched or setting(page, statement, *_LISTED) is not Topic.TRIGGER:
        return False
    if lead.shape is not Shape.ITEM or Topic.TRIGGER in lead.topics:
        return True
    return is_class(lead) and split_label(statement.raw) is None


def is_class(statement: Statement) -> bool:
    """Tell whether an item names a class of cases, listed below it, and is none."""
    bold = bold_start(statement.raw)
    whole = bold is not None and len(bold) >= len(statement.text.rstrip(" :"))
    named = whole or statement.text.endswith(":")
    return statement.governs and named and find_threshold(statement.text) is None


def _triggers_of(
    page: Page, statement: Statement, box: Box | None
) -> Iterator[Trigger]:
    if is_listed(page, statement, box):
        yield _trigger(page, statement, statement.text, None)
        return
    if box and box.kind is BoxKind.CHOICE:
        return
    near = setting(page, statement, *_APART, Topic.INCIDENT, Topic.ROLLBACK)
    if near in _APART and not _is_way_back(page, statement):
        # A rule that bans going on is meant wherever it stands.
        banned = near is Topic.REFERENCE and is_entry(statement)
        for one in conditionals(statement.text) if banned else ():
            if _BANS.match(one.response):
                yield _trigger(page, statement, one.condition, one.response)
        return
    for condition, response in _stated(page, statement, near):
        yield _trigger(page, statement, condition, response)


def _stated(
    page: Page, statement: Statement, near: Topic | None
) -> Iterator[tuple[str, str | None]]:
    """Yield conditions and responses that a sentence states by itself."""
    label = split_label(statement.raw)
    if label and label[1] and _is_named(page, statement, label[0]):
        yield label[1], None
        return
    if label and label[1] and _is_graded(page, statement, label):
        yield label[0], label[1]
        return
    opens = statement.label or statement.shape is Shape.HEADING or statement.governs
    lead = unwished_lead(statement.text) if opens else None
    if lead is not None:
        yield lead, None
    elif statement.shape is not Shape.HEADING:
        # In a way back, 'Restore the copy if rows are lost' is one of its steps.
        step = near is Topic.ROLLBACK and statement.shape is Shape.ITEM
        for one in conditionals(statement.text):
            if one.leading or not step:
                yield one.condition, one.response


def _is_named(page: Page, statement: Statement, label: str) -> bool:
    """Tell whether a label leads to conditions: 'Roll back if', 'When to use'."""
    leads = label.casefold().endswith(_LEADING)
    if leads and Topic.TRIGGER in page.topics(label):
        return True
    return _SIGNS.match(label) is not None and _is_way_back(page, statement)


def _is_way_back(page: Page, statement: Statement) -> bool:
    """Tell whether a sentence belongs to a way back, not to advice on troubles."""
    leads = (x for x in page.statements.leads(statement) if not is_title(page, x))
    for lead in leads:
        if lead.topics & {Topic.ROLLBACK, Topic.TRIGGER}:
            return True
        if Topic.REFERENCE in lead.topics:
            return False
    return False


def _is_graded(page: Page, statement: Statement, label: tuple[str, str]) -> bool:
    """Tell whether an item grades an incident: 'P1 (critical): page on-call'."""
    graded = _SEVERITY.match(label[0]) and _ANSWER.search(label[1])
    if not graded or statement.shape is Shape.HEADING:
        return False
    near = setting(page, statement, Topic.CONTACT, Topic.ROLLBACK, Topic.INCIDENT)
    return near is not None or ends_work(label[1])


def _trigger(
    page: Page, statement: Statement, text: str, response: str | None
) -> Trigger:
    threshold = find_threshold(text)
    line = page.line_of(statement, text)
    return Trigger(
        line=line,
        text=text,
        numeric=threshold is not None,
        metric=bare_metric(text[: threshold.start]) if threshold else "",
        condition=threshold.condition if threshold else None,
        response=response,
        within_s=_within(response or text),
        box_line=statement.line if statement.mark else None,
        **page.place(line),
    )


def _within(text: str) -> float | None:
    if re.search(
        r"\b(?:immediate(?:ly)?|instantly|at once|sofort)\b", text, re.IGNORECASE
    ):
        return 0.0
    for span in spans(text):
        if re.search(
            r"\bwithin\s+$",
            text[max(0, span.start - _NEAR) : span.start],
            re.IGNORECASE,
        ):
            return shortest(span.seconds)
    return None
