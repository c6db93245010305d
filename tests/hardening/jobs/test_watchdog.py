"""
The watchdog, with workers that run, hang, block and are killed.

Time does not pass here: a test sets back what the database remembers, waits until the
jobs that move on have beaten again, and looks.
"""

import asyncio
import os
import signal
from contextlib import contextmanager

import psycopg
import pytest

from hardening.core import InvalidSetting
from hardening.jobs import (
    Attempt,
    DeadLetters,
    Heart,
    HeartbeatMissed,
    HeartbeatsNotWritten,
    JobFenced,
    JobMovedToDlq,
    JobRescued,
    Limit,
    Limits,
    PostgresBeats,
    Reason,
    Watchdog,
    WatchFailed,
    connecting,
    migrations,
    statistics,
)
from hardening.testing import FakeClock
from tests.hardening.jobs.workers import Harness, other_process, until
from tests.unit.hardening.jobs.looking import looks

LIMIT = Limits(Limit(600))


@pytest.fixture
def harness(jobs_url):
    """Give an app under guard whose heart beats fast."""
    with Heart(PostgresBeats(connecting(jobs_url)), every_s=0.01) as heart:
        yield Harness(jobs_url, heart=heart)


@pytest.fixture
def watchdog(connect):
    """Give a function that makes watchdogs, and what they tell."""

    def make(**settings):
        told = []
        settings = {"limits": LIMIT, "grace_s": 0, "listener": told.append} | settings
        return Watchdog(connect, **settings), told

    return make


@pytest.fixture
def beating(ask):
    """Give a function that waits for a job's beat, fresher than the limit."""
    fresh = (
        "SELECT 1 FROM job_heartbeat JOIN procrastinate_jobs ON id = job_id"
        " WHERE id = %s AND attempt = attempts + 1"
        " AND last_heartbeat_at > now() - interval '1 minute'"
    )
    return lambda *numbers: [until(lambda n=n: ask(fresh, n)) for n in numbers]


@pytest.fixture
def silence(ask):
    """Give a function that lets all jobs look silent since twenty minutes."""

    def set_back():
        ask(
            "UPDATE job_heartbeat SET last_heartbeat_at = now() - interval '20 minutes'"
        )
        ask("UPDATE procrastinate_events SET at = now() - interval '20 minutes'")

    return set_back


def test_only_jobs_that_do_not_move_on_are_taken(
    jobs_url, harness, watchdog, beating, silence, ask
):
    """
    A hung job and a killed worker's are taken, one that blocks the loop is not.

    No false positive: what moves on is left alone, although its worker looks dead.
    """
    hung = harness.defer("hang")
    sync = harness.defer("hang_sync")
    blocks = harness.defer("blocks_the_loop")
    killed = harness.defer("hang_sync", queue="other")
    with other_process(jobs_url) as worker:
        beating(killed)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    dog, told = watchdog()
    with harness.working(concurrency=3, queues=["default"]):
        beating(hung, sync, blocks)
        silence()
        beating(blocks)  # from a thread: the loop itself stands still
        scan = dog.scan()
        assert (4, 3, 3) == (scan.running, scan.missed, scan.moved)
        missed = {event.job_id for event in told if isinstance(event, HeartbeatMissed)}
        assert {str(hung), str(sync), str(killed)} == missed
        assert [HeartbeatMissed, JobMovedToDlq] * 3 == [type(event) for event in told]
        assert 0 == dog.scan().missed
    reasons = "SELECT reason, error_class FROM job_dlq"
    assert {("stuck", "Stuck")} == set(ask(reasons))
    status = "SELECT status::text FROM procrastinate_jobs WHERE id = %s"
    assert [("succeeded",)] == ask(status, blocks)
    assert [] == ask("SELECT * FROM job_heartbeat")


def test_a_hung_coroutine_gives_its_place_back(
    harness, watchdog, beating, silence, ask
):
    """The worker cancels what was taken from it, and goes on with the next job."""
    hung = harness.defer("hang")
    dog, _ = watchdog()
    with harness.working(concurrency=1):
        beating(hung)
        silence()
        dog.scan()
        following = harness.defer("work")
        done = "SELECT 1 FROM procrastinate_jobs WHERE status = 'succeeded' AND id = %s"
        until(lambda: ask(done, following))
    assert [("failed",)] == ask(
        "SELECT status::text FROM procrastinate_jobs WHERE id = %s", hung
    )
    assert ["aborted"] == [
        event.ending for event in harness.told if isinstance(event, JobFenced)
    ]


