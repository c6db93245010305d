"""The rise of a counter: what was counted between two readings, restarts included."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Rise:
    """By how much a counter rose, and how often it began anew meanwhile."""

    amount: float
    resets: int = 0


def rise(levels: Iterable[float]) -> Rise | None:
    """
    Return what was counted from the first reading to the last.

    A drop is a restart: the counter began at 0 again, and what it shows since then was
    counted since then. What it counted between the last reading and the restart is
    lost; a rise is never negative.

    Args:
        levels: Readings, oldest first, finite.

    Returns:
        None for fewer than two: one reading says nothing about a rise.

    Source: Prometheus, `increase`, "breaks in monotonicity".
    """
    found = list(levels)
    if len(found) < 2:  # noqa: PLR2004
        return None
    steps = [(after - before, after) for before, after in pairwise(found)]
    amount = sum(after if step < 0 else step for step, after in steps)
    return Rise(amount, sum(step < 0 for step, _ in steps))
