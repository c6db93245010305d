"""The dead letters, on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import psycopg
import pytest

from hardening.core import InvalidSetting
from hardening.jobs import (
    AsyncDeadLetters,
    DeadLetterNotRedriven,
    DeadLetterPut,
    DeadLetterRedriven,
    DeadLetters,
    DeadLettersPurged,
    Filter,
    LetterNotFound,
    LetterSettled,
    LetterStatus,
    NotRedrivable,
    Reason,
    SendUncertain,
    connecting,
    connecting_async,
    migrations,
)
from hardening.testing import FakeClock


class Both:
    """Calls the async dead letters as if they were the others; each test holds twice."""

    def __init__(self, made):
        self._made = made

    def __getattr__(self, name):
        """Return a method that waits for its answer."""
        method = getattr(self._made, name)
        if not asyncio.iscoroutinefunction(method):
            return method
        return lambda *args, **kwargs: asyncio.run(method(*args, **kwargs))


@pytest.fixture(params=["sync", "async"])
def made(request, jobs_url, connect):
    """Give a function that makes dead letters of either kind, and what they tell."""

    def make(**settings):
        told = []
        settings = {"listener": told.append, "clock": FakeClock()} | settings
        if request.param == "sync":
            return DeadLetters(connect, **settings), told
        return Both(AsyncDeadLetters(connecting_async(jobs_url), **settings)), told

    return make


def test_a_failed_job_is_kept_as_it_was(made, letter):
    """What failed is found again, with its arguments, its error and its age."""
    letters, told = made()
    number = letters.put(letter(options={"lock": "a", "priority": 3}))
    kept = letters.get(number)
    assert ("import_contacts", {"path": "contacts-1.csv"}) == (kept.task, kept.args)
    assert ("ValueError", 3, {"lock": "a", "priority": 3}) == (
        kept.error_class,
        kept.attempts,
        kept.options,
    )
    assert (LetterStatus.WAITING, Reason.FAILED) == (kept.status, kept.reason)
    assert abs(datetime.now(UTC) - kept.last_failed_at) < timedelta(minutes=1)
    assert [DeadLetterPut] == [type(event) for event in told]


def test_the_same_failure_is_kept_once(made, letter):
    """A handler that runs twice makes one letter."""
    letters, told = made()
    new = letter()
    assert letters.put(new) is not None
    assert letters.put(new) is None
    assert (1, 1) == (letters.count(), len(told))


def test_arguments_that_json_or_postgresql_cannot_hold_are_still_kept(made, letter):
    """A NUL, half a character, an infinity or an object never costs the letter."""
    letters, _ = made()
    args = {"a\0b": "c\0d", (1,): (1, "\ud800", 1e400), "f": {1}}
    number = letters.put(letter(args=args))
    assert {"a\ufffdb": "c\ufffdd", "(1,)": [1, "?", "inf"], "f": "{1}"} == (
        letters.get(number).args
    )


def test_letters_show_neither_arguments_nor_errors_by_accident(made, letter):
    """A letter in a log or a traceback gives away no customer's data."""
    letters, _ = made()
    kept = letters.get(letters.put(letter(payload="secret")))
    for secret in ("contacts-1.csv", "phone number", "secret"):
        assert secret not in repr(kept)
    assert "args" not in kept.as_json()


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"queue": "imports"}, ["1", "2", "4"]),
        ({"queue": "IMPORTS"}, []),
        ({"task": "export"}, ["3"]),
        ({"reason": Reason.STUCK}, ["2"]),
        ({"error_class": "KeyError"}, ["3"]),
        ({"job_id": "2"}, ["2"]),
        ({"source": "celery"}, ["4"]),
        ({"text": "CONTACTS-2"}, ["2"]),
        ({"text": "100%"}, ["4"]),
        ({"text": "1_0"}, []),
        ({"text": "no phone"}, ["1", "2", "3"]),
        ({"late": True}, []),
        ({"late": False, "status": None}, ["1", "2", "3", "4"]),
        ({"status": LetterStatus.DISCARDED}, []),
        ({"failed_from": datetime(2020, 1, 1, tzinfo=UTC)}, ["1", "2", "3", "4"]),
        ({"failed_before": datetime(2020, 1, 1, tzinfo=UTC)}, []),
    ],
)
def test_letters_are_found_by_what_is_known_of_them(connect, letter, where, found):
    """Every field narrows the search; text is looked for as it is written."""
    letters = DeadLetters(connect)
    letters.put(letter())
    letters.put(letter(reason=Reason.STUCK))
    letters.put(letter(task="export", queue="exports", error_class="KeyError"))
    letters.put(letter(source="celery", error_text="it was 100% full"))
    page = letters.search(Filter(**where))
    assert found == sorted(one.job_id for one in page.letters)
    assert len(found) == letters.count(Filter(**where))


