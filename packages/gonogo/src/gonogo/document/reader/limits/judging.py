"""Judging: a text as the condition that it states, with what is judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gonogo.document.kinds import GateContext
from gonogo.document.reader.limits.clauses import clauses
from gonogo.document.reader.limits.metrics import bare_metric
from gonogo.document.reader.limits.series import held_for, relative, window
from gonogo.document.reader.limits.states import state_of
from gonogo.document.reader.limits.thresholds import Threshold, find_threshold
from gonogo.model.condition import Comparator, Condition

_TARGET = re.compile(
    r"(?P<metric>.*?)[\s(\[]+(?:target|goal|limit|threshold|slo)s?\s*"
    r"(?:[:=]\s*|(?=[<>≤≥]))(?P<limit>[^)\]]+)[)\]]?|(?P<metric2>.*?)[\s(]+(?P<limit2>[^()]{1,40}?)\s+target\)",
    re.IGNORECASE,
)
_ALL_OF = re.compile(
    r"(?:\ball\s+|^)(?P<count>\d[\d,]*)\s+(?:[\w-]+\s+){0,4}?(?:pass|succeed|green|complete"
    r"|healthy|running|ready|up)\w*",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?<![\w.>≥=<-])(?<![>≥=<]\s)(?P<share>100\s?%)\s+(?!rollout|traffic|users|canary)(?:[\w-]+\s+){0,2}?(?:pass\w*|success\w*|green|healthy"
    r"|available|uptime|availability)\b",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"(?<![\w/])(?P<all>\d{1,6})(?:/|\s+(?:out\s+)?of\s+)(?P=all)(?![\w/])"
)
_IS_ZERO = re.compile(
    r"^(?P<what>.{2,100}?)\s*(?:\b(?:is|are|equals?|at|stays?|remains?)|[:=])\s*(?:0|zero)\W*(?:\([^()]{1,60}\)\W*)?$",
    re.IGNORECASE,
)
_NONE_LEFT = re.compile(
    r"(?:(?<=\S)\s*(?:=|→|:|->|=>)|\s[-\u2013\u2014])\s*(?:0|zero)\s+(?P<told>(?:[\w-]+\s+){0,2}?(?:errors?|failures?"
    r"|failed|warnings?|hits?|matches|mismatch(?:es)?|violations?|vulnerabilities|conflicts?|duplicates?|issues|diffs?"
    r"|differences|regressions?|alerts?|orphans?|orphan\w* rows))\b"
    r"|\b(?:zero|0)\s+(?P<banned>(?:[\w-]+\s+){0,3}?[\w-]+)\s+(?:permitted|tolerated|allowed)\b"
    r"|\(0\s+(?P<what>[\w -]+)\)|\b(?:has|have|are|is|with|shows?|reports?|returns?|finds?|contains?)\s+(?:0|zero)\s+"
    r"(?P<left>[a-z][\w -]{2,60})",
    re.IGNORECASE,
)
_ZERO = re.compile(
    r"^(?:(?:verify|confirm|ensure|check)\s+(?:that\s+)?|[\w -]{1,24}:\s+)?(?:zero|0)\s+(?P<what>[a-z].*)$",
    re.IGNORECASE,
)
_GRADE = re.compile(r"(?:warning|warn|critical|alert|page|error)?$", re.IGNORECASE)
# '100% rollout stable' names the stage that is to be stable.
_EXPOSED = re.compile(
    r"^\s*(?:of\s+)?(?:the\s+)?(?:rollout|traffic|users?|canary|deployment|stage|ramp)\b",
    re.IGNORECASE,
)
_SPANS = frozenset({"s", "min", "h", "d"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A condition with its metric, as a sentence states it."""

    metric: str
    condition: Condition
    approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The conditions of a sentence and how they are meant."""

    judged: Sequence[Judged] = ()
    context: GateContext = GateContext.MUST_HOLD


def judge(text: str, *, bare: bool) -> Judged:
    """
    Return the condition that `text` states; its words alone where it has no number.

    Args:
        text: Plain words.
        bare: Whether a number without a comparator counts ('reduced by 66 %').
    """
    said = counted(text)
    if said is not None:
        return said
    threshold = find_threshold(text)
    if threshold is None and bare:
        threshold = _telling(text, find_threshold(text, bare=True))
    if threshold is not None:
        return numeric(text, threshold)
    return in_words(text)


def judge_all(text: str, *, bare: bool) -> tuple[Judged, ...]:
    """Return every condition that `text` states, in order."""
    found: list[Judged] = []
    for piece in clauses(text):
        judged = judge(piece, bare=bare)
        # 'CPU: > 80% warning, > 95% critical' names its metric once.
        graded = _GRADE.match(judged.metric) is not None
        if found and graded and judged.condition.value is not None:
            judged = replace(judged, metric=found[0].metric)
        found.append(judged)
    return tuple(found)


def in_words(text: str) -> Judged:
    """Return `text` as a condition that only a person can judge."""
    return Judged(
        metric=bare_metric(text),
        condition=Condition(
            comparator=Comparator.WORDS,
            relative=relative(text),
            window=held_for(text),
            words=text,
        ),
    )


def numeric(text: str, threshold: Threshold) -> Judged:
    """Return the condition found in `text` with the words that name its metric."""
    metric = bare_metric(text[: threshold.start])
    return Judged(
        metric=metric or bare_metric(text[threshold.end :]),
        condition=threshold.condition,
        approximate=threshold.approximate,
    )


def counted(text: str) -> Judged | None:
    """Return 'all 255 tests passing', '26/26', 'zero errors' as counts."""
    every = _ALL_OF.search(text)
    if every:
        count = float(every["count"].replace(",", ""))
        return _count(text, text.replace(every["count"], "", 1), count)
    whole = _WHOLE.search(text)
    if whole:
        return _count(text, text.replace(whole["share"], "", 1), 100.0, "%")
    fraction = _FRACTION.search(text)
    if fraction:
        return _count(text, text.replace(fraction.group(), ""), float(fraction["all"]))
    zero = _ZERO.match(text) or _IS_ZERO.match(text) or _NONE_LEFT.search(text)
    if zero is None:
        return None
    what = next(g for g in zero.groups() if g)
    return _count(text, what, 0.0, "s" if "downtime" in what.lower() else "count")


def target_of(text: str) -> Judged | None:
    """Return 'Error rate (target: < 0.2 %)' as a condition."""
    stated = _TARGET.match(text)
    if stated is None:
        return None
    metric = stated["metric"] or stated["metric2"] or ""
    limit = (stated["limit"] or stated["limit2"] or "").strip()
    threshold = find_threshold(limit, bare=True)
    if threshold and _in_name(limit[: threshold.start]):
        threshold = None  # 'blue-fox-7' is a name
    metric = re.sub(r":?\s*_{3,}\w*\s*$", "", metric)
    if limit.lower() == "zero":
        return replace(_count(text, metric, 0.0))
    if threshold is None:
        worded = state_of(limit) or relative(limit) is not None
        return replace(in_words(text), metric=bare_metric(metric)) if worded else None
    return Judged(metric=bare_metric(metric), condition=threshold.condition)


def _in_name(before: str) -> bool:
    """Tell whether a number that stands behind this is part of a name or a title."""
    return re.search(r"\w[-\u2013]?$|§|\.\w{2,4}`?\s", before) is not None


def _telling(text: str, found: Threshold | None) -> Threshold | None:
    """Return a number without a comparator where it is one that is wanted."""
    if found is None:
        return None
    condition = found.condition
    counts = {Comparator.AT_LEAST, Comparator.BETWEEN}
    many = condition.comparator in counts and not found.start
    if (condition.unit == "count" and not many) or condition.unit in _SPANS:
        return None
    exposed = condition.unit == "%" and _EXPOSED.match(text[found.end :])
    denied = re.match(r"(?:no|without)\b", text, re.IGNORECASE)
    return None if denied or (exposed and state_of(text)) else found


def _count(text: str, metric: str, value: float, unit: str = "count") -> Judged:
    return Judged(
        metric=bare_metric(metric.replace("()", "")),
        condition=Condition(
            comparator=Comparator.EQUAL, value=value, unit=unit, window=window(text)
        ),
    )
