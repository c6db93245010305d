"""Tokens: the words, numbers and quoted names of a line, each with its place."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from gonogo.simulation.script.mistakes import Unclear


class Sort(Enum):
    """What a token is."""

    WORD = auto()
    NUMBER = auto()
    QUOTED = auto()
    SPAN = auto()
    CLOCK = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` without its quotes."""

    sort: Sort
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Return the word as it is compared; '' for what was quoted."""
        return "" if self.sort is Sort.QUOTED else self.text.casefold()


_UNIT = "%|x|us|µs|ms|s|secs?|m|mins?|h|hrs?|d|w|[kmgt]?i?b"
_PATTERN = re.compile(
    rf"""
    (?P<QUOTED>"[^"]*"|“[^”]*”|\u2018[^\u2019]*\u2019|`[^`]*`|'[^']*'(?!\w))
    |(?P<DATE>\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?Z?)
    |(?P<CLOCK>\d{{1,2}}:\d\d(?!\w))
    |(?P<SPAN>(?:\d+(?:\.\d+)?[wdhms]){{2,}}(?!\w))
    |(?P<NUMBER>[+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?=(?:{_UNIT})?(?!\w)))
    |(?P<WORD>%|=|±|\+/-|/|[^\s,'"%=/]+(?:['\u2019/-][^\s,'"%=]+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,]*")


def tokens_of(text: str) -> tuple[Token, ...]:
    """
    Return the tokens of a line.

    Raises:
        Unclear: A character that opens nothing, a single quote say.
    """
    found, place = [], 0
    while (place := _after_space(text, place)) < len(text):
        match = _PATTERN.match(text, place)
        if match is None or not match[0]:
            what = f"'{text[place]}' opens a name that is not closed."
            raise Unclear(place, len(text), what)
        found.append(_token(match))
        place = match.end()
    return tuple(found)


def _after_space(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def _token(match: re.Match[str]) -> Token:
    sort = Sort[match.lastgroup or "WORD"]
    text = match[0]
    if sort is Sort.QUOTED:
        text = text[1:-1]
    if sort is Sort.NUMBER:
        text = text.replace(",", "")
    if sort is Sort.WORD and len(text) > 1:
        text = text.rstrip(".;:") or text
    return Token(sort, text, match.start(), match.end())
