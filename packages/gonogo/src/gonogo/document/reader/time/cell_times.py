"""
Cell times: how a column of times shortens what its cells hold.

Elsewhere '30 m' are metres and '30' is a number; under a title of times, where nothing
else stands in the cell, they are minutes, or what the title names.
"""

import re

_NUMBER = r"[~≈<≤]?\s*\d{1,4}(?:[.,]\d{1,2})?(?:\s*[-\u2013]\s*\d{1,4})?\+?"
_SPACED = re.compile(rf"^(?P<number>{_NUMBER})\s+m\.?$")
_BARE = re.compile(rf"^{_NUMBER}$")
# Seconds stand in tables of measurements, so that none are taken from a title.
_UNIT = re.compile(
    r"\((?:in )?(?P<unit>m|mins?|minutes?|h|hrs?|hours?|days?|minuten|stunden|minutos"
    r"|horas)\.?\)|^(?P<whole>minutes|mins)$",
    re.IGNORECASE,
)


def written_out(text: str, title: str) -> str:
    """
    Return a cell of times as it would be written in a sentence ('30 m' as '30min').

    Args:
        text: The cell in plain words.
        title: That of its column; a unit in brackets is that of bare numbers.
    """
    text = text.strip()
    spaced = _SPACED.match(text)
    if spaced:
        return f"{spaced['number']}min"
    unit = _UNIT.search(title.strip())
    if unit and _BARE.match(text):
        named = unit["unit"] or unit["whole"]
        return f"{text} {'min' if named == 'm' else named}"
    return text