def test_a_job_that_wakes_up_is_told_at_its_next_beat(
    harness, watchdog, beating, silence, ask
):
    """What was thought dead stops by `Fenced`, and its end changes nothing."""
    number = harness.defer("wakes_up")
    dog, _ = watchdog()
    with harness.working():
        beating(number)
        silence()
        assert 1 == dog.scan().moved
        harness.gates["wakes_up"].set()
        until(lambda: harness.told)
    assert [(str(number), 1)] == [(e.job_id, e.attempt) for e in harness.fenced]
    assert [JobFenced] == [type(event) for event in harness.told]
    assert [("failed", 1)] == ask(
        "SELECT status::text, attempts FROM procrastinate_jobs"
    )


def test_a_retried_job_ends_by_its_new_attempt_alone(
    harness, watchdog, beating, silence, ask, connect
):
    """The old attempt's end, good as it is, does not end the new one."""
    number = harness.defer("twice")
    dog, told = watchdog(limits=Limits(Limit(600, attempts=2)))
    row = "SELECT status::text, attempts FROM procrastinate_jobs"
    with harness.working(concurrency=2):
        beating(number)
        silence()
        assert 1 == dog.scan().rescued
        assert isinstance(told[-1], JobRescued)
        until(lambda: harness.entered["twice"] == 2)
        harness.gates["twice-1"].set()
        until(lambda: harness.told)
        assert [("doing", 1)] == ask(row)
        harness.gates["twice-2"].set()
        until(lambda: ask(row + " WHERE status = 'succeeded'"))
    assert [("succeeded", 2)] == ask(row)
    assert [("succeeded", 1)] == [(e.ending, e.attempt) for e in harness.told]
    assert 0 == DeadLetters(connect).count()


def test_a_job_that_sticks_again_becomes_a_letter(
    harness, watchdog, beating, silence, connect
):
    """Retries of stuck jobs have an end."""
    number = harness.defer("twice")
    dog, _ = watchdog(limits=Limits(Limit(600, attempts=2)))
    with harness.working(concurrency=2):
        beating(number)
        silence()
        assert (1, 0) == (dog.scan().rescued, dog.scan().moved)
        beating(number)
        silence()
        assert 1 == dog.scan().moved
    (letter,) = DeadLetters(connect).search().letters
    assert (2, Reason.STUCK) == (letter.attempts, letter.reason)


def test_a_good_end_after_all_is_remembered(
    harness, watchdog, beating, silence, connect
):
    """The rate of false positives is measured: a taken job that then succeeded is one."""
    number = harness.defer("hang_sync")
    dog, _ = watchdog()
    letters = DeadLetters(connect)
    with harness.working():
        beating(number)
        silence()
        dog.scan()
        assert 0.0 == letters.statistics().false_positive_rate
        harness.gates["hang_sync"].set()
        until(lambda: harness.told)
    seen = letters.statistics()
    assert (1, 1, 1.0) == (seen.stuck, seen.late_successes, seen.false_positive_rate)
    assert 0 == letters.redrive_all().sent  # the work was done
    shown = statistics(letters=seen, watchdog=dog)
    assert (1, 1, 1.0) == (
        shown["watchdogMetrics"]["heartbeatMisses"],
        shown["watchdogMetrics"]["jobsMovedToDlqLastHour"],
        shown["watchdogMetrics"]["falsePositiveRate"],
    )


def running(ask, number, *, since="20 minutes", task="import", hearts=None):
    """Put a running job into the tables, started a while ago; with a beat or without."""
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " VALUES (%s, 'q', %s, 'doing')",
        number,
        task,
    )
    ask(
        "INSERT INTO procrastinate_events (job_id, type, at)"
        " VALUES (%s, 'started', now() - %s::interval)",
        number,
        since,
    )
    if hearts:
        ask(
            "INSERT INTO job_heartbeat (job_id, attempt, last_heartbeat_at)"
            " VALUES (%s, 1, now() - %s::interval)",
            number,
            hearts,
        )


@pytest.mark.parametrize(
    ("since", "hearts", "missed"),
    [
        ("9 minutes 50 seconds", None, 0),
        ("10 minutes 1 second", None, 1),
        ("1 day", "9 minutes 50 seconds", 0),
        ("1 day", "10 minutes 1 second", 1),
    ],
)
def test_silence_counts_from_the_last_beat_or_the_start(
    watchdog, ask, since, hearts, missed
):
    """A job is silent since it last moved on; one that never beat, since it started."""
    running(ask, 1, since=since, hearts=hearts)
    assert missed == watchdog()[0].scan().missed


def test_the_beat_of_an_earlier_attempt_says_nothing(watchdog, ask):
    """A retried job is not taken for what its first attempt did not do."""
    running(ask, 1, since="1 minute", hearts="2 hours")
    ask("UPDATE procrastinate_jobs SET attempts = 1")
    assert 0 == watchdog()[0].scan().missed


