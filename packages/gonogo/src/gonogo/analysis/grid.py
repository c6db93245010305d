"""
The grid: which sizes of an effect are weighed, and how much each counts beforehand.

The judge weighs these; what is said of a soak's power before it starts is computed for
the same ones.
"""

import math
from dataclasses import dataclass

LARGEST = math.log(64)
"""An effect beyond it is found as fast by the largest of the grid."""

LARGEST_LEVEL = 3.0
"""The same of gauges: a level twenty times as high."""

_STEP = 1.5  # finer grids change the time to detect by less than 5 %
_WITHIN_SOAK = 2.5  # standard deviations: smaller effects cannot be shown in the soak
_UNPLANNED = 0.02
_SMALLEST = 1e-4


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Effects as distances from the limit, in logs, with their weights.

    Attributes:
        effects: Above 0, ascending; harm's way or safety's, as the test has it.
        weights: Of each; they sum to 1.
    """

    effects: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def log_weights(self) -> tuple[float, ...]:
        """The logs of the weights."""
        return tuple(map(math.log, self.weights))


def harm_grid(information: float | None, largest: float = LARGEST) -> Grid:
    """
    Return the effects that a soak can show, geometric, with equal weights.

    Args:
        information: 1 over the variance with which the whole soak measures an effect;
            None where it is not known. A wrong one costs speed, never validity.
        largest: The last effect.

    Source: STATISTICS 2.2.
    """
    wanted = _WITHIN_SOAK / math.sqrt(information) if information else _UNPLANNED
    smallest = min(max(wanted, _SMALLEST), largest / 4)
    steps = math.ceil(math.log(largest / smallest) / math.log(_STEP))
    factor = math.log(largest / smallest) / steps
    effects = tuple(smallest * math.exp(factor * step) for step in range(steps + 1))
    return Grid(effects, (1 / len(effects),) * len(effects))


def safe_grid(distance: float) -> Grid:
    """
    Return the effects by which a limit is proven: the metric's usual distance, mostly.

    Source: STATISTICS 6.
    """
    effects = (distance, distance / 2, distance * 2)
    return Grid(effects, (0.8, 0.1, 0.1))


SHARE_GRID = Grid(tuple(0.01 * 2**step for step in range(8)), (1 / 8,) * 8)
"""Shares that are wrong by 1 %, up to a factor of 3.6."""
