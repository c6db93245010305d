"""Intervals: the values that a limit allows, so that two limits can be compared."""

from dataclasses import dataclass, replace
from math import inf

from gonogo.document.compiler.units import in_unit
from gonogo.model.condition import Comparator, Condition


@dataclass(frozen=True, slots=True)
class Interval:
    """A run of numbers; `*_open` tells that the end itself does not belong to it."""

    low: float = -inf
    high: float = inf
    low_open: bool = True
    high_open: bool = True

    @property
    def is_empty(self) -> bool:
        """Tell whether no number lies in it."""
        touches = self.low == self.high and (self.low_open or self.high_open)
        return self.low > self.high or touches

    def meets(self, other: "Interval") -> bool:
        """Tell whether a number lies in both."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return not Interval(low[0], high[0], low[1], not high[1]).is_empty

    def reaches_into(self, other: "Interval") -> bool:
        """Tell whether more than a single number lies in both."""
        return max(self.low, other.low) < min(self.high, other.high)


def allowed(condition: Condition) -> Interval | None:
    """Return what a condition is true for; None where that is no one interval."""
    value = condition.value
    if isinstance(value, tuple):
        return Interval(*value, low_open=False, high_open=False)
    if value is None:
        return None
    return {
        Comparator.LESS: Interval(high=value),
        Comparator.AT_MOST: Interval(high=value, high_open=False),
        Comparator.MORE: Interval(low=value),
        Comparator.AT_LEAST: Interval(low=value, low_open=False),
        Comparator.EQUAL: Interval(value, value, low_open=False, high_open=False),
    }.get(condition.comparator)


def comparable(one: Condition, other: Condition) -> Condition | None:
    """Return `other` in the unit of `one`; None where the two measure differently."""
    if one.relative is not other.relative:
        return None
    if one.unit == other.unit:
        return other
    if one.unit is None or other.unit is None or one.relative is not None:
        return None
    fitting = in_unit(other, one.unit)
    return fitting and replace(fitting, unit=one.unit)