@pytest.mark.parametrize(
    ("limits", "missed"),
    [
        (Limits(Limit(60), {"import": Limit(3600)}), ["2"]),
        (Limits(None, {"import": Limit(60)}), ["1"]),
        (Limits(None), []),
        (Limits(), []),
    ],
)
def test_every_task_has_its_limit(watchdog, ask, limits, missed):
    """A long import may be silent for longer; tasks without a limit are left alone."""
    running(ask, 1)
    running(ask, 2, task="mail")
    dog, told = watchdog(limits=limits)
    dog.scan()
    assert missed == [e.job_id for e in told if isinstance(e, HeartbeatMissed)]


def test_a_thousand_silent_jobs_of_others_hide_none_of_ours(watchdog, ask):
    """At 1 %, ten of 1,001 silent jobs are ours, and all ten are found."""
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " SELECT n, 'q', 'import', 'doing' FROM generate_series(1, 1001) AS n"
    )
    ask(
        "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'started',"
        " now() - interval '1 hour' FROM procrastinate_jobs"
    )
    dog, _ = watchdog(switch=lambda job: int(job) % 100 == 0)
    assert 10 == dog.scan().moved


def test_many_watchdogs_take_each_job_once(jobs_url, ask, watchdog):
    """Two that see the same job make one letter."""
    running(ask, 1)
    first, _ = watchdog()
    second = Watchdog(connecting(jobs_url), limits=LIMIT, grace_s=0)
    stuck = list(second._stuck())
    assert 1 == first.scan().moved
    assert [None] == [second._deal_with(job, limit) for job, limit in stuck]
    assert [(1,)] == ask("SELECT count(*) FROM job_dlq")


def test_a_beat_between_the_look_and_the_hand_saves_the_job(watchdog, ask):
    """A job that moved on a moment ago keeps its worker."""
    running(ask, 1, hearts="20 minutes")
    dog, _ = watchdog()
    ((job, limit),) = dog._stuck()
    ask("UPDATE job_heartbeat SET last_heartbeat_at = now()")
    assert dog._deal_with(job, limit) is None
    assert [("doing",)] == ask("SELECT status::text FROM procrastinate_jobs")


def test_a_job_taken_with_a_lock_lets_the_next_one_go(watchdog, ask):
    """A stuck job's lock does not block its successors for ever."""
    running(ask, 1)
    ask("UPDATE procrastinate_jobs SET lock = 'a'")
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, lock)"
        " VALUES (2, 'q', 'import', 'a')"
    )
    fetch = "SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)"
    assert [(None,)] == ask(fetch)
    watchdog()[0].scan()
    assert [(2,)] == ask(fetch)


def test_a_stuck_job_whose_successor_waits_becomes_a_letter_and_holds_up_no_other(
    watchdog, ask
):
    """Two with one queueing lock cannot wait; the job that stuck gives way."""
    running(ask, 1)
    ask("UPDATE procrastinate_jobs SET queueing_lock = 'nightly'")
    ask(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, queueing_lock)"
        " VALUES (2, 'q', 'import', 'nightly')"
    )
    running(ask, 3)
    dog, told = watchdog(limits=Limits(Limit(600, attempts=2)))
    scan = dog.scan()
    assert (2, 1, 1) == (scan.missed, scan.moved, scan.rescued)
    kinds = [HeartbeatMissed, JobMovedToDlq, HeartbeatMissed, JobRescued]
    assert kinds == [type(event) for event in told]
    assert [("1", "stuck")] == ask("SELECT job_id, reason FROM job_dlq")
    assert [(1, "failed"), (2, "todo"), (3, "todo")] == ask(
        "SELECT id, status::text FROM procrastinate_jobs ORDER BY id"
    )
    assert 0 == dog.scan().missed


def test_another_error_of_the_database_is_no_reason_for_a_letter(watchdog, ask):
    """A rescue that fails is tried again; a job that may be retried is not given up."""
    running(ask, 1)
    dog, _ = watchdog(limits=Limits(Limit(600, attempts=2)))
    ((job, limit),) = dog._stuck()
    real = dog._ask

    def fails(_question):
        dog._ask = real
        raise psycopg.errors.LockNotAvailable

    dog._ask = fails
    with pytest.raises(psycopg.errors.LockNotAvailable):
        dog._deal_with(job, limit)
    assert 1 == dog.scan().rescued


def test_beats_of_ended_jobs_are_swept_away(watchdog, ask):
    """The table holds what runs, and nothing for ever."""
    running(ask, 1, hearts="1 second")
    ask("INSERT INTO job_heartbeat VALUES (2, 1, now(), now() - interval '1 hour')")
    watchdog()[0].scan()
    assert [(1,)] == ask("SELECT job_id FROM job_heartbeat")


