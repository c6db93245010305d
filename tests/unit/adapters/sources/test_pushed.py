"""What was pushed, held and asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.sources import pushed
from gonogo.adapters.sources.buckets import of_value
from gonogo.adapters.sources.pushed import Pushed, TooMany
from gonogo.adapters.sources.selector import parsed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Held:
    """What is held, and a clock that only the test moves."""

    def __init__(self):
        self.now = NOON
        self.pushed = Pushed(lambda: self.now)
        self.since = NOON

    def look(self, query):
        """Return what came since the last look."""
        since, self.since = self.since, self.now
        return self.pushed.series(parsed(query), since=since, until=self.now)

    def one(self, query):
        """Return the one number of a look; None where nothing came."""
        since = self.since
        found = self.look(query)
        values = [p.value for each in found for p in each.points if p.at > since]
        assert len(values) <= 1
        return values[0] if values else None


@pytest.fixture
def held():
    """Give an empty store at noon."""
    return Held()


def test_a_rise_belongs_to_one_look(held):
    """What came between two looks is in the second one, and in no other."""
    held.pushed.rise("a", (), 1)
    held.now += MINUTE
    held.pushed.rise("a", (), 2)
    assert held.one("a") == 2
    held.now += MINUTE
    assert held.one("a") is None


def test_what_comes_in_the_second_of_a_look_is_counted_once(held):
    """Though rises of a second are held together, a look parts them."""
    held.now += SECOND / 10
    held.pushed.rise("a", (), 1)
    assert held.one("a") == 1
    held.now += SECOND / 10
    held.pushed.rise("a", (), 2)
    assert held.one("a") == 2


def test_nothing_is_no_zero(held):
    """A series of which nothing came has no data; one that was told a zero has."""
    assert held.one("a") is None
    held.now += MINUTE
    held.pushed.rise("a", (), 0)
    assert held.one("a") == 0


def test_the_last_of_before_is_given_with_its_instant(held):
    """A look without data says how long there was none."""
    held.now += SECOND
    held.pushed.rise("a", (), 5)
    held.look("a")
    held.now += 10 * MINUTE
    (series,) = held.look("a")
    assert [NOON + SECOND] == [point.at for point in series.points]


def test_zero_is_taken_from_what_there_was_to_count(held):
    """Without errors, but with requests, there were no errors."""
    held.now += SECOND
    held.pushed.rise("requests", (), 40)
    assert held.one("errors or 0 * requests") == 0
    held.now += MINUTE
    assert held.one("errors or 0 * requests") is None
    held.now += MINUTE
    held.pushed.rise("errors", (), 3)
    assert held.one("errors or 0 * requests") == 3


def test_series_that_match_are_added_up(held):
    """Instances of an arm are one count; another arm is not in it."""
    held.now += SECOND
    for host, version in (("a", "1"), ("b", "2"), ("c", "2")):
        held.pushed.rise("a", (("host", host), ("version", version)), 1)
    assert held.one('a{version="2"}') == 2


def test_levels_stay_apart(held):
    """Each instance keeps its own level."""
    held.now += SECOND
    held.pushed.level("cpu", (("host", "a"),), 1)
    held.pushed.level("cpu", (("host", "b"),), 3)
    found = {each.labels["host"]: each.points[-1].value for each in held.look("cpu")}
    assert found == {"a": 1, "b": 3}


def test_a_level_stands_for_a_while(held):
    """A level that was told before the stretch holds until it is stale."""
    held.now += SECOND
    held.pushed.level("cpu", (), 7)
    held.now += 2 * MINUTE
    held.since = held.now - MINUTE
    assert [7] == [each.points[-1].value for each in held.look("cpu")]


def test_a_level_may_be_shifted(held):
    """A gauge may be raised and lowered; it begins at zero."""
    held.now += SECOND
    held.pushed.shift("jobs", (), 5)
    held.now += SECOND
    held.pushed.shift("jobs", (), -2)
    (series,) = held.look("jobs")
    assert series.points[-1].value == 3


def test_observations_come_as_cumulative_buckets(held):
    """Buckets rise to the number of all observations, at infinity."""
    held.now += SECOND
    for value in (1.0, 1.0, 8.0):
        held.pushed.observe("timer", (), of_value(value))
    found = {each.labels["le"]: each.points[0].value for each in held.look("timer")}
    assert found["1.0"] == 2
    assert found["8.0"] == 3
    assert found["+Inf"] == 3


def test_observations_can_be_counted(held):
    """How many there were is a number by itself."""
    held.now += SECOND
    held.pushed.observe("timer", (), of_value(1.0, 10))
    assert held.one("count(timer)") == 10


def test_a_set_counts_each_member_once(held):
    """Members that came twice in a stretch are one."""
    held.now += SECOND
    for member in ("ada", "bob", "ada"):
        held.pushed.join("users", (), member)
    assert held.one("users") == 2


def test_restarts_are_told(held):
    """How often a counter began anew in the stretch is given with its rise."""
    held.now += SECOND
    held.pushed.rise("a", (), 1, resets=1)
    held.pushed.observe("timer", (), of_value(1.0), resets=2)
    assert [1] == [each.resets for each in held.look("a")]
    held.since = NOON
    assert sum(each.resets for each in held.look("timer")) == 2


def test_two_hours_are_kept(held, monkeypatch):
    """What is older than two hours goes when there is need of room."""
    monkeypatch.setattr(pushed, "MOST_ENTRIES", 2)
    held.pushed.rise("old", (), 1)
    held.now += pushed.RETAINED
    held.pushed.rise("new", (), 1)
    held.now += SECOND
    held.pushed.rise("newer", (), 1)
    assert len(held.pushed) == 2


def test_entries_are_bounded(held, monkeypatch):
    """However much is pushed, the newest stays and the oldest goes."""
    monkeypatch.setattr(pushed, "MOST_ENTRIES", 10)
    for _ in range(50):
        held.now += SECOND
        held.pushed.rise("a", (), 1)
    assert held.pushed._entries <= 10
    held.since = held.now - SECOND
    assert held.one("a") == 1


def test_series_are_bounded(held, monkeypatch):
    """Labels without end do not fill the memory; the sender is told."""
    monkeypatch.setattr(pushed, "MOST_SERIES", 2)
    held.pushed.rise("a", (("user", "1"),), 1)
    held.pushed.rise("a", (("user", "2"),), 1)
    with pytest.raises(TooMany, match="send fewer labels"):
        held.pushed.rise("a", (("user", "3"),), 1)
