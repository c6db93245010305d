"""
Wait words: what the words of its own sentence make of a span of time.

The table of rules comes first, then what is the first of something, then limits.
"""

import re
from enum import Enum, auto

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.time.span_rules import Words
from gonogo.document.reader.time.wait_rules import ACTING, PROBED, RULES, SOAKING

_BELOW = re.compile(
    r"(?:[<≤]=?|less than|under|below|at most|no more than|no longer than|menos de"
    r"|weniger als|unter|moins de|meno di|minder dan)[\s*~]*$",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"(?:[>≥=]=?|more than|longer than|greater than|above|exceed\w*|between)[\s*~]*$",
    re.IGNORECASE,
)
_TAKES = re.compile(
    r"\b(?:takes?|took|taking|lasts?|execution|execute|estimat\w*|duration|downtime"
    r"|dauert|dura|demora|tarda|prend|duurt)\b",
    re.IGNORECASE,
)
# Going back takes people and machines; other work of seconds is a metric.
_GOES_BACK = re.compile(
    r"\b(?:roll\w* ?back|revert\w*|restor\w+|recover\w*|fail-?over|undo|disabl\w+"
    r"|kill)\b",
    re.IGNORECASE,
)
_TIME_LABEL = re.compile(r"\btime\s*:\W*$", re.IGNORECASE)
_ACTS = re.compile(rf"(?<!\w)(?:{ACTING})(?!\w)", re.IGNORECASE)
_PROBE = re.compile(rf"(?<!\w)(?:{PROBED})(?!\w)", re.IGNORECASE)
_FIRST = re.compile(
    r"\b(?:first|initial|primer[ao]s?|primeir[ao]s?|ersten?|premi[eè]re?s?|prim[eio]"
    r"|eerste)\W{0,2}$",
    re.IGNORECASE,
)
_WATCHED = re.compile(rf"(?<!\w)(?:{SOAKING})(?!\w)", re.IGNORECASE)
_RESTATED = re.compile(r"^[^+,;→]{0,3}[(~≈=/][~≈=\s]*$")
_ACTIVE = re.compile(r"\s*active\b", re.IGNORECASE)
# People need a minute; what is answered sooner is answered by a machine.
_BY_PEOPLE = 60.0
_HOUR = 3600.0


class Verdict(Enum):
    """That no word decides: structure may."""

    OPEN = auto()


def kind_by_words(words: Words) -> WaitKind | Verdict | None:
    """Return what the words make of a span; None for a fact, OPEN where none speaks."""
    for rule in RULES:
        if words.fit(rule):
            return None if _by_machine(rule.kind, words) else rule.kind
    if is_watched(words.before) and _ACTIVE.match(words.behind):
        return WaitKind.SOAK
    if is_opening(words):
        return _opening(words)
    return _limited(words)


def _by_machine(kind: WaitKind | None, words: Words) -> bool:
    """Tell whether a 'deadline' is a metric: 'pages load in under 3 seconds'."""
    short = kind is WaitKind.DEADLINE and words.seconds < _BY_PEOPLE
    return short and is_measured(words.before)


def is_opening(words: Words) -> bool:
    """Tell whether a span is the first of something ('first hour')."""
    opens = words.span.lower().startswith("first ")
    return opens or _FIRST.search(words.before) is not None


def says_again(between: str) -> bool:
    """Tell whether what stands between two spans makes them one: '12 weeks (~3 months)'."""
    return _RESTATED.match(between) is not None


def is_watched(text: str) -> bool:
    """Tell whether a text speaks of watching ('Monitoring', 'Bake')."""
    return _WATCHED.search(text) is not None


def is_measured(text: str) -> bool:
    """Tell whether a text names what a machine's clock measures ('p95 latency')."""
    return _PROBE.search(text) is not None


def _opening(words: Words) -> WaitKind:
    """Return what 'first hour' means: to watch, or, for a moment only, a deadline."""
    long = words.seconds >= _HOUR
    return WaitKind.SOAK if long or is_watched(words.before) else WaitKind.DEADLINE


def _limited(words: Words) -> WaitKind | Verdict | None:
    """Return what '< 5 minutes' limits: work of people and machines, or a metric."""
    if _ABOVE.search(words.before):
        return None
    if not _BELOW.search(words.before):
        return Verdict.OPEN
    if _TAKES.search(words.before):
        return WaitKind.ESTIMATE
    if words.seconds < _BY_PEOPLE:
        return WaitKind.DEADLINE if _GOES_BACK.search(words.before) else None
    if _ACTS.search(words.before + words.behind):
        return WaitKind.DEADLINE
    return WaitKind.ESTIMATE if _TIME_LABEL.search(words.before) else None
