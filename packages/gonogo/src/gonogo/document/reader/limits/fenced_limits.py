"""
Fenced limits: what code blocks say is judged, in comments and in rules of alerts.

A comment may name a limit ('# Alert if: queue > 1000') or a condition on which to go
back ('# If any lock waits > 1 s, roll back'); a rule of an alert is one by its keys
('condition: error_rate > 5%'). What a command should print is an expectation and read
elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.outline import Block
from gonogo.document.reader.limits.fenced_expressions import fenced_expressions
from gonogo.document.reader.limits.fenced_lines import Fenced
from gonogo.document.reader.limits.if_then import conditionals
from gonogo.document.reader.limits.judging import judge_all, target_of
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.durations import shortest, spans
from gonogo.document.reading import Gate, Trigger
from gonogo.model.condition import Comparator

_COMMENT = re.compile(r"^\s*(?:#(?!!)|--\s|//|REM\b)\s?(?P<text>.*)$")
# A comment behind code says what the code's comparison is for.
_BEHIND = re.compile(
    r"^(?P<code>[^#]{3,160}[<>]=?\s*[\d.][^#]*?)\s+(?:#|--|//)\s*"
    r"(?:alert|alarm|abort|rollback|critical|warning)\b.*$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^\s*-?\s*[\"']?(?P<key>condition|expr|expression|when|trigger)[\"']?\s*[:=]\s*[\"']?"
    r"(?P<what>[^\"']*[<>]=?\s*-?[\d.]+[^\"',]*)",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"^\s*-?\s*[\"']?(?:for|duration|window|period)[\"']?\s*[:=]\s*[\"']?(?P<span>\d[^\"',]*)",
    re.IGNORECASE,
)
_ALERTS = re.compile(r"\b(?:alert\w*|alarm\w*|rollback|abort)\b", re.IGNORECASE)
_WARNS = re.compile(
    r"^\W*(?:alert|alarm|page|warn|abort|rollback|roll back|halt|stop|escalate|bad"
    r"|critical)\b.{0,20}?(?:\bif|\bwhen|:)\s*:?\s*(?P<what>.*)$",
    re.IGNORECASE,
)
_WATCHES = re.compile(
    r"^\W*(?:monitor|watch|ensure|verify|check|keep|limit|threshold|must(?: be)?|slo)\b"
    r"\s*(?:that\b)?\s*:?\s*(?P<what>.*)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+(?P<what>.+)$")
# Keys that only rules of alerts have; 'when' and 'trigger' are keys of pipelines too.
_SURE = frozenset({"condition", "expr"})
# A longer line of code is read to here.
_LONGEST = 300
# The span of a rule stands in one of the lines below its condition.
_NEAR = 4


def read_fenced(page: Page) -> tuple[tuple[Gate, ...], tuple[Trigger, ...]]:
    """Return the gates and the triggers that the fences of a page state, in order."""
    known = {one.line: one for one in fenced_expressions(page)}
    stated = [one for block in page.fences for one in _limits(block)]
    # A query says its limit itself; what else is found on its line is the same one.
    found = sorted(
        (*known.values(), *(one for one in stated if one.line not in known)),
        key=lambda one: one.line,
    )
    gates = tuple(_gate(page, one) for one in found if _is_gate(one))
    triggers: dict[tuple[int, str], Trigger] = {}
    for one in found:
        if one.sets_off:
            triggers.setdefault((one.line, one.text), _trigger(page, one))
    return gates, tuple(triggers.values())


def _is_gate(one: Fenced) -> bool:
    return one.judged.condition.comparator is not Comparator.WORDS or (
        one.context is GateContext.MUST_HOLD
    )


def _gate(page: Page, one: Fenced) -> Gate:
    return Gate(
        line=one.line,
        metric=one.judged.metric or one.text,
        condition=one.judged.condition,
        context=one.context,
        text=one.text,
        approximate=one.judged.approximate,
        **page.place(one.line),
    )


def _trigger(page: Page, one: Fenced) -> Trigger:
    numeric = one.judged.condition.value is not None
    return Trigger(
        line=one.line,
        text=one.text,
        numeric=numeric,
        metric=one.judged.metric if numeric else "",
        condition=one.judged.condition if numeric else None,
        response=one.response,
        **page.place(one.line),
    )


def _limits(block: Block) -> Iterator[Fenced]:
    lines = [line[:_LONGEST] for line in block.text.split("\n")]
    alerts = _ALERTS.search(block.text) is not None
    warned = False
    for offset, line in enumerate(lines):
        number = block.first + 1 + offset
        comment = _COMMENT.match(line)
        if comment:
            text = comment["text"].strip()
            yield from _of_comment(number, text, warned=warned)
            warned = _opens(text) or (warned and _ITEM.match(text) is not None)
            continue
        warned = False
        yield from _of_code(number, line)
        rule = _RULE.match(line)
        if rule and (alerts or rule["key"].lower() in _SURE):
            yield from _of_rule(number, rule["what"], lines[offset + 1 :][:_NEAR])


def _opens(text: str) -> bool:
    """Tell whether a comment opens a list of what to alert on ('Alert if:')."""
    warns = _WARNS.match(text)
    return warns is not None and not warns["what"].strip()


def _of_comment(line: int, text: str, *, warned: bool) -> Iterator[Fenced]:
    stated = conditionals(text)
    for one in stated:
        for judged in judge_all(one.condition, bare=False):
            yield Fenced(
                line=line,
                text=one.condition,
                judged=judged,
                context=GateContext.MUST_NOT,
                sets_off=True,
                response=one.response,
            )
    warns, watches, item = _WARNS.match(text), _WATCHES.match(text), _ITEM.match(text)
    if stated:
        return
    if warns or (warned and item):
        what = (warns or item)["what"]  # type: ignore[index]
        yield from _numbers(line, what, GateContext.MUST_NOT)
    elif watches:
        yield from _numbers(line, watches["what"], GateContext.MUST_HOLD)


def _numbers(line: int, text: str, context: GateContext) -> Iterator[Fenced]:
    if find_threshold(text) is not None:
        for judged in judge_all(text, bare=False):
            yield Fenced(line=line, text=text, judged=judged, context=context)


def _of_code(line: int, text: str) -> Iterator[Fenced]:
    behind = _BEHIND.match(text)
    if behind:
        for judged in judge_all(behind["code"].strip(), bare=False):
            yield Fenced(
                line=line,
                text=behind["code"].strip(),
                judged=judged,
                context=GateContext.MUST_NOT,
                sets_off=True,
            )
        return
    item = _ITEM.match(text)
    target = target_of(item["what"]) if item and "target" in text.lower() else None
    if target is not None:
        hold = GateContext.MUST_HOLD
        yield Fenced(line=line, text=text.strip(), judged=target, context=hold)


def _of_rule(line: int, what: str, below: Sequence[str]) -> Iterator[Fenced]:
    threshold = find_threshold(what)
    if threshold is None:
        return
    for judged in judge_all(what, bare=False):
        condition = judged.condition
        span = condition.window or _lasting(below)
        yield Fenced(
            line=line,
            text=what.strip(),
            judged=replace(judged, condition=replace(condition, window=span)),
            context=GateContext.MUST_NOT,
            sets_off=True,
        )


def _lasting(below: Sequence[str]) -> timedelta | None:
    for line in below:
        lasts = _LASTS.match(line)
        found = spans(lasts["span"]) if lasts else ()
        if found:
            return timedelta(seconds=shortest(found[0].seconds))
        if _RULE.match(line):
            return None
    return None
