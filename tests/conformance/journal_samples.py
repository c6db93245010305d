"""What the tests of every journal append: odd strings, two times, a place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gonogo.model.command import Person
from gonogo.model.event import (
    MeasurementTaken,
    RolloutPaused,
    StageEntered,
    StepStarted,
)
from gonogo.model.identifiers import MetricName, RolloutId, StageId, StepId
from gonogo.model.standing import Standing
from gonogo.model.verdict import Measurement
from gonogo.ports.journal import Append, Journal

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
WALL = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
ROLLOUT, OTHER, THIRD = RolloutId("qc-1"), RolloutId("qc/2 ü"), RolloutId("qc-3")
ALOK = Person(name="alok")
EVENTS = (
    StageEntered(at=NOON, stage=StageId("stage-0")),
    StepStarted(at=NOON, step=StepId("grüße, “quoted”")),
    MeasurementTaken(
        at=NOON + timedelta(seconds=1),
        metric=MetricName("error rate"),
        measurement=Measurement(at=NOON, value=0.1),
    ),
    RolloutPaused(at=NOON + timedelta(seconds=2), by=ALOK, reason="lunch\n\x00"),
)


def append(journal: Journal, events=EVENTS, *, after=0, rollout=ROLLOUT, **others):
    """Append events, by default to the empty journal."""
    return journal.append(rollout, events, after=after, recorded_at=WALL, **others)


def item(rollout=ROLLOUT, events=EVENTS[:1], *, after=0, **others) -> Append:
    """Return one append of a batch, by default the first one of a rollout."""
    return Append(
        rollout=rollout, events=events, after=after, recorded_at=WALL, **others
    )


def standing(rollout=ROLLOUT, *, environment="production", **others) -> Standing:
    """Return a standing, by default under way in production."""
    usual = Standing(
        rollout=rollout,
        service="shop",
        environment=environment,
        title="Switch “the shop”\x00 over",
        digest="sha256:0",
        phase="running",
        started_at=NOON,
    )
    return replace(usual, **others)
