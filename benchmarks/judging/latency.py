"""
Latency: the tails of two arms, in buckets that are 1 % apart.

Only the slow requests are drawn, those that could be above the control's quantile: which
they are is counted exactly, the others are merely known to be faster.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.judging.worlds import DAY, SWING_LOAD, Counts, Grid, remembering

Whole = NDArray[np.int64]

HOUR = 60
"""Minutes of the control that a threshold is taken from; they run before the soak."""
MINUTES = HOUR + DAY
SIGMA = 0.6
"""Of the log latency; the median is 1."""
SWING, RESTLESS, MEMORY = 0.08, 0.05, 0.95
"""Of the log latency of both arms: over the day, and from minute to minute."""
ARM_MEMORY = 0.9
BUCKET = math.log(1.1) / 10
"""Ten of them are exactly +10 %."""
SLOW = 0.12
"""So many of the requests are drawn: twelve times those above a p99."""
BUCKETS = 600
LOWEST = SIGMA * NormalDist().inv_cdf(1 - SLOW) - 0.4
"""Where the buckets begin, as a log latency: below every arm's slow requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """
    What soaks gave.

    Attributes:
        slow: Requests above the thresholds of (4), among all.
        canary: The quantile of each minute, as a loop sees it; the median is 1.
        control: Likewise.
    """

    slow: Counts
    canary: Grid
    control: Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """
    A service whose latency is judged.

    Attributes:
        per_s: Requests in a second, of each arm, on average.
        quantile: 0.99 for p99.
        limit: In buckets: the canary may be so many slower.
        slower: In buckets: it is so many slower.
        wavering: Of each arm alone, from minute to minute: standard deviation.
    """

    per_s: float
    quantile: float = 0.99
    limit: int = 10
    slower: int = 0
    wavering: float = 0.01

    def draw(self, rng: Generator, soaks: int) -> Latencies:
        """Return so many soaks."""
        load, level = _drift(rng, soaks)
        shape = (soaks, MINUTES)
        canary = level + remembering(rng, shape, ARM_MEMORY, self.wavering)
        control = level + remembering(rng, shape, ARM_MEMORY, self.wavering)
        levels = zip(load, canary + self.slower * BUCKET, control, strict=True)
        rows = np.array([self._soak(rng, *each) for each in levels])
        over, canary_n, control_over, control_n, canary, control = np.swapaxes(
            rows, 0, 1
        )
        slow = Counts(
            canary=over,
            canary_exposure=canary_n,
            control=control_over,
            control_exposure=control_n,
        )
        return Latencies(slow=slow, canary=canary, control=control)

    def _soak(self, rng: Generator, load: Grid, above: Grid, level: Grid) -> list[Grid]:
        """Return one soak: what its six grids have, minute by minute."""
        canary = self._arm(rng, load, above)
        control = self._arm(rng, load, level)
        at = control.thresholds(self.quantile)
        soak = slice(HOUR, None)
        grids = (
            canary.above(at + self.limit),
            canary.requests,
            control.above(at),
            control.requests,
            canary.quantiles(self.quantile),
            control.quantiles(self.quantile),
        )
        return [grid[soak].astype(float) for grid in grids]

    def _arm(self, rng: Generator, load: Grid, level: Grid) -> "_Arm":
        requests = rng.poisson(60 * self.per_s * load)
        slow = rng.binomial(requests, SLOW)
        return _Arm.of(requests, slow, _slow_levels(rng, slow, level))


def _drift(rng: Generator, soaks: int) -> tuple[Grid, Grid]:
    """Return load and log latency of both arms, minute by minute."""
    phase = rng.uniform(size=(soaks, 1))
    angle = 2 * np.pi * (np.arange(MINUTES) / DAY + phase)
    noise = remembering(rng, (soaks, MINUTES), MEMORY, RESTLESS)
    return 1 + SWING_LOAD * np.sin(angle), SWING * np.sin(angle) + noise


def _slow_levels(rng: Generator, slow: Whole, level: Grid) -> Grid:
    """Return the log latencies of the slow requests, minute after minute."""
    from scipy.special import ndtri  # noqa: PLC0415 - only for latencies

    tail = rng.uniform(0, SLOW, int(slow.sum()))
    found: Grid = np.repeat(level, slow) - SIGMA * ndtri(tail)
    return found


@dataclass(frozen=True, slots=True)
class _Arm:
    """
    What one arm counts in one soak and the hour before it.

    Attributes:
        requests: By minute, slow or not.
        tail: By minute and bucket, how many are in that bucket or above it.
    """

    requests: Whole
    tail: Whole

    @classmethod
    def of(cls, requests: Whole, slow: Whole, levels: Grid) -> "_Arm":
        """Return the arm of these slow requests."""
        bucket = np.floor((levels - LOWEST) / BUCKET).astype(np.int64)
        inside = np.clip(bucket, 0, BUCKETS - 1)
        place = np.repeat(np.arange(MINUTES), slow) * BUCKETS + inside
        counts = np.bincount(place, minlength=MINUTES * BUCKETS)
        grid = counts.reshape(MINUTES, BUCKETS)
        return cls(requests, grid[:, ::-1].cumsum(axis=1)[:, ::-1])

    def above(self, buckets: Whole) -> Whole:
        """Return, by minute, how many requests are in a bucket or above it."""
        found: Whole = self.tail[np.arange(MINUTES), buckets]
        return found

    def thresholds(self, quantile: float) -> Whole:
        """Return, by minute, the bucket above the quantile of the hour before it."""
        hours = _hour_before(self.tail)
        allowed = (1 - quantile) * _hour_before(self.requests[:, None])
        found: Whole = (hours <= allowed).argmax(axis=1)
        return found

    def quantiles(self, quantile: float) -> Grid:
        """Return the quantile of each minute, as the middle of its bucket."""
        allowed = (1 - quantile) * self.requests[:, None]
        above = (self.tail <= allowed).argmax(axis=1)
        found: Grid = np.exp(LOWEST + BUCKET * (above - 0.5))
        return found


def _hour_before(counts: Whole) -> Whole:
    """Return, by minute, the sums over the hour that ended with the minute before."""
    total = np.zeros((len(counts) + 1, counts.shape[1]), dtype=np.int64)
    np.cumsum(counts, axis=0, out=total[1:])
    begins = np.maximum(np.arange(MINUTES) - HOUR, 0)
    return total[:-1] - total[begins]
