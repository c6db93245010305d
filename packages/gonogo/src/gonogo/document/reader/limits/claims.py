"""Claims: the conditions that a sentence, a checklist item or a criterion states."""

import re
from collections.abc import Sequence
from dataclasses import replace

from gonogo.document.kinds import BoxKind
from gonogo.document.reader.limits.clauses import clauses
from gonogo.document.reader.limits.judging import Judged, counted, in_words, judge_all
from gonogo.document.reader.limits.metrics import bare_metric
from gonogo.document.reader.limits.series import speaks_of_change, window
from gonogo.document.reader.limits.states import (
    asserts,
    is_deed,
    is_look,
    is_paperwork,
    state_of,
)
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reading import Box

# 'If healthy', 'after a week stable', 'only once all tests pass'.
# 'After the job succeeds, remove it' tells the order of two deeds; it judges nothing.
_ORDER = re.compile(
    r"^(?:after|once|when)\s+.*\b(?:succeeds?|succeeded|successful(?:ly)?)$"
    r"|^after\s+(?:[\w/+-]+\s+){0,6}?(?:is|are)\s+(?:healthy|green|clean|normal)$",
    re.IGNORECASE,
)
_ONCE = re.compile(
    r"\b(?:if|once|when|after(?!\s+(?:it|this|that)\s+pass)|until|unless|only after|only if|provided"
    r"|si|cuando|una vez(?: que)?|uma vez(?: que)?|quando|wenn|sobald|nachdem|une fois(?: que)?)\s+(?P<what>"
    r"(?:[\w%/+-]+\s+){0,6}?(?:estables?|est[áa]ve(?:l|is)|correctamente|corretamente|sin errores|sem erros"
    r"|stabil|fehlerfrei|erfolgreich|grün|bestanden|healthy|stable|succeeds?|succeeded|successful|green|well"
    r"|pass(?:es|ed)?|normal|clean|(?:no|zero|0)\s+(?:\w+\s+){0,2}?(?:errors?|issues?"
    r"|bugs?|problems?|failures?|alerts?|regressions?|crashes|complaints?|incidents?"
    r"|members?|data loss|locks?|conflicts?|replicas?))"
    r"(?:\s+(?:for|on|in|after)\s+[\w%/+ -]{2,30})?)(?!\w)",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^\W*(?:(?:if|when|once)\s+)?(?P<what>(?:all|every|each|both)\b[^→]{3,120}?)\s*(?:→|->|=>|⇒)\s*\S",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^.{0,60}?\bif\b:?\s+(?P<what>[^,;→]+)", re.IGNORECASE)
_ALERT_IF = re.compile(
    r"[(\[]?\b(?:alert|alarm|page|warn|abort|stop|halt|rollback|roll back)\w*\s+(?:\w+\s+)?"
    r"if\b:?",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|unless|only (?:if|when|after|once)|once)\s+(?P<what>[^.;]{5,160})",
    re.IGNORECASE,
)
# 'System stability' names what is looked at, 'System stable' says how it is.
_TITLE_OF_STATE = re.compile(r"\bstability\W*$|:\W*$", re.IGNORECASE)
_PLUS = re.compile(
    r"(?<![\w.+-])\d[\d.,]*\s?(?:%|[KMGT]i?B)?\+(?=\s*(?!(?:s|m|h|d|w|sec|min|hour|hr|day|week|month|tag|stunde|hora|dia|día)\w*\b)"
    r"(?:[a-z(),]|$))",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[<>≤≥]=?\s*[\d.]")


def breaches(text: str) -> Sequence[Judged]:
    """Return the conditions in 'Rollback if X exceeds 1 %', without the response."""
    lead = _LEAD.match(text)
    found = judge_all(lead["what"] if lead else text, bare=False)
    # 'Connections (alert if > 80 %)': what is judged stands before.
    unnamed = lead and _SIGN.match(lead["what"])
    return judge_all(_ALERT_IF.sub(" ", text), bare=False) if unnamed else found


def criterion(text: str) -> Sequence[Judged]:
    """Return the conditions of an item of a list of criteria."""
    unsaid = (is_deed(text) or is_look(text)) and find_threshold(text) is None
    if is_paperwork(text) or unsaid:
        return [in_words(text)] if asserts(text) else []
    return judge_all(text, bare=True)


def numbers(text: str) -> Sequence[Judged]:
    """Return the conditions of a text with a limit in it; none where it has words."""
    limited = find_threshold(text) is not None
    return judge_all(text, bare=False) if limited else ()


def stated(text: str) -> Sequence[Judged]:
    """Return the conditions of a text that has to state them by itself."""
    said = counted(text)
    if said is not None and len(clauses(text)) == 1:
        return [said]
    threshold = find_threshold(text)
    if threshold is not None and (not threshold.approximate or speaks_of_change(text)):
        return judge_all(text, bare=False)
    return [in_words(text)] if state_of(text) else []


def at_least(text: str) -> Sequence[Judged]:
    """Return the least number that an item wants: '32+ characters', '4GB+ free'."""
    least = None if is_deed(text) else _PLUS.search(text)
    found = find_threshold(least.group(), bare=True) if least else None
    if least is None or found is None:
        return ()
    metric = bare_metric(text[: least.start()]) or bare_metric(text)
    return [Judged(metric=metric, condition=found.condition)]


def in_box(text: str, box: Box) -> Sequence[Judged]:
    """Return what a checklist item states; an item to do states only what is so."""
    least = at_least(text)
    if least:
        return least
    if box.kind is BoxKind.DO:
        if _SIGN.search(text):
            return numbers(text)
        if is_deed(text):
            return []
        said = counted(text)
        return [said] if said else [in_words(text)] if state_of(text) else []
    if box.kind is BoxKind.WAIT and not state_of(text):
        return []
    return stated(text) or once(text)


def result(text: str) -> Sequence[Judged]:
    """Return the result that a check or the title of several states; work has none."""
    if _SIGN.search(text) and counted(text) is None:
        return numbers(text)
    if is_deed(text) or is_paperwork(text) or _TITLE_OF_STATE.search(text):
        return ()
    return stated(text) if state_of(text) or counted(text) else ()


def awaited(text: str) -> Sequence[Judged]:
    """Return what has to be so before an answer: 'All tests pass → sign off'."""
    answered = _ANSWERED.match(text)
    return stated(answered["what"]) if answered else ()


def once(text: str) -> Sequence[Judged]:
    """Return the state that a sentence waits for: 'after 1 week stable, remove it'."""
    limit = _UNTIL.search(text)
    if limit is not None and numbers(limit["what"]):
        return numbers(limit["what"])
    awaited = _ONCE.search(text)
    if awaited is None or _ORDER.match(awaited.group()):
        return ()
    judged = counted(awaited["what"]) or in_words(awaited["what"])
    span = judged.condition.window or window(awaited.group())
    return [replace(judged, condition=replace(judged.condition, window=span))]
