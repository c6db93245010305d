"""Beats: said by the work, written by a thread, at most once a second."""

import asyncio
import logging
import threading
import time
from contextvars import copy_context
from decimal import Decimal

import pytest

from hardening.core import InvalidSetting
from hardening.jobs import (
    Attempt,
    Fenced,
    Heart,
    HeartbeatsNotWritten,
    beat,
    current_pulse,
    watched,
)
from hardening.testing import FakeClock

ONE, TWO = Attempt("1", 1), Attempt("2", 3)


class Written:
    """Keeps the beats that it is given; owns, fails and waits as told."""

    def __init__(self):
        self.writings = []
        self.disowned = set()
        self.error = None
        self.gate = threading.Event()
        self.gate.set()
        self.closed = 0
        self.threads = set()

    def write(self, beats, now_s):
        """Take beats in."""
        self.gate.wait(30)
        self.threads.add(threading.current_thread().name)
        if self.error:
            raise self.error
        self.writings.append(
            {
                attempt: (now_s - said.at_s, said.progress, said.note)
                for attempt, said in beats
            }
        )
        return frozenset(attempt for attempt, _ in beats) - self.disowned

    def close(self):
        """Count."""
        self.closed += 1


@pytest.fixture
def beats():
    """Give a place for beats."""
    return Written()


