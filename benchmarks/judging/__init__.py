"""
Judging: false alarms, time to detect, and whether `explain` is right, by simulation.

A day of soaks with a look every minute and an alpha of 5 %, beside a loop that counts
bad minutes, Kayenta, and GrowthBook's formula, all in the same soaks. Load and rate of
errors drift over the day in both arms alike.

    python -m benchmarks.judging alarms    a part of it: alarms, detection, explaining, costs
"""

from collections.abc import Iterator

from benchmarks.form import Row
from benchmarks.judging import alarms, costs, detection, explaining

PARTS = {
    "alarms": alarms.measure,
    "detection": detection.measure,
    "explaining": explaining.measure,
    "costs": costs.measure,
}


def measure() -> Iterator[Row]:
    """Yield the rows of all parts."""
    for part in PARTS.values():
        yield from part()


__all__ = ["PARTS", "measure"]
