"""Levels: gauges of two arms, and rates of which only the days before are known."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.judging.worlds import DAY, Grid, drift, remembering

SHARED_MEMORY, SHARED = 0.99, 0.15
"""Of the log level of both arms: what is left after a minute, and its deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """
    A gauge such as CPU, read every minute.

    Attributes:
        memory: Of each arm's own noise, from one minute to the next.
        effect: Of the canary: the log of its level over the control's.
        noise: Of each arm: standard deviation of its log level.
    """

    memory: float
    effect: float = 0.0
    noise: float = 0.10

    def draw(self, rng: Generator, soaks: int) -> tuple[Grid, Grid]:
        """Return the log levels of the canary and of the control."""
        shape = (soaks, DAY)
        shared = remembering(rng, shape, SHARED_MEMORY, SHARED)
        canary = remembering(rng, shape, self.memory, self.noise)
        control = remembering(rng, shape, self.memory, self.noise)
        return shared + canary + self.effect, shared + control


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """
    A service without a control: today, and the days before.

    Attributes:
        per_s: Requests in a second, on average.
        differ: Days differ by so much: standard deviation of the log rate.
        ratio: Today's rate over what it would be without the change.
        before: So many days before are known.
    """

    per_s: float
    differ: float
    ratio: float = 1.0
    rate: float = 0.005
    before: int = 7

    def draw(self, rng: Generator, soaks: int) -> "Today":
        """Return so many days, each with days of its own before it."""
        requests = 60 * DAY * self.per_s
        spread = rng.normal(
            -(self.differ**2) / 2, self.differ, (soaks, self.before + 1)
        )
        level = np.exp(spread)
        known = rng.poisson(requests * self.rate * level[:, 1:]) / requests
        load, profile = drift(rng, soaks, DAY)
        count = rng.poisson(60 * self.per_s * load)
        rate = self.rate * profile * level[:, :1] * self.ratio
        events = rng.binomial(count, np.minimum(rate, 0.95))
        return Today(known, events.astype(float), count * profile)


@dataclass(frozen=True, slots=True)
class Today:
    """
    What was counted today, and known from before.

    Attributes:
        known: The rates of the days before, by soak and day.
        events: Today's, by soak and minute.
        exposure: Today's requests, weighed with the known shape of a day.
    """

    known: NDArray[np.float64]
    events: Grid
    exposure: Grid
