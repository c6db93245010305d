"""
Span rules: how a rule looks at the words around a span of time.

Only the span's own sentence is looked at, and only so far, so that the work for a span
does not grow with its text.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.time.durations import Span, shortest

# What may stand between a word and its span ('for at least the first 30 minutes').
FILL = (
    r"(?:[\s(\[~≈:*\u2013\u2014-]|\b(?:the|a|an|at least|up to|another|about|around"
    r"|approx\w*|roughly|additional|further|more|minimum|min|of|full|next|first|only"
    r"|mindestens|ca|etwa|al menos|pelo menos|unos|cerca de|aprox\w*|au moins|environ"
    r"|almeno|circa|ongeveer|minstens|die|den|der|las|los|as|os|le|les|il|het)\b"
    r"){0,10}$"
)
# How far back and ahead the words reach; those that touch the span, not so far.
_REACH = 120
_NEAR = 64
_SENTENCE_END = re.compile(r"(?:[;!?]|(?<=[^\W\d]{4})\.)\s")
_ABBREVIATED = re.compile(r"\b(approx|min|max|ca|est|aprox)\.", re.IGNORECASE)


class Where(Enum):
    """Which words a rule looks at."""

    BEFORE = auto()
    """Up to the span; the rule's end has to reach it."""
    BEHIND = auto()
    """From behind the span."""
    SPAN = auto()
    """From the span's own first word."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What is decided, and which words decide it.

    Attributes:
        reach: How many characters before the span they take.
        far: Words that have to stand anywhere before those of `pattern`.
    """

    kind: WaitKind | None
    where: Where
    pattern: re.Pattern[str]
    reach: int = _REACH
    far: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A span with the words of its own sentence around it."""

    before: str
    span: str
    behind: str
    seconds: float

    def fit(self, rule: Rule) -> bool:
        """Tell whether the words at a rule's place are those that it names."""
        if rule.where is Where.BEFORE:
            start = max(0, len(self.before) - rule.reach)
            near = rule.pattern.search(self.before, start)
            if near is None or rule.far is None:
                return near is not None
            return rule.far.search(self.before, 0, near.start()) is not None
        text = self.behind if rule.where is Where.BEHIND else self.span + self.behind
        return rule.pattern.match(text) is not None


def words_around(text: str, span: Span) -> Words:
    """Return a span of `text` with the words around it, of the same sentence."""
    before = _ABBREVIATED.sub(r"\1 ", text[max(0, span.start - _REACH) : span.start])
    behind = _ABBREVIATED.sub(r"\1 ", text[span.end : span.end + _REACH])
    return Words(
        before=_SENTENCE_END.split(before)[-1],
        span=text[span.start : span.end],
        behind=_SENTENCE_END.split(behind)[0],
        seconds=shortest(span.seconds),
    )


def before(kind: WaitKind | None, words: str, far: str | None = None) -> Rule:
    """Return a rule on the words up to a span, with `far` anywhere before those."""
    pattern = re.compile(rf"(?<!\w)(?:{words}){FILL}", re.IGNORECASE)
    reach = _REACH if "[^" in words else _NEAR
    earlier = re.compile(rf"(?<!\w)(?:{far})(?!\w)", re.IGNORECASE) if far else None
    return Rule(kind, Where.BEFORE, pattern, reach, earlier)


def behind(kind: WaitKind | None, words: str) -> Rule:
    """Return a rule on the words that follow a span."""
    pattern = re.compile(rf"^[\s-]*(?:{words})", re.IGNORECASE)
    return Rule(kind, Where.BEHIND, pattern)


def covering(kind: WaitKind | None, words: str) -> Rule:
    """Return a rule on the words of a span itself and those that follow."""
    return Rule(kind, Where.SPAN, re.compile(rf"^(?:{words})", re.IGNORECASE))
