"""The time of the plan, as an onlooker tells it."""

from datetime import timedelta

import pytest

from gonogo.entrypoints.cli.plantime import PlanTime
from gonogo.model.event import RunnerRecovered, StepStarted
from gonogo.model.record import FIRST_LINK, Record
from gonogo.testing.clock import NOON, FakeClock


def record(event, seconds):
    """Return a record of an event, written so many seconds after noon."""
    wall = NOON + timedelta(seconds=seconds)
    return Record(
        rollout="r",
        seq=1,
        recorded_at=wall,
        event=event,
        previous=FIRST_LINK,
        link=FIRST_LINK,
    )


def after(hours, seconds):
    """Return a record so many hours of the plan, and real seconds, after noon."""
    return record(StepStarted(at=NOON + timedelta(hours=hours), step="s"), seconds)


@pytest.mark.parametrize(
    ("hours", "seconds", "pace"),
    [(1, 0.9, 1.0), (1, 1, 3600.0), (10, 10, 3600.0), (1, 3601, 1.0)],
    ids=["too close", "close enough", "far apart", "nearly real"],
)
def test_the_pace_is_measured(hours, seconds, pace):
    """Two records that lie a second apart tell the pace of their runner."""
    time = PlanTime(FakeClock().wall)
    time.saw(after(0, 0))
    time.saw(after(hours, seconds))
    assert pace == time.pace


def test_between_records_time_runs_at_the_pace():
    """A second after the last record an hour has passed at a pace of 3600."""
    clock = FakeClock()
    time = PlanTime(clock.wall, 3600)
    time.saw(after(2, 0))
    clock.advance(timedelta(seconds=1))
    assert NOON + timedelta(hours=3) == time.now()


def test_without_a_runner_a_rehearsal_stands_still():
    """At another pace than 1 the plan's time stands while nothing runs."""
    clock = FakeClock()
    time = PlanTime(clock.wall, 3600)
    time.saw(after(2, 0))
    clock.advance(timedelta(seconds=1))
    assert NOON + timedelta(hours=2) == time.now(runs=False)


def test_another_runner_has_a_pace_of_its_own():
    """What was measured of the last runner counts no more for the next."""
    time = PlanTime(FakeClock().wall)
    time.saw(after(0, 0))
    time.saw(after(10, 10))
    time.saw(record(RunnerRecovered(at=NOON + timedelta(hours=10)), 100))
    assert 1.0 == time.pace