def test_pages_neither_repeat_nor_lose_a_letter(made, letter):
    """Letters that come while one reads do not shift the pages."""
    letters, _ = made()
    for _ in range(5):
        letters.put(letter())
    first = letters.search(most=2)
    letters.put(letter())
    second = letters.search(most=2, before=first.next_before)
    third = letters.search(most=2, before=second.next_before)
    pages = [[one.job_id for one in page.letters] for page in (first, second, third)]
    assert [["5", "4"], ["3", "2"], ["1"]] == pages
    assert third.next_before is None


def test_statistics_count_what_waits_and_how_old_it_is(made, letter, ask):
    """The page shows how many letters wait, why, where, and since when."""
    letters, _ = made()
    assert (0, None) == (
        letters.statistics().waiting,
        letters.statistics().oldest_age_s,
    )
    for fields in ({}, {}, {"reason": Reason.STUCK, "queue": "b", "error_class": "S"}):
        letters.put(letter(**fields))
    letters.discard(letters.put(letter()))
    ask("UPDATE job_dlq SET last_failed_at = now() - interval '1 hour' WHERE id = 1")
    seen = letters.statistics()
    assert {"waiting": 3, "discarded": 1} == seen.by_status
    assert {"failed": 2, "stuck": 1} == seen.by_reason
    assert {"imports": 2, "b": 1} == seen.by_queue
    assert {"import_contacts": 3} == seen.by_task
    assert {"ValueError": 2, "S": 1} == seen.by_error
    assert 3600 == pytest.approx(seen.oldest_age_s, abs=60)
    assert 0 == pytest.approx(seen.newest_age_s, abs=60)
    assert (3, 1, 1) == (seen.put_last_hour, seen.stuck_last_hour, seen.stuck)
    names = {measure.name for measure in letters.measures()}
    assert "hardening_jobs_dead_letters_waiting" in names
    assert "hardening_jobs_dead_letters_put" in names


# --- redrive ------------------------------------------------------------------------


def test_a_redriven_job_is_in_its_queue_as_it_was(made, letter, ask):
    """The job comes back with its arguments, lock and priority, to run at once."""
    letters, told = made()
    options = {"lock": "a", "queueing_lock": "b", "priority": 3}
    number = letters.put(letter(options=options))
    job_id = letters.redrive(number)
    row = "queue_name, task_name, args, lock, queueing_lock, priority, scheduled_at"
    assert [
        ("imports", "import_contacts", {"path": "contacts-1.csv"}, "a", "b", 3, None)
    ] == ask(f"SELECT {row} FROM procrastinate_jobs WHERE id = {job_id}")  # noqa: S608
    kept = letters.get(number)
    assert (LetterStatus.REDRIVEN, job_id) == (kept.status, kept.redriven_job_id)
    assert DeadLetterRedriven(letter_id=number, job_id=job_id) == told[-1]


def test_a_settled_letter_is_not_sent_again(made, letter, ask):
    """Redriving twice, or what was discarded or never was, sends nothing."""
    letters, _ = made()
    number, discarded = letters.put(letter()), letters.put(letter())
    letters.redrive(number)
    letters.discard(discarded)
    for again in (number, discarded):
        with pytest.raises(LetterSettled):
            letters.redrive(again)
        with pytest.raises(LetterSettled):
            letters.discard(again)
    with pytest.raises(LetterNotFound):
        letters.redrive(99)
    with pytest.raises(LetterNotFound):
        letters.discard(99)
    assert [(1,)] == ask("SELECT count(*) FROM procrastinate_jobs")


def test_a_job_that_fails_again_remembers_its_first_failure(made, letter):
    """A letter tells how often its work was redriven, and since when it fails."""
    letters, _ = made()
    first = letters.put(letter())
    job_id = letters.redrive(first)
    again = letters.get(letters.put(letter(job_id=job_id, failure="2")))
    assert (1, letters.get(first).first_failed_at) == (
        again.redrives,
        again.first_failed_at,
    )


def test_a_queueing_lock_that_is_taken_leaves_the_letter_waiting(made, letter):
    """Procrastinate refuses a second job with the same queueing lock; nothing is lost."""
    letters, told = made()
    for _ in range(2):
        letters.put(letter(options={"queueing_lock": "one"}))
    done = letters.redrive_all(per_second=1_000)
    assert (1, 1, False) == (done.sent, done.refused, done.stopped)
    assert 1 == letters.count()
    assert DeadLetterNotRedriven is type(told[-1])
    with pytest.raises(NotRedrivable, match="queueing lock"):
        letters.redrive(2)


