"""
Lines of StatsD, with the tags of DogStatsD, read into what they say.

    name:value|type[|@rate][|#tag:text,tag][|…]

Source: etsy/statsd "Metric types"; Datadog, "DogStatsD over UDP" (tags, packed values).
"""

import math
import re
from dataclasses import dataclass
from enum import Enum

_LONGEST = 8_192  # characters of a line
_NAME = re.compile(r"[^\s:|@#]{1,200}")


class Type(Enum):
    """What a line is about."""

    COUNTER = "c"
    GAUGE = "g"
    TIMER = "ms"
    HISTOGRAM = "h"
    DISTRIBUTION = "d"
    SET = "s"


_TYPES = {each.value: each for each in Type}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One line.

    Attributes:
        values: As written; more than one where they are packed (`1:2:3|ms`).
        rate: So large a share of all was sent; above 0, at most 1.
        tags: Sorted by name; one without a text has ''.
    """

    name: str
    type: Type
    values: tuple[str, ...]
    rate: float = 1.0
    tags: tuple[tuple[str, str], ...] = ()


class NoLine(ValueError):
    """A text is no line of StatsD."""


def parsed(text: str) -> Line | None:
    """
    Return what a line says; None for events and service checks, which are no numbers.

    Raises:
        NoLine: It is none.
    """
    if text.startswith(("_e{", "_sc|")):
        return None
    head, *fields = text.split("|")
    name, *values = head.split(":")
    kind = _TYPES.get(fields[0]) if fields else None
    if len(text) > _LONGEST or kind is None or not _NAME.fullmatch(name) or not values:
        raise NoLine(text)
    if kind is not Type.SET and not all(map(_is_number, values)):
        raise NoLine(text)
    return Line(
        name=name,
        type=kind,
        values=tuple(values),
        rate=_rate(fields[1:], text),
        tags=_tags(fields[1:]),
    )


def _rate(fields: list[str], text: str) -> float:
    written = next((each[1:] for each in fields if each.startswith("@")), "1")
    if not _is_number(written) or not 0 < float(written) <= 1:
        raise NoLine(text)
    return float(written)


def _tags(fields: list[str]) -> tuple[tuple[str, str], ...]:
    written = next((each[1:] for each in fields if each.startswith("#")), "")
    pairs = (tag.partition(":") for tag in written.split(",") if tag)
    return tuple(sorted({name: text for name, _, text in pairs}.items()))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
