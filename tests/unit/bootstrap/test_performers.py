"""Performers: a rollout's queries reach its sources, look by look."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from rich.console import Console

from gonogo.adapters.people.nobody import Nobody
from gonogo.bootstrap.performers import Performers
from gonogo.decision.evolve import evolve
from gonogo.model.effect import Measure
from gonogo.model.event import RolloutStarted
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import Source, ValueSource
from gonogo.model.sample import MetricKind
from gonogo.testing.clock import FakeClock
from tests.unit.runner.fleet import ADA, plan_of

SECRET = "t0ken-of-the-source"
NEVER = Event()


class Slipping(FakeClock):
    """A clock on which a little time passes whenever somebody looks."""

    def now(self):
        """Return the instant, which is over then."""
        return self.advance(timedelta(microseconds=300))


class Rollout:
    """A rollout with a log as its source, and who performs its effects."""

    def __init__(self, folder, source, values):
        self.clock, self.last = Slipping(), None
        plan = replace(plan_of("shop"), sources={"log": source}, values=values)
        self.state = evolve(
            None,
            RolloutStarted(
                at=self.clock.now(),
                rollout="r-1",
                plan=plan,
                document="",
                by=ADA,
                folder=str(folder),
            ),
        )
        self.performers = Performers(
            folder,
            {"THE_TOKEN": SECRET},
            people=Nobody(Console(quiet=True)),
            clock=self.clock,
        )

    def look(self, query="ERROR $GONOGO_SERVICE"):
        """Return what the next look measured, a minute after the last one."""
        self.clock.advance(timedelta(minutes=1))
        operation = Query(
            source="log", metric_kind=MetricKind.COUNT, canary=Asked(events=query)
        )
        effect = Measure(metric="errors", operation=operation, since=self.last)
        report = self.performers.of(self.state).work(effect, self.state)(NEVER)
        self.last = report.measurement.at
        return report.measurement


@pytest.fixture
def log(tmp_path):
    """Give the path of an empty log."""
    path = tmp_path / "service.log"
    path.touch()
    return path


def write(log, text):
    """Write a line."""
    with log.open("a") as file:
        file.write(f"{text}\n")


def test_what_happened_between_two_looks_is_counted_by_one_of_them(tmp_path, log):
    """A stretch begins exactly where the one before it ended."""
    rollout = Rollout(tmp_path, Source(kind="log", url="service.log"), {})
    rollout.look()
    counts = []
    for lines in (1, 0, 2, 3):
        for _ in range(lines):
            write(log, "ERROR shop")
        write(log, "INFO shop")
        counts.append(rollout.look().sample.canary.events)
    assert [1, 0, 2, 3] == counts


def test_what_a_source_says_is_without_secrets(tmp_path):
    """An error that quotes a secret reaches no journal with it."""
    source = Source(kind="log", url="$TOKEN.log")
    token = ValueSource(env="THE_TOKEN", secret=True)
    rollout = Rollout(tmp_path, source, {"TOKEN": token})
    error = rollout.look().error
    assert "there is no file" in error
    assert "[redacted]" in error
    assert SECRET not in error


def test_what_is_noted_of_a_sample_is_without_secrets(tmp_path, log):
    """Notes are journaled with the numbers."""
    token = ValueSource(env="THE_TOKEN", secret=True)
    options = {"kind": "log", "url": "service.log"}
    rollout = Rollout(tmp_path, Source(**options), {"TOKEN": token})
    rollout.look()
    write(log, f"took {SECRET} ms")
    measured = rollout.look(r"took (?P<value>\S+) ms")
    assert "no numbers, such as '[redacted]'" in measured.sample.notes[1]


def test_a_rollout_without_such_a_source_is_told(tmp_path):
    """A query to nobody is an error of the look, and not of gonogo."""
    rollout = Rollout(tmp_path, Source(kind="nosuch"), {})
    assert 'of the kind "nosuch", which is not known here' in rollout.look().error
