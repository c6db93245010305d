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
    **dict.fromkeys(
        ("less than", "lower than", "fewer than", "smaller than", "below", "under",
         "menos de", "menor que", "menor a", "weniger als", "unter", "inferior a",
         "abaixo de", "por debajo de"),
        Comparator.LESS,
    ),
    **dict.fromkeys(
        ("at most", "no more than", "not more than", "up to", "maximum of", "maximum",
         "max", "not exceed", "not exceeding", "hochstens", "höchstens", "maximal",
         "como maximo", "no greater than", "not to exceed", "must not exceed",
         "does not exceed", "limited to", "or less", "or fewer", "or lower"),
        Comparator.AT_MOST,
    ),
    **dict.fromkeys(
        ("more than", "greater than", "higher than", "larger than", "above", "over",
         "exceeds", "exceed", "exceeding", "exceeded", "mas de", "más de", "mayor que",
         "mayor a", "mehr als", "über", "acima de", "maior que", "beyond", "surpasses",
         "supera"),
        Comparator.MORE,
    ),
    **dict.fromkeys(
        ("at least", "no less than", "not less than", "minimum of", "minimum", "min",
         "mindestens", "al menos", "pelo menos", "or more", "or higher", "or above",
         "or greater"),
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
    **dict.fromkeys(("rps", "req/s", "requests/s", "qps", "ops/sec", "requests/sec"),
                    "rps"),
}  # fmt: skip


def _either(words: Sequence[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered)


TOKEN = re.compile(
    r"(?P<SPACE>[\s*_`]+)"
    r"|(?P<WITHIN>±|\+/-)"
    r"|(?P<ABOUT>[~≈]|(?:about|around|approximately|approx\.?|circa|ca\.)(?!\w))"
    rf"|(?P<COMPARATOR>{_either(tuple(COMPARATORS))}"
    rf"|(?<!\w)(?:{_either(tuple(COMPARATOR_WORDS))})(?!\w))"
    r"|(?P<BETWEEN>(?<!\w)(?:between|zwischen|entre)(?!\w))"
    r"|(?P<NUMBER>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?P<SCALE>(?-i:[kKM]))(?!\w))?"
    rf"|(?P<UNIT>(?:{_either(tuple(UNITS))})(?![A-Za-z]))"
    r"|(?P<PLUS>\+(?!\d))"
    r"|(?P<RANGE>-(?=\s*[\d$]|>)|[\u2013\u2014]|→|to(?!\w)|and(?!\w)|bis(?!\w)|y(?!\w))"
    r"|(?P<OF>/(?=\s*\d))"
    r"|(?P<SIGN>[+-])",
    re.IGNORECASE,
)
