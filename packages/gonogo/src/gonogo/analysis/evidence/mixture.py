"""
The mixture: evidence averaged over the sizes of an effect and over its onset.

Each size, and each look at which the effect may have begun, is a bet of its own; their
average may be looked at as often as one likes (Shiryaev-Roberts with weights that sum
to 1; STATISTICS 2.3, formula 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from operator import mul

from gonogo.model.evidence import Mixture


@dataclass(frozen=True, slots=True)
class Onset:
    """
    How much of the bet is placed on each look: on the first, and on each one after.

    Source: STATISTICS 2.3: 0.8, and the rest evenly over the planned looks.
    """

    first: float
    later: float


AT_ONCE = Onset(1.0, 0.0)


def onset_over(looks: int) -> Onset:
    """Return the weights of an effect that may begin at any of the planned looks."""
    return Onset(0.8, 0.2 / (looks - 1) if looks > 1 else 0.0)


HUGE, TINY = 1e250, 1e-250
"""Evidence is cut off there, far beyond any bar, so that it stays a number."""

LARGEST_STEP = 600.0
"""Of one look: more would not be a number any more."""


def grown(
    mixture: Mixture,
    steps: Sequence[float],
    weights: Sequence[float],
    onset: Onset,
) -> Mixture:
    """
    Return the evidence after one more look.

    Args:
        mixture: Before it.
        steps: The log likelihood ratio of this look for each size of the effect.
        weights: Of each size, beforehand.
        onset: What is placed on this look.
    """
    before, placed = mixture.worths, onset.first
    if before:
        placed = min(onset.later, 1.0 - mixture.spent) if onset.later else 0.0
    else:
        before = (0.0,) * len(steps)
    spent = mixture.spent + placed
    try:
        worths = [
            (worth + placed) * exp(step)
            for worth, step in zip(before, steps, strict=True)
        ]
    except OverflowError:
        capped = [min(step, LARGEST_STEP) for step in steps]
        return grown(mixture, capped, weights, onset)
    evidence = sum(map(mul, worths, weights)) + (1.0 - spent)
    if not TINY < evidence < HUGE:
        worths = [min(worth, HUGE) for worth in worths]
        evidence = TINY if evidence <= TINY else HUGE
    now = log(evidence)
    best = max(now, mixture.best)
    return Mixture(worths=tuple(worths), spent=spent, now=now, best=best)
