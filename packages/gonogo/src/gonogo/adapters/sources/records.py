"""
Records: rows of a table or objects of a JSON answer, by the names of their parts.

    value           the number; without a part of that name, the last one is it
    counter         a number that grows since ever: its rise since the last look is taken
    at, time        when it was so; without it, now
    le              the upper bound of a cumulative bucket
    any other       a label
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from gonogo.adapters.sources.counters import Counters
from gonogo.adapters.sources.instants import instant_of, worth_telling
from gonogo.adapters.sources.lag import number
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Point, Series, SourceFailed

Record = Mapping[str, object]
Failed = Callable[[str], SourceFailed]
_Labels = tuple[tuple[str, str], ...]

_TIMES = ("at", "time", "timestamp")
_FIRST = "It counts since ever: the first look has nothing to take its rise from."


class Records:
    """
    Makes series of records; remembers what counters showed at earlier looks.

    Args:
        failed: Makes the error of the source.
        now: The clock, by which one that runs ahead is found out.
    """

    def __init__(self, failed: Failed, *, now: Callable[[], datetime]) -> None:
        self._failed, self._now = failed, now
        self._counters = Counters()

    def series(
        self, records: Iterable[Record], *, query: Hashable, stretch: Stretch
    ) -> tuple[Series, ...]:
        """
        Return a series for each set of labels.

        Args:
            records: As the source gave them.
            query: What was asked; a counter is remembered by it.
            stretch: What was asked about.

        Raises:
            SourceFailed: A number is text, or an instant is none.
        """
        found: dict[_Labels, list[Point]] = {}
        rising: dict[_Labels, float] = {}
        for record in records:
            name, when = _value_name(record), _time_name(record)
            labels = _labels(record, without=(name, when))
            value = number(_plain(record[name]), self._failed)
            if value is None:
                continue
            if name == "counter":
                rising[labels] = rising.get(labels, 0.0) + value
            else:
                at = stretch.until if when is None else self._instant(record[when])
                found.setdefault(labels, []).append(Point(at, value))
        return (
            *(self._told(labels, points, stretch) for labels, points in found.items()),
            *(self._risen(query, one, rising[one], stretch) for one in rising),
        )

    def _told(self, labels: _Labels, points: list[Point], stretch: Stretch) -> Series:
        worth = worth_telling(points, stretch, now=self._now())
        return Series(points=worth, labels=dict(labels))

    def _risen(
        self, query: Hashable, labels: _Labels, level: float, stretch: Stretch
    ) -> Series:
        rise = self._counters.rise(
            (query, labels), level, since=stretch.since, until=stretch.until
        )
        if rise is None:
            return Series(points=(), labels=dict(labels), notes=(_FIRST,))
        points = (Point(stretch.until, rise.amount),)
        return Series(points=points, labels=dict(labels), resets=rise.resets)

    def _instant(self, cell: object) -> datetime:
        if isinstance(cell, datetime):
            return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell
        plain = _plain(cell)
        at = instant_of(plain) if isinstance(plain, str | int | float) else None
        if at is None:
            message = f"gave the time {str(cell)[:60]!r}, which is none."
            raise self._failed(message)
        return at


def _value_name(record: Record) -> str:
    names = ("value", "counter")
    return next((name for name in names if name in record), list(record)[-1])


def _time_name(record: Record) -> str | None:
    return next((name for name in _TIMES if name in record), None)


def _labels(record: Record, *, without: tuple[str | None, ...]) -> _Labels:
    kept = (item for item in record.items() if item[0] not in without)
    return tuple(sorted((name, _text(cell)) for name, cell in kept))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _plain(cell: object) -> object:
    """Return a cell in a form that JSON has as well."""
    match cell:
        case Decimal():
            return float(cell)
        case timedelta():
            return cell.total_seconds()
        case _:
            return cell
