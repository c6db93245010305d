"""Patterns: which parts of a text are secrets, by all that can tell them."""

from hardening.logs.assignments import IsSecret, assigned
from hardening.logs.cards import cards
from hardening.logs.shapes import shaped
from hardening.logs.sightings import Sighting


def look(text: str, low: str, is_secret: IsSecret) -> list[Sighting]:
    """
    Return the secrets in a text; they may overlap, and come in no order.

    Args:
        text: Any length; the time taken is linear in it.
        low: Its outline.
        is_secret: Judges the names.
    """
    return shaped(text, low) + assigned(text, low, is_secret) + cards(text, low)