def test_the_watch_outlives_a_database_that_is_away(jobs_url, ask):
    """A look that fails is told, and the next one finds what was missed."""
    running(ask, 1)
    told, clock, here = [], FakeClock(), []

    def connect():
        if not here:
            raise ConnectionError
        return connecting(jobs_url)()

    looks = iter((False, False, True))

    def until_third():
        here.extend(clock.waits)
        return next(looks)

    dog = Watchdog(connect, limits=LIMIT, grace_s=0, listener=told.append, clock=clock)
    dog.run(every_s=60, until=until_third)
    assert [WatchFailed, HeartbeatMissed, JobMovedToDlq] == [type(e) for e in told]
    assert [60, 60] == clock.waits
    numbers = {m.name: m.samples[0].value for m in dog.measures()}
    assert (1, 1) == (
        numbers["hardening_jobs_scan_failures"],
        numbers["hardening_jobs_moved_to_dlq"],
    )


@pytest.mark.parametrize("loop", ["threads", "coroutines"])
def test_a_listener_that_fails_does_not_end_the_watchdog(jobs_url, ask, caplog, loop):
    """Neither the failed look nor the taken jobs, whom nobody was told of, end it."""
    for number in (1, 2):
        running(ask, number)
    clock = FakeClock()

    def connect():
        if not clock.waits:
            raise ConnectionError
        return connecting(jobs_url)()

    def fail(event):
        message = f"the metrics are down: {event.event}"
        raise RuntimeError(message)

    dog = Watchdog(connect, limits=LIMIT, grace_s=0, listener=fail, clock=clock)
    if loop == "threads":
        dog.run(every_s=60, until=lambda: len(clock.waits) == 2)
    else:
        asyncio.run(looks(dog.run_async(every_s=60), clock, 2))
    assert [(2,)] == ask("SELECT count(*) FROM job_dlq")
    messages = [str(record.exc_info[1]) for record in caplog.records]
    assert ["watch_failed", "heartbeat_missed", "job_moved_to_dlq"] == [
        message.removeprefix("the metrics are down: ") for message in messages[:3]
    ]


@pytest.mark.parametrize("grace_s", [-1, float("nan"), float("inf"), "60"])
def test_a_grace_that_is_no_span_is_refused(connect, grace_s):
    """A watchdog that never trusts what it sees would watch nothing."""
    with pytest.raises(InvalidSetting, match=r"Watchdog\.grace_s"):
        Watchdog(connect, grace_s=grace_s)


def test_the_watch_runs_beside_coroutines(watchdog, ask):
    """The same watch in an event loop, until it is cancelled."""
    running(ask, 1)
    clock = FakeClock()
    dog, told = watchdog(clock=clock)

    async def run():
        task = asyncio.create_task(dog.run_async(every_s=60))
        while not clock.waits:  # noqa: ASYNC110 - a fake clock
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert [HeartbeatMissed, JobMovedToDlq] == [type(event) for event in told]


# --- the database goes away and comes back -------------------------------------------


@contextmanager
def own_database():
    """Give a server that the test may stop, with all tables."""
    postgres = pytest.importorskip("gonogo.testing.postgres")
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - with the server

    with postgres.private_postgres() as server:
        url = server.create_database("jobs")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SchemaManager.get_schema())
            for step in migrations():
                connection.execute(step.apply)
        yield server, url


def test_a_restart_of_the_database_takes_no_job_from_anybody(postgres):  # noqa: ARG001 - skips
    """
    While the database is away nobody can beat; that is no silence.

    Beats are kept and written when it is back, and until its writers have caught up
    the watchdog holds still.
    """
    told = []
    limits = Limits(Limit(0.001))
    back = "SELECT 1 FROM job_heartbeat WHERE note = 'while it was away'"
    with own_database() as (server, url):
        dog = Watchdog(connecting(url), limits=limits, grace_s=1e6, clock=FakeClock())
        with psycopg.connect(url, autocommit=True) as connection:
            running(lambda query, *values: connection.execute(query, values), 1)
        with (
            Heart(
                PostgresBeats(connecting(url)), every_s=0.01, listener=told.append
            ) as heart,
            heart.attempt(Attempt("1", 1)) as pulse,
        ):
            until(lambda: heart._written)
            server.stop()
            pulse(note="while it was away")
            until(lambda: told)
            with pytest.raises(psycopg.OperationalError):
                dog.scan()
            server.start()
            with psycopg.connect(url, autocommit=True) as connection:
                until(lambda: connection.execute(back).fetchall())
            assert dog.scan().held
            assert Watchdog(connecting(url), limits=limits).scan().held
            pulse()  # the job is still this attempt's
    assert {HeartbeatsNotWritten} == {type(event) for event in told}
    seen = dog.statistics()
    assert (1, True) == (seen["scanFailures"], seen["held"])
