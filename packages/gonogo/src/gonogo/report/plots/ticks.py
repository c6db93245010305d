"""Ticks: round numbers and round instants, as a person would mark an axis."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Spans that divide the hour and the day; beyond a day, round numbers of days.
_STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14_400, 21_600, 43_200),
    *(86_400, 172_800, 604_800, 2_592_000, 31_536_000),
)
_DAY_S, _MINUTE_S = 86_400, 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Axis:
    """From numbers to shares of an axis; `low` is less than `high`."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Return where a value lies, from 0 to 1; what is beyond lies at the end."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(share, 0.0), 1.0)


def axis_of(numbers: Iterator[float], *, air: float = 0.08) -> Axis:
    """
    Return an axis that holds all numbers, with some air above and below.

    What is never negative gets no air below zero: an error rate of -1 % is nonsense.
    """
    known = [each for each in numbers if math.isfinite(each)] or [0.0]
    low, high = min(known), max(known)
    room = (high - low) * air if high > low else abs(high) * 0.1 or 1.0
    floor = low - room
    return Axis(max(floor, 0.0) if low >= 0 else floor, high + room)


def number_ticks(axis: Axis, most: int = 4) -> tuple[float, ...]:
    """Return round numbers within an axis, ascending, about as many as wanted."""
    rough = (axis.high - axis.low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * (1 - 1e-9))
    first, last = math.ceil(axis.low / step), math.floor(axis.high / step)
    return tuple(n * step for n in range(first, last + 1))


def odds_ticks(axis: Axis, most: int = 4) -> tuple[tuple[float, str], ...]:
    """Return the powers of ten within an axis of logs (ln), with their labels."""
    decades = math.floor(axis.high / math.log(10))
    step = max(1, math.ceil(decades / most))
    powers = range(0, decades + 1, step)
    return tuple((power * math.log(10), f"{10**power:,}") for power in powers)


def time_ticks(
    start: datetime, end: datetime, most: int = 6
) -> tuple[tuple[datetime, str], ...]:
    """Return round instants from start to end with their labels, in UTC."""
    total = max((end - start).total_seconds(), 1.0)
    step = next((s for s in _STEPS_S if total / s <= most), _STEPS_S[-1])
    first = math.ceil((start - _EPOCH).total_seconds() / step)
    last = math.floor((end - _EPOCH).total_seconds() / step)
    instants = (_EPOCH + timedelta(seconds=n * step) for n in range(first, last + 1))
    return tuple((at, _label(at, step)) for at in instants)


def _label(at: datetime, step: int) -> str:
    """Return the clock time; the day where a new one begins."""
    if step >= _DAY_S or (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{at:%b} {at.day}"
    return f"{at:%H:%M:%S}" if step < _MINUTE_S else f"{at:%H:%M}"
