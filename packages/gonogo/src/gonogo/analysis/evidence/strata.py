"""
Strata: the looks of a soak, grouped by the canary's share, for the final look.

Looks of one share are one binomial; a ramp or a drift makes many. At most 16 are kept:
neighbours whose merging adds least to the variance are taken together, at the mean of
their chances. The sum keeps its mean and varies a little more, so that no tail is
understated (Hoeffding 1956, theorem 4); a day of ramps overstates one of 1 in 1,000 by
less than 1 %.
"""

from bisect import bisect_left
from collections.abc import Sequence

from gonogo.model.evidence import Strata

MOST = 16

_ALIKE = 1e-4
"""Looks are taken as one stratum where that adds no more of their variance than this."""


def added(strata: Strata, chance: float, size: float) -> Strata:
    """
    Return the strata with one more look.

    Args:
        strata: So far.
        chance: That an event of this look is the canary's, at the limit; 0 to 1.
        size: The events of both arms.
    """
    if size <= 0:
        return strata
    chances, sizes = list(strata.chances), list(strata.sizes)
    at = bisect_left(chances, chance)
    near = _nearest(chances, at, chance)
    if near is not None:
        both = sizes[near] + size
        chances[near] += (chance - chances[near]) * size / both
        sizes[near] = both
        return Strata(chances=tuple(chances), sizes=tuple(sizes))
    chances.insert(at, chance)
    sizes.insert(at, size)
    if len(chances) > MOST:
        chances, sizes = _merged(chances, sizes)
    return Strata(chances=tuple(chances), sizes=tuple(sizes))


def _nearest(chances: Sequence[float], at: int, chance: float) -> int | None:
    """Return the stratum that a look is like, of the two it lies between."""
    above = chances[at] - chance if at < len(chances) else 1.0
    below = chance - chances[at - 1] if at else 1.0
    apart, near = (below, at - 1) if below < above else (above, at)
    return near if apart * apart <= _ALIKE * chance * (1 - chance) else None


_AT_A_TIME = MOST // 2  # merging many at a time makes it cheap for each look


def _merged(
    chances: Sequence[float], sizes: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Take neighbours together, those whose merging adds least to the variance."""
    first = _cheapest(chances, sizes)
    kept: list[float] = []
    counted: list[float] = []
    for at, (chance, size) in enumerate(zip(chances, sizes, strict=True)):
        if at - 1 not in first:
            kept.append(chance)
            counted.append(size)
            continue
        both = counted[-1] + size
        kept[-1] = (kept[-1] * counted[-1] + chance * size) / both
        counted[-1] = both
    return kept, counted


def _cheapest(chances: Sequence[float], sizes: Sequence[float]) -> set[int]:
    """Return which to merge with their next neighbours; no one is merged twice."""
    costs = [
        a * b / (a + b) * (q - p) * (q - p)
        for p, q, a, b in zip(chances, chances[1:], sizes, sizes[1:], strict=False)
    ]
    found: set[int] = set()
    for at in sorted(range(len(costs)), key=costs.__getitem__)[:_AT_A_TIME]:
        if at - 1 not in found and at + 1 not in found:
            found.add(at)
    return found
