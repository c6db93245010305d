"""
Thresholds: one grammar for every condition ('< +5 %', '2x baseline', '40-60 %').

A text is cut into tokens; a word that means nothing to a threshold ends the phrase.
The longest part of the phrase that states something becomes a `Condition`.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gonogo.document.reader.limits.compared import Quantity, compared
from gonogo.document.reader.limits.quantities import UNITS
from gonogo.document.reader.limits.series import (
    is_lookback,
    relative,
    speaks_of_change,
    window,
)
from gonogo.document.reader.limits.threshold_forms import Stated, longest
from gonogo.document.reader.limits.tokens import Token, runs
from gonogo.model.condition import Comparator, Condition, Relative

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
# No condition is longer than this many tokens.
_LONGEST = 9
# 'Day 1-2' and 'part 3' number things; they limit nothing.
_NUMBERED = re.compile(
    r"\b(?:days?|weeks?|wk|months?|hours?|minutes?|years?|sprints?|phases?|steps?|stages?"
    r"|quarters?|q|tasks?|tiers?|levels?|waves?|batch(?:es)?|items?|sections?|chapters?"
    r"|pages?|lines?|parts?|figures?|tables?|versions?|v|pr|issues?|ports?|options?"
    r"|scenarios?|rounds?|groups?|no|nr|number|tag|woche|semana|d[ií]a|fase|etapa|paso)"
    r"[ .]*[#(]?$|#$",
    re.IGNORECASE,
)
# 'Over 48 hours' and 'within 30 minutes' say how long, not how much.
_SPANNING = frozenset({"over", "within", "up to"})
# 'Drops below 99.9 %' names a level, 'drops by 5 %' a change.
_LEVEL = re.compile(r"(?:below|under|above|beyond)\b", re.IGNORECASE)
_MOVES = re.compile(
    r"\b(?:drop|fall|rise|ris|increase|increas|decrease|decreas|dip|climb|grow|jump)(?:s|ed|ing|ped|ping)?\s*$",
    re.IGNORECASE,
)
_LONG_UNITS = frozenset(u for u, unit in UNITS.items() if unit in {"min", "h", "d"})
_HOLDS = re.compile(
    r"^\W*(?:monitor|watch|wait|soak|bake|observe|hold|let|keep|run|leave|continue"
    r"|pause|allow)\w*\b",
    re.IGNORECASE,
)
# In a sentence with more numbers none is the limit of something.
_TRIED = 40
_STARTS = frozenset({"COMPARATOR", "BETWEEN", "WITHIN", "ABOUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A condition found in a text, and the offsets of the phrase that states it."""

    condition: Condition
    start: int
    end: int
    approximate: bool = False


@lru_cache(maxsize=_REMEMBERED)
def find_threshold(text: str, *, bare: bool = False) -> Threshold | None:
    """
    Return the first numeric condition in `text`; None where there is none.

    Args:
        text: Plain words.
        bare: Whether a number alone is a condition, as in a threshold's cell.
    """
    span: Threshold | None = None
    for phrase in itertools.islice(_phrases(text, bare=bare), _TRIED):
        stated = longest(phrase)
        if stated is None or not _is_limit(text, stated, bare=bare):
            continue
        found = _threshold(text, stated)
        if not is_lookback(text, found.start, found.condition.unit):
            return found
        compared = found.condition.comparator is not Comparator.BETWEEN
        span = span or (found if compared else None)
    return None if _HOLDS.match(text) else span


def _phrases(text: str, *, bare: bool) -> Iterator[list[Token]]:
    """Yield the runs of tokens that may begin a condition, from left to right."""
    every = runs(text)
    for run in every:
        for index, token in enumerate(run):
            ranged = token.kind == "NUMBER" and any(
                t.kind in {"RANGE", "COMPARATOR"} for t in run[index + 1 : index + 3]
            )
            if token.kind in _STARTS or ranged:
                yield run[index : index + _LONGEST]
    if bare:
        for run in every:
            starts = (i for i, t in enumerate(run) if t.kind in {"NUMBER", "SIGN"})
            for index in starts:
                yield run[index : index + _LONGEST]


def _is_limit(text: str, stated: Stated, *, bare: bool) -> bool:
    """Tell whether a condition is a limit, not a number that merely stands there."""
    form, first, last = stated.form, stated.tokens[0], stated.tokens[-1]
    # '0 = closed, 1 = open' tells what values mean.
    explained = first.kind == "NUMBER" and last.text == "="
    if explained or (form == "exact" and not bare):
        return False
    if first.text.lower() in _SPANNING and last.text.lower() in _LONG_UNITS:
        return False
    if first.text.lower() == "within" and last.kind == "NUMBER":
        return False
    if form not in {"between", "exact"} or first.kind in {"COMPARATOR", "BETWEEN"}:
        return True
    units = any(stated.of_kind("UNIT"))
    if units or _NUMBERED.search(_before(text, first)):
        return units
    # '(1-12)' counts off; '0.5-0.6' can only be a measure.
    return bare or "." in first.text


def _before(text: str, token: Token) -> str:
    """Return the word before a token."""
    return text[max(0, token.start - 20) : token.start]


def _threshold(text: str, stated: Stated) -> Threshold:
    start, end = stated.tokens[0].start, stated.tokens[-1].end
    comparator, value, quantity = compared(stated)
    before = text[:start]
    if _LEVEL.match(text[start:end]):
        before = _MOVES.sub("", before)
    beside = before + " " + text[end:]
    unit = quantity.unit or _unit_of(text[start:end])
    return Threshold(
        condition=Condition(
            comparator=comparator,
            value=value,
            unit=unit,
            relative=relative(text[start:end]) or _relative(beside, quantity, unit),
            window=window(beside),
        ),
        start=start,
        end=end,
        approximate=any(stated.of_kind("ABOUT")),
    )


def _unit_of(phrase: str) -> str:
    """Return what a number without a unit counts: 'baseline * 1.5' is a multiple."""
    return "x" if "*" in phrase.strip("*") or "\u00d7" in phrase else "count"


def _relative(beside: str, quantity: Quantity, unit: str) -> Relative | None:
    named = relative(beside)
    if named is not None:
        return named
    share = unit in {"%", "pp"}
    if unit == "x" or (share and (quantity.signed or speaks_of_change(beside))):
        return Relative.BASELINE
    return None
