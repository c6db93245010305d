"""Units: a limit stated in one unit, as a number in the unit that a probe gives."""

from collections.abc import Mapping
from dataclasses import replace

from gonogo.model.condition import Condition

_TIME: Mapping[str, float] = {
    "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600,
}  # fmt: skip
_SIZE: Mapping[str, float] = {
    "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
    "kib": 1024, "mib": 1024**2, "gib": 1024**3, "tib": 1024**4,
}  # fmt: skip
_SHARE: Mapping[str, float] = {"%": 1, "percent": 1, "pct": 1, "ratio": 100}
_FAMILIES = (_TIME, _SIZE, _SHARE)
_CHANGES = frozenset({"%", "x"})


def in_unit(condition: Condition, unit: str | None) -> Condition | None:
    """
    Return the condition in the unit of its probe; None where they do not fit.

    A change in percent, or a multiple, has no unit of its own; a bare number is taken
    to be in the probe's.
    """
    stated = condition.unit
    if condition.relative is not None and stated in _CHANGES:
        return condition
    if unit is None or stated in {None, "count"} or _same(stated, unit):
        return condition
    factor = _factor(stated or "", unit)
    return None if factor is None else _scaled(condition, factor, unit)


def _same(one: str | None, other: str) -> bool:
    return one is not None and one.casefold() == other.casefold()


def _factor(stated: str, unit: str) -> float | None:
    for family in _FAMILIES:
        if stated.casefold() in family and unit.casefold() in family:
            return family[stated.casefold()] / family[unit.casefold()]
    return None


def _scaled(condition: Condition, factor: float, unit: str) -> Condition:
    value = condition.value
    if isinstance(value, tuple):
        value = (_rounded(value[0] * factor), _rounded(value[1] * factor))
    elif value is not None:
        value = _rounded(value * factor)
    return replace(condition, value=value, unit=unit)


def _rounded(value: float) -> float:
    """Take off what only binary fractions add: 500 ms are 0.5 s."""
    return float(f"{value:.12g}")
