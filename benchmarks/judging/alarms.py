"""
False alarms: soaks that are turned back though the change is just within its limit.

Every kind of metric has its cells; the canary is exactly at its limit, which is where
false alarms are likeliest. Kayenta is slow, so it judges the first soaks of a cell.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.form import Bar, Of, Row
from benchmarks.judging import beside
from benchmarks.judging.beside import NEVER, Minutes
from benchmarks.judging.latency import BUCKET, Service
from benchmarks.judging.levels import Days, Gauge
from benchmarks.judging.ours import found_predictive, turned_back
from benchmarks.judging.trials import ALPHA, QUIET, below, rise, trial
from benchmarks.judging.worlds import (
    DAY,
    Counts,
    Grid,
    World,
    fixed,
    of_seed,
    ramp,
    rare,
    some,
)
from gonogo.analysis.calibration import Half, calibrated_counts, calibrated_gauge
from gonogo.analysis.evidence.trial import Trial
from gonogo.model.condition import Relative
from gonogo.model.judging import Noise, Traffic
from gonogo.model.sample import MetricKind, Tally

AT_MOST = Bar(Of.VALUE, most=100 * ALPHA)
UNIT = "% turned back"
OURS = "gonogo"
SOAKS, FEWER, FEWEST = 2000, 500, 300
CALIBRATED = 3 * DAY
"""Minutes of the control's halves before the soak."""


def measure() -> Iterator[Row]:
    """Yield the rows of all kinds."""
    yield from proportions()
    yield from ramps()
    yield from fixed_limits()
    yield from counts_by_hour()
    yield from latencies()
    yield from gauges()
    yield from days()
    yield from bursts()


def proportions() -> Iterator[Row]:
    """Yield error rates 5 % above the control's, with the limit at +5 %."""
    for per_s in (1.0, 10.0, 100.0):
        name = f"errors at their limit of +5 %, {per_s:g} req/s, daily drift"
        counts = World(per_s=per_s, ratio=1.05).draw(of_seed(name), SOAKS)
        ours = turned_back([compared(5, per_s)], counts)
        yield from _beside(name, ours, counts, 1.05)


def ramps() -> Iterator[Row]:
    """Yield error rates under a ramp, with nothing wrong and at a limit."""
    for percent in (0.0, 5.0):
        name = f"errors at their limit of {percent:+g} %, ramp 5/10/50 %, rate trebles"
        ratio = 1 + percent / 100
        counts = ramp(of_seed(name), SOAKS, ratio)
        ours = turned_back([compared(percent, 4.0, control=4.0)], counts)
        yield from _beside(name, ours, counts, ratio)


def fixed_limits() -> Iterator[Row]:
    """Yield error rates at a fixed limit, beside a loop of five in a row."""
    name = "errors at their limit of 1 %, 10 req/s, no control"
    counts = fixed(of_seed(name), SOAKS, per_s=10, rate=0.01)
    traffic = Traffic(rate=0.01, canary_per_s=10)
    limit = trial(MetricKind.PROPORTION, below(1, "%"), traffic=traffic)
    yield from _shares(name, {OURS: turned_back([limit], counts)})
    above = counts.canary > 0.01 * counts.canary_exposure
    yield from _shares(name, {FIVE: beside.first_in_a_row(above, beside.IN_A_ROW)})


def counts_by_hour() -> Iterator[Row]:
    """Yield deadlocks: two an hour, against controls and against a fixed limit."""
    per_s = 1 / 3600
    for control in (1.0, 19.0):
        name = f"2 deadlocks an hour, at their limit of +50 %, {control:g}x control"
        counts = rare(of_seed(name), SOAKS, per_hour=2, control=control, ratio=1.5)
        traffic = Traffic(rate=2, canary_per_s=per_s, control_per_s=control * per_s)
        limit = trial(MetricKind.COUNT, rise(50), traffic=traffic)
        yield from _shares(name, {OURS: turned_back([limit], counts)})
        hours = _by_hour(counts.canary) > 2 * 2  # twice the usual number
        yield from _shares(name, {"any hour twice the usual": beside.first(hours)})
    name = "deadlocks at their limit of 2 an hour"
    counts = fixed_count(name)
    traffic = Traffic(rate=2, canary_per_s=per_s)
    limit = trial(MetricKind.COUNT, below(2), traffic=traffic)
    yield from _shares(name, {OURS: turned_back([limit], counts)})


