"""When a soak held, and when a gate decided."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.model import event as events
from gonogo.model.command import Person
from gonogo.model.verdict import Outcome
from gonogo.report.plots import Moment, Stretch
from gonogo.report.plots.holding import holds_of, moment_of

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def at(minutes):
    """Return the instant so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def started(minute, step="s", told=None):
    """Return the beginning of a hold; it may be told later than it counts from."""
    late = minute if told is None else told
    return events.SoakStarted(at=at(late), step=step, since=at(minute))


def done(minute, step="s"):
    """Return the end of a step."""
    return events.StepCompleted(at=at(minute), step=step)


def reset(minute):
    """Return the end of a hold by a gate that did not pass."""
    return events.SoakReset(at=at(minute), step="s", reason="no data")


def aborted(minute, gate):
    """Return the rollback that a gate caused."""
    return events.RolloutAborted(at=at(minute), subject="E", reason="x", gate=gate)


@pytest.mark.parametrize(
    ("marks", "holds"),
    [
        ([started(1), done(9)], [(1, 9)]),
        ([started(1, told=3), done(9)], [(1, 9)]),
        ([started(1), reset(4), started(6), done(9)], [(1, 4), (6, 9)]),
        ([started(1), aborted(5, "h")], [(1, 5)]),
        ([started(1)], [(1, 60)]),
        ([started(1, step="other"), done(9, step="other")], []),
        ([started(1), done(4, step="other"), done(9)], [(1, 9)]),
        (
            [started(1), events.WatchInterrupted(at=at(30), since=at(5))],
            [(1, 5)],
        ),
        (
            [
                started(1),
                events.HoldPaused(at=at(8), step="s", since=at(6), reason="no data"),
                events.HoldResumed(at=at(12), step="s"),
                done(20),
            ],
            [(1, 6), (12, 20)],
        ),
    ],
    ids=["held", "told late", "reset", "aborted", "under way", "another's",
         "beside another", "nobody looked", "paused"],
)  # fmt: skip
def test_a_hold_is_drawn_while_it_counts(marks, holds):
    """Time without looks, without data or without a pass is no hold."""
    found = [Stretch(start=at(a), end=at(b)) for a, b in holds]
    assert found == list(holds_of(marks, {"s"}, until=at(60)))


@pytest.mark.parametrize(
    ("marks", "moment"),
    [
        ([started(1)], None),
        ([done(9)], (9, Outcome.PASS, "held")),
        ([done(9), done(20)], (20, Outcome.PASS, "held")),
        ([done(9, step="other")], None),
        ([done(9), aborted(12, "g")], (12, Outcome.FAIL, "tripped")),
        ([aborted(12, "other")], None),
        (
            [
                events.SoakAccepted(
                    at=at(8), step="s", by=Person(name="ada"), reason="enough"
                ),
                done(9),
            ],
            (9, Outcome.INCONCLUSIVE, "accepted by a person"),
        ),
    ],
    ids=["under way", "held", "the last counts", "another's", "tripped",
         "another tripped", "accepted"],
)  # fmt: skip
def test_the_moment_is_when_the_gate_decided(marks, moment):
    """A gate decides when it turns the rollout back, or when its soak is over."""
    found = (
        moment and Moment(at=at(moment[0]), outcome=moment[1], words=moment[2])
    ) or None
    assert found == moment_of(marks, "g", {"s"})
