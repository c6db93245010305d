"""Durations: spans of time as people write them ('24h', '30-60 minutes', 'first hour')."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gonogo.document.reading import Seconds

# Several readers ask about the same sentence; this many are remembered.
_REMEMBERED = 1024
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_WEEK, _MONTH = 7 * _DAY, 30 * _DAY
_UNITS: dict[str, float] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("segundo", "segundos", "sekunde", "sekunden", "秒"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("minuto", "minutos", "minuten", "分", "分間"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("hora", "horas", "stunde", "stunden", "std", "時間"), _HOUR),
    **dict.fromkeys(("d", "day", "days", "dia", "dias", "día", "días"), _DAY),
    **dict.fromkeys(("tag", "tage", "tagen", "日", "日間"), _DAY),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "semana", "semanas"), _WEEK),
    **dict.fromkeys(("woche", "wochen", "週間"), _WEEK),
    **dict.fromkeys(("month", "months", "mes", "meses", "monat", "monate"), _MONTH),
}
_WORD_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "first": 1.0, "two": 2.0, "three": 3.0,
    "four": 4.0, "five": 5.0, "ten": 10.0, "fifteen": 15.0, "thirty": 30.0,
    "half an": 0.5, "per": 1.0, "each": 1.0, "every": 1.0, "next": 1.0, "last": 1.0,
    "full": 1.0,
}  # fmt: skip
_UNIT_PATTERN = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
# Behind a worded number ('first h') a short unit would be a letter of prose.
_SHORTEST_WORD = 3
_LONG_UNIT_PATTERN = "|".join(
    sorted((u for u in _UNITS if len(u) >= _SHORTEST_WORD), key=len, reverse=True)
)
_SPAN = re.compile(
    rf"(?<![\w.,$€])(?P<low>\d{{1,6}}(?:[.,]\d{{1,3}})?)"
    rf"(?:\s*(?P<low_unit>{_UNIT_PATTERN})?\s*(?:-|\u2013|\u2014|to|bis|a)\s*"
    rf"(?P<high>\d{{1,6}}(?:\.\d{{1,3}})?))?"
    rf"(?P<plus>\+)?[\s-]{{0,2}}(?:business |working |full |consecutive |clean |more )?"
    rf"(?P<unit>{_UNIT_PATTERN})(?![\w%/]|-\d)",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"(?<!\w)(?P<number>{'|'.join(_WORD_NUMBERS)})[ -]"
    rf"(?P<unit>{_LONG_UNIT_PATTERN})(?!\w)",
    re.IGNORECASE,
)
_NUMBERED_HOURS = re.compile(
    r"(?<!\w)hours?\s+(?P<first>\d{1,3})(?:\s*(?:-|\u2013|\u2014|to)\s*(?P<last>\d{1,3}))?(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span of time in a text; `start` and `end` are offsets into it."""

    start: int
    end: int
    seconds: Seconds


@lru_cache(maxsize=_REMEMBERED)
def spans(text: str) -> tuple[Span, ...]:
    """Return every span of time in `text`, in order, without overlaps."""
    found = sorted((*_digits(text), *_words(text)), key=lambda s: s.start)
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def numbered_hours(text: str) -> tuple[int, int] | None:
    """Return first and last of 'Hours 2-4'; None where no hour is numbered."""
    match = _NUMBERED_HOURS.search(text)
    if match is None:
        return None
    first = int(match["first"])
    return first, int(match["last"] or first)


def shortest(seconds: Seconds) -> float:
    """Return the lower end of a span."""
    return seconds[0] if isinstance(seconds, tuple) else seconds


def _digits(text: str) -> Iterator[Span]:
    for match in _SPAN.finditer(text):
        unit = match["unit"]
        # A lone capital is a magnitude ('5M rows', '2D'), never a unit of time,
        # save 'H'; minutes as 'm' have to touch their number ('5m').
        if unit in {"M", "S", "D"} or (unit == "m" and " " in match.group()):
            continue
        yield Span(start=match.start(), end=match.end(), seconds=_seconds(match))


def _seconds(match: re.Match[str]) -> Seconds:
    factor = _UNITS[match["unit"].lower()]
    low = float(match["low"].replace(",", "."))
    if match["high"] is None:
        return low * factor
    low_unit = match["low_unit"]
    low *= _UNITS[low_unit.lower()] if low_unit else factor
    high = float(match["high"]) * factor
    return (low, high) if low <= high else (high, low)


def _words(text: str) -> Iterator[Span]:
    for match in _WORDED.finditer(text):
        seconds = _WORD_NUMBERS[match["number"].lower()] * _UNITS[match["unit"].lower()]
        yield Span(start=match.start(), end=match.end(), seconds=seconds)
