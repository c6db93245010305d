"""The outbox: nobody who looks on holds a rollout up."""

import logging
from itertools import chain
from threading import Event

import pytest

from gonogo.adapters.telemetry.outbox import Outbox
from gonogo.ports.telemetry import Unmeasured


class Drops(Unmeasured):
    """Counts what was dropped."""

    def __init__(self):
        """Begin at none."""
        self.count = 0

    def dropped(self, watcher, count):
        """Count."""
        assert watcher == "test"
        self.count += count


class Hanging:
    """Delivers nothing until it is let go."""

    def __init__(self):
        """Hold everything."""
        self.reached, self.let_go, self.got = Event(), Event(), []

    def __call__(self, batch):
        """Wait, then keep the batch."""
        self.reached.set()
        self.let_go.wait()
        self.got.append(list(batch))


@pytest.mark.parametrize(("offered", "dropped"), [(2, 0), (3, 0), (4, 1)])
def test_what_does_not_fit_is_dropped_and_counted(offered, dropped):
    """Three places: the fourth item is let go of, and whoever offers it is told."""
    drops, deliver = Drops(), Hanging()
    outbox = Outbox("test", deliver, metrics=drops, capacity=3)
    outbox.offer("first")
    assert deliver.reached.wait(20)
    taken = [outbox.offer(number) for number in range(offered)]
    assert dropped == taken.count(False) == drops.count
    deliver.let_go.set()
    outbox.close(20)
    assert ["first", *range(offered - dropped)] == list(chain(*deliver.got))


def test_what_waits_goes_together_and_in_order():
    """Whoever is slow is called once for many."""
    deliver = Hanging()
    outbox = Outbox("test", deliver, metrics=Drops())
    outbox.offer(0)
    assert deliver.reached.wait(20)
    for number in range(1, 5):
        outbox.offer(number)
    deliver.let_go.set()
    outbox.close(20)
    assert [[0], [1, 2, 3, 4]] == deliver.got


def test_a_delivery_that_fails_is_logged_counted_and_not_the_last(caplog):
    """A defect of an exporter ends neither the rollout nor the exporter."""
    drops, got, failed = Drops(), [], Event()

    def deliver(batch):
        if batch == ["bad"]:
            failed.set()
            raise ValueError(batch)
        got.extend(batch)

    outbox = Outbox("test", deliver, metrics=drops)
    with caplog.at_level(logging.WARNING, "gonogo.telemetry"):
        outbox.offer("bad")
        assert failed.wait(20)
        outbox.offer("good")
        outbox.close(20)
    assert (1, ["good"]) == (drops.count, got)
    assert "test: 1 were not delivered" in caplog.text


def test_a_closed_outbox_takes_nothing_more():
    """What comes too late is counted, not lost in silence."""
    drops = Drops()
    outbox = Outbox("test", lambda _: None, metrics=drops)
    outbox.close(20)
    assert not outbox.offer("late")
    assert 1 == drops.count


def test_the_end_waits_no_longer_than_it_may(caplog):
    """A receiver that hangs does not keep the process; what is left is counted."""
    drops, deliver = Drops(), Hanging()
    outbox = Outbox("test", deliver, metrics=drops)
    outbox.offer("first")
    assert deliver.reached.wait(20)
    outbox.offer("second")
    outbox.close(0)
    assert drops.count >= 1
    assert "not delivered before the end" in caplog.text
    deliver.let_go.set()


def test_it_rests_when_nothing_comes():
    """What is due again after a failure has its turn without anything new."""
    rested = Event()
    outbox = Outbox(
        "test", lambda _: None, metrics=Drops(), pause_s=0.001, rest=rested.set
    )
    assert rested.wait(20)
    outbox.close(20)
