"""Series: what a threshold looks back over and what it compares with."""

import re
from datetime import timedelta
from functools import lru_cache

from gonogo.document.reader.time.durations import shortest, spans
from gonogo.model.condition import Relative

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
_BASELINE = re.compile(
    r"(?<!\w)(?:baselines?|pre-?(?:deploy|deployment|rollout|migration|release|change)"
    r"(?:ment)?(?:\s+(?:level|levels|value|average))?"
    r"|referenz|linea base|línea base|basislinie)(?!\w)",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"(?<!\w)(?:control\s+(?:group|cohort|fleet|pods?|instances?|cluster)"
    r"|(?:against|of)\s+(?:the\s+)?control|(?:than|vs\.?|versus|>|<|over|to)\s+"
    r"(?:the\s+)?(?:control|stable|primary|old version))(?!\w)",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"(?<!\w)(?:(?:previous|prior|last)\s+(?:release|version|deploy\w*|week|day|stage)"
    r"|vs\.?\s+previous)(?!\w)",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"(?<!\w)(?:increas\w*|decreas\w*|degrad\w*|regress\w*|chang(?:e|es|ed)|drop(?:s|ped)?"
    r"|ris(?:e|es|ing)|rose|spikes?(?=\s+by)|grow(?:s|th)?|reduc\w*|improv\w*|slower|faster"
    r"|worse|higher|lower|jumps?|delta|deviation|deviates|drift|savings?)(?!\w)",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:/|(?<!\w)(?:per|a|every)\s+)(?P<unit>second|sec|s|minute|min|hour|hr|h|day|d|week)"
    r"(?!\w)",
    re.IGNORECASE,
)
_PER_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_WINDOW_BEFORE = re.compile(
    r"(?:for|over|in|within|during|last|past|first|sustained|rolling|after|window"
    r"|consecutive|every)"
    r"(?:\s+(?:the|at least|more than|a|an|any|first|last|past|next|over|sustained|>|≥"
    r"|of))*\s*[(\[~>≥]?\s*$",
    re.IGNORECASE,
)
# The words that make a span a window stand this near to it.
_NEAR = 80
_AGAINST = re.compile(r"\b(?:of|than|vs\.?|versus|from|to|with|against)\s+(?:the\s+)?$")
_WINDOW_BEHIND = re.compile(
    r"^[\s-]*(?:rolling|window|average|avg|moving|sustained|period|consecutive|monitoring"
    r"|mean|interval)",
    re.IGNORECASE,
)


@lru_cache(maxsize=_REMEMBERED)
def window(text: str) -> timedelta | None:
    """Return the span that `text` looks back over; None where it names none."""
    for span in spans(text):
        before = text[max(0, span.start - _NEAR) : span.start]
        behind = text[span.end : span.end + _NEAR]
        # 'Compared with last week' names a series, 'in the last week' a window.
        worded = text[span.start : span.end].lower().startswith(("first", "last"))
        if (
            (worded and not _AGAINST.search(before))
            or _WINDOW_BEFORE.search(before)
            or _WINDOW_BEHIND.match(behind)
        ):
            return timedelta(seconds=shortest(span.seconds))
    per = _PER.search(text)
    return timedelta(seconds=_PER_SECONDS[per["unit"][0].lower()]) if per else None


def held_for(text: str) -> timedelta | None:
    """Return the span that a state is to last: its window, or one behind it ("(3 days)")."""
    found = window(text)
    for span in spans(text) if found is None else ():
        alone = not text[span.end :].strip(" .!") or not text[: span.start].strip()
        if alone or (
            text[: span.start].endswith("(") and text[span.end :].startswith(")")
        ):
            return timedelta(seconds=shortest(span.seconds))
    return found


def is_lookback(text: str, start: int, unit: str | None) -> bool:
    """Tell whether the quantity at `start` says how long, as in 'for > 5 minutes'."""
    if unit not in {"s", "min", "h", "d"}:
        return False
    return _WINDOW_BEFORE.search(text[max(0, start - _NEAR) : start]) is not None


def relative(text: str) -> Relative | None:
    """Return the series that `text` compares with; None where it names none."""
    if _BASELINE.search(text):
        return Relative.BASELINE
    if _CONTROL.search(text):
        return Relative.CONTROL
    return Relative.PREVIOUS if _PREVIOUS.search(text) else None


def speaks_of_change(text: str) -> bool:
    """Tell whether the words are about a change rather than a level."""
    return _CHANGE.search(text) is not None
