"""
Kinds: what a column's cells have to be, and what they become.

A kind is a setting, a frozen value; `cells` has what reads a column of that kind. The
same kinds tell an export which of its columns cannot hold a formula.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from hardening.core import require

BIGINT = 2**63 - 1
"""The greatest `bigint` of PostgreSQL."""

_YES = ("true", "t", "yes", "y", "on", "1")
_NO = ("false", "f", "no", "n", "off", "0")
_REGION = re.compile("[A-Z]{2}")
# Two days with nothing in common: a format that gives both back knows days.
_DAYS = (datetime(1999, 1, 31, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """
    Any text.

    Attributes:
        strip: Leave out white space around it.
        nfc: Compose its characters, so that equal names are equal text.
        unescape: Take off the apostrophes that `export_csv` puts before formulas.
        longest: In characters, as it is stored; None sets no limit of its own.
    """

    strip: bool = True
    nfc: bool = True
    unescape: bool = False
    longest: int | None = None

    def __post_init__(self) -> None:
        require(
            "Text.longest",
            self.longest,
            "1 or more, or None",
            holds=self.longest is None or self.longest >= 1,
        )


@dataclass(frozen=True, slots=True)
class Phone:
    """
    A phone number that phonenumbers calls valid; it becomes E.164: '+14155552671'.

    Attributes:
        region: Of numbers without a country code: 'US'; None takes none of those.
    """

    region: str | None = None

    def __post_init__(self) -> None:
        require(
            "Phone.region",
            self.region,
            "two capital letters of ISO 3166, or None",
            holds=self.region is None or bool(_REGION.fullmatch(self.region)),
        )


@dataclass(frozen=True, slots=True)
class Email:
    """
    An address that mail can be sent to, by its form; its domain becomes lower case.

    Whether anybody reads mail there is not asked. A name or a domain beyond ASCII is
    taken; quoted names, comments and addresses of hosts without a dot are not.

    Source:
        RFC 5321 section 4.1.2, RFC 6531; their lengths: 64 before the @, 254 in all.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """
    A whole number, written with digits and at most a sign.

    Attributes:
        low: The lowest that is taken; -2^63 at least, as for `bigint`.
        high: The highest that is taken; below 2^63.
    """

    low: int = -BIGINT - 1
    high: int = BIGINT

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        require("Integer.low", low, "-2^63 or more", holds=low >= -BIGINT - 1)
        holds = low <= high <= BIGINT
        require("Integer.high", high, "at least low, and below 2^63", holds=holds)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with digits and at most a sign and a decimal point: '-12.50'."""


@dataclass(frozen=True, slots=True)
class Date:
    """
    A day; it becomes '2026-11-22'.

    Attributes:
        formats: How it may be written, in the codes of `strptime`, the first that fits.
            '03/04/2026' is another day in London than in New York: nothing is guessed.
            Each has to tell the whole day, its year too.
    """

    formats: tuple[str, ...] = ("%Y-%m-%d",)

    def __post_init__(self) -> None:
        rule = (
            "a tuple of one format or more, such as '%d/%m/%Y', that tell a whole day"
        )
        listed = len(self.formats) > 0 and not isinstance(self.formats, str)
        holds = listed and all(map(_tells_a_day, self.formats))
        require("Date.formats", self.formats, rule, holds=holds)


@dataclass(frozen=True, slots=True)
class Boolean:
    """
    Yes or no.

    Attributes:
        yes: What means true, in lower case; capitals do not matter.
        no: What means false.
    """

    yes: tuple[str, ...] = _YES
    no: tuple[str, ...] = _NO

    def __post_init__(self) -> None:
        rule = "a tuple of words in lower case"
        require("Boolean.yes", self.yes, rule, holds=_are_words(self.yes))
        require("Boolean.no", self.no, rule, holds=_are_words(self.no))
        rule = "none of the words for yes"
        require("Boolean.no", self.no, rule, holds=not {*self.yes} & {*self.no})


def _tells_a_day(form: object) -> bool:
    """Tell whether what is written in a format is read as the day that it was."""
    if not isinstance(form, str) or "%" not in form:
        return False
    try:
        read = [datetime.strptime(day.strftime(form), form) for day in _DAYS]  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return [day.date() for day in _DAYS] == [day.date() for day in read]


def _are_words(words: object) -> bool:
    """Tell whether these can be found among cells, which are stripped and lowered."""
    return isinstance(words, tuple | list) and all(
        isinstance(word, str) and word == word.strip().lower() != "" for word in words
    )


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NUMERIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def harmless(kind: "Kind") -> re.Pattern[str] | None:
    """Return what cells of a kind look like that hold no formula; None knows of none."""
    match kind:
        case Phone():
            return _E164
        case Integer() | Number():
            return _NUMERIC
        case _:
            return None


Kind = Text | Phone | Email | Integer | Number | Date | Boolean
"""What a column may be."""
