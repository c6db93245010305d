"""
Counters that their source only gives the level of: remembered from look to look.

A statistics view or a status page counts since it began. What was counted in a stretch
is the rise since the reading at its beginning; the first look has none, and says
nothing.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from gonogo.adapters.sources.instants import worth_telling
from gonogo.analysis.rises import Rise, rise
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Point, Series

# Looks at several cadences may ask the same; an hour of looks a minute is kept.
_MOST_READINGS = 64
_MOST_COUNTERS = 10_000  # of one source; the one read longest ago goes


@dataclass(frozen=True, slots=True)
class _Reading:
    at: datetime
    level: float


class Counters:
    """Remembers the readings of counters. Thread-safe, bounded."""

    def __init__(self) -> None:
        self._readings: OrderedDict[Hashable, deque[_Reading]] = OrderedDict()
        self._lock = Lock()

    def rise(
        self, key: Hashable, level: float, *, since: datetime, until: datetime
    ) -> Rise | None:
        """
        Return the rise of a counter in a stretch, and remember its level.

        Args:
            key: Names the counter.
            level: As of `until`, finite.
            since: When the stretch began.
            until: Now, or when it was read.

        Returns:
            None where no reading is near the beginning of the stretch: nearer than to
            its end.
        """
        with self._lock:
            readings = self._readings.setdefault(key, deque(maxlen=_MOST_READINGS))
            self._readings.move_to_end(key)
            if len(self._readings) > _MOST_COUNTERS:
                self._readings.popitem(last=False)
            first = _nearest(readings, since, within=(until - since) / 2)
            earlier = _between(readings, first, until)
            readings.append(_Reading(until, level))
        return rise([*earlier, level])


def _nearest(
    readings: deque[_Reading], at: datetime, *, within: timedelta
) -> _Reading | None:
    nearest = min(readings, key=lambda reading: abs(reading.at - at), default=None)
    near = nearest is not None and abs(nearest.at - at) <= within
    return nearest if near else None


def _between(
    readings: deque[_Reading], first: _Reading | None, until: datetime
) -> list[float]:
    """Return the levels from a reading on; looks at the same time may mix their order."""
    if first is None:
        return []
    found = [reading for reading in readings if first.at <= reading.at < until]
    return [reading.level for reading in sorted(found, key=lambda each: each.at)]


def risen(series: Series, stretch: Stretch, *, now: datetime) -> Series:
    """
    Return the rise in a stretch of a counter whose readings the source has kept.

    It begins at the last reading before the stretch, where that is not older than the
    stretch is long, else at the first one in it.

    Args:
        series: Levels, finite.
        stretch: Whose rise is wanted.
        now: The clock, by which one that runs ahead is found out.
    """
    points = sorted(series.points, key=lambda point: point.at)
    own = [p for p in points if stretch.since < p.at <= stretch.until]
    oldest = stretch.since - stretch.length
    before = [p for p in points if oldest <= p.at <= stretch.since][-1:]
    found = rise(point.value for point in (*before, *own)) if own else None
    if found is None:
        told = worth_telling((p for p in points if p not in own), stretch, now=now)
        return Series(points=told, labels=series.labels)
    at = own[-1].at
    return Series(
        points=(Point(at, found.amount),), labels=series.labels, resets=found.resets
    )
