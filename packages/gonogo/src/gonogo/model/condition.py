"""A condition: what a number, or a word, has to be for a gate to hold."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Comparator(StrEnum):
    """How a measured value is compared with the limit."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="
    BETWEEN = "between"
    WORDS = "words"


class Relative(StrEnum):
    """What a relative limit is measured against."""

    BASELINE = "baseline"
    CONTROL = "control"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    One threshold, as the document states it.

    Attributes:
        comparator: `WORDS` where the document gives words alone ('stable').
        value: The limit; two numbers, low then high, for `BETWEEN`; None for words.
        unit: As written and normalised: '%', 'ms', 's', 'count', 'x', 'MB', …
        relative: Set when the limit is a change against another series: with unit
            '%' a rise of 5 % is value 5, with unit 'x' twice as much is value 2.
        window: The span that one judgement looks back over, where one is stated.
        words: The document's own words, where they are all there is.
    """

    comparator: Comparator
    value: float | tuple[float, float] | None = None
    unit: str | None = None
    relative: Relative | None = None
    window: timedelta | None = None
    words: str | None = None
