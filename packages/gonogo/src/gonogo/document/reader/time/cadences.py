"""Cadences: how often something is done, said in one word ('daily', 'weekly review')."""

import re

_HOUR, _DAY = 3600.0, 86400.0
_WEEK, _MONTH = 7 * _DAY, 30 * _DAY
_PERIODS: dict[float, str] = {
    _DAY / 2: r"twice (?:a day|daily)",
    _HOUR: r"hourly|st[uü]ndlich|每小时|毎時",
    _DAY: r"daily|nightly|diari[ao]s?|diariamente|di[aá]ri[ao]s?|t[aä]glich\w*|quotidien\w*"
    r"|giornalier\w+|dagelijkse?|毎日|每天|每日",
    _WEEK: r"weekly|semanal\w*|semanais|w[oö]chentlich\w*|hebdomadaires?|settimanal\w+"
    r"|wekelijkse?|毎週|每周",
    2 * _WEEK: r"bi-?weekly|fortnightly",
    _MONTH: r"monthly|mensual\w*|mensa(?:l|is)|monatlich\w*|mensuel\w*|mensil\w+"
    r"|maandelijkse?|毎月|每月",
    3 * _MONTH: r"quarterly|trimestral\w*|viertelj[aä]hrlich\w*|trimestriel\w*",
    365 * _DAY: r"annual(?:ly)?|yearly|anual\w*|j[aä]hrlich\w*|annuel\w*",
}
_ADVERB = "|".join(_PERIODS.values())
# What is done again and again under such a word.
_ROUTINE = (
    r"reviews?|checks?|reports?|monitoring|stand-?ups?|syncs?|meetings?|maintenance"
    r"|audits?|verification|check-?ins?|calls?|updates?|cadence|drills?|tests?|restores?|summar(?:y|ies)|digests?"
    r"|reporting|rehears\w+|revis[ai]\w+|prüfung\w*"
)
# The whole title, its first word, its last, or in brackets at its end.
_TITLE = re.compile(
    rf"^(?:\W*(?:{_ADVERB})\W*$|(?:[^:]{{0,40}}:\s*)?\W*(?:{_ADVERB})\s+"
    rf"(?:\w+\s){{0,2}}(?:{_ROUTINE}|tasks|operations|activities|tareas|aufgaben)\b"
    rf"|.{{1,80}}\((?:{_ADVERB})\)\W*$)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    rf"^(?:{_ADVERB})\s*(?::|[\u2013\u2014-]\s)|^(?:[^:]{{1,40}}:\s*)?(?:{_ADVERB})\s+(?:\w+\s){{0,2}}"
    rf"(?:{_ROUTINE})\b|\b(?:{_ROUTINE}|tested|reviewed|checked)\s+(?:{_ADVERB})\W*$"
    rf"|\((?:{_ADVERB})\)\W*$"
    rf"|\b(?:check|review|monitor|verify|rotate|test|report|audit|schedul\w+|meet|update"
    rf"|post|run|revis[ae]r?|prüfen)\b[^.;:]{{1,60}}\b(?:once |twice )?(?:{_ADVERB})"
    rf"(?:\s+(?:{_ROUTINE}|alternate meeting|(?:\w+ ){{1,2}}meetings?)\b|\W*$)",
    re.IGNORECASE,
)
# What machines do by themselves structures no procedure.
_BY_ITSELF = re.compile(
    r"\b(?:automat\w+|backups?|cron\w*|snapshots?|jobs?|builds?)\b", re.IGNORECASE
)
# But somebody sees whether they would do.
_BY_HAND = re.compile(
    r"\b(?:drills?|test(?:s|ed)?|restores?|rehears\w+)\b", re.IGNORECASE
)
_WHOLE = re.compile(rf"^\W*(?:{_ADVERB})\b", re.IGNORECASE)
_NAMES = {size: re.compile(words, re.IGNORECASE) for size, words in _PERIODS.items()}
# Some of its letters are in every such word: most sentences need no closer look.
_LETTERS = (
    "ly", "twice", "diari", "diári", "glich", "quotid", "giorn", "dageli", "seman",
    "wöch", "woch", "hebdo", "settim", "wekeli", "mens", "monat", "maand", "trimes",
    "viertel", "annu", "anual", "jähr", "jahr", "ndlich", "毎", "每",
)  # fmt: skip


def titled_cadence(text: str) -> float | None:
    """Return the seconds of a title that is a cadence ('Daily', 'Weekly reviews')."""
    return _period(text) if _may_be(text) and _TITLE.match(text) else None


def item_cadence(text: str) -> float | None:
    """Return the seconds of what an item has done regularly; None for none."""
    if not _may_be(text) or (_BY_ITSELF.search(text) and not _BY_HAND.search(text)):
        return None
    return _period(text) if _ITEM.search(text) else None


def cell_cadence(text: str) -> float | None:
    """Return the seconds of a cell that begins with a cadence."""
    return _period(text) if _WHOLE.match(text) else None


def _may_be(text: str) -> bool:
    lowered = text.lower()
    return any(letters in lowered for letters in _LETTERS)


def _period(text: str) -> float | None:
    found = {size: m for size, name in _NAMES.items() if (m := name.search(text))}
    # 'biweekly' holds 'weekly': the word that begins first is the one that is meant.
    return min(found, key=lambda size: found[size].start(), default=None)
