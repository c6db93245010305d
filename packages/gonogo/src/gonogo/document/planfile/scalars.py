"""
Scalars: the values of a plan file that have no keys, each with all there is to know.

What one looks like, how it is read and written, and its JSON Schema stand together, so
that the reader and the schema cannot drift apart.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import inf, isfinite
from typing import Any

from gonogo.document.bindings.duration import PATTERN, duration, said
from gonogo.document.nodes import Items, Leaf, Node

Json = Mapping[str, Any]

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{0,25})?(?:[eE][-+]?\d{1,3})?")
_EXACT = 1e15
# Ids stand in commands that people type; `undo-3` and `ID/confirm` are questions' own.
_IDENTIFIER = r"^(?!undo-[0-9]+$)[^\s/'\"$`\\\-][^\s/'\"$`\\]*$"
_LARGEST_WHOLE = 10**9
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_HUNDRED = 100.0
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """
    One kind of value.

    Attributes:
        name: Of its definition in the schema; '' where it is spelled out.
        wanted: What it has to be, for the message of a mistake.
        example: One, as it is written.
        read: Returns the value that a node states; None where it states none.
        write: Returns the value as a text, a number or a truth.
        schema: As JSON Schema.
    """

    name: str
    wanted: str
    example: str
    read: Callable[[Node], Any]
    write: Callable[[Any], Any]
    schema: Json


def _text(node: Node) -> str | None:
    return node.text if isinstance(node, Leaf) else None


def _identifier(node: Node) -> str | None:
    text = _text(node)
    return text if text is not None and re.fullmatch(_IDENTIFIER, text) else None


def _plain(node: Node) -> str:
    """Return what stands there without quotes; '' where something else does."""
    return node.text if isinstance(node, Leaf) and not node.quoted else ""


def _number(node: Node) -> float | None:
    text = _plain(node)
    value = float(text) if _NUMBER.fullmatch(text) else inf
    return value if isfinite(value) else None


def _percent(node: Node) -> float | None:
    value = _number(node)
    return value if value is not None and 0 <= value <= _HUNDRED else None


def _whole(node: Node) -> int | None:
    value = _number(node)
    if value is None or value != int(value) or not 1 <= value <= _LARGEST_WHOLE:
        return None
    return int(value)


def _from_zero(node: Node) -> int | None:
    value = _number(node)
    return 0 if value == 0 else _whole(node)


def _truth(node: Node) -> bool | None:
    text = _plain(node).lower()
    return text in _TRUE if text in _TRUE | _FALSE else None


def _span(node: Node) -> timedelta | None:
    return duration(node.text) if isinstance(node, Leaf) else None


def _date(node: Node) -> date | None:
    text = _text(node) or ""
    try:
        return date.fromisoformat(text) if re.fullmatch(_DAY, text) else None
    except ValueError:
        return None


def _time(node: Node) -> timedelta | None:
    return _span(node) or None


def _limit(node: Node) -> float | tuple[float, float] | None:
    if not isinstance(node, Items):
        return _number(node)
    numbers = [_number(item) for item in node.items]
    match numbers:
        case [float(low), float(high)] if low <= high:
            return low, high
        case _:
            return None


def _short(value: float) -> float:
    """Return a number as people write it: 5, not 5.0."""
    plain = float(value).is_integer() and abs(value) < _EXACT and repr(value) != "-0.0"
    return int(value) if plain else value


def _written_limit(value: float | tuple[float, float]) -> Any:  # noqa: ANN401
    return [*map(_short, value)] if isinstance(value, tuple) else _short(value)


def _written_span(span: timedelta) -> str:
    """Return '24h'; seconds with a fraction where '24h' would lose a part."""
    text = said(span)
    if duration(text) == span:
        return text
    hours, rest = divmod(span, _HOUR)
    return (
        f"{hours}h {rest.total_seconds():f}s" if hours else f"{rest.total_seconds():f}s"
    )


_SPAN = "a span of time such as 90s, 5m, 24h, 2d, 1w or PT24H"
_NUMBERS: Json = {"type": "number"}

TEXT = Scalar(
    name="text",
    wanted="a text",
    example="…",
    read=_text,
    write=str,
    # A number or a word such as 'on' counts as it is written.
    schema={"type": ["string", "number", "boolean"]},
)
IDENTIFIER = Scalar(
    name="identifier",
    wanted="an id without spaces, slashes and quotes, and not undo-1, undo-2, …",
    example="deploy",
    read=_identifier,
    write=str,
    schema={
        "type": ["string", "number", "boolean"],
        "pattern": _IDENTIFIER,
        "minimum": 0,
    },
)
NUMBER = Scalar(
    name="number",
    wanted="a number",
    example="5",
    read=_number,
    write=_short,
    schema=_NUMBERS,
)
PERCENT = Scalar(
    name="percent",
    wanted="a number from 0 to 100",
    example="5",
    read=_percent,
    write=_short,
    schema={**_NUMBERS, "minimum": 0, "maximum": 100},
)
WHOLE = Scalar(
    name="whole",
    wanted="a whole number from 1 on",
    example="3",
    read=_whole,
    write=int,
    schema={"type": "integer", "minimum": 1, "maximum": _LARGEST_WHOLE},
)
FROM_ZERO = Scalar(
    name="from_zero",
    wanted="a whole number from 0 on",
    example="1",
    read=_from_zero,
    write=int,
    schema={"type": "integer", "minimum": 0, "maximum": _LARGEST_WHOLE},
)
TRUTH = Scalar(
    name="truth",
    wanted="true or false",
    example="true",
    read=_truth,
    write=bool,
    schema={"type": "boolean"},
)
SPAN = Scalar(
    name="span",
    wanted=_SPAN,
    example="24h",
    read=_span,
    write=_written_span,
    schema={"type": "string", "pattern": PATTERN},
)
TIME = Scalar(
    name="time",
    wanted=f"{_SPAN}, longer than none",
    example="5m",
    read=_time,
    write=_written_span,
    schema={"type": "string", "pattern": f"^(?=.*[1-9]){PATTERN.removeprefix('^')}"},
)
DATE = Scalar(
    name="date",
    wanted="a day such as 2026-12-24",
    example="2026-12-24",
    read=_date,
    write=date.isoformat,
    schema={"type": "string", "pattern": _DAY},
)
LIMIT = Scalar(
    name="limit",
    wanted="a number, or two: [low, high]",
    example="5",
    read=_limit,
    write=_written_limit,
    schema={
        "anyOf": [
            _NUMBERS,
            {"type": "array", "items": _NUMBERS, "minItems": 2, "maxItems": 2},
        ]
    },
)


def choice(words: type[StrEnum]) -> Scalar:
    """Return the scalar that is one of the words of an enumeration."""
    known = [word.value for word in words]

    def read(node: Node) -> StrEnum | None:
        text = _text(node)
        return words(text) if text in known else None

    return Scalar(
        name="",
        wanted=f"one of: {', '.join(known)}",
        example=known[0],
        read=read,
        write=str,
        schema={"enum": known},
    )
