"""Instants as machines write them, and which values of a source a look is given."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from gonogo.analysis.stretch import STALE, Stretch
from gonogo.ports.source import Point

# Unix times of this size are milliseconds, and of the next nanoseconds: in seconds they
# would lie beyond the year 5000.
_MILLI, _NANO = 1e11, 1e17


def instant_of(text: str | float) -> datetime | None:
    """
    Return an instant: ISO 8601 (UTC where it names no zone), or Unix time.

    Unix time may be in seconds, milliseconds or nanoseconds. None for anything else.
    """
    try:
        number = float(text)
    except ValueError:
        return _iso(str(text))
    if not math.isfinite(number):
        return None
    scale = 1e9 if number > _NANO else 1e3 if number > _MILLI else 1
    try:
        return datetime.fromtimestamp(number / scale, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def worth_telling(
    points: Iterable[Point], stretch: Stretch, *, now: datetime
) -> tuple[Point, ...]:
    """
    Return the points that say something about a stretch, oldest first.

    Those are its own; the newest one before it, stale or not, since it says how long
    nothing came; and one that lies in the future of the clock, which says that the
    source's runs ahead.
    """
    given = sorted(points, key=lambda point: point.at)
    oldest = stretch.until - STALE * stretch.length
    ahead = now + stretch.length
    own = [p for p in given if oldest < p.at <= stretch.until]
    before = [p for p in given if p.at <= oldest][-1:] if not own else []
    lying = [p for p in given if p.at > max(ahead, stretch.until)][:1]
    return (*before, *own, *lying)
