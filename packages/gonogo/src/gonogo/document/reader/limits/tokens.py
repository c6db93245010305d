"""
Tokens: a text cut into the words that a threshold is made of.

A word that means nothing to a threshold ends a run; so does a number that is part of
a name ('P99', 'v1.2', '5pm', '5xx') and the '=' of an assignment ('TESTING=1').
"""

import re
from typing import NamedTuple

from gonogo.document.reader.limits.quantities import TOKEN


class Token(NamedTuple):
    """A word or sign that means something to a threshold, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def runs(text: str) -> list[list[Token]]:
    """Return the tokens of `text`, in runs that no other word interrupts."""
    found: list[list[Token]] = [[]]
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or _is_part(text, position, match):
            position = _next_start(text, position)
            if found[-1]:
                found.append([])
            continue
        if match.lastgroup != "SPACE":
            found[-1].append(_token(match))
        position = match.end()
    return found


def _is_part(text: str, position: int, match: re.Match[str]) -> bool:
    """Tell whether a token is a part of a longer word."""
    if match.group() == "=":
        return position > 0 and not text[position - 1].isspace()
    if match["NUMBER"] and text[match.end() : match.end() + 1].isalpha():
        behind = TOKEN.match(text, match.end())
        if behind is None or behind.lastgroup not in {"UNIT", "RANGE"}:
            return True
    return text[position].isalnum() and _in_word(text, position)


def _in_word(text: str, position: int) -> bool:
    """Tell whether a word or number began before `position` ('P99', 'v1.2')."""
    before = text[position - 1] if position else " "
    return before.isalpha() or before == "_" or (before == "." and position > 1)


def _next_start(text: str, position: int) -> int:
    """Return where the next word or sign begins."""
    position += 1
    while (
        position < len(text)
        and text[position].isalnum()
        and (text[position - 1].isalnum() or text[position - 1] == "_")
    ):
        position += 1
    return position


def _token(match: re.Match[str]) -> Token:
    kind = "NUMBER" if match["NUMBER"] else match.lastgroup or ""
    return Token(kind, match.group(), match.start(), match.end())
