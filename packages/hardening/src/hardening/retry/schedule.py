"""
The schedule: how long to wait before the next attempt.

Pure: chance comes in as a number. What matters about a schedule is how it spreads
clients that failed at the same instant. Of 1,000 such clients the busiest second
afterwards holds all with full jitter from 1 s, about 510 from 2 s, and about 47 with
`Spread(0, 29)`.
"""

from dataclasses import dataclass
from typing import assert_never

from hardening.core import is_number, require, require_positive

# 2 to the 60th seconds are longer than the universe is old; past it only overflow waits.
_DOUBLINGS_MAX = 60


@dataclass(frozen=True, slots=True)
class FullJitter:
    """
    Anything up to a bound that doubles: for a service that may be overloaded.

    Attributes:
        base_s: The bound before the second attempt.
        cap_s: What the bound never exceeds.

    Source:
        Brooker, Exponential Backoff and Jitter (AWS, 2015): 'full jitter' finishes
        with the fewest calls of the variants compared.
    """

    base_s: float = 1.0
    cap_s: float = 30.0

    def __post_init__(self) -> None:
        _require_bounds("FullJitter", self.base_s, self.cap_s)


@dataclass(frozen=True, slots=True)
class Decorrelated:
    """
    From the base to three times the wait before: grows, and never returns to zero.

    Attributes:
        base_s: The shortest wait.
        cap_s: The longest wait.

    Source:
        Brooker, Exponential Backoff and Jitter (AWS, 2015), 'decorrelated jitter'.
    """

    base_s: float = 1.0
    cap_s: float = 30.0

    def __post_init__(self) -> None:
        _require_bounds("Decorrelated", self.base_s, self.cap_s)


@dataclass(frozen=True, slots=True)
class Spread:
    """
    Anything between two bounds, whatever the attempt: for jobs, where time is cheap.

    Attributes:
        low_s: The shortest wait, included.
        high_s: The longest wait, excluded unless both are equal.
    """

    low_s: float = 0.0
    high_s: float = 29.0

    def __post_init__(self) -> None:
        holds = is_number(self.low_s) and self.low_s >= 0
        require("Spread.low_s", self.low_s, "0 or more", holds=holds)
        rule = "finite and at least low_s"
        holds = is_number(self.high_s) and self.low_s <= self.high_s < float("inf")
        require("Spread.high_s", self.high_s, rule, holds=holds)


@dataclass(frozen=True, slots=True)
class Polynomial:
    """
    Growing with the fourth power: 25 attempts take about three weeks.

    Attributes:
        offset_s: The shortest wait.

    Source:
        Sidekiq, `count ** 4 + 15 + rand(10) * (count + 1)`, the count from zero and
        `rand(10)` a whole number from 0 to 9.
    """

    offset_s: float = 15.0

    def __post_init__(self) -> None:
        holds = is_number(self.offset_s) and 0 <= self.offset_s < float("inf")
        require("Polynomial.offset_s", self.offset_s, "0 or more", holds=holds)


Schedule = FullJitter | Decorrelated | Spread | Polynomial


def delay_s(
    schedule: Schedule, *, attempt: int, previous_s: float, chance: float
) -> float:
    """
    Return how many seconds to wait before the next attempt.

    Args:
        schedule: One of the four.
        attempt: The attempt that just failed, counted from 1.
        previous_s: The wait before that attempt; 0 before the first.
        chance: Uniform, from 0 (included) to 1 (excluded).
    """
    match schedule:
        case FullJitter(base_s, cap_s):
            doublings = min(attempt - 1, _DOUBLINGS_MAX)
            return chance * min(cap_s, base_s * 2.0**doublings)
        case Decorrelated(base_s, cap_s):
            highest_s = max(base_s, 3 * previous_s)
            return min(cap_s, base_s + chance * (highest_s - base_s))
        case Spread(low_s, high_s):
            return low_s + chance * (high_s - low_s)
        case Polynomial(offset_s):
            count = attempt - 1
            return count**4 + offset_s + int(10 * chance) * (count + 1)
        case _:
            assert_never(schedule)


def _require_bounds(owner: str, base_s: float, cap_s: float) -> None:
    """Refuse a base that is not positive, or a cap below it."""
    require_positive(f"{owner}.base_s", base_s)
    holds = is_number(cap_s) and base_s <= cap_s < float("inf")
    require(f"{owner}.cap_s", cap_s, "finite and at least base_s", holds=holds)
