"""Counters of which only the level is known: the rise since the look before."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.sources.counters import Counters
from gonogo.analysis.rises import Rise

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_the_first_look_says_nothing_and_the_next_the_rise():
    """A level needs another one to rise from."""
    counters = Counters()
    assert None is counters.rise("a", 100, since=NOON - MINUTE, until=NOON)
    assert Rise(7) == counters.rise("a", 107, since=NOON, until=NOON + MINUTE)
    assert Rise(0) == counters.rise(
        "a", 107, since=NOON + MINUTE, until=NOON + 2 * MINUTE
    )


def test_a_drop_is_a_restart():
    """A statistics view that was reset goes on counting."""
    counters = Counters()
    counters.rise("a", 100, since=NOON - MINUTE, until=NOON)
    assert Rise(5, 1) == counters.rise("a", 5, since=NOON, until=NOON + MINUTE)


def test_counters_are_kept_apart():
    """One query's numbers are none of another's."""
    counters = Counters()
    counters.rise("a", 100, since=NOON - MINUTE, until=NOON)
    assert None is counters.rise("b", 100, since=NOON, until=NOON + MINUTE)


def test_looks_at_two_cadences_share_a_counter():
    """A slow look sees the whole rise, restarts between included."""
    counters = Counters()
    for minute, level in enumerate((10, 20, 5, 8, 9)):
        at = NOON + minute * MINUTE
        counters.rise("a", level, since=at - MINUTE, until=at)
    at = NOON + 4 * MINUTE + SECOND
    assert Rise(10 + 5 + 3 + 1, 1) == counters.rise("a", 9, since=NOON, until=at)


@pytest.mark.parametrize(
    ("off", "known"),
    [(29 * SECOND, True), (30 * SECOND, True), (31 * SECOND, False)],
    ids=["near", "half a stretch", "farther"],
)
def test_a_reading_has_to_be_near_the_beginning(off, known):
    """The rise of another stretch is not this one's."""
    counters = Counters()
    counters.rise("a", 100, since=NOON - MINUTE, until=NOON - off)
    found = counters.rise("a", 107, since=NOON, until=NOON + MINUTE)
    assert known == (found is not None)


def test_memory_is_bounded():
    """Labels without end are forgotten, the oldest first."""
    counters = Counters()
    for number in range(10_001):
        counters.rise(number, 1, since=NOON - MINUTE, until=NOON)
    assert None is counters.rise(0, 2, since=NOON, until=NOON + MINUTE)
    assert Rise(1) == counters.rise(10_000, 2, since=NOON, until=NOON + MINUTE)
