"""
Detection: how soon a fault is found, by each judge, in the same soaks.

The median is over all soaks; where more than half of them end without the fault being
found, it is the length of the soak, and the share that was found says the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.form import Bar, Of, Row
from benchmarks.judging import beside
from benchmarks.judging.alarms import (
    FEWEST,
    FIVE,
    GROWTHBOOK,
    OURS,
    SOAKS,
    by_kayenta,
    compared,
    p99,
    ratio_of_buckets,
)
from benchmarks.judging.beside import Minutes
from benchmarks.judging.latency import Service
from benchmarks.judging.ours import found_by_looks, turned_back
from benchmarks.judging.trials import ALPHA
from benchmarks.judging.worlds import DAY, World, of_seed, some

NOON = 720


@dataclass(frozen=True, slots=True)
class Fault:
    """
    A fault in a world, and how soon it has to be found.

    Attributes:
        ended: The soak has an end, for whose final look half of alpha is kept; a
            trigger that is in force without an end has none.
    """

    name: str
    world: World
    most: float | None
    ended: bool = True


LATE = World(per_s=10, ratio=3, onset=NOON)
FAULTS = (
    Fault("errors x10, 1 req/s", World(per_s=1, ratio=10), 4),
    Fault("errors x2, 10 req/s, 19x control", World(per_s=10, control=19, ratio=2), 6),
    Fault("errors x3 from hour 12, 10 req/s, trigger", LATE, 8, ended=False),
    Fault("errors x3 from hour 12, 10 req/s, soak", LATE, None),
    Fault(
        "errors x3 from hour 12, 10 req/s, 19x control, soak",
        replace(LATE, control=19),
        8,
    ),
    Fault("errors x1.5, 10 req/s", World(per_s=10, ratio=1.5), None),
)


def measure() -> Iterator[Row]:
    """Yield the rows of all faults."""
    for fault in FAULTS:
        yield from _errors(fault)
    yield from _latency()


def _errors(fault: Fault) -> Iterator[Row]:
    world = fault.world
    counts = world.draw(of_seed(fault.name), SOAKS)
    trial = compared(0, world.per_s, control=world.control)
    if fault.ended:
        ours = turned_back([trial], counts)
    else:
        ours = found_by_looks([replace(trial, final=False)], counts)
    found = {
        OURS: ours,
        GROWTHBOOK: beside.growthbook(counts, 1.0, ALPHA),
        FIVE: beside.naive(counts, 1.0),
        **by_kayenta(*beside.percentages(some(counts, FEWEST)), 1.0),
    }
    yield from _medians(fault.name, found, fault.most, world.onset)


def _latency() -> Iterator[Row]:
    name = "p99 +20 %, limit +10 %, 10 req/s, arms waver"
    soaks = Service(per_s=10, slower=19).draw(of_seed(name), FEWEST)
    found = {
        OURS: turned_back([p99(10.0)], soaks.slow),
        FIVE: beside.first_in_a_row(
            soaks.canary > ratio_of_buckets(10.5) * soaks.control, beside.IN_A_ROW
        ),
        "GrowthBook's formula on the share of slow requests": beside.growthbook(
            soaks.slow, 1.0, ALPHA
        ),
        **by_kayenta(soaks.canary, soaks.control, 1.1),
    }
    yield from _medians(name, found, 25, 0)


def _medians(
    name: str, found: dict[str, Minutes], most: float | None, onset: int
) -> Iterator[Row]:
    """Yield how soon each judge finds a fault, of the soaks that still ran."""
    for judge, minutes in found.items():
        yield Row(
            figure=f"{name}: {judge}, {_told(minutes, onset)}",
            value=_median(minutes, onset),
            unit="min, median",
            bar=Bar(Of.VALUE, most=most) if judge == OURS and most else None,
        )


def _told(minutes: Minutes, onset: int) -> str:
    """Return how many soaks it was found in, and how many were gone before it began."""
    late = minutes > onset
    if not late.any():
        return "all turned back before it began"
    found = f"found in {np.isfinite(minutes[late]).mean():.0%}"
    gone = f", {1 - late.mean():.0%} turned back before it began" if onset else ""
    return found + gone


def _median(minutes: Minutes, onset: int) -> float:
    """Return the median since the fault began; before it where none was left."""
    late = minutes[minutes > onset]
    counted = late if len(late) else minutes
    return float(np.median(np.minimum(counted, DAY))) - onset
