"""Expecting: what a day of a source says is usual, before a rollout starts."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.analysis.expecting import NEARLY, covered, divided, expected_of, knows
from gonogo.analysis.power.tail import tail_of
from gonogo.model.judging import Traffic
from gonogo.model.sample import Histogram, Level, Sample, Tally
from gonogo.model.verdict import Measurement

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def looked(canary=None, control=None, **more):
    """A look at the day before."""
    sample = Sample(since=NOW - DAY, canary=canary, control=control)
    return Measurement(**{"at": NOW, "sample": sample, **more})


def test_what_is_usual_is_what_the_control_shows():
    """The rate is that of those without the change; the traffic is each arm's."""
    canary = Tally(events=864, exposure=86_400)
    control = Tally(events=8_640, exposure=864_000 * 2)
    found = expected_of(looked(canary, control), DAY).traffic
    assert Traffic(rate=0.005, canary_per_s=1, control_per_s=20) == found


def test_without_a_control_the_canary_shows_what_is_usual():
    """Before the change the canary is what everybody else is."""
    found = expected_of(looked(Tally(events=864, exposure=86_400)), DAY).traffic
    assert Traffic(rate=0.01, canary_per_s=1, control_per_s=0) == found


def test_a_canary_without_traffic_yet_gets_its_share():
    """Before the start the canary's share is taken of what there is."""
    control = Tally(events=8_640, exposure=864_000 * 2)
    found = expected_of(looked(Tally(events=0, exposure=0), control), DAY).traffic
    assert Traffic(rate=0.005, canary_per_s=1, control_per_s=19) == divided(found, 5)
    assert found == divided(found, None)


def test_a_level_is_what_is_usual_of_a_gauge():
    """Of a gauge the control's level is usual."""
    found = expected_of(looked(Level(mean=3.0), Level(mean=2.0)), DAY).traffic
    assert 2.0 == found.rate


AGES = {
    "a minute": timedelta(minutes=1),
    "half an hour": timedelta(minutes=30),
    "a few hours": timedelta(hours=5),
    "nearly a day": timedelta(hours=23),
    "a day": DAY,
    "a week": 7 * DAY,
}


@pytest.mark.parametrize("age", AGES.values(), ids=AGES)
def test_a_young_source_is_asked_about_the_time_it_knows_of(age):
    """What is found holds all its data, and is at most a fiftieth too long."""
    asked = []

    def knows_of_before(span):
        asked.append(span)
        return span < min(age, DAY)

    found = covered(knows_of_before, DAY, timedelta(minutes=1))
    assert min(age, DAY) <= found <= min(age * NEARLY, DAY)
    assert len(asked) <= 11
    assert len(asked) == 1 or age < DAY


def test_nothing_is_asked_below_one_look():
    """Of a metric that is looked at once a day there is nothing to find out."""
    assert DAY == covered(lambda _: False, DAY, DAY)


def test_a_source_knows_what_an_arm_was_exposed_to():
    """An arm without traffic, a source without data and an error know nothing."""
    traffic, none = Tally(events=0, exposure=9), Tally(events=0, exposure=0)
    assert knows(looked(none, traffic))
    assert knows(looked(Level(mean=0.0)))
    assert not knows(looked(none, none))
    assert not knows(looked())
    assert not knows(Measurement(at=NOW, error="it is down"))


TROUBLE = {
    "it failed": (looked(error="it is down"), "it is down"),
    "no data": (looked(), "no data"),
    "no sample": (Measurement(at=NOW, value=3.0), "no data"),
    "nothing counted": (looked(Tally(events=0, exposure=0)), "counted nothing at all"),
}


@pytest.mark.parametrize(("look", "said"), TROUBLE.values(), ids=TROUBLE)
def test_what_is_not_known_is_said_and_not_made_up(look, said):
    """Where a source says nothing, nothing is expected, and it is told why."""
    found = expected_of(look, DAY)
    assert found.traffic is None
    assert said in found.trouble


# -- tails ---------------------------------------------------------------------------

LATENCIES = Histogram(edges=(0.1, 0.2, 0.4, 0.8), counts=(500, 400, 90, 9, 1))


@pytest.mark.parametrize(
    ("value", "share"),
    [(0.1, 0.5), (0.2, 0.1), (0.4, 0.01), (0.8, 0.001), (5.0, 0.001)],
)
def test_a_tail_is_exact_at_the_edges(value, share):
    """At the edge of a bucket it is known which share is slower."""
    assert share == pytest.approx(tail_of(LATENCIES, 0.99).survival(value))


def test_a_tail_falls_between_the_edges():
    """Slower values are rarer, also within a bucket."""
    survival = tail_of(LATENCIES, 0.99).survival
    shares = [survival(0.01 * step) for step in range(1, 90)]
    assert sorted(shares, reverse=True) == shares


def test_the_quantile_itself_is_found():
    """p99 is the value that one request in a hundred exceeds."""
    tail = tail_of(LATENCIES, 0.99)
    assert 0.4 == pytest.approx(tail.at)
    between = tail_of(LATENCIES, 0.95)
    assert 0.05 == pytest.approx(between.survival(between.at))


def test_a_quantile_above_the_last_edge_is_not_known():
    """Where the buckets end below it, nobody knows the quantile."""
    assert tail_of(LATENCIES, 0.9995) is None
    assert tail_of(Histogram(edges=(0.1,), counts=(0, 0)), 0.5) is None
