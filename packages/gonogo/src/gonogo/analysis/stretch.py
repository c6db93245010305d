"""
The stretch of time that a look asks about, and which values belong to it.

A count belongs to the stretch that its instant lies in, and to no other; a level holds
until it is stale. A source whose clock runs ahead cannot be asked about a stretch.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gonogo.model.series import Point, Series

STALE = 3  # stretches: a value older than that says nothing about now


class Unreadable(ValueError):
    """An answer cannot be what was asked for; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time that a look asks about: behind `since`, up to `until`."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it is; above zero."""
        return max(self.until - self.since, timedelta(milliseconds=1))

    @property
    def hours(self) -> float:
        """Return how many hours it has."""
        return self.length / timedelta(hours=1)


def usable(answer: Sequence[Series], stretch: Stretch) -> list[Series]:
    """
    Return the series that have a number in them.

    Raises:
        Unreadable: One is of the future by more than a stretch.
    """
    _check_clock(answer, stretch)
    return [each for each in answer if any(_is_number(point) for point in each.points)]


def _check_clock(answer: Sequence[Series], stretch: Stretch) -> None:
    newest = max((point.at for each in answer for point in each.points), default=None)
    if newest is not None and newest > stretch.until + stretch.length:
        ahead = _span(newest - stretch.until)
        message = (
            f"The source's clock runs ahead: its newest value is of {_clock(newest)}, "
            f"{ahead} after the look at {_clock(stretch.until)}. Set the clocks right."
        )
        raise Unreadable(message)


def inside(points: Iterable[Point], stretch: Stretch) -> list[Point]:
    """Return the numbers of the stretch; each belongs to one look, and no other."""
    return [
        point
        for point in points
        if _is_number(point) and stretch.since < point.at <= stretch.until
    ]


def current(series: Series, stretch: Stretch) -> float | None:
    """Return the level in the stretch; else the last one that is not stale."""
    new = [p.value for p in series.points if p.at > stretch.since and _is_number(p)]
    if new:
        return math.fsum(new) / len(new)
    oldest = stretch.until - STALE * stretch.length
    kept = [p for p in series.points if p.at >= oldest and _is_number(p)]
    return max(kept, key=lambda point: point.at).value if kept else None


def _is_number(point: Point) -> bool:
    return math.isfinite(point.value)


def why_nothing(answer: Sequence[Series], stretch: Stretch, what: str) -> str:
    """Return the sentence for an answer without a number of the stretch."""
    points = [point for each in answer for point in each.points]
    if not points:
        # What its source says of it stands behind this.
        told = any(each.notes for each in answer)
        return (
            f"The {what} gave nothing{'' if told else ': the query found no series'}."
        )
    numbers = [point for point in points if _is_number(point)]
    if not numbers:
        return f"The {what} gave no number (NaN, as 0/0 does)."
    newest = max(point.at for point in numbers)
    age = _span(stretch.until - newest)
    if stretch.until - newest > STALE * stretch.length:
        return (
            f"The {what} gave nothing new: the newest value is stale, of "
            f"{_clock(newest)}, {age} before the look."
        )
    return (
        f"The {what} gave nothing newer than {_clock(newest)}, {age} before the look."
    )


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%H:%M:%S} UTC"


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 120:  # noqa: PLR2004 - two minutes; longer ones read better in minutes
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"  # noqa: PLR2004
