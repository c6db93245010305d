"""Change windows: open or not, at each edge, and when the next one opens."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gonogo.analysis.window import NoWindow, check, opens_at
from gonogo.model.window import ChangeWindow

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def window(rule="FREQ=DAILY;BYHOUR=9", hours=8.0, zone="Europe/Berlin", **changes):
    """A window; nine to five in Berlin unless told otherwise."""
    span = timedelta(hours=hours)
    return ChangeWindow(line=1, rule=rule, duration=span, zone=zone, **changes)


def utc(text):
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opens(text, *windows):
    """When one of the windows opens, not before an instant."""
    found = opens_at((windows,), utc(text))
    return None if found is None else found.strftime("%Y-%m-%d %H:%M:%S")


OFFICE = window("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYHOUR=9")
NIGHT = window("FREQ=DAILY;BYHOUR=22")
EDGES = {
    "just before it opens": (OFFICE, "2026-11-23 07:59:59", "2026-11-23 08:00:00"),
    "as it opens": (OFFICE, "2026-11-23 08:00:00", "2026-11-23 08:00:00"),
    "within": (OFFICE, "2026-11-23 12:00:00", "2026-11-23 12:00:00"),
    "just before it closes": (OFFICE, "2026-11-23 15:59:59", "2026-11-23 15:59:59"),
    "as it closes": (OFFICE, "2026-11-23 16:00:00", "2026-11-24 08:00:00"),
    "over a weekend": (OFFICE, "2026-11-26 16:00:00", "2026-11-30 08:00:00"),
    "over midnight, before": (NIGHT, "2026-11-23 20:59:59", "2026-11-23 21:00:00"),
    "over midnight, within": (NIGHT, "2026-11-24 00:30:00", "2026-11-24 00:30:00"),
    "over midnight, at its end": (NIGHT, "2026-11-24 05:00:00", "2026-11-24 21:00:00"),
    # The clock is put back on 25 October 2026, at 01:00 UTC.
    "back: ends by the clock": (NIGHT, "2026-10-25 04:59:59", "2026-10-25 04:59:59"),
    "back: is over": (NIGHT, "2026-10-25 05:00:00", "2026-10-25 21:00:00"),
    # It was put forward on 29 March 2026, at 01:00 UTC.
    "forward: opens in winter time": (
        NIGHT,
        "2026-03-28 20:59:59",
        "2026-03-28 21:00:00",
    ),
    "forward: ends by the clock": (NIGHT, "2026-03-29 03:59:59", "2026-03-29 03:59:59"),
    "forward: is over": (NIGHT, "2026-03-29 04:00:00", "2026-03-29 20:00:00"),
}


@pytest.mark.parametrize(("which", "at", "expected"), EDGES.values(), ids=EDGES)
def test_window_opens_and_closes_by_the_wall_clock(which, at, expected):
    """Nine is nine in summer and in winter; at its last second a window is closed."""
    assert expected == opens(at, which)


def test_window_in_the_hour_that_a_clock_skips_does_not_open_that_day():
    """At 02:30 of that night nobody's clock ever stood."""
    skipped = window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", hours=0.5)
    assert "2026-03-30 00:30:00" == opens("2026-03-29 00:00:00", skipped)


def test_window_in_the_hour_that_comes_twice_opens_the_first_time():
    """RFC 5545: of a time that comes twice the first is meant."""
    twice = window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", hours=0.25)
    assert "2026-10-25 00:30:00" == opens("2026-10-24 23:00:00", twice)
    assert "2026-10-26 01:30:00" == opens("2026-10-25 00:45:00", twice)


CLOSED = {
    "the day before": ("2026-12-23 08:00:00", "2026-12-23 08:00:00"),
    "on the day": ("2026-12-24 08:00:00", "2026-12-25 08:00:00"),
    "the day after": ("2026-12-25 08:00:00", "2026-12-25 08:00:00"),
}