def fixed_count(name: str) -> Counts:
    """Return soaks with two events an hour, and no drift."""
    hours = np.full((SOAKS, DAY), 1 / 60)
    events = of_seed(name).poisson(2 * hours).astype(float)
    none = np.zeros_like(hours)
    return Counts(
        canary=events, canary_exposure=hours, control=none, control_exposure=none
    )


def latencies() -> Iterator[Row]:
    """Yield a p99 at its limit; then 1 % below it, with arms that waver by 1 %."""
    kept = {
        "p99 at its limit of +10 %, 10 req/s": Service(per_s=10, slower=10, wavering=0),
        "p99 1 % below its limit of +10 %, 10 req/s, arms waver": Service(
            per_s=10, slower=9
        ),
    }
    for name, service in kept.items():
        found = service.draw(of_seed(name), FEWEST)
        ours = turned_back([p99(10.0)], found.slow)
        bad = found.canary > ratio_of_buckets(10.5) * found.control
        yield from _shares(name, {OURS: ours})
        yield from _shares(name, {FIVE: beside.first_in_a_row(bad, beside.IN_A_ROW)})
        yield from _shares(name, by_kayenta(found.canary, found.control, 1.1))


def gauges() -> Iterator[Row]:
    """Yield CPU at its limit, with noise that remembers itself; each soak calibrated."""
    for memory in (0.0, 0.9, 0.98):
        name = f"CPU at its limit of +10 %, noise remembers {memory:g} of a minute ago"
        rng = of_seed(name)
        before, after = Gauge(memory=memory), Gauge(memory=memory, effect=math.log(1.1))
        quiet, control = before.draw(rng, FEWER)
        noises = [calibrated_gauge(row.tolist()).noise for row in quiet - control]
        canary, control = after.draw(rng, FEWER)
        trials = [trial(MetricKind.GAUGE, rise(10), noise=noise) for noise in noises]
        ours = turned_back(trials, of_levels(canary - control))
        bad = beside.first_in_a_row(canary - control > math.log(1.1), beside.IN_A_ROW)
        yield from _shares(name, {OURS: ours, FIVE: bad})
        yield from _shares(name, by_kayenta(np.exp(canary), np.exp(control), 1.1))


def of_levels(ratios: Grid) -> Counts:
    """Return the log ratios of levels in the form of counts."""
    none = np.zeros_like(ratios)
    return Counts(
        canary=ratios, canary_exposure=none, control=none, control_exposure=none
    )


def days() -> Iterator[Row]:
    """Yield error rates of which only the day before is known, at the limit of +5 %."""
    for differ in (0.0, 0.1, 0.2):
        name = f"errors at their limit of +5 %, only yesterday known, days differ {differ:.0%}"
        world = Days(per_s=10, differ=differ, ratio=1.05, before=1)
        today = world.draw(of_seed(name), FEWER)
        trials = [_since(rate, differ) for rate in today.known[:, 0].tolist()]
        ours = found_predictive(trials, today)
        with np.errstate(divide="ignore", invalid="ignore"):
            bad = today.events / today.exposure > 1.05 * today.known[:, :1]
        yield from _shares(name, {OURS: ours})
        yield from _shares(name, {FIVE: beside.first_in_a_row(bad, beside.IN_A_ROW)})


def _since(rate: float, differ: float) -> Trial:
    exposure = 10.0 * 60 * DAY
    return trial(
        MetricKind.PROPORTION,
        replace(rise(5), relative=Relative.BASELINE),
        traffic=Traffic(rate=rate, canary_per_s=10),
        noise=Noise(tau=differ),
        baseline=Tally(events=rate * exposure, exposure=exposure),
    )


@dataclass(frozen=True, slots=True)
class Noisy:
    """A world whose errors are noisy, and the limit that it keeps."""

    world: World
    percent: float

    def __str__(self) -> str:
        """Return it in the words of the table."""
        world = self.world
        slow = f", arms waver by {world.wavering:.0%}" if world.wavering else ""
        return (
            f"errors at their limit of {self.percent:+g} %, {world.per_s:g} req/s, "
            f"bursts of {world.burst:g}{slow}"
        )