def test_a_redrive_of_many_keeps_to_its_rate(made, letter):
    """Ten letters at 10 a second take 0.9 seconds, the first one at once."""
    clock = FakeClock()
    letters, _ = made(clock=clock)
    for _ in range(10):
        letters.put(letter())
    assert 10 == letters.redrive_all(per_second=10).sent
    assert 0.9 == pytest.approx(clock.monotonic_s())


def test_a_redrive_of_many_sends_what_was_asked_for_oldest_first(made, letter, ask):
    """Filters and a highest number narrow a redrive; late successes are left out."""
    letters, _ = made()
    for task in ("a", "b", "a", "a", "a"):
        letters.put(letter(task=task))
    ask("UPDATE job_dlq SET late_success_at = now() WHERE id = 3")
    where = Filter(task="a", late=False)
    assert 2 == letters.redrive_all(where, per_second=1_000, most=2).sent
    assert [(1,), (4,)] == ask(
        "SELECT id FROM job_dlq WHERE status = 'redriven' ORDER BY id"
    )
    assert 2 == letters.redrive_all(per_second=1_000).sent
    assert 1 == letters.count()


def test_jobs_that_fail_again_at_once_do_not_go_round(connect, letter):
    """Letters put after the start of a redrive are left for the next one."""

    def listen(event):
        if isinstance(event, DeadLetterRedriven):
            letters.put(letter(job_id=event.job_id, failure="2"))

    letters = DeadLetters(connect, listener=listen, clock=FakeClock())
    for _ in range(3):
        letters.put(letter())
    assert 3 == letters.redrive_all(per_second=1_000).sent
    assert 3 == letters.count()


