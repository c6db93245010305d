"""
Gates: every threshold that something is judged by, and whether it must hold or not.

Where a sentence stands decides how it is meant: under success criteria every item is
a condition, under rollback triggers every item is one that must not come true, and
elsewhere a sentence has to say so itself, by a comparator or by a word of state.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from gonogo.document.kinds import BoxKind, GateContext
from gonogo.document.reader.markup import split_label
from gonogo.document.reader.metrics import bare_metric, state_of
from gonogo.document.reader.page import Page
from gonogo.document.reader.series import relative, speaks_of_change, window
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.thresholds import Threshold, find_threshold
from gonogo.document.reader.triggers import if_then
from gonogo.document.reader.vocabulary import Topic, topics
from gonogo.document.reading import Box, Gate
from gonogo.model.condition import Comparator, Condition

_TARGET = re.compile(
    r"(?P<metric>.*?)[\s(\[]+(?:target|goal|limit|threshold|slo)s?\s*[:=]\s*"
    r"(?P<limit>[^)\]]+)[)\]]?|(?P<metric2>.*?)[\s(]+(?P<limit2>[^()]{1,40}?)\s+target\)",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|once|when|only after|until)\s+(?P<what>(?:[\w-]+\s+){0,4}?(?:healthy|stable"
    r"|succeeds?|successful|green|pass(?:es)?|normal|no\s+\w+))\b",
    re.IGNORECASE,
)
_ALERT = re.compile(
    r"\b(?:alert|page|warn|escalate|rollback|roll back|abort|stop|pause|halt)\b.{0,30}?"
    r"\b(?:if|when|on)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:must|should|target|threshold|require[sd]?|limit|no more than|at least|keep"
    r"|stays?|remains?|expected|acceptable|shall|budget|slo|criteri\w+|within|exceeds?)\b",
    re.IGNORECASE,
)
_ALL_OF = re.compile(
    r"\ball\s+(?P<count>\d[\d,]*)\s+(?:[\w-]+\s+){0,4}?(?:pass|succeed|green|complete"
    r"|healthy|running|ready|up)\w*",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(?<![\w/])(?P<all>\d{1,6})/(?P=all)(?![\w/])")
_NONE_LEFT = re.compile(r"\(0\s+(?P<what>[\w -]+)\)")
_ZERO = re.compile(
    r"^(?:(?:verify|confirm|ensure|check)\s+(?:that\s+)?)?zero\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_TIMELESS = frozenset({BoxKind.GROUP, BoxKind.CHOICE, BoxKind.FILL_IN, BoxKind.APPROVE})
_SETTING = (
    Topic.TRIGGER, Topic.SUCCESS, Topic.METRICS, Topic.VERIFY, Topic.MONITOR,
    Topic.BACKGROUND, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE, Topic.RECORD,
    Topic.APPROVAL, Topic.ROLLBACK,
)  # fmt: skip
_TOLD_ONLY = frozenset({
    Topic.BACKGROUND, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE, Topic.RECORD,
})  # fmt: skip
_FIRST_HOURS = re.compile(
    r"\bfirst\s+(?:\d+\s+)?(?:minutes?|hours?|days?)|^hour 1\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A condition with its metric, as a sentence states it."""

    metric: str
    condition: Condition
    approximate: bool = False


def read_gates(page: Page, boxes: tuple[Box, ...]) -> tuple[Gate, ...]:
    """Return the gates that sentences state, in order; tables have their own reader."""
    by_line = {b.line: b for b in boxes}
    found: list[Gate] = []
    for statement in page.sentences():
        if statement.shape is not Shape.HEADING:
            found += _gates_of(page, statement, by_line.get(statement.line))
    return tuple(found)


def judge(text: str, *, bare: bool) -> Judged:
    """
    Return the condition that `text` states; its words alone where it has no number.

    Args:
        text: Plain words.
        bare: Whether a number without a comparator counts ('reduced by 66 %').
    """
    counted = _counted(text)
    if counted is not None:
        return counted
    threshold = find_threshold(text)
    if threshold is None and bare:
        threshold = _with_unit(find_threshold(text, bare=True))
    if threshold is not None:
        return _numeric(text, threshold)
    return in_words(text)


def in_words(text: str) -> Judged:
    """Return `text` as a condition that only a person can judge."""
    return Judged(
        metric=bare_metric(text),
        condition=Condition(
            comparator=Comparator.WORDS,
            relative=relative(text),
            window=window(text),
            words=text,
        ),
    )


def _numeric(text: str, threshold: Threshold) -> Judged:
    metric = bare_metric(text[: threshold.start])
    return Judged(
        metric=metric or bare_metric(text[threshold.end :]),
        condition=threshold.condition,
        approximate=threshold.approximate,
    )


def _with_unit(threshold: Threshold | None) -> Threshold | None:
    return threshold if threshold and threshold.condition.unit != "count" else None


def _counted(text: str) -> Judged | None:
    """Return 'all 255 tests passing', '26/26', 'zero errors' as counts."""
    every = _ALL_OF.search(text)
    if every:
        count = float(every["count"].replace(",", ""))
        return _count(text, text.replace(every["count"], "", 1), count)
    fraction = _FRACTION.search(text)
    if fraction:
        return _count(text, text.replace(fraction.group(), ""), float(fraction["all"]))
    zero = _ZERO.match(text) or _NONE_LEFT.search(text)
    if zero is None:
        return None
    unit = "s" if "downtime" in zero["what"].lower() else "count"
    return _count(text, zero["what"], 0.0, unit)


def _count(text: str, metric: str, value: float, unit: str = "count") -> Judged:
    return Judged(
        metric=bare_metric(metric.replace("()", "")),
        condition=Condition(
            comparator=Comparator.EQUAL, value=value, unit=unit, window=window(text)
        ),
    )


