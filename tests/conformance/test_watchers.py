"""Watchers: one suite over everybody who looks on while rollouts are driven."""

import io
import logging
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from gonogo.adapters.telemetry.deliveries import delivering
from gonogo.adapters.telemetry.logs import RolloutLog, logging_to
from gonogo.adapters.telemetry.metrics import PrometheusMetrics
from gonogo.adapters.telemetry.otlp import tracing
from gonogo.ports.telemetry import Unmeasured
from gonogo.testing.clock import NOON
from gonogo.testing.journal import MemoryJournal
from tests.conformance.played import Played
from tests.conformance.receiving import receiving


class Drops(Unmeasured):
    """Counts what was dropped."""

    def __init__(self):
        """Begin at none."""
        self.count = 0

    def dropped(self, watcher, count):
        """Count."""
        assert watcher
        self.count += count


class Looking:
    """
    A watcher, and the world that it tells.

    Attributes:
        heard: Returns whether the world was told anything.
        let_go: Unset, the world takes nothing in until it is set.
    """

    def __init__(self, watcher, journal, drops, heard, let_go):
        """Keep the parts."""
        self.watcher, self.journal, self.drops = watcher, journal, drops
        self.heard, self.let_go = heard, let_go


class Pipe(io.StringIO):
    """A stream whose reader may stand still."""

    def __init__(self):
        """Let everything through."""
        super().__init__()
        self.let_go = Event()
        self.let_go.set()

    def write(self, text):
        """Write once the reader reads."""
        self.let_go.wait()
        return super().write(text)


@contextmanager
def logs(journal, drops, _):
    """Look on with a log."""
    pipe = Pipe()
    with logging_to(pipe, form="json", level=logging.INFO, redact=str):
        log = RolloutLog(metrics=drops)
        yield Looking(
            log, journal, drops, lambda: "r-1" in pipe.getvalue(), pipe.let_go
        )
        log.close()


@contextmanager
def traces(journal, drops, _):
    """Look on with traces."""
    with receiving() as inbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", inbox.url)
        with tracing("1", history=journal.read, metrics=drops) as watcher:
            yield Looking(
                watcher, journal, drops, lambda: bool(inbox.all()), inbox.let_go
            )


@contextmanager
def cdevents(journal, drops, folder):
    """Look on with CDEvents."""
    with (
        receiving() as inbox,
        delivering(
            inbox.url,
            source="/gonogo",
            folder=folder,
            history=journal.read,
            standings=journal.standings,
            metrics=drops,
            now=NOON,
        ) as watcher,
    ):
        yield Looking(watcher, journal, drops, lambda: bool(inbox.all()), inbox.let_go)


@contextmanager
def metrics(journal, drops, _):
    """Look on with metrics."""
    watcher, let_go = PrometheusMetrics(), Event()

    def heard():
        name = "gonogo_rollouts_started_total"
        return watcher.registry.get_sample_value(name) == 1

    yield Looking(watcher, journal, drops, heard, let_go)


KINDS = {each.__name__: each for each in (logs, traces, cdevents, metrics)}


@pytest.fixture(params=KINDS)
def kind(request):
    """Give each kind of watcher."""
    return KINDS[request.param]


@pytest.fixture
def opened(kind, tmp_path):
    """Give a function that opens a watcher before an empty journal."""
    return lambda: kind(MemoryJournal(), Drops(), tmp_path)


def test_what_was_seen_is_told_before_the_end(opened):
    """A rollout of a second is told whole: closing sends what waits."""
    with opened() as looking:
        Played(watchers=[looking.watcher], journal=looking.journal).completed()
        close = getattr(looking.watcher, "close", lambda: None)
        close()
        assert looking.heard()
    assert 0 == looking.drops.count


def test_a_world_that_hangs_holds_no_rollout_up(opened):
    """`saw` returns at once, whatever became of what was told before."""
    with opened() as looking:
        looking.let_go.clear()
        played = Thread(
            target=lambda: Played(
                watchers=[looking.watcher], journal=looking.journal
            ).tripped()
        )
        played.start()
        played.join(20)
        stuck = played.is_alive()
        looking.let_go.set()
    assert not stuck


def test_a_turn_without_records_is_nothing_to_tell(opened):
    """The engine may say that a state stands as it did."""
    with opened() as looking:
        played = Played(journal=looking.journal)
        looking.watcher.saw(played.state, ())
    assert 0 == looking.drops.count


def test_a_rollout_may_go_to_another_runner_and_come_back(opened):
    """What happened meanwhile is in the journal, and nobody trips over it."""
    with opened() as looking:
        played = Played(watchers=[looking.watcher], journal=looking.journal)
        played.watchers = []
        played.shipped()
        played.watchers = [looking.watcher]
        played.after(seconds=3).observed("look")
        assert played.state.ended
    assert 0 == looking.drops.count
