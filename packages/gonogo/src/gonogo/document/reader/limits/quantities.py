"""Quantities: the tokens of a threshold, comparators and units with their synonyms."""

import re
from collections.abc import Sequence

from gonogo.model.condition import Comparator

COMPARATORS: dict[str, Comparator] = {
    **dict.fromkeys(("<=", "=<", "≤", "⩽"), Comparator.AT_MOST),
    **dict.fromkeys((">=", "=>", "≥", "⩾"), Comparator.AT_LEAST),
    **dict.fromkeys(("!=", "<>", "≠"), Comparator.NOT_EQUAL),
    **dict.fromkeys(("==", "="), Comparator.EQUAL),
    "<": Comparator.LESS,
    ">": Comparator.MORE,
}
COMPARATOR_WORDS: dict[str, Comparator] = {
    "min": Comparator.AT_LEAST,
    "max": Comparator.AT_MOST,
    **dict.fromkeys(
        ("less than", "lower than", "fewer than", "smaller than", "faster than", "shorter than", "below", "under",
         "menos de", "menor que", "menor a", "weniger als", "unter", "inferior a",
         "abaixo de", "por debajo de"),
        Comparator.LESS,
    ),
    **dict.fromkeys(
        ("at most", "no more than", "not more than", "up to", "maximum of", "maximum",
         "not exceed", "not exceeding", "hochstens", "höchstens", "maximal",
         "como maximo", "no greater than", "not to exceed", "must not exceed",
         "does not exceed", "within", "no higher than", "not above", "not higher than",
         "not over", "never above", "not greater than", "limited to", "or less", "or fewer", "or lower"),
        Comparator.AT_MOST,
    ),
    **dict.fromkeys(
        ("more than", "greater than", "higher than", "larger than", "slower than", "longer than", "above", "over",
         "exceeds", "exceed", "exceeding", "exceeded", "mas de", "más de", "mayor que",
         "mayor a", "mehr als", "über", "acima de", "maior que", "beyond", "surpasses",
         "supera"),
        Comparator.MORE,
    ),
    **dict.fromkeys(
        ("at least", "no less than", "not less than", "no lower than", "not lower than",
         "not below", "no fewer than", "not under", "never below", "not fewer than",
         "minimum of", "minimum",
         "mindestens", "al menos", "pelo menos", "or more", "or higher", "or above",
         "or greater", "achieve", "achieves", "maintain", "maintains", "maintaining"),
        Comparator.AT_LEAST,
    ),
    **dict.fromkeys(
        ("exactly", "equal to", "equals", "genau", "igual a"), Comparator.EQUAL
    ),
}  # fmt: skip
UNITS: dict[str, str] = {
    **dict.fromkeys(("%", "percent", "pct", "prozent", "por ciento"), "%"),
    **dict.fromkeys(("pp", "percentage points", "percentage point"), "pp"),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("µs", "us", "microseconds"), "us"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("x", "\u00d7", "times"), "x"),
    **dict.fromkeys(("kb", "kib"), "KB"),
    **dict.fromkeys(("mb", "mib"), "MB"),
    **dict.fromkeys(("gb", "gib"), "GB"),
    **dict.fromkeys(("tb", "tib"), "TB"),
    **dict.fromkeys(("kbps", "kbit/s"), "Kbps"),
    **dict.fromkeys(("mbps", "mbit/s"), "Mbps"),
    **dict.fromkeys(("gbps", "gbit/s"), "Gbps"),
    **dict.fromkeys(("rps", "req/s", "requests/s", "qps", "ops/sec", "requests/sec"),
                    "rps"),
}  # fmt: skip


def _either(words: Sequence[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered)


_UNAMBIGUOUS = sorted(COMPARATOR_WORDS.keys() - {"min", "max"})
TOKEN = re.compile(
    # '> baseline * 1.5': the series between a comparator and its number.
    r"(?P<SPACE>[\s*_`]+|(?<=[<>=]\s)(?:the\s+)?(?:baseline|stable|control|primary"
    r"|previous|normal)\s*(?:[*+\u00d7]\s*(?=[\d.])))"
    r"|(?P<WITHIN>±|\+/-)"
    r"|(?P<ABOUT>[~≈]|(?:about|around|approximately|approx\.?|circa|ca\.)(?!\w))"
    rf"|(?P<COMPARATOR>(?<!-)(?:{_either(tuple(COMPARATORS))})"
    rf"|(?<!\w)(?:{_either(tuple(_UNAMBIGUOUS))})(?!\w)"
    # 'min 3' is a comparator, '15 min' a unit.
    r"|(?<![\w\d])(?<!\d\s)(?:min|max)\.?:?(?=\s*\d))"
    r"|(?P<BETWEEN>(?<!\w)(?:between|zwischen|entre)(?!\w))"
    r"|(?P<NUMBER>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?P<SCALE>(?-i:[kKM]))(?!\w))?"
    rf"|(?P<UNIT>(?:{_either(tuple(UNITS))})(?![A-Za-z]))"
    r"|(?P<PLUS>\+(?!\d))"
    r"|(?P<RANGE>-(?=\s*[\d$]|>)|[\u2013\u2014]|→|to(?!\w)|and(?!\w)|bis(?!\w)|y(?!\w))"
    r"|(?P<OF>/(?=\s*\d))"
    r"|(?P<SIGN>[+-])",
    re.IGNORECASE,
)
