"""
Measures: plain numbers that a piece keeps, read when somebody asks.

A counter of a metrics library costs more than a closed breaker does. A piece counts in
plain integers, and `measures` hands them out; `hardening.metrics` turns them into
Prometheus's or OpenTelemetry's form at the time of the scrape.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Protocol

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds for waits and durations; 0.1 and 1 s are limits of the founding plans."""


class Kind(StrEnum):
    """What a measure's numbers may do."""

    COUNTER = "counter"
    """It only grows, until the process ends."""
    GAUGE = "gauge"
    """It goes up and down."""
    HISTOGRAM = "histogram"
    """It counts by size; its samples are `Distribution`s."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    Values, counted by size.

    Attributes:
        buckets: Upper bound, included, and how many values are at most that; ascending;
            the last bound is infinite and its count is that of all values.
        total: The values' sum.
    """

    buckets: tuple[tuple[float, int], ...]
    total: float

    @property
    def count(self) -> int:
        """How many values there were."""
        return self.buckets[-1][1]


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, and what tells it from its siblings, by label."""

    value: float | Distribution
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A family of numbers.

    Attributes:
        name: Without a suffix for its kind: 'hardening_circuit_rejections'.
        meaning: A sentence for whoever meets it on a graph.
        kind: What its numbers may do.
        samples: All with the same labels' names.
    """

    name: str
    meaning: str
    kind: Kind
    samples: tuple[Sample, ...]


class Measured(Protocol):
    """Something that counts. Asking is cheap, and never waits for the network."""

    def measures(self) -> Iterable[Measure]:
        """Return what was counted, as it stands."""
        ...


class Histogram:
    """
    Counts values by size; the cost of an observation is a search and two additions.

    Threads may lose an observation to one another; no number is ever torn.

    Args:
        bounds: Upper bounds, ascending, finite.
    """

    __slots__ = ("_bounds", "_counts", "_total")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def distribution(self) -> Distribution:
        """Return what was counted, as it stands."""
        bounds = (*self._bounds, float("inf"))
        counts = accumulate(self._counts)
        return Distribution(tuple(zip(bounds, counts, strict=True)), self._total)
