"""Procrastinate's jobs under guard: what fails for good becomes a letter."""

import pytest
from procrastinate import sql
from procrastinate.testing import InMemoryConnector

from hardening.jobs import DeadLetterPut, DeadLetters, Reason, UnsupportedQueue
from hardening.jobs.procrastinate import guard
from tests.hardening.jobs.workers import Harness, until


@pytest.fixture
def harness(jobs_url):
    """Give a function that puts an app under guard."""
    return lambda **settings: Harness(jobs_url, **settings)


@pytest.fixture
def letters(connect):
    """Give the dead letters."""
    return DeadLetters(connect)


@pytest.mark.parametrize("task", ["fail", "fail_sync"])
def test_a_job_without_retries_is_a_letter_after_its_first_failure(
    harness, letters, task
):
    """What failed is kept with what is needed to send it again, without its secrets."""
    made = harness()
    text = "no: password=hunter2, at postgres://me:hunter2@db/x"
    number = made.defer(task, lock="a", priority=3, arguments={"text": text})
    made.work()
    (letter,) = letters.search().letters
    assert (str(number), task, "default") == (letter.job_id, letter.task, letter.queue)
    assert ({"text": text}, Reason.FAILED, 1) == (
        letter.args,
        letter.reason,
        letter.attempts,
    )
    assert {"lock": "a", "priority": 3, "queueing_lock": None} == letter.options
    assert "ValueError" == letter.error_class
    assert "no: password=[redacted], at postgres://me:[redacted]@db/x" == (
        letter.error_text
    )
    assert [DeadLetterPut] == [type(event) for event in made.told]


def test_a_job_with_retries_is_a_letter_once_they_are_spent(harness, letters, ask):
    """Three attempts, one letter, which knows when the first one failed."""
    made = harness()
    made.defer("fail_thrice")
    for attempt in range(1, 4):
        made.work()
        assert (attempt == 3) == bool(letters.count())
        ask("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        ask("UPDATE procrastinate_events SET at = at - interval '1 hour'")
    (letter,) = letters.search().letters
    assert 3 == letter.attempts
    assert 7_000 < (letter.last_failed_at - letter.first_failed_at).total_seconds()


def test_a_good_end_leaves_nothing(harness, letters, ask):
    """A job that succeeds has no letter and no heartbeat."""
    made = harness()
    made.defer("work")
    made.work()
    assert [("succeeded",)] == ask("SELECT status::text FROM procrastinate_jobs")
    assert (0, []) == (letters.count(), ask("SELECT * FROM job_heartbeat"))


def test_the_switch_decides_job_by_job(harness, letters):
    """At 50 %, half of the failures are letters: those whose number the flag takes."""
    made = harness(dead_letters=lambda job: int(job) % 2 == 0)
    numbers = [made.defer("fail") for _ in range(4)]
    made.work()
    assert sorted(str(number) for number in numbers if number % 2 == 0) == sorted(
        letter.job_id for letter in letters.search().letters
    )


def test_switched_off_the_tables_need_not_be_there(harness, ask):
    """A deploy with the flag at 0 % works before the migration, as if there were none."""
    ask("ALTER TABLE job_dlq RENAME TO away")
    ask("ALTER TABLE job_heartbeat RENAME TO away_too")
    try:
        made = harness(dead_letters=lambda _: False, heartbeats=lambda _: False)
        for task in ("fail", "work", "fail_thrice"):
            made.defer(task)
        made.work()
        statuses = ask("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        assert [("failed",), ("succeeded",), ("todo",)] == statuses
    finally:
        ask("ALTER TABLE away RENAME TO job_dlq")
        ask("ALTER TABLE away_too RENAME TO job_heartbeat")


def test_a_switch_that_fails_is_off(harness):
    """A broken flag service costs the letter, never the job."""

    def broken(_):
        raise ConnectionError

    made = harness(dead_letters=broken)
    made.defer("work")
    made.work()
    assert ["watch_failed"] == [event.event for event in made.told]


def test_a_task_that_nobody_knows_is_a_letter(harness, letters):
    """A renamed task's jobs are kept, although no code of theirs ran."""
    made = harness()
    made.defer("renamed", arguments={"a": 1})
    made.work()
    (letter,) = letters.search().letters
    assert (Reason.UNKNOWN_TASK, {"a": 1}) == (letter.reason, letter.args)


def test_a_job_that_is_deleted_with_its_failure_is_still_a_letter(
    harness, letters, ask
):
    """Workers that keep no finished jobs lose no failed ones."""
    made = harness()
    made.defer("fail")
    made.work(delete_jobs="always")
    assert (1, []) == (letters.count(), ask("SELECT * FROM procrastinate_jobs"))


def test_a_job_that_a_person_aborts_is_no_letter(harness, letters, ask):
    """Who aborts a job wants it gone."""
    made = harness()
    number = made.defer("hang")
    with made.working():
        until(lambda: made.entered["hang"])
        ask("SELECT procrastinate_cancel_job_v1(%s, true, false)", number)
        ended = "SELECT 1 FROM procrastinate_jobs WHERE status = 'aborted'"
        until(lambda: ask(ended))
    assert 0 == letters.count()


def test_a_job_that_a_shutdown_cuts_short_is_a_letter(harness, letters):
    """A deploy that does not wait for a long job does not lose it."""
    made = harness()
    made.defer("hang")
    with made.working(shutdown_graceful_timeout=0.01):
        until(lambda: made.entered["hang"])
        made.gates.pop("hang")  # it stays shut
    (letter,) = letters.search().letters
    assert Reason.SHUTDOWN is letter.reason


def test_the_failure_and_its_letter_are_one_transaction(harness, letters, ask):
    """When the letter cannot be put the job has not failed either; it is found again."""
    made = harness()
    made.defer("fail")
    ask("ALTER TABLE job_dlq ADD CONSTRAINT never CHECK (false) NOT VALID")
    try:
        made.work()
    except Exception:  # noqa: BLE001, S110 - a worker may end by it, or log it
        pass
    finally:
        ask("ALTER TABLE job_dlq DROP CONSTRAINT never")
    assert [("doing",)] == ask("SELECT status::text FROM procrastinate_jobs")
    assert 0 == letters.count()


def test_a_worker_with_middleware_of_its_own_still_puts_letters(harness, letters):
    """Without ours the error is not seen; the job is kept, and its letter says so."""
    made = harness()
    made.defer("fail")
    made.work(worker_middleware=[])
    (letter,) = letters.search().letters
    assert "unknown" == letter.error_class
    assert "worker_middleware" in letter.error_text


def test_a_service_can_test_its_jobs_in_memory(harness):
    """Procrastinate's connector for tests works with a guarded app."""
    made = harness()
    with made.app.replace_connector(InMemoryConnector()) as app:
        app.configure_task("work").defer()
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        assert ["succeeded"] == [job["status"] for job in app.connector.jobs.values()]


def test_an_unknown_procrastinate_is_refused_at_the_start(harness, monkeypatch):
    """A library whose functions have other names is said when the app is made."""
    monkeypatch.setitem(
        sql.queries, "finish_job", "SELECT procrastinate_finish_job_v9()"
    )
    with pytest.raises(UnsupportedQueue, match="finish_job_v1"):
        harness()
    assert callable(guard)
