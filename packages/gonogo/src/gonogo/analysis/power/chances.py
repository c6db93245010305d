"""
Chances: how likely a soak finds a rise, how soon, and whether it can prove its limit.

The final look and the looks on the way each have their part of the false alarms. What
is said is the better of the two: slightly low, so that no promise is too good.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.analysis.grid import LARGEST, LARGEST_LEVEL, harm_grid
from gonogo.analysis.power.laws import Law, Levels
from gonogo.analysis.power.normal import (
    chance_below,
    median_passage,
    quantile,
    root,
)

EARLY_ONSET = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    What a test may spend, and what harm is to it.

    Attributes:
        anytime: The share of false alarms that the looks on the way may use; > 0.
        final: The share of the final look; 0 without one.
        onset: The weight of a fault that is there from the first look.
        direction: 1 where a rise is harm, -1 where a fall is.
    """

    anytime: float
    final: float
    onset: float = EARLY_ONSET
    direction: int = 1


def power(law: Law, terms: Terms, rise: float) -> float:
    """Return how likely the soak turns back at a rise, by whichever way is better."""
    final = power_final(law, terms, rise) if terms.final else 0.0
    return max(final, power_anytime(law, terms, rise))


def power_final(law: Law, terms: Terms, rise: float) -> float:
    """Return how likely the final look proves the harm of a rise; formula (9)."""
    return _beyond(law, terms, rise, terms.direction)


def power_within(law: Law, terms: Terms, rise: float = 1.0) -> float:
    """Return how likely the final look proves that the limit is kept; formula (10)."""
    return _beyond(law, terms, rise, -terms.direction) if terms.final else 0.0


def power_anytime(law: Law, terms: Terms, rise: float) -> float:
    """Return how likely the looks on the way prove the harm of a rise."""
    if law.effect(rise) * terms.direction <= 0:
        return terms.anytime
    walk = law.walk(rise)
    missing = walk.mean - _bar(law, terms, rise, _grid(law))
    # What is worse than the limit is found no less often than what just keeps it.
    return max(terms.anytime, chance_below(missing / math.sqrt(walk.variance)))


def detection(law: Law, terms: Terms, rise: float) -> float:
    """
    Return after which part of the soak half of all faults of this size are found.

    Counts are lucky early in half of all soaks. A level is not: its noise lasts longer
    than the time to find it, and hardly wavers meanwhile (simulated: with luck, times
    are said 10 to 25 % too short; without, 0 to 15 % too long).

    Returns:
        1.0 is the soak's end; infinity where it takes twenty soaks or more.
    """
    if law.effect(rise) * terms.direction <= 0:
        return math.inf
    grid, whole = _grid(law), law.walk(rise)

    def ahead(log_part: float) -> float:
        part = math.exp(log_part)
        return part * whole.mean - _bar(law.scaled(part), terms, rise, grid)

    if ahead(LONGEST) < 0:
        return math.inf
    part = math.exp(root(ahead, SHORTEST, LONGEST))
    if isinstance(law, Levels):
        return part
    return part * median_passage(_bar(law.scaled(part), terms, rise, grid))


# Logs of parts of a soak: a ten-millionth, and twenty soaks.
SHORTEST, LONGEST = -16.0, 3.0


def _beyond(law: Law, terms: Terms, rise: float, side: int) -> float:
    """Return how likely the final look lies beyond its bar, on one side of the limit."""
    seen = law.distance(rise)
    bar = quantile(1 - terms.final) * seen.at_limit
    return chance_below((side * seen.apart - bar) / seen.at_truth)


def _grid(law: Law) -> Sequence[float]:
    largest = LARGEST_LEVEL if isinstance(law, Levels) else LARGEST
    return harm_grid(law.information(law.limit), largest).effects


def _bar(law: Law, terms: Terms, rise: float, grid: Sequence[float]) -> float:
    """
    Return the evidence that is needed: the level, and what the mixtures cost.

    Source: STATISTICS 7, level A(f).
    """
    precision, effect = law.information(rise), abs(law.effect(rise))
    logs = [-precision * (each - effect) ** 2 / 2 for each in grid]
    best = max(logs)
    near = best + math.log(sum(math.exp(each - best) for each in logs) / len(logs))
    return -math.log(terms.anytime * terms.onset) - near