def test_many_redrivers_at_once_send_each_job_once(jobs_url, letter, ask):
    """Four operators press the button together, and every job runs once."""
    letters = DeadLetters(connecting(jobs_url))
    for _ in range(10):
        letters.put(letter())
    barrier, sent = Barrier(4), []

    def redrive():
        own = DeadLetters(connecting(jobs_url), clock=FakeClock())
        barrier.wait()
        sent.append(own.redrive_all(per_second=10_000).sent)

    threads = [Thread(target=redrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert 10 == sum(sent)
    assert [(10, 10)] == ask(
        "SELECT count(*), count(DISTINCT args) FROM procrastinate_jobs"
    )


# --- jobs of brokers: not in the letters' own database ------------------------------


class Broker:
    """Takes jobs, or fails as told."""

    def __init__(self):
        self.taken = []
        self.error = None

    def __call__(self, letter):
        """Take a letter's job."""
        if self.error:
            raise self.error
        self.taken.append(letter.id)
        return f"dlq-{letter.id}"


def test_a_brokers_job_goes_to_its_sender(made, letter):
    """The source of a letter says who sends it."""
    broker = Broker()
    letters, _ = made(senders={"celery": broker})
    number = letters.put(letter(source="celery"))
    assert "dlq-1" == letters.redrive(number)
    assert LetterStatus.REDRIVEN is letters.get(number).status
    with pytest.raises(LetterSettled):
        letters.redrive(number)
    assert [1] == broker.taken
    with pytest.raises(NotRedrivable, match="no sender for 'rq'"):
        letters.redrive(letters.put(letter(source="rq")))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_letters_of_celery_are_redriven_without_procrastinate(
    database_url, letter, kind
):
    """The first migration stands alone: a service of Celery's has no other tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(migrations()[0].apply)
    broker, settings = Broker(), {"clock": FakeClock()}
    settings["senders"] = {"celery": broker}
    if kind == "sync":
        letters = DeadLetters(connecting(database_url), **settings)
    else:
        letters = Both(AsyncDeadLetters(connecting_async(database_url), **settings))
    first, second = (letters.put(letter(source="celery")) for _ in range(2))
    assert f"dlq-{first}" == letters.redrive(first)
    assert 1 == letters.redrive_all().sent
    assert [first, second] == broker.taken


def test_a_letter_released_while_it_was_sent_does_not_wait(made, letter):
    """Its job is in the queue: a letter that waited would be sent a second time."""

    def slowly(taken):
        letters.release(taken.id, older_than_s=0)
        assert LetterStatus.WAITING is letters.get(taken.id).status
        return "sent"

    letters, _ = made(senders={"celery": slowly})
    number = letters.put(letter(source="celery"))
    assert "sent" == letters.redrive(number)
    kept = letters.get(number)
    assert (LetterStatus.REDRIVEN, "sent") == (kept.status, kept.redriven_job_id)
    assert 0 == letters.redrive_all().sent


def test_a_letter_discarded_while_it_was_sent_stays_discarded(made, letter):
    """What a person decided meanwhile is left as it is."""

    def slowly(taken):
        letters.release(taken.id, older_than_s=0)
        letters.discard(taken.id)
        return "sent"

    letters, _ = made(senders={"celery": slowly})
    number = letters.put(letter(source="celery"))
    letters.redrive(number)
    assert LetterStatus.DISCARDED is letters.get(number).status


def test_a_job_of_procrastinate_that_another_redriver_holds_is_left(
    made, letter, jobs_url, ask
):
    """Two operators press at the same instant; the second is told, and sends nothing."""
    letters, _ = made()
    number = letters.put(letter())
    with psycopg.connect(jobs_url) as other:
        other.execute("SELECT * FROM job_dlq WHERE id = %s FOR UPDATE", [number])
        with pytest.raises(LetterSettled, match="redriving"):
            letters.redrive(number)
    assert [(0,)] == ask("SELECT count(*) FROM procrastinate_jobs")


def test_a_job_that_was_surely_not_sent_waits_again(made, letter):
    """A broker that does not answer costs nothing but time."""
    broker = Broker()
    letters, _ = made(senders={"celery": broker})
    number = letters.put(letter(source="celery"))
    broker.error = NotRedrivable(number, "the broker does not answer.")
    with pytest.raises(NotRedrivable):
        letters.redrive(number)
    broker.error = None
    letters.redrive(number)
    assert [1] == broker.taken


def test_a_job_that_may_have_been_sent_waits_for_a_person(made, letter):
    """Nobody sends a second time on his own what may have been sent."""
    broker = Broker()
    letters, _ = made(senders={"celery": broker})
    number = letters.put(letter(source="celery"))
    broker.error = TimeoutError()
    with pytest.raises(SendUncertain, match="dlq-1"):
        letters.redrive(number)
    assert LetterStatus.REDRIVING is letters.get(number).status
    with pytest.raises(LetterSettled):
        letters.redrive(number)
    assert (0, 0) == (letters.redrive_all().sent, letters.release(older_than_s=60))
    assert 1 == letters.release(number, older_than_s=0)
    broker.error = None
    assert 1 == letters.redrive_all().sent


def test_a_redrive_of_many_stops_when_the_broker_is_gone(connect, letter):
    """After ten refusals in a row the rest is left alone."""
    broker = Broker()
    letters = DeadLetters(connect, senders={"celery": broker}, clock=FakeClock())
    for _ in range(12):
        letters.put(letter(source="celery"))
    broker.error = NotRedrivable(0, "the broker does not answer.")
    done = letters.redrive_all(per_second=1_000)
    assert (0, 10, True) == (done.sent, done.refused, done.stopped)
    assert 12 == letters.count()


# --- purge --------------------------------------------------------------------------


def test_purge_deletes_only_what_is_settled_and_past_its_retention(made, letter, ask):
    """30 days after a letter was dealt with it goes; one that waits never does."""
    letters, told = made()
    for _ in range(4):
        letters.put(letter())
    letters.redrive(1)
    letters.redrive(2)
    letters.discard(3)
    day = "UPDATE job_dlq SET settled_at = now() - interval '{}' WHERE id = {}"
    ask(day.format("30 days 1 minute", 1))
    ask(day.format("29 days 23 hours 59 minutes", 2))
    ask(day.format("31 days", 3))
    ask("UPDATE job_dlq SET last_failed_at = now() - interval '90 days'")
    assert 2 == letters.purge()
    assert [(2,), (4,)] == ask("SELECT id FROM job_dlq ORDER BY id")
    assert DeadLettersPurged is type(told[-1])
    assert 0 == letters.purge()
    assert 1 == letters.purge(waiting=True)
    assert [(2,)] == ask("SELECT id FROM job_dlq")


def test_purge_goes_in_batches(made, letter, ask):
    """A purge of a million letters never holds a long transaction."""
    letters, _ = made()
    for _ in range(5):
        letters.discard(letters.put(letter()))
    ask("UPDATE job_dlq SET settled_at = now() - interval '31 days'")
    assert 5 == letters.purge(batch=2)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda it: it.purge(older_than_days=-1), "purge.older_than_days"),
        (lambda it: it.purge(batch=0), "purge.batch"),
        (lambda it: it.search(most=0), "most"),
        (lambda it: it.search(most=501), "most"),
        (lambda it: it.redrive_all(per_second=0), "redrive_all.per_second"),
        (lambda _: Filter(failed_from=datetime(2026, 1, 1)), "Filter.failed_from"),  # noqa: DTZ001
    ],
)
def test_a_wrong_setting_is_named(connect, call, field):
    """What is wrong is said with the setting's name, before anything is done."""
    with pytest.raises(InvalidSetting, match=field):
        call(DeadLetters(connect))