@pytest.fixture
def clock():
    """Give a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def heart(beats, clock):
    """Give a heart whose thread sleeps: the test writes when it wants to."""
    made = Heart(beats, every_s=60, clock=clock)
    made._start = lambda: None
    return made


def until(condition, deadline_s=30.0):
    """Wait for a condition."""
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_newest_beat_is_written_with_its_age(heart, beats, clock):
    """A thousand beats are one writing, which knows when the work last moved on."""
    with heart.attempt(ONE) as pulse:
        for row in range(1_000):
            pulse(row / 1_000, f"row {row}")
        clock.advance(3)
        heart.write()
        heart.write()
    assert [{ONE: (3, 0.999, "row 999")}] == beats.writings


def test_the_start_of_an_attempt_is_a_beat(heart, beats):
    """A job is watched from its start, before it says anything."""
    with heart.attempt(ONE):
        heart.write()
    assert [{ONE: (0, None, None)}] == beats.writings


def test_all_attempts_are_written_at_once(heart, beats):
    """A process with many jobs asks the database once."""
    with heart.attempt(ONE) as one, heart.attempt(TWO) as two:
        one(note="a")
        two(0.5)
        heart.write()
    assert [{ONE: (0, None, "a"), TWO: (0, 0.5, None)}] == beats.writings


def test_what_a_beat_does_not_say_is_kept(heart, beats):
    """A beat with a note alone does not forget the progress."""
    with heart.attempt(ONE) as pulse:
        pulse(0.5, "half")
        pulse()
        heart.write()
        pulse(note="more")
        heart.write()
    assert [(0.5, "half"), (0.5, "more")] == [w[ONE][1:] for w in beats.writings]


def test_silence_is_not_written(heart, beats):
    """A job that hangs beats no more, however long its thread lives."""
    with heart.attempt(ONE):
        for _ in range(3):
            heart.write()
    assert 1 == len(beats.writings)


def test_a_short_job_costs_nothing(heart, beats):
    """A job that ended before the writer came is not written at all."""
    with heart.attempt(ONE) as pulse:
        pulse()
    heart.write()
    assert [] == beats.writings


def test_a_disowned_attempt_is_told_at_its_next_beat(heart, beats):
    """`Fenced` says whose job was taken, and is raised again and again."""
    with heart.attempt(ONE) as one, heart.attempt(TWO) as two:
        beats.disowned.add(ONE)
        heart.write()
        for _ in range(2):
            with pytest.raises(Fenced, match="Attempt 1 of job 1"):
                one()
        two()


def test_a_failed_writing_is_tried_again(heart, beats, clock):
    """A beat survives an outage, and grows older with it."""
    with heart.attempt(ONE) as pulse:
        pulse(0.5)
        beats.error = ConnectionError()
        with pytest.raises(ConnectionError):
            heart.write()
        clock.advance(60)
        beats.error = None
        heart.write()
    assert [{ONE: (60, 0.5, None)}] == beats.writings


def test_a_job_that_blocks_the_event_loop_still_beats(beats):
    """The beats of a blocked loop are written by a thread, while it is blocked."""

    async def block():
        with watched(heart, ONE):
            deadline = time.monotonic() + 30
            while len(beats.writings) < 3 and time.monotonic() < deadline:
                beat()
                time.sleep(0.001)  # noqa: ASYNC251 - it blocks the loop

    with Heart(beats, every_s=0.001) as heart:
        asyncio.run(block())
    assert 3 <= len(beats.writings)
    assert {"hardening-heart"} == beats.threads


def test_a_slow_database_slows_no_job(beats):
    """A beat returns at once while the writer waits for its database."""
    beats.gate.clear()
    with Heart(beats, every_s=0.001) as heart, heart.attempt(ONE) as pulse:
        for _ in range(1_000):
            pulse()
        assert [] == beats.writings
        beats.gate.set()
        until(lambda: beats.writings)


def test_the_thread_outlives_a_failing_database(beats):
    """Failures are told, and beats are written once it is back."""
    told = []
    beats.error = ConnectionError("gone")
    with Heart(beats, every_s=0.001, listener=told.append) as heart:
        with heart.attempt(ONE):
            until(lambda: told)
            beats.error = None
            until(lambda: beats.writings)
        counts = {m.name: m.samples[0].value for m in heart.measures()}
    assert {HeartbeatsNotWritten} == {type(event) for event in told}
    assert 1 <= counts["hardening_jobs_beat_failures"]
    assert 0 == counts["hardening_jobs_beating"]


def test_a_listener_that_fails_does_not_end_the_heart(beats, caplog):
    """Whoever counts the failed writings may fail too; the beats go on."""

    def fail(event):
        message = f"the metrics are down: {event.event}"
        raise RuntimeError(message)

    beats.error = ConnectionError("gone")
    with Heart(beats, every_s=0.001, listener=fail) as heart, heart.attempt(ONE):
        until(lambda: caplog.records)
        beats.error = None
        until(lambda: beats.writings)
    record = caplog.records[0]
    assert ("hardening", "listener_failed") == (record.name, record.getMessage())
    assert "the metrics are down: heartbeats_not_written" == str(record.exc_info[1])


def test_a_log_that_fails_ends_nothing_either(beats, monkeypatch):
    """Where there is nobody left to tell, the beats still go on."""

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(logging.getLogger("hardening"), "error", fail)
    beats.error = ConnectionError("gone")
    with Heart(beats, every_s=0.001, listener=fail) as heart, heart.attempt(ONE):
        until(lambda: heart._failures)
        beats.error = None
        until(lambda: beats.writings)


def test_the_thread_ends_with_the_heart_and_starts_again(beats):
    """Nothing is left behind, and a heart may be used a second time."""
    for times in (1, 2):
        with Heart(beats, every_s=0.001) as heart, heart.attempt(ONE):
            until(lambda times=times: len(beats.writings) >= times)
        assert times == beats.closed
    assert "hardening-heart" not in {t.name for t in threading.enumerate()}


def test_stopping_writes_what_is_left(beats):
    """The last beat before a shutdown is not lost."""
    beats.gate.clear()
    heart = Heart(beats, every_s=60)
    with heart.attempt(ONE) as pulse:
        beats.gate.set()
        until(lambda: beats.writings)
        pulse(1.0)
        heart.stop()
    assert 1.0 == beats.writings[-1][ONE][1]


# --- beat ----------------------------------------------------------------------------


def test_beat_outside_of_a_watched_job_does_nothing():
    """The same function runs in a job, in a script and in a test."""
    beat(0.5, "anything")
    assert current_pulse() is None


def test_beat_finds_the_job_that_runs(heart, beats):
    """Jobs beside one another on one loop beat for themselves."""

    async def job(attempt):
        with watched(heart, attempt):
            await asyncio.sleep(0)
            beat(note=f"job {attempt.job_id}")
            await asyncio.sleep(0)
            heart.write()

    async def both():
        await asyncio.gather(job(ONE), job(TWO))

    asyncio.run(both())
    assert {ONE: "job 1", TWO: "job 2"} == {
        attempt: said[2]
        for writing in beats.writings
        for attempt, said in writing.items()
    }


def test_a_thread_of_a_job_beats_with_its_context(heart, beats):
    """A job that works in threads hands them its context, or its pulse."""
    with watched(heart, ONE):
        context, pulse = copy_context(), current_pulse()
        for call in (lambda: context.run(beat, 0.5), lambda: pulse(note="by hand")):
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()
        heart.write()
    assert (0.5, "by hand") == beats.writings[0][ONE][1:]


def test_a_long_note_is_cut(heart, beats):
    """A note is a few words, and cannot fill the table."""
    with heart.attempt(ONE) as pulse:
        pulse(note="x" * 10_000)
        heart.write()
    assert 500 == len(beats.writings[0][ONE][2])


def test_progress_that_is_no_number_fails_in_its_own_job(heart, beats):
    """The beats of the other jobs are written, and the job's own last one."""
    with heart.attempt(ONE) as one, heart.attempt(TWO) as two:
        one(1, note="a")
        two(Decimal("0.5"))
        for wrong, error in (("half", ValueError), ([], TypeError)):
            with pytest.raises(error):
                one(wrong, note="b")
        heart.write()
    assert [{ONE: (0, 1.0, "a"), TWO: (0, 0.5, None)}] == beats.writings
    kinds = {type(progress) for _, progress, _ in beats.writings[0].values()}
    assert {float} == kinds


@pytest.mark.parametrize(
    "every_s", [0, -1, 3_600.1, float("inf"), float("nan"), "1", True, None]
)
def test_an_interval_that_is_none_is_refused(beats, every_s):
    """A writer without a pause is a load; one whose pause has no end writes nothing."""
    with pytest.raises(InvalidSetting, match=r"Heart\.every_s"):
        Heart(beats, every_s=every_s)


def test_an_hour_is_the_longest_interval(beats):
    """The thread can wait for it."""
    Heart(beats, every_s=3_600)
