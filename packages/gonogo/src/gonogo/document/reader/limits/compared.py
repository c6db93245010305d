"""Compared: what the tokens of a threshold compare with, as comparator and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.document.reader.limits.quantities import (
    COMPARATOR_WORDS,
    COMPARATORS,
    UNITS,
)
from gonogo.document.reader.limits.threshold_forms import Stated
from gonogo.document.reader.limits.tokens import Token
from gonogo.model.condition import Comparator

_IN_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SCALES = {"k": 1e3, "m": 1e6}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `signed` where a sign makes it a change."""

    value: float
    unit: str | None
    signed: bool


def compared(
    stated: Stated,
) -> tuple[Comparator, float | tuple[float, float], Quantity]:
    """Return the comparator of a condition, its value or its ends, and the quantity."""
    quantities = [_quantity(tokens) for tokens in stated.quantities]
    match stated.form:
        case "between":
            low, high = _alike(quantities[0], quantities[1])
            values = (min(low.value, high.value), max(low.value, high.value))
            return Comparator.BETWEEN, values, high if high.unit else low
        case "within":
            first = quantities[0]
            return (
                Comparator.BETWEEN,
                (-first.value, first.value),
                Quantity(first.value, first.unit, signed=True),
            )
        case "at_least":
            least = _with_unit(quantities[0], stated)
            return Comparator.AT_LEAST, least.value, least
        case "about" | "exact" | "all_of":
            return Comparator.EQUAL, quantities[0].value, quantities[0]
        case _:
            return (
                _comparator(stated),
                quantities[0].value,
                _with_unit(quantities[0], stated),
            )


def _with_unit(quantity: Quantity, stated: Stated) -> Quantity:
    """Return a quantity with the unit behind its plus sign ('10+ min')."""
    kinds = [token.kind for token in stated.tokens[-2:]]
    if kinds == ["PLUS", "UNIT"]:
        last = stated.tokens[-1]
        unit = UNITS[last.text.lower()]
        return Quantity(quantity.value, unit, signed=quantity.signed)
    return quantity


def _alike(low: Quantity, high: Quantity) -> tuple[Quantity, Quantity]:
    """Return both ends of a range in the unit of the higher ('100ms-1s')."""
    factor = _IN_SECONDS.get(low.unit or ""), _IN_SECONDS.get(high.unit or "")
    if low.unit == high.unit or factor[0] is None or factor[1] is None:
        return low, high
    value = low.value * factor[0] / factor[1]
    return Quantity(value, high.unit, signed=low.signed), high


def _comparator(stated: Stated) -> Comparator:
    word = next(stated.of_kind("COMPARATOR")).text
    folded = " ".join(word.lower().split()).rstrip(".:")
    return COMPARATORS.get(folded) or COMPARATOR_WORDS[folded]


def _quantity(tokens: Sequence[Token]) -> Quantity:
    texts = {token.kind: token.text for token in tokens}
    number, sign, unit = texts["NUMBER"], texts.get("SIGN"), texts.get("UNIT")
    digits = number.rstrip("kKM").replace(",", "")
    value = float(digits) * _SCALES.get(number[-1].lower(), 1.0)
    return Quantity(
        -value if sign == "-" else value,
        UNITS[unit.lower()] if unit else None,
        signed=bool(sign),
    )
