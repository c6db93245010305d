"""Settling: nothing is acted upon before it is durable, and nobody else waits for it."""

import threading

import pytest

from gonogo.model.command import Abort
from gonogo.model.effect import Apply, Undo
from gonogo.runner.settling import Behind
from tests.unit.runner.fleet import ADA, MINUTE, drive

PATIENCE_S = 20


class SlowDisk:
    """A journal whose syncs last until the test lets them end; or fail."""

    def __init__(self, journal):
        self._journal, self.failure = journal, None
        self.syncs, self._free = 0, threading.Semaphore(0)

    def __getattr__(self, name):
        return getattr(self._journal, name)

    def write_all(self, appends):
        """Append."""
        return self._journal.append_all(appends)

    def sync(self):
        """Wait for the test."""
        assert self._free.acquire(timeout=PATIENCE_S)
        self.syncs += 1
        if self.failure is not None:
            raise self.failure

    def let(self, syncs=1):
        """Let so many syncs end, now or later."""
        self._free.release(syncs)


@pytest.fixture
def disk(fleet):
    """Give a slow disk, and let go of whoever still waits for it in the end."""
    disk = SlowDisk(fleet.journal)
    yield disk
    disk.let(1000)


def begun(fleet, disk, *names):
    """An engine over a slow disk that has begun rollouts, their actions still to do."""
    fleet.begin(*names)
    woken = threading.Event()
    engine, hands, watching = fleet.engine(
        disk, settling=lambda _: Behind(disk, woken.set)
    )
    fleet.give(engine, *names)

    def work():
        engine.turn()
        hands.work(but=(Apply,))

    until(lambda: engine._settling, work)

    def settle():
        disk.let()
        assert woken.wait(PATIENCE_S)
        woken.clear()
        engine.turn()

    return engine, hands, watching, settle


def until(done, step):
    """Take steps until something is so."""
    for _ in range(20):
        if done():
            return
        step()
    pytest.fail("it did not come to be so")


def test_an_intent_is_acted_upon_only_once_it_is_durable(fleet, disk):
    """Law 5: its intent is journaled, and durable, before an action runs."""
    engine, hands, watching, settle = begun(fleet, disk, "r1")
    intended = lambda: "ActionIntended" in fleet.history("r1")  # noqa: E731

    def step():
        settle()
        hands.work(but=(Apply,))
        engine.turn()

    until(intended, step)
    assert Apply not in hands.kinds("r1")
    assert ("r1", "ActionIntended") not in watching.events
    settle()
    assert Apply in hands.kinds("r1")
    assert ("r1", "ActionIntended") in watching.events


def test_another_rollout_is_decided_on_while_one_waits_for_its_sync(fleet, disk):
    """A slow disk holds up who waits for it, and nobody else."""
    engine, _, _, settle = begun(fleet, disk, "r1", "r2")
    settle()
    before = len(fleet.history("r2"))
    fleet.journal.send("r1", Abort(at=fleet.clock.now(), by=ADA))
    engine.turn()
    assert "RolloutAborted" in fleet.history("r1")
    fleet.journal.send("r2", Abort(at=fleet.clock.now(), by=ADA))
    engine.turn()
    assert "RolloutAborted" in fleet.history("r2")[before:]
    assert 1 == disk.syncs


def test_a_word_to_a_rollout_that_waits_is_heard_right_after_its_sync(fleet, disk):
    """Nothing is decided on what may yet be lost, and nothing is forgotten."""
    engine, _, _, settle = begun(fleet, disk, "r1")
    assert fleet.history("r1")
    fleet.journal.send("r1", Abort(at=fleet.clock.now(), by=ADA))
    for _ in range(3):
        engine.turn()
    assert "RolloutAborted" not in fleet.history("r1")
    settle()
    engine.turn()
    assert "RolloutAborted" in fleet.history("r1")


def test_what_is_asked_of_the_engine_waits_until_all_is_durable(fleet, disk):
    """A shard is not left while an intent is journaled that nobody has acted upon."""
    engine, hands, _, _ = begun(fleet, disk, "r1")
    disk.let(1000)
    drive(engine, hands)
    answers = []
    engine._mail.put(lambda: answers.append(len(engine._settling)))
    engine.turn()
    assert [0] == answers


def test_a_rollout_lives_to_its_end_over_a_slow_disk(fleet, disk):
    """Nothing is left lying when every sync takes its time."""
    engine, hands, _, _ = begun(fleet, disk, "r1")
    disk.let(10_000)
    ended = lambda: "RolloutCompleted" in fleet.history("r1")  # noqa: E731

    def step():
        for _ in range(5):
            engine._settle_all()
            drive(engine, hands, 1)
        fleet.clock.advance(5 * MINUTE)

    until(ended, step)
    assert Undo not in hands.kinds("r1")


def test_a_disk_that_fails_ends_the_engine(fleet, disk):
    """What was not synced may be lost: whoever comes next finds out what is so."""
    disk.failure = OSError("the disk has failed")
    _, _, _, settle = begun(fleet, disk, "r1")
    with pytest.raises(OSError, match="the disk has failed"):
        settle()


class Counted:
    """A journal that counts what it was asked to sync."""

    def __init__(self):
        self.entered, self.go_on, self.syncs = (
            threading.Semaphore(0),
            threading.Semaphore(0),
            0,
        )

    def write_all(self, appends):
        """Append nothing."""
        return tuple(appends)

    def sync(self):
        """Say that a sync began, and wait."""
        self.entered.release()
        assert self.go_on.acquire(timeout=PATIENCE_S)
        self.syncs += 1


class Named:
    """Stands for what was kept of a rollout."""

    def __init__(self, rollout):
        self.rollout, self.running = rollout, self


def test_what_comes_amid_a_sync_is_covered_by_the_next_all_of_it_at_once():
    """A sync proves nothing of what was written after it began."""
    journal, woken = Counted(), threading.Semaphore(0)
    behind = Behind(journal, woken.release)
    behind.put([Named("r1")])
    assert journal.entered.acquire(timeout=PATIENCE_S)
    behind.put([Named("r2")])
    behind.put([Named("r3")])
    journal.go_on.release()
    assert woken.acquire(timeout=PATIENCE_S)
    assert ["r1"] == [kept.rollout for kept in behind.take()]
    assert "r1" not in behind
    assert "r2" in behind
    journal.go_on.release()
    behind.flush()
    assert ["r2", "r3"] == [kept.rollout for kept in behind.take()]
    assert (2, 0) == (journal.syncs, len(behind))
    behind.close()
