"""
Titles: what a heading or a label says of its part's place in the procedure.

A title is read for three things: how strongly it says that it is one of an ordered
row ('Phase 2', '2.', 'After the move'), what share of the traffic it names, and
whether it is a way back.
"""

import re
from enum import IntEnum
from functools import lru_cache

from gonogo.document.reader.words.vocabulary import (
    Topic,
    Vocabulary,
    folded,
    unaccented,
)

_NUMBER = r"\d{1,3}(?:\.\d{1,2}){0,2}[a-z]?|[ivx]{1,4}|[a-f]|one|two|three|four|five"
_IDEOGRAPHS = r"[\d一二三四五六七八九十]{1,3}"
_FIRST = r"first|second|third|fourth|fifth|\d{1,2}(?:st|nd|rd|th)"
_NUMBERED = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2}){0,3}[a-z]?\s*[.):|\u00b7\u2013\u2014\u20e3\u2022\ufe0f-]"
    r"|\d{1,2}\.\d)\s*\S"
)
# 'T-7 days', 'T0', '2.1 Pre-flight freeze (T-60m)'.
_TIMED = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2})?\W{1,3})?t\s?(?:[-+\u2212\u00b1]\s?\d|0\b)"
    r"|\(t\s?[-+\u2212]\s?\d",
    re.IGNORECASE,
)
_HOURS_BEFORE = re.compile(
    r"\b\d+\s*(?:hours?|days?|weeks?)\s+(?:before|after)", re.IGNORECASE
)
_TICKET = re.compile(r"^[A-Z]{2,12}-\d{1,6}\b")
_PERCENT = re.compile(r"(?<![\w.+-])(\d{1,3}(?:\.\d+)?)\s?%")
_SHARE_FIRST = re.compile(r"^\W*\d{1,3}(?:\.\d+)?\s?%")
_PERCENT_NOISE = re.compile(
    r"(?:coverage|cpu|memory|error|complete|reduction)", re.IGNORECASE
)
_PART_WORD = re.compile(
    r"\b(?:phase|stage|wave)s?\b|\((?:day|week|t[-+])", re.IGNORECASE
)
_APART = re.compile(r"[:\u2013\u2014]|\s-\s")
_REMARK = re.compile(r"\([^()]*\)")
ORDERED_TOPICS = frozenset({Topic.BEFORE, Topic.DEPLOY, Topic.AFTER, Topic.VERIFY})
_BACK_IS_READY = re.compile(
    r"\b(?:readiness|ready|prepare|preparation|test|tested|rehears\w+|drill)\b"
)


class Order(IntEnum):
    """How strongly a title says that it is one of an ordered row."""

    NONE = 0
    TOPIC = 1
    NUMBER = 2
    NAME = 3


def order(title: str, found: frozenset[Topic], known: Vocabulary) -> Order:
    """
    Return how strongly a title says that it is one of an ordered row.

    Args:
        title: Plain words.
        found: The topics of the title.
        known: Its words for stages come before or after a number.
    """
    if part_name(title, known) or _TIMED.search(title) or _TICKET.match(title):
        return Order.NAME
    if _HOURS_BEFORE.search(title) or _is_share(title, found):
        return Order.NAME
    if _NUMBERED.match(title):
        return Order.NUMBER
    topical = found & ORDERED_TOPICS or _PART_WORD.search(title)
    return Order.TOPIC if topical else Order.NONE


def part_name(title: str, known: Vocabulary) -> str | None:
    """Return the folded name that numbers a part: 'phase 1', 'week 3', 'dia 2'."""
    hit = _parts(known).match(unaccented(title))
    return folded(hit.group()) if hit else None


def behind_part_name(title: str, known: Vocabulary) -> str | None:
    """Return what follows the number of a part in one breath: 'phase 2 *rollback*: …'."""
    hit = _parts(known).match(unaccented(title))
    return _APART.split(title[hit.end() :], maxsplit=1)[0] if hit else None


def exposures(title: str) -> tuple[float, ...]:
    """Return the percentages that a title names as exposure, in order."""
    return () if _PERCENT_NOISE.search(title) else _percents(title)


def turns_back(title: str, known: Vocabulary) -> bool:
    """Tell whether a title speaks of the way back, not of the readiness for it."""
    back = Topic.ROLLBACK in known.topics(without_remarks(title))
    return back and not _BACK_IS_READY.search(folded(title))


def without_remarks(title: str) -> str:
    """Return a title without what stands in brackets; what is said aside is no topic."""
    return _REMARK.sub(" ", title).strip() or title


def first_word(title: str) -> str:
    """Return the first word of a title, folded."""
    return " ".join(folded(title).split()[:1])


def _is_share(title: str, found: frozenset[Topic]) -> bool:
    """Tell whether a title is a step of a ramp: '10% of users', 'Rollout to 50%'."""
    led = _SHARE_FIRST.match(title) and not _PERCENT_NOISE.search(title)
    return bool(led or (_percents(title) and Topic.DEPLOY in found))


def _percents(title: str) -> tuple[float, ...]:
    found = (float(p) for p in _PERCENT.findall(title))
    return tuple(p for p in found if p <= 100)  # noqa: PLR2004 - per cent


@lru_cache(maxsize=8)
def _parts(known: Vocabulary) -> re.Pattern[str]:
    spaced = "|".join(re.escape(w) for w in known.stages if w.isascii())
    scripts = "|".join(re.escape(w) for w in known.stages if not w.isascii())
    return re.compile(
        rf"^\W*(?:(?:[^\s:]{{1,24}} ){{0,2}}?(?:{spaced})\s*\W?\s*(?:{_NUMBER})(?!\w)"
        rf"|(?:{_FIRST}) (?:{spaced})\b"
        rf"|(?:{scripts})\s*\W?\s*{_IDEOGRAPHS}"
        rf"|第?\s*{_IDEOGRAPHS}\s*(?:{scripts}))"
    )
