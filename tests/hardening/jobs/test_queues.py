"""Procrastinate's queues as the monitor sees them, and the piece's own tables."""

from contextlib import ExitStack
from decimal import Decimal

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from hardening.jobs import (
    Attempt,
    Beat,
    DeadLetters,
    Excess,
    Heart,
    Monitor,
    PostgresBeats,
    PostgresQueues,
    QueueDepth,
    connecting,
    migrations,
)
from tests.hardening.jobs.workers import Harness


@pytest.fixture
def look(connect):
    """Give a function that returns the queues, by name."""
    return lambda: {queue.queue: queue for queue in PostgresQueues(connect).depths()}


def test_depth_counts_what_could_run_and_latency_its_oldest(jobs_url, look, ask):
    """Jobs for later are no depth; a queue is as late as its oldest job that could run."""
    harness = Harness(jobs_url)
    old, later, overdue = (harness.defer("work") for _ in range(3))
    harness.defer("work", queue="other")
    at = "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '{}' WHERE id = {}"
    ask(at.format("1 hour", later))
    ask(at.format("-10 minutes", overdue))
    ask(
        "UPDATE procrastinate_events SET at = now() - interval '20 minutes'"
        " WHERE job_id = %s",
        old,
    )
    seen = look()
    assert (2, 1, 0) == (
        seen["default"].depth,
        seen["default"].scheduled,
        seen["default"].blocked,
    )
    assert 1_200 == pytest.approx(seen["default"].latency_s, abs=60)
    assert 0 == pytest.approx(seen["other"].latency_s, abs=60)


def test_an_empty_queue_is_not_there(look):
    """No jobs, no queues, no alarms."""
    assert {} == look()


def test_a_queue_of_jobs_for_later_has_no_latency(jobs_url, look, ask):
    """What is not due is not late."""
    Harness(jobs_url).defer("work")
    ask("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    assert {"default": QueueDepth(queue="default", depth=0, scheduled=1)} == look()


def test_jobs_that_wait_behind_a_later_ones_lock_are_told(jobs_url, look, ask, connect):
    """
    A retry in an hour that holds a lock stalls every job with that lock for the hour.

    Procrastinate does so on purpose (#1599); the monitor says it.
    """
    harness = Harness(jobs_url)
    for lock in ("a", "a", "a", "b", "b", None):
        harness.defer("work", lock=lock)
    ask("UPDATE procrastinate_jobs SET scheduled_at = now() + '1 hour' WHERE id = 1")
    assert 2 == look()["default"].blocked
    harness.work()
    assert [("succeeded", 3), ("todo", 3)] == ask(
        "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1"
    )
    found = Monitor(PostgresQueues(connect)).look()
    assert [(Excess.BLOCKED, 2)] == [(one.excess, one.measured) for one in found]


def test_a_redriven_job_blocks_nobody(jobs_url, look, ask, connect, letter):
    """What is redriven can run at once, behind what was there before it."""
    letters = DeadLetters(connect)
    letters.redrive(letters.put(letter(options={"lock": "a"})))
    Harness(jobs_url).defer("work", lock="a")
    assert [(None,)] == ask("SELECT scheduled_at FROM procrastinate_jobs LIMIT 1")
    assert (1, 1) == (look()["imports"].depth, look()["default"].depth)
    assert 0 == look()["default"].blocked


def test_a_late_beat_takes_back_no_newer_one(provider, ask):
    """A beat that hung on its way is written with its own age, or not at all."""
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " VALUES (1, 'q', 't', 'doing'), (2, 'q', 't', 'todo')"
    )
    beats = PostgresBeats(provider)
    mine, other = Attempt("1", 1), Attempt("2", 1)
    age = "SELECT extract(epoch FROM now() - last_heartbeat_at)::int FROM job_heartbeat"
    assert {mine} == beats.write([(mine, Beat(60.0)), (other, Beat(60.0))], 100.0)
    assert [(40,)] == ask(age)
    assert {mine} == beats.write([(mine, Beat(10.0, 0.5, "late\0"))], 100.0)
    assert [(40,)] == ask(age)
    assert [(0.5, "late\ufffd")] == ask("SELECT progress, note FROM job_heartbeat")
    assert frozenset() == beats.write([(Attempt("1", 2), Beat(100.0))], 100.0)
    beats.close()


def test_jobs_that_count_and_jobs_that_measure_beat_together(provider, ask):
    """One job says 17, another a half, in one writing; what is no number is its own."""
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " SELECT n, 'q', 't', 'doing' FROM generate_series(1, 4) AS n"
    )
    heart = Heart(PostgresBeats(provider), every_s=60)
    heart._start = lambda: None  # the test writes
    with ExitStack() as running:
        pulses = [
            running.enter_context(heart.attempt(Attempt(str(number), 1)))
            for number in (1, 2, 3, 4)
        ]
        for pulse, progress in zip(pulses, (17, 0.5, Decimal("0.25")), strict=False):
            pulse(progress, note=b"a step")
        with pytest.raises(ValueError, match="half"):
            pulses[3]("half")
        heart.write()
    progress = "SELECT progress FROM job_heartbeat ORDER BY job_id"
    assert [(17.0,), (0.5,), (0.25,), (None,)] == ask(progress)


def test_progress_of_all_kinds_is_written_by_itself_too(provider, ask):
    """`PostgresBeats` takes any number, whoever calls it."""
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " VALUES (1, 'q', 't', 'doing'), (2, 'q', 't', 'doing')"
    )
    beats, one, two = PostgresBeats(provider), Attempt("1", 1), Attempt("2", 1)
    said = [(one, Beat(0.0, 17)), (two, Beat(0.0, 0.5))]
    assert {one, two} == beats.write(said, 0.0)
    beats.close()


def test_the_writer_takes_a_new_connection_after_an_error(jobs_url, ask):
    """A session that an operator ended costs one writing, not the heart."""
    beats = PostgresBeats(connecting(jobs_url))
    one = [(Attempt("1", 1), Beat(0.0))]
    assert frozenset() == beats.write(one, 0.0)
    ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(psycopg.OperationalError):
        beats.write(one, 0.0)
    assert frozenset() == beats.write(one, 0.0)
    beats.close()


# --- the tables ----------------------------------------------------------------------

SHAPE = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'function', proname, oidvectortypes(proargtypes) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3
"""


@pytest.mark.parametrize("step", migrations(), ids=lambda step: step.name)
def test_a_migration_is_undone_and_done_again(database_url, step):
    """Twice, back, twice back and there again: nothing is left over, nothing differs."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SchemaManager.get_schema())

        def shape():
            return connection.execute(SHAPE).fetchall()

        before = shape()
        connection.execute(step.apply)
        after = shape()
        assert before != after
        connection.execute(step.apply)
        assert after == shape()
        for _ in range(2):
            connection.execute(step.undo)
            assert before == shape()
        connection.execute(step.apply)
        assert after == shape()
