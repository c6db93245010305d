"""Calendars: the days that the events of an .ics file (RFC 5545) fall on."""

from datetime import date, datetime, timedelta

# Events that recur are written out between these: a plan holds days, and no rule of a
# calendar, so that its digest covers what is closed.
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
# A calendar of more days than this is no calendar of holidays.
MOST_DAYS = 2_000

_DAY = timedelta(days=1)


class NoCalendar(ValueError):
    """A file is no calendar of days that can be kept; the text says why."""


def days_of(data: bytes) -> tuple[date, ...]:
    """
    Return the days of all events of a calendar, in order.

    Args:
        data: The file, as stored. An event of several days counts as each of them;
            one that recurs until the end of 2035.

    Raises:
        NoCalendar: It cannot be read, or holds too many days.
    """
    # Not at the top: a document without a calendar need not wait for it.
    import recurring_ical_events  # type: ignore[import-untyped]  # noqa: PLC0415
    from icalendar import Calendar  # noqa: PLC0415

    try:
        calendar = Calendar.from_ical(data)
        events = recurring_ical_events.of(calendar).between(FIRST, LAST)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        message = f"it is no calendar: {error}"
        raise NoCalendar(message) from error
    days: set[date] = set()
    for event in events:
        days |= _days(event.start, event.end)
        if len(days) > MOST_DAYS:
            message = f"it holds more than {MOST_DAYS} days"
            raise NoCalendar(message)
    return tuple(sorted(days))


def _days(start: date, end: date) -> set[date]:
    """Return the days from a start until just before an end."""
    first, last = _day(start), _day(end)
    ends_at_midnight = (
        not isinstance(end, datetime) or end.time() == datetime.min.time()
    )
    if ends_at_midnight and last > first:
        last -= _DAY
    return {first + _DAY * number for number in range((last - first).days + 1)}


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
