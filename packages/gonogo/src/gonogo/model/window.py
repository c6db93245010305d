"""A change window: when a rollout may go forward, as wall clocks in one zone show it."""

from dataclasses import dataclass
from datetime import date, timedelta

# A Monday, and the first day of a month and of a year: the occurrences of most rules
# do not depend on the day that they are counted from, and none of those on this one.
ANCHOR = date(2024, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWindow:
    """
    A time that comes again and again, in which new things may be begun.

    It opens and closes by the wall clock of its zone: '22:00 for 8h' ends at 06:00 in
    the nights, too, in which a clock is put forward or back.

    Attributes:
        rule: When it opens: a recurrence rule (RFC 5545), without its `RRULE:`.
        duration: How long it stays open, by the wall clock.
        zone: The name of a time zone (IANA), such as 'Europe/Berlin'.
        start: The day from whose midnight the rule counts; it matters to a rule with
            INTERVAL or COUNT, and to one that names no weekday or time of its own.
        closed: The days, in the zone, on which it is not open: holidays, blackouts.

    Source: RFC 5545, 3.3.10 (rules), 3.3.5 (a time that a clock skips is taken by the
    offset before; of a time that comes twice the first is meant).
    """

    line: int
    rule: str
    duration: timedelta
    zone: str
    start: date = ANCHOR
    closed: tuple[date, ...] = ()
