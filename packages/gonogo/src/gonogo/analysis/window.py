"""
Change windows: whether one is open, and when the next opens.

Occurrences are computed by the wall clock, without a zone, and set into the zone last:
so a window opens at the same time of day in summer and in winter. A search ends after
a number of years, and after a number of occurrences on closed days, so that no rule
keeps the machine busy; one that never comes is found out when a plan is compiled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gonogo.model.window import ChangeWindow

if TYPE_CHECKING:
    from dateutil.rrule import rrule

# No rule pauses for longer that ever comes again: 29 February, over the year 2100.
HORIZON = timedelta(days=366 * 9)
# So many occurrences may be skipped, on closed days or outside another window. A
# window every hour is open again after a year of them, and the search is a moment.
MOST_SKIPPED = 10_000
# So often several windows may miss one another before they count as never open.
MOST_MISSED = 1_000
# Oftener than every hour is no window; it would only make the search long.
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")

_DAY = timedelta(days=1)
# By so much, times its interval, a rule may be counted from later on.
_PERIODS = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
}


class NoWindow(ValueError):
    """A change window that cannot be; the text says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that a window is open: from `opens` until just before `closes`."""

    opens: datetime
    closes: datetime


def opens_at(
    windows: Sequence[Sequence[ChangeWindow]], at: datetime
) -> datetime | None:
    """
    Return the first instant, not before `at`, at which every group has a window open.

    Args:
        windows: Groups; of each that is not empty at least one window has to be open.
        at: Timezone-aware.

    Returns:
        `at` itself while they are open; None when they are never open together, or
        not within years, or within `MOST_SKIPPED` occurrences.
    """
    groups = [group for group in windows if group]
    for _ in range(MOST_MISSED):
        latest = at
        for group in groups:
            opens = _group_opens_at(group, latest)
            if opens is None:
                return None
            latest = opens
        if latest == at:
            return at
        at = latest
    return None


def check(window: ChangeWindow) -> None:
    """
    Make sure that a window can be understood.

    Raises:
        NoWindow: Its rule, its duration or its zone is none; the text says why.
    """
    zone_of(window.zone)
    if window.duration <= timedelta():
        message = "it is open for no time at all"
        raise NoWindow(message)
    _check_rule(window.rule)
    try:
        _rule(window, datetime.combine(window.start, time()))
    except (ValueError, TypeError, OverflowError) as error:
        message = f"the rule '{window.rule}' is none of RFC 5545: {error}"
        raise NoWindow(message) from error
    first = datetime.combine(window.start, time(), zone_of(window.zone))
    if opens_at(((window,),), first.astimezone(UTC)) is None:
        message = f"the rule '{window.rule}' never opens it, or only on closed days"
        raise NoWindow(message)


def zone_of(name: str) -> ZoneInfo:
    """
    Return the time zone of a name.

    Raises:
        NoWindow: There is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        message = f"'{name}' names no time zone"
        raise NoWindow(message) from error


def _check_rule(rule: str) -> None:
    parts = _parts(rule)
    known = ", ".join(FREQUENCIES)
    if parts.get("FREQ") not in FREQUENCIES:
        message = f"the rule '{rule}' has to begin with FREQ=, one of {known}"
        raise NoWindow(message)
    if "\n" in rule or ":" in rule:
        message = f"the rule '{rule}' has to be one rule, such as FREQ=DAILY;BYHOUR=9"
        raise NoWindow(message)
    interval = parts.get("INTERVAL", "1")
    if not interval.isdecimal() or int(interval) < 1:
        message = f"the rule '{rule}' has to have an INTERVAL from 1 on"
        raise NoWindow(message)


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.upper().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _group_opens_at(group: Sequence[ChangeWindow], at: datetime) -> datetime | None:
    """Return when the first of several windows opens, not before an instant."""
    found = [opens for window in group if (opens := _opens_at(window, at)) is not None]
    return min(found, default=None)


@lru_cache(maxsize=256)
def _opens_at(window: ChangeWindow, at: datetime) -> datetime | None:
    for opening in _openings(window, at):
        if opening.closes > at:
            return max(opening.opens, at)
    return None


def _openings(window: ChangeWindow, at: datetime) -> Iterator[Opening]:
    """Yield when a window is open, from the one that may last at `at` on, in order."""
    zone = zone_of(window.zone)
    local = at.astimezone(zone).replace(tzinfo=None)
    # A day more: a clock that is put back shows the same times once again.
    first = local - window.duration - _DAY
    closed = frozenset(window.closed)
    for number, begins in enumerate(_occurrences(window, first, local + HORIZON)):
        if number >= MOST_SKIPPED:
            return
        for opens, closes in _open_parts(begins, begins + window.duration, closed):
            instant = _in_zone(opens, zone), _in_zone(closes, zone)
            if instant[0] < instant[1]:
                yield Opening(*instant)


def _occurrences(
    window: ChangeWindow, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Yield the occurrences of a rule by the wall clock, from `after` until `until`."""
    found: datetime
    for found in _rule(window, _near(window, after)).xafter(after, inc=True):
        if found > until:
            return
        yield found


def _rule(window: ChangeWindow, start: datetime) -> "rrule":
    # Not at the top: a plan without windows need not wait for it.
    from dateutil.rrule import rrule, rrulestr  # noqa: PLC0415

    found = rrulestr(window.rule, dtstart=start)
    if not isinstance(found, rrule):
        message = "it is more than one rule"
        raise TypeError(message)
    return found


def _near(window: ChangeWindow, after: datetime) -> datetime:
    """
    Return a start from which a rule gives the same occurrences from `after` on.

    It lies whole intervals behind the true one, so that a rule of every day need not
    be counted through from its first. A rule with COUNT has to be.
    """
    start, parts = datetime.combine(window.start, time()), _parts(window.rule)
    period = _PERIODS.get(parts["FREQ"])
    if period is None or "COUNT" in parts:
        return start
    step = period * int(parts.get("INTERVAL", "1"))
    return start + step * max((after - start) // step - 1, 0)


def _open_parts(
    begins: datetime, ends: datetime, closed: frozenset[date]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts of an occurrence that fall on days which are not closed."""
    while begins < ends:
        midnight = datetime.combine(begins.date() + _DAY, time())
        if begins.date() not in closed:
            yield begins, min(ends, midnight)
        begins = midnight


def _in_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
