"""
Explaining: what `gonogo explain` says of a soak beforehand, beside what then happens.

The power of a soak has to be right within 4 points, the median time to find a fault
within 10 %, or a minute where it is short: no look is more often than that.
"""

import math
from collections.abc import Iterator

import numpy as np

from benchmarks.form import Bar, Of, Row
from benchmarks.judging.alarms import SOAKS, compared, of_levels
from benchmarks.judging.levels import Gauge
from benchmarks.judging.ours import turned_back
from benchmarks.judging.trials import rise, trial
from benchmarks.judging.worlds import DAY, World, of_seed
from gonogo.analysis.power.outlook import Outlook, Unknown, outlook_of
from gonogo.analysis.power.prospect import Prospect
from gonogo.model.judging import Noise, Traffic
from gonogo.model.sample import MetricKind

WITHIN_POINTS = Bar(Of.VALUE, least=-4, most=4)
WITHIN_TENTH = Bar(Of.RATIO, least=0.9, most=1.1)
WITHIN_MINUTE = Bar(Of.VALUE, least=-1, most=1)
LONG = 20
"""Minutes from which on a tenth is more than two looks."""

POWERS = (
    (World(per_s=1, ratio=1.05), 0),
    (World(per_s=1, ratio=1.2), 0),
    (World(per_s=1, ratio=1.2), 5),
    (World(per_s=10, ratio=1.05), 0),
    (World(per_s=1, control=19, ratio=1.1), 0),
)
TIMES = (
    (World(per_s=1, ratio=1.5), 0),
    (World(per_s=1, ratio=2), 0),
    (World(per_s=1, ratio=2), 5),
    (World(per_s=1, ratio=10), 0),
    (World(per_s=10, ratio=1.2), 0),
    (World(per_s=10, ratio=1.5), 0),
    (World(per_s=10, ratio=2), 0),
    (World(per_s=10, control=19, ratio=1.5), 0),
)

LEVELS = ((0.9, 1.14), (0.9, 1.3), (0.98, 1.5))
"""Gauges: what their noise remembers of a minute ago, and how much higher they are."""

LEVEL_SOAKS = 1000


def measure() -> Iterator[Row]:
    """Yield how far the powers are off, and the times."""
    for world, percent in POWERS:
        yield _power(world, percent)
    for world, percent in TIMES:
        yield _time(world, percent)
    for memory, ratio in LEVELS:
        yield from _level(memory, ratio)


def _power(world: World, percent: float) -> Row:
    minutes = _lived(world, percent)
    happened = 100 * float(np.isfinite(minutes).mean())
    said = 100 * _prospect(world, percent).power(world.ratio)
    return Row(
        figure=f"{_named(world, percent)}: power said {said:.1f} %",
        value=said - happened,
        unit="points off",
        against=f"found in {happened:.1f} % of {SOAKS:,} soaks",
        bar=WITHIN_POINTS,
    )


def _time(world: World, percent: float) -> Row:
    happened = float(np.median(_lived(world, percent)))
    # As `explain` rounds it: a fault is found at a look, never between two.
    said = math.ceil(DAY * _prospect(world, percent).detection(world.ratio))
    return Row(
        figure=f"{_named(world, percent)}: median time said {said} min",
        value=said - happened,
        unit="min off",
        against=f"{happened:.0f} min in {SOAKS:,} soaks",
        ratio=said / happened,
        bar=WITHIN_TENTH if happened >= LONG else WITHIN_MINUTE,
    )


def _level(memory: float, ratio: float) -> Iterator[Row]:
    """
    Yield how far the power of a gauge is off, and its time, for noise that is known.

    The time has no bar: nobody tells `explain` how long the noise lasts, on which it
    depends by a sixth.
    """
    name = (
        f"a level x{ratio:g}, limit +10 %, noise remembers {memory:g} of a minute ago"
    )
    gauge = Gauge(memory=memory, effect=math.log(ratio))
    lasting = 2 * gauge.noise**2 * (1 + memory) / (1 - memory)
    tested = trial(MetricKind.GAUGE, rise(10), noise=Noise(lrv=lasting))
    canary, control = gauge.draw(of_seed(name), LEVEL_SOAKS)
    minutes = turned_back([tested], of_levels(canary - control))
    prospect = _found(outlook_of(tested, None))
    happened = 100 * float(np.isfinite(minutes).mean())
    said = 100 * prospect.power(ratio)
    yield Row(
        figure=f"{name}: power said {said:.1f} %",
        value=said - happened,
        unit="points off",
        against=f"found in {happened:.1f} % of {LEVEL_SOAKS:,} soaks",
        bar=WITHIN_POINTS,
    )
    half, lived = DAY * prospect.detection(ratio), float(np.median(minutes))
    if half < DAY:
        yield Row(
            figure=f"{name}: median time said {math.ceil(half)} min",
            value=math.ceil(half) - lived,
            unit="min off",
            against=f"{lived:.0f} min in {LEVEL_SOAKS:,} soaks",
            ratio=math.ceil(half) / lived,
        )


def _lived(
    world: World, percent: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    counts = world.draw(of_seed(_named(world, percent)), SOAKS)
    tested = compared(percent, world.per_s, control=world.control)
    return turned_back([tested], counts)


def _prospect(world: World, percent: float) -> Prospect:
    traffic = Traffic(
        rate=world.rate,
        canary_per_s=world.per_s,
        control_per_s=world.per_s * world.control,
    )
    tested = compared(percent, world.per_s, control=world.control)
    return _found(outlook_of(tested, traffic))


def _found(found: Outlook | Unknown) -> Prospect:
    if isinstance(found, Unknown):
        raise TypeError(found.reason)
    return found.prospect


def _named(world: World, percent: float) -> str:
    control = f", {world.control:g}x control" if world.control != 1 else ""
    return f"x{world.ratio:g}, limit {percent:+g} %, {world.per_s:g} req/s{control}"
