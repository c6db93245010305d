"""Durations: spans of time as people write them ('24h', '30-60 minutes', 'first hour')."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gonogo.document.reading import Seconds

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
# So many digits before a 'd' are those of a commit ('239189d').
_HASH = 5
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_WEEK, _MONTH = 7 * _DAY, 30 * _DAY


def _named(table: Mapping[float, str]) -> dict[str, float]:
    return {word: size for size, words in table.items() for word in words.split()}


_UNITS = _named(
    {
        1.0: "s sec secs second seconds segundo segundos sekunde sekunden seconde"
        " secondes secondi seconden",
        _MINUTE: "m min mins minute minutes minuto minutos minuten minuti minuut",
        _HOUR: "h hr hrs hour hours hora horas stunde stunden std heure heures ora ore"
        " uur uren",
        _DAY: "d day days dia dias día días tag tage tagen jour jours giorno giorni"
        " dag dagen workday workdays werktage werktag",
        _WEEK: "week weeks wk wks w semana semanas woche wochen semaine semaines"
        " settimana settimane weken",
        _MONTH: "month months mes meses mês monat monate mois mese mesi maand maanden",
    }
)
# Scripts without spaces: the unit ends where its character does. A lone day mark is
# a date, so that days have to be counted ones.
_UNSPACED = _named(
    {
        1.0: "秒間 秒钟 秒",
        _MINUTE: "分間 分钟 分鐘 分",
        _HOUR: "時間 小时 小時",
        _DAY: "日間 営業日 天",
        _WEEK: "週間 周间 周 星期",
        _MONTH: "か月 ヶ月 ヵ月 个月 個月",
    }
)
_PLURALS = frozenset(
    {
        "secs",
        "seconds",
        "mins",
        "minutes",
        "hrs",
        "hours",
        "days",
        "weeks",
        "wks",
        "months",
    }
)
_WORD_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "first": 1.0, "two": 2.0, "three": 3.0,
    "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0, "ten": 10.0,
    "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0, "twenty-four": 24.0,
    "thirty": 30.0, "forty-eight": 48.0, "sixty": 60.0, "ninety": 90.0,
    "half an": 0.5, "half a": 0.5, "per": 1.0, "each": 1.0, "every": 1.0, "next": 1.0,
    "last": 1.0, "full": 1.0, "una": 1.0, "uma": 1.0, "eine": 1.0, "einer": 1.0,
    "une": 1.0,
}  # fmt: skip


def _any_of(words: Iterator[str] | Mapping[str, float]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_UNIT_PATTERN = _any_of(_UNITS)
# Behind a worded number ('first h') a short unit would be a letter of prose.
_SHORTEST_WORD = 3
_LONG_UNIT_PATTERN = _any_of(u for u in _UNITS if len(u) >= _SHORTEST_WORD)
_SPAN = re.compile(
    rf"(?<![\w.,$€])(?P<low>\d{{1,6}}(?:[.,]\d{{1,3}})?)"
    rf"(?:\s*(?P<low_unit>{_UNIT_PATTERN})?\s*(?:-|\u2013|\u2014|to|or|bis|a|à|até)\s*"
    rf"(?P<high>\d{{1,6}}(?:\.\d{{1,3}})?))?"
    rf"(?P<plus>\+)?[\s-]{{0,2}}(?:business |working |work |calendar |full |consecutive"
    rf" |clean |more |additional )?"
    rf"(?P<unit>{_UNIT_PATTERN})"
    rf"(?:\s?(?:and\s)?(?P<rest>\d{{1,2}})\s?(?P<rest_unit>m|mins?|minutes?)(?!\w))?"
    rf"(?![\w%/]|-\d)",
    re.IGNORECASE,
)
_UNSPACED_SPAN = re.compile(
    rf"(?<![\d.,])(?P<low>\d{{1,4}})(?:\s?[-~〜\uff5e\u2013]\s?(?P<high>\d{{1,4}}))?"
    rf"\s?(?P<unit>{_any_of(_UNSPACED)})"
)
_WORDED = re.compile(
    rf"(?<!\w)(?P<number>{_any_of(_WORD_NUMBERS)})[ -]"
    rf"(?P<unit>{_LONG_UNIT_PATTERN})(?!\w)",
    re.IGNORECASE,
)
# ISO 8601 ('PT30M', 'P7D'); at least one part.
_ISO = re.compile(
    r"(?<!\w)P(?=\d+[WD]|T\d)(?:(?P<w>\d{1,4})W)?(?:(?P<d>\d{1,4})D)?"
    r"(?:T(?:(?P<h>\d{1,4})H)?(?:(?P<m>\d{1,5})M)?(?:(?P<s>\d{1,6})S)?)?(?!\w)"
)
_ISO_UNITS = {"w": _WEEK, "d": _DAY, "h": _HOUR, "m": _MINUTE, "s": 1.0}
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
    unspaced = () if text.isascii() else _unspaced(text)
    every = (*_digits(text), *_words(text), *_iso(text), *unspaced)
    kept: list[Span] = []
    for span in sorted(every, key=lambda s: s.start):
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
        if unit in {"M", "S", "D", "W"} or (unit in {"m", "w"} and " " in match[0]):
            continue
        if unit in {"d", "h", "m"} and len(match["low"]) >= _HASH:
            continue
        yield Span(start=match.start(), end=match.end(), seconds=_seconds(match))


def _seconds(match: re.Match[str]) -> Seconds:
    factor = _UNITS[match["unit"].lower()]
    rest = int(match["rest"] or 0) * _MINUTE
    low = float(match["low"].replace(",", "."))
    if match["high"] is None:
        return low * factor + rest
    low_unit = match["low_unit"]
    low *= _UNITS[low_unit.lower()] if low_unit else factor
    return _range(low, float(match["high"]) * factor + rest)


def _range(low: float, high: float) -> Seconds:
    return (low, high) if low <= high else (high, low)


def _words(text: str) -> Iterator[Span]:
    for match in _WORDED.finditer(text):
        number, unit = match["number"].lower(), match["unit"].lower()
        # 'the first weeks' are as many as one likes.
        if unit in _PLURALS and _WORD_NUMBERS[number] == 1:
            continue
        seconds = _WORD_NUMBERS[number] * _UNITS[unit]
        yield Span(start=match.start(), end=match.end(), seconds=seconds)


def _iso(text: str) -> Iterator[Span]:
    for match in _ISO.finditer(text):
        seconds = sum(int(match[n] or 0) * size for n, size in _ISO_UNITS.items())
        yield Span(start=match.start(), end=match.end(), seconds=seconds)


def _unspaced(text: str) -> Iterator[Span]:
    for match in _UNSPACED_SPAN.finditer(text):
        factor = _UNSPACED[match["unit"]]
        low = int(match["low"]) * factor
        seconds = _range(low, int(match["high"]) * factor) if match["high"] else low
        yield Span(start=match.start(), end=match.end(), seconds=seconds)
