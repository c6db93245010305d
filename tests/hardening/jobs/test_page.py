"""The page about jobs: what it shows runs, and what it names is there."""

import re
from pathlib import Path
from threading import Event

import celery
import pytest
import redis
from celery import signals

from hardening.jobs import (
    DeadLetters,
    Excess,
    Heart,
    Limit,
    PostgresBeats,
    Thresholds,
    Watchdog,
    events,
)
from tests.hardening.jobs.workers import Harness

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/hardening/jobs.md").read_text()
ROLLOUT = (ROOT / "packages/hardening/rollouts/jobs.md").read_text()


@pytest.fixture
def names(jobs_url, redis_url):
    """Give what the examples take for granted."""
    stopping = Event()
    stopping.set()
    receivers = list(signals.task_failure.receivers or ())
    with (
        redis.Redis.from_url(redis_url) as client,
        celery.Celery(set_as_current=False) as app,
    ):
        yield {
            "url": jobs_url,
            "store": str,
            "stopping": stopping,
            "celery_app": app,
            "redis": client,
        }
        app.close()
    signals.task_failure.receivers = receivers
    signals.task_failure.sender_receivers_cache.clear()


def test_the_examples_run(names):
    """An example that does not run costs somebody an evening."""
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert 3 == len(examples)
    for example in examples:
        exec(example, names)  # noqa: S102
    names["import_contacts"](["a row"])


def test_every_event_is_on_the_page():
    """Whoever reads an event's name in a log finds it explained."""
    told = {kind.event for kind in vars(events).values() if hasattr(kind, "event")}
    for event in told | {excess.value for excess in Excess}:
        assert f"`{event}`" in PAGE


def test_every_default_is_on_the_page():
    """The numbers that are shown are those that hold."""
    limit, limits = Limit(), Thresholds()
    assert f"| {limit.silence_s:.0f} |" in PAGE
    shown = (limits.depth_warning, limits.depth_critical, limits.total_critical)
    assert ", ".join(f"{number:,}" for number in shown) in PAGE


def test_every_metric_on_the_page_is_measured(jobs_url, connect):
    """A graph that is named here can be drawn."""
    heart = Heart(PostgresBeats(connect))
    letters = DeadLetters(connect)
    letters.statistics()
    guard = Harness(jobs_url).guard
    measured = {
        measure.name
        for piece in (heart, letters, guard, Watchdog(connect))
        for measure in piece.measures()
    }
    paragraph = PAGE[PAGE.index("Metrics, all") : PAGE.index("`statistics(")]
    named = {name for name in re.findall(r"`([a-z_]+)`", paragraph) if "_" in name}
    of_the_monitor = {"queue_depth", "queue_latency_seconds"}
    for name in named - of_the_monitor:
        assert f"hardening_jobs_{name}" in measured
    assert len(ROLLOUT.splitlines()) <= 100