NOISY = (
    Noisy(World(per_s=1, ratio=1.05, burst=3), 5),
    Noisy(World(per_s=10, ratio=1.05, burst=3), 5),
    Noisy(World(per_s=10, ratio=1.05, burst=5), 5),
    Noisy(World(per_s=10, ratio=1.5, burst=3, wavering=0.05), 50),
    Noisy(World(per_s=100, ratio=1.5, burst=3, wavering=0.10), 50),
)


def bursts() -> Iterator[Row]:
    """Yield errors in bursts: as they are, and after each soak was calibrated."""
    for noisy in NOISY:
        name, world = str(noisy), noisy.world
        rng = of_seed(name)
        noises = [_noise(world.halves(rng, 1, CALIBRATED)) for _ in range(FEWER)]
        counts = world.draw(rng, FEWER)
        trials = [compared(noisy.percent, world.per_s, noise=each) for each in noises]
        told = [each.unchecked is not None for each in trials]
        ours = np.where(told, NEVER, turned_back(trials, counts))
        yield from _shares(f"{name}, calibrated", {OURS: ours})
        yield Row(
            figure=f"{name}: said to be uncheckable",
            value=100 * float(np.mean(told)),
            unit="% of soaks",
        )
        plain = turned_back([compared(noisy.percent, world.per_s)], counts)
        found = {"the same test, uncalibrated": plain}
        found[GROWTHBOOK] = beside.growthbook(counts, world.ratio, ALPHA)
        yield from _shares(name, found)


def _noise(halves: Counts) -> Noise:
    """Return what is calibrated from two halves that run the same."""
    grids = (
        halves.canary,
        halves.canary_exposure,
        halves.control,
        halves.control_exposure,
    )
    rows = zip(*(grid[0].tolist() for grid in grids), strict=True)
    pairs = [
        (Half(events=x, exposure=n), Half(events=y, exposure=m)) for x, n, y, m in rows
    ]
    return calibrated_counts(pairs).noise


def compared(
    percent: float, per_s: float, *, control: float = 1.0, noise: Noise = QUIET
) -> Trial:
    """Return the trial of an error rate of half a percent against a control's."""
    traffic = Traffic(rate=0.005, canary_per_s=per_s, control_per_s=per_s * control)
    return trial(MetricKind.PROPORTION, rise(percent), traffic=traffic, noise=noise)


def p99(per_s: float) -> Trial:
    """Return the trial of a p99 that may rise by 10 %."""
    traffic = Traffic(rate=0.01, canary_per_s=per_s, control_per_s=per_s)
    return trial(MetricKind.QUANTILE, rise(10), traffic=traffic, quantile=0.99)


FIVE = "five bad minutes in a row"
GROWTHBOOK = "GrowthBook's formula, pooled"


def ratio_of_buckets(buckets: float) -> float:
    """Return how much slower a latency is that lies so many buckets above another."""
    return math.exp(buckets * BUCKET)


def by_kayenta(canary: Grid, control: Grid, limit: float) -> dict[str, Minutes]:
    """Return what Kayenta does, hourly and every five minutes."""
    few = slice(None, FEWEST)
    return {
        f"Kayenta, every {every} min": beside.kayenta(
            canary[few], control[few], limit, every
        )
        for every in (60, 5)
    }


def _beside(name: str, ours: Minutes, counts: Counts, limit: float) -> Iterator[Row]:
    """Yield a cell with all judges."""
    found = {
        OURS: ours,
        FIVE: beside.naive(counts, limit),
        GROWTHBOOK: beside.growthbook(counts, limit, ALPHA),
    }
    yield from _shares(name, found)
    points = beside.percentages(some(counts, FEWEST))
    yield from _shares(name, by_kayenta(*points, limit))


def _shares(name: str, found: dict[str, Minutes]) -> Iterator[Row]:
    """Yield how many soaks each judge turned back; the bar is for ours."""
    for judge, minutes in found.items():
        yield Row(
            figure=f"{name}: {judge}, {len(minutes):,} soaks",
            value=100 * float(np.isfinite(minutes).mean()),
            unit=UNIT,
            bar=AT_MOST if judge == OURS else None,
        )


def _by_hour(counts: Grid) -> Grid:
    soaks, minutes = counts.shape
    hours: Grid = counts.reshape(soaks, minutes // 60, 60).sum(axis=2)
    return hours