def _gates_of(page: Page, statement: Statement, box: Box | None) -> Iterator[Gate]:
    if statement.label and not _TARGET.search(statement.text):
        return
    setting = _setting(page, statement)
    judged, context = _judged(page, statement, box, setting)
    if judged is None or not judged.metric:
        return
    condition = _completed(page, statement, judged.condition)
    yield Gate(
        line=statement.line,
        metric=judged.metric,
        condition=condition,
        context=context,
        text=statement.text,
        box_line=box.line if box else None,
        approximate=judged.approximate,
        **page.place(statement.line),
    )


def _setting(page: Page, statement: Statement) -> Topic | None:
    """Return in what context a sentence stands; its own label speaks first."""
    label = split_label(statement.raw)
    own = topics(label[0]) & _TOLD_ONLY if label and label[1] else frozenset()
    if own and statement.mark is None:
        return min(own)
    near = page.nearest(statement, *_SETTING)
    if near is Topic.METRICS:
        around = page.nearest(statement, Topic.TRIGGER, Topic.SUCCESS, *_TOLD_ONLY)
        return around or near
    return near


def _judged(  # noqa: PLR0911 - rules in order
    page: Page, statement: Statement, box: Box | None, setting: Topic | None
) -> tuple[Judged | None, GateContext]:
    text = statement.text
    target = _target(text)
    if target is not None and setting not in {Topic.RISK, Topic.TROUBLE}:
        told = setting is Topic.BACKGROUND
        return target, GateContext.INFO if told else GateContext.MUST_HOLD
    if box and box.kind in _TIMELESS:
        return None, GateContext.INFO
    threshold = find_threshold(text)
    if threshold is not None and _ALERT.search(text) and setting not in _TOLD_ONLY:
        return _trigger(text), GateContext.MUST_NOT
    if setting is Topic.TRIGGER and _is_criterion(page, statement, box):
        return _trigger(text), GateContext.MUST_NOT
    if setting is Topic.SUCCESS and _is_criterion(page, statement, box):
        return judge(text, bare=True), GateContext.MUST_HOLD
    if box:
        return _in_box(text, box), GateContext.MUST_HOLD
    if setting in _TOLD_ONLY or setting is Topic.ROLLBACK:
        return None, GateContext.INFO
    stated = if_then(text)
    if stated is not None:
        return _trigger(stated[0]), GateContext.MUST_NOT
    return _in_prose(text, setting)


def _target(text: str) -> Judged | None:
    """Return 'Error rate (target: < 0.2 %)' as a condition."""
    stated = _TARGET.match(text)
    if stated is None:
        return None
    metric = stated["metric"] or stated["metric2"] or ""
    limit = (stated["limit"] or stated["limit2"] or "").strip()
    threshold = find_threshold(limit, bare=True)
    metric = re.sub(r":?\s*_{3,}\w*\s*$", "", metric)
    if limit.lower() == "zero":
        return replace(_count(text, metric, 0.0))
    if threshold is None:
        return replace(in_words(text), metric=bare_metric(metric))
    return Judged(metric=bare_metric(metric), condition=threshold.condition)


def _trigger(text: str) -> Judged:
    """Return the condition in 'Rollback if X exceeds 1 %', without the response."""
    lead = re.match(r"^.{0,60}?\bif\b\s+(?P<what>[^,;→]+)", text, re.IGNORECASE)
    return judge(lead["what"] if lead else text, bare=False)


def _is_criterion(page: Page, statement: Statement, box: Box | None) -> bool:
    """Tell whether a sentence is one of a list of conditions, not a note in it."""
    if statement.shape is not Shape.ITEM:
        return False
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is not None and lead.shape is not Shape.HEADING and _target(lead.text):
        return False
    if box is None and any(c.mark for c in page.statements.children(statement)):
        return False
    return not statement.text.endswith(":") and statement.depth <= 2  # noqa: PLR2004


def _in_box(text: str, box: Box) -> Judged | None:
    if box.kind is BoxKind.DO or (box.kind is BoxKind.WAIT and not state_of(text)):
        return None
    if _counted(text):
        return _counted(text)
    conditional = _IF.search(text)
    threshold = find_threshold(text)
    if threshold is not None and (not threshold.approximate or speaks_of_change(text)):
        return _numeric(text, threshold)
    if state_of(text):
        return in_words(text)
    return in_words(conditional["what"]) if conditional else None


def _in_prose(text: str, setting: Topic | None) -> tuple[Judged | None, GateContext]:
    conditional = _IF.search(text)
    threshold = find_threshold(text)
    if threshold is not None and not threshold.approximate:
        watched = setting in {Topic.METRICS, Topic.MONITOR, Topic.VERIFY}
        ranged = threshold.condition.comparator is Comparator.BETWEEN
        if (watched and not ranged) or (_MODAL.search(text) and not ranged):
            return _numeric(text, threshold), GateContext.MUST_HOLD
    if conditional:
        return in_words(conditional["what"]), GateContext.MUST_HOLD
    return None, GateContext.INFO


def _completed(page: Page, statement: Statement, condition: Condition) -> Condition:
    """Return the condition with the window and series that its surroundings name."""
    notes = [c.text for c in page.statements.children(statement)]
    around = [s.text for s in page.statements.leads(statement) if s.mark]
    found_window = condition.window
    for text in (*notes, *(t for t in around if _FIRST_HOURS.search(t))):
        found_window = found_window or window(text) or _first_hour(text)
    found_series = condition.relative
    for text in notes:
        found_series = found_series or relative(text)
    return replace(condition, window=found_window, relative=found_series)


def _first_hour(text: str) -> timedelta | None:
    return timedelta(hours=1) if re.match(r"hour 1\b", text, re.IGNORECASE) else None
