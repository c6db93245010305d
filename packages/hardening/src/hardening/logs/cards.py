"""
Cards: numbers of payment cards, told from other long numbers by their check digit.

Source:
    ISO/IEC 7812.
"""

import re

from hardening.logs.sightings import KINDS, Sighting

_CARD = re.compile(
    r"(?<![\d.+])(?:[3-6]\d{12,18}|2\d{15}"
    r"|[2-6]\d{3}(?P<by>[ -])\d{4}(?P=by)\d{4}(?P=by)\d{4}"
    r"|3\d{3}(?P<bx>[ -])\d{6}(?P=bx)\d{5})(?!\d)"
)
_CARD_KIND = KINDS.index("card")
_CARD_DIGITS = 13
_TEN = 10


def cards(text: str, low: str) -> list[Sighting]:
    """Return the card numbers in a text, by it and its outline."""
    if "0000" not in low or not _has_digits(low):
        return []
    return [
        (match.start(), -match.end(), _CARD_KIND)
        for match in _CARD.finditer(text)
        if _is_card(match.group())
    ]


def _has_digits(low: str) -> bool:
    return "0000000000000" in low or "0000 000" in low or "0000-000" in low


def _is_card(text: str) -> bool:
    """Tell whether the digits are those of a card: length, and ISO/IEC 7812's check."""
    places = [int(char) for char in reversed(text) if char.isdigit()]
    if len(places) < _CARD_DIGITS or len(set(places)) == 1:
        return False
    doubled = [sum(divmod(2 * place, _TEN)) for place in places[1::2]]
    return (sum(places[::2]) + sum(doubled)) % _TEN == 0
