"""
Worlds: what two arms count, minute by minute, in many soaks at once.

Load and rate drift over the day, and from minute to minute, in both arms alike. All of a
world is drawn from one seed, so that every judge is given the same soaks.
"""

import math
import zlib
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Grid = NDArray[np.float64]
"""Soaks by minutes."""

DAY = 1440
"""Minutes of a soak."""
SWING_LOAD, SWING_RATE = 0.4, 0.3
"""Of the day: so much more than its mean is the load, or the rate, at its height."""
RESTLESS, MEMORY = 0.15, 0.9
"""From minute to minute: standard deviation, and what is left after one minute."""
CERTAIN = 0.95
"""No rate grows beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Events and exposure of both arms, in each minute of each soak."""

    canary: Grid
    canary_exposure: Grid
    control: Grid
    control_exposure: Grid


def some(
    counts: Counts, soaks: int | None = None, minutes: int | None = None
) -> Counts:
    """Return the first soaks, or the first minutes of all, alone."""
    part = slice(soaks), slice(minutes)
    grids = {each.name: getattr(counts, each.name)[part] for each in fields(counts)}
    return Counts(**grids)


def of_seed(name: str) -> Generator:
    """Return the dice of a world: the same in every run, others for another name."""
    return np.random.default_rng(zlib.crc32(name.encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """
    A service while a change soaks in it.

    Attributes:
        per_s: The canary's requests in a second, on average.
        control: The control has so many times as many.
        rate: Of them fail while nothing is wrong, on average.
        ratio: The canary's rate over the control's, from the minute `onset` on.
        burst: Errors come in bursts of so many, on average; 1: each by itself.
        wavering: The canary alone wavers slowly: standard deviation of the log rate.
    """

    per_s: float
    control: float = 1.0
    rate: float = 0.005
    ratio: float = 1.0
    onset: int = 0
    burst: float = 1.0
    wavering: float = 0.0

    def draw(self, rng: Generator, soaks: int, minutes: int = DAY) -> Counts:
        """Return so many soaks."""
        load, rate = drift(rng, soaks, minutes)
        rate = rate * self.rate
        canary = rng.poisson(60 * self.per_s * load)
        control = rng.poisson(60 * self.per_s * self.control * load)
        risen = rate * np.where(np.arange(minutes) >= self.onset, self.ratio, 1.0)
        if self.wavering:
            slow = remembering(rng, (soaks, minutes), 0.99, self.wavering)
            risen = risen * np.exp(slow)
        return Counts(
            canary=self._events(rng, canary, risen),
            canary_exposure=canary.astype(float),
            control=self._events(rng, control, rate),
            control_exposure=control.astype(float),
        )

    def halves(self, rng: Generator, soaks: int, minutes: int) -> Counts:
        """Return the control alone, divided into two halves that run the same."""
        times = max(self.control / 2, 0.5)
        alike = replace(self, per_s=self.per_s * times, control=1.0, ratio=1.0)
        return alike.draw(rng, soaks, minutes)

    def _events(self, rng: Generator, requests: NDArray[np.int64], rate: Grid) -> Grid:
        if self.burst <= 1:
            return rng.binomial(requests, np.minimum(rate, CERTAIN)).astype(float)
        bursts = rng.poisson(requests * rate / self.burst)
        # So many more than one in each: a geometric number, of the mean asked for.
        more = rng.negative_binomial(np.maximum(bursts, 1), 1 / self.burst)
        return (bursts + more * (bursts > 0)).astype(float)


def ramp(rng: Generator, soaks: int, ratio: float) -> Counts:
    """
    Return soaks in which the canary grows from 5 to 10 to 50 % of 20 requests a second.

    Meanwhile the rate of errors trebles over the day, from 0.3 to 0.9 %, in both arms.
    """
    share = np.repeat([0.05, 0.10, 0.50], DAY // 3)
    rate = np.broadcast_to(np.linspace(0.003, 0.009, DAY), (soaks, DAY))
    load, _ = drift(rng, soaks, DAY)
    canary = rng.poisson(1200 * share * load)
    control = rng.poisson(1200 * (1 - share) * load)
    return Counts(
        canary=rng.binomial(canary, rate * ratio).astype(float),
        canary_exposure=canary.astype(float),
        control=rng.binomial(control, rate).astype(float),
        control_exposure=control.astype(float),
    )


def rare(
    rng: Generator, soaks: int, *, per_hour: float, control: float, ratio: float
) -> Counts:
    """Return soaks of something counted by the hour, such as deadlocks."""
    _, rate = drift(rng, soaks, DAY)
    hours = np.full((soaks, DAY), 1 / 60)
    return Counts(
        canary=rng.poisson(per_hour * ratio * rate * hours).astype(float),
        canary_exposure=hours,
        control=rng.poisson(per_hour * control * rate * hours).astype(float),
        control_exposure=hours * control,
    )


def fixed(rng: Generator, soaks: int, *, per_s: float, rate: float) -> Counts:
    """Return soaks of a canary alone, whose rate does not drift; its load does."""
    load, _ = drift(rng, soaks, DAY)
    canary = rng.poisson(60 * per_s * load)
    none = np.zeros((soaks, DAY))
    return Counts(
        canary=rng.binomial(canary, rate).astype(float),
        canary_exposure=canary.astype(float),
        control=none,
        control_exposure=none,
    )


def drift(rng: Generator, soaks: int, minutes: int) -> tuple[Grid, Grid]:
    """Return how load and rate go through the days, around 1; of both arms alike."""
    phase = rng.uniform(0, 2 * np.pi, (soaks, 1))
    angle = 2 * np.pi * np.arange(minutes) / DAY + phase
    load = 1 + SWING_LOAD * np.sin(angle)
    noise = remembering(rng, (soaks, minutes), MEMORY, RESTLESS)
    rate = (1 + SWING_RATE * np.sin(angle + 0.5)) * np.exp(noise - RESTLESS**2 / 2)
    return load, rate


def remembering(
    rng: Generator, shape: tuple[int, int], memory: float, deviation: float
) -> Grid:
    """Return noise that keeps a part of itself from one minute to the next (AR(1))."""
    noise = rng.normal(0, deviation, shape)
    fresh = math.sqrt(1 - memory**2)
    for minute in range(1, shape[1]):
        noise[:, minute] = memory * noise[:, minute - 1] + fresh * noise[:, minute]
    return noise
