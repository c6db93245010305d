"""Procrastinate's queues as the monitor sees them, and the piece's own tables."""

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from hardening.jobs import (
    Attempt,
    Beat,
    DeadLetters,
    Excess,
    Monitor,
    PostgresBeats,
    PostgresQueues,
    QueueDepth,
    connecting,
    migration,
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


def test_all_migrations_are_one_text(database_url):
    """A service that has no use for steps runs one text."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(migration())
        tables = "SELECT to_regclass('job_dlq'), to_regclass('job_heartbeat')"
        assert ("job_dlq", "job_heartbeat") == connection.execute(tables).fetchone()