@pytest.mark.parametrize(("at", "expected"), CLOSED.values(), ids=CLOSED)
def test_window_stays_closed_on_a_holiday(at, expected):
    """The day is that of the window's own zone."""
    day = window(closed=(date(2026, 12, 24),))
    assert expected == opens(at, day)


def test_night_before_a_holiday_ends_at_midnight_and_goes_on_after_it():
    """A window over midnight is open on either day, but not on the closed one."""
    night = window("FREQ=DAILY;BYHOUR=22", closed=(date(2026, 12, 24),))
    assert "2026-12-23 22:59:59" == opens("2026-12-23 22:59:59", night)
    assert "2026-12-24 23:00:00" == opens("2026-12-23 23:00:00", night)


def test_several_windows_are_open_while_one_of_them_is():
    """Monday to Thursday by day, and every night."""
    assert "2026-11-23 21:00:00" == opens("2026-11-23 16:00:00", OFFICE, NIGHT)


def test_windows_of_plan_and_stage_have_to_be_open_together():
    """The plan says nine to five, the stage from three on."""
    stage = window("FREQ=DAILY;BYHOUR=15")
    at = utc("2026-11-23 08:00:00")
    assert utc("2026-11-23 14:00:00") == opens_at(((OFFICE,), (stage,)), at)
    assert at == opens_at(((OFFICE,), ()), at)
    assert None is opens_at(((OFFICE,), (NIGHT,)), at)


def test_interval_counts_from_its_first_day():
    """Every second week: whether a week counts depends on the start alone."""
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=9"
    even, odd = (window(rule, start=date(2024, 1, day)) for day in (1, 8))
    found = {opens("2026-11-21 00:00:00", each) for each in (even, odd)}
    assert {"2026-11-23 08:00:00", "2026-11-30 08:00:00"} == found


def test_rule_that_is_used_up_never_opens_again():
    """COUNT and UNTIL end."""
    assert None is opens("2026-01-01 00:00:00", window("FREQ=DAILY;COUNT=3"))
    until = window("FREQ=DAILY;UNTIL=20251231T235959")
    assert None is opens("2026-01-02 00:00:00", until)


def test_leap_day_is_found_years_ahead():
    """The rarest rule that ever comes again."""
    leap = window("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", zone="UTC")
    assert "2028-02-29 00:00:00" == opens("2024-03-01 00:00:00", leap)


WRONG = {
    "no rule": (window("every day"), "has to begin with FREQ="),
    "too often": (window("FREQ=MINUTELY"), "has to begin with FREQ="),
    "no interval": (window("FREQ=DAILY;INTERVAL=0"), "INTERVAL from 1 on"),
    "unknown part": (window("FREQ=DAILY;FOO=1"), "none of RFC 5545"),
    "no such hour": (window("FREQ=DAILY;BYHOUR=24"), "none of RFC 5545"),
    "two rules": (window("FREQ=DAILY;BYHOUR=9\nRRULE:FREQ=WEEKLY"), "one rule"),
    "no zone": (window(zone="Berlin"), "names no time zone"),
    "a path": (window(zone="../etc/passwd"), "names no time zone"),
    "no time": (window(hours=0), "no time at all"),
    "no such day": (
        window("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        "never opens",
    ),
    "only closed": (
        window("FREQ=DAILY;COUNT=1", closed=(date(2024, 1, 1),)),
        "never opens",
    ),
}


@pytest.mark.parametrize(("wrong", "why"), WRONG.values(), ids=WRONG)
def test_window_that_cannot_be_is_refused_with_the_reason(wrong, why):
    """Whoever writes it hears of it before a rollout waits for ever."""
    with pytest.raises(NoWindow, match=why):
        check(wrong)


def test_windows_that_are_right_are_not_refused():
    """No false alarm."""
    for each in (OFFICE, NIGHT, window("FREQ=MONTHLY;BYDAY=1SU;BYHOUR=3", zone="UTC")):
        check(each)
