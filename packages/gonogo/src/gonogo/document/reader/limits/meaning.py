"""
Meaning: which conditions a sentence states, and whether they must hold or not.

The rules stand in order: what a sentence says of itself ('target: < 1 %', 'Gate: …')
comes before what it stands under, and that before what its words suggest.
"""

from dataclasses import replace

from gonogo.document.kinds import BoxKind, GateContext
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.claims import (
    awaited,
    breaches,
    criterion,
    in_box,
    numbers,
    result,
)
from gonogo.document.reader.limits.code_facts import is_code_fact
from gonogo.document.reader.limits.if_then import conditionals, sentences
from gonogo.document.reader.limits.judging import Meaning, target_of
from gonogo.document.reader.limits.label_meaning import by_label
from gonogo.document.reader.limits.prose_meaning import alerts, demands, in_prose
from gonogo.document.reader.limits.settings import TOLD, is_alarm, is_entry
from gonogo.document.reader.limits.states import state_of
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.limits.triggers import is_class, is_listed
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Box

_TIMELESS = frozenset({BoxKind.CHOICE, BoxKind.FILL_IN, BoxKind.APPROVE})


def meanings(
    page: Page, statement: Statement, box: Box | None, setting: Topic | None
) -> tuple[Meaning, ...]:
    """Return what a statement judges; `setting` is what it stands under."""
    whole = (
        by_label(page, statement, box, setting)
        or _by_mark(statement, box)
        or _by_list(page, statement, box, setting)
    )
    if whole is not None:
        return (whole,)
    return tuple(
        in_prose(replace(statement, text=part), setting)
        for part in sentences(statement.text)
    )


def _by_mark(statement: Statement, box: Box | None) -> Meaning | None:
    """Return what an item judges by what ticking it means; None where it may."""
    if box and box.kind is BoxKind.GROUP:
        return Meaning(judged=result(statement.text))
    if box and box.kind in _TIMELESS:
        # 'All tests pass → sign off' says what it is signed on.
        return Meaning(judged=awaited(statement.text))
    return None


def _by_list(
    page: Page, statement: Statement, box: Box | None, setting: Topic | None
) -> Meaning | None:
    """Return what a sentence judges by the list that it is in; None in prose."""
    text = statement.text
    if is_listed(page, statement, box) and (
        is_class(statement) or _is_criterion(page, statement, box)
    ):
        feared = () if is_class(statement) else breaches(text)
        return Meaning(judged=feared, context=GateContext.MUST_NOT)
    if setting in TOLD and box is None:
        return _told(statement, setting)
    if len(sentences(text)) == 1 and _is_alert(page, statement):
        return Meaning(judged=breaches(text), context=GateContext.MUST_NOT)
    if setting is Topic.SUCCESS and _is_criterion(page, statement, box):
        fact = is_code_fact(statement.raw, text)
        return Meaning(judged=() if fact else criterion(text))
    return _in_box(text, box) if box else None


def _told(statement: Statement, setting: Topic | None) -> Meaning | None:
    """Return what a sentence judges where things are told; None where its words say."""
    text = statement.text
    if setting is not Topic.BACKGROUND:
        return Meaning()
    # A recommendation may say when to go on and when to stop.
    listed = is_entry(statement)
    if listed and (passed := awaited(text)):
        return Meaning(judged=passed)
    if listed and conditionals(text):
        return None
    return Meaning(judged=numbers(text) if demands(text) else ())


def _in_box(text: str, box: Box) -> Meaning:
    """Return what a checklist item judges; one that says when to stop must not be."""
    for one in conditionals(text):
        if one.leading and box.kind is BoxKind.TRIGGER:
            return Meaning(judged=breaches(one.condition), context=GateContext.MUST_NOT)
    return Meaning(judged=in_box(text, box))


def _is_alert(page: Page, statement: Statement) -> bool:
    """Tell whether a sentence, or the item it stands under, says when to alert."""
    if find_threshold(statement.text) is None:
        return False
    if alerts(statement.text):
        return True
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is None or is_alarm(lead):
        return lead is not None
    return lead.shape is not Shape.HEADING and alerts(lead.text)


def _is_criterion(page: Page, statement: Statement, box: Box | None) -> bool:
    """Tell whether a sentence is one of a list of conditions, not a note in it."""
    if not is_entry(statement):
        return False
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is not None and lead.shape is not Shape.HEADING and target_of(lead.text):
        return False
    if box is None and is_class(statement) and not state_of(statement.text):
        return False
    if box is None and any(c.mark for c in page.statements.children(statement)):
        return False
    return not statement.text.endswith(":") and statement.depth <= 2  # noqa: PLR2004
