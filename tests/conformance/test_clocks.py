"""The clock port: one suite over every clock."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.clocks import PacedClock, PaceInvalid, SystemClock, paced, system
from gonogo.testing.clock import NOON, FakeClock

HOUR = timedelta(hours=1)
CLOCKS = {
    "system": SystemClock,
    "paced": lambda: PacedClock(3600, NOON),
    "fake": FakeClock,
}


@pytest.mark.parametrize("make", CLOCKS.values(), ids=CLOCKS)
def test_instants_are_timezone_aware_and_never_go_back(make):
    """A thousand looks at a clock give a sequence that does not fall."""
    clock = make()
    for look in (clock.now, clock.wall):
        instants = [look() for _ in range(1000)]
        assert sorted(instants) == instants
        assert instants[0].tzinfo is not None


class Wall(datetime):
    """A machine's clock that a test sets."""

    at = NOON

    @classmethod
    def now(cls, tz=None):
        """Return what the test set."""
        return cls.at.astimezone(tz)


def test_the_system_clock_stands_still_when_the_machines_is_set_back(monkeypatch):
    """Somebody who corrects the time does not make a soak longer or negative."""
    monkeypatch.setattr(system, "datetime", Wall)
    clock = SystemClock()
    monkeypatch.setattr(Wall, "at", NOON - HOUR)
    assert NOON == clock.wall()
    monkeypatch.setattr(Wall, "at", NOON + HOUR)
    assert NOON + HOUR == clock.now()


def test_a_paced_clock_starts_at_its_start_and_runs_faster(monkeypatch):
    """At pace 3600 two real seconds are two hours of the plan."""
    real_s = [100.0]
    monkeypatch.setattr(paced.time, "monotonic", lambda: real_s[0])
    clock = PacedClock(3600, NOON)
    assert NOON == clock.now()
    clock.working(under_way=False)
    real_s[0] += 2
    assert NOON + 2 * HOUR == clock.now()
    assert 1 == clock.real_seconds(HOUR)


def test_the_wall_of_a_paced_clock_is_the_real_one():
    """The journal of a paced run keeps the real time beside the plan's."""
    clock = PacedClock(3600, NOON)
    assert timedelta(minutes=1) > abs(datetime.now(UTC) - clock.wall())


@pytest.mark.parametrize("pace", [0, -1, float("nan"), float("inf")])
def test_a_pace_at_which_time_cannot_run_is_refused(pace):
    """The error names the paces that make sense."""
    with pytest.raises(PaceInvalid, match="3600"):
        PacedClock(pace, NOON)


def test_a_fake_clock_moves_only_by_hand_and_only_forward():
    """Time in a test is the test's own business."""
    clock = FakeClock(pace=60)
    assert NOON == clock.now()
    assert NOON + HOUR == clock.advance(HOUR) == clock.now()
    assert NOON + HOUR / 60 == clock.wall()
    assert 60 == clock.real_seconds(HOUR)
    assert NOON + 2 * HOUR == clock.advance_to(NOON + 2 * HOUR)
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance_to(NOON)


def test_work_takes_its_real_time_at_every_pace(monkeypatch):
    """An action of two seconds takes two seconds of the plan; the waiting is fast."""
    real_s = [100.0]
    monkeypatch.setattr(paced.time, "monotonic", lambda: real_s[0])
    clock = PacedClock(3600, NOON)
    clock.working(under_way=True)
    real_s[0] += 2
    assert NOON + timedelta(seconds=2) == clock.now()
    clock.working(under_way=True)
    clock.working(under_way=False)
    real_s[0] += 1
    assert NOON + timedelta(seconds=2) + HOUR == clock.now()


def test_a_slow_pace_stays_slow_while_work_is_under_way(monkeypatch):
    """Below pace 1 nothing is hurried, so that nothing changes with work."""
    real_s = [100.0]
    monkeypatch.setattr(paced.time, "monotonic", lambda: real_s[0])
    clock = PacedClock(0.5, NOON)
    clock.working(under_way=True)
    real_s[0] += 2
    assert NOON + timedelta(seconds=1) == clock.now()
