"""Celery's and RQ's failed jobs, with their own workers, on a real Redis."""

from contextlib import contextmanager

import celery
import kombu.pools
import pytest
import redis
import rq
from celery.contrib.testing.worker import start_worker
from kombu.entity import Exchange, Queue

from hardening.core import InvalidSetting, SystemClock
from hardening.jobs import (
    CeleryQueues,
    DeadLetterNotPut,
    DeadLetters,
    Filter,
    Keeper,
    LetterSettled,
    LetterStatus,
    NotRedrivable,
    RqQueues,
    Spool,
    connecting,
)
from hardening.jobs.celery import CelerySender, keep_failures, stamp_messages
from hardening.jobs.rq import RqFailures, RqSender
from hardening.testing import FakeClock
from tests.hardening.jobs.workers import until

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def client(redis_url):
    """Give a client of an empty Redis."""
    with redis.Redis.from_url(redis_url, socket_timeout=5) as made:
        yield made


@pytest.fixture
def celery_app(redis_url):
    """Give an app of Celery with tasks that fail."""
    broker = redis_url.replace("unix://", "redis+socket://")
    app = celery.Celery("tests", broker=broker, set_as_current=False)
    app.conf.update(
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=1,
        task_ignore_result=True,
    )
    app.ran = []

    @app.task(name="fail", shared=False)
    def fail(*args, **kwargs):
        app.ran.append((args, kwargs))
        message = f"no: token={kwargs.get('token')}"
        raise ValueError(message)

    @app.task(name="retry", bind=True, max_retries=1, shared=False)
    def retry(self):
        app.ran.append(self.request.retries)
        raise self.retry(exc=ValueError("spent"), countdown=0)

    with app:
        yield app
    app.close()


@pytest.fixture
def run_celery(celery_app):
    """Give a function that sends tasks and runs a worker until they are done."""

    def run(*signatures, runs):
        with start_worker(celery_app, pool="solo", perform_ping_check=False):
            for name, args, kwargs in signatures:
                celery_app.send_task(name, args, kwargs)
            until(lambda: len(celery_app.ran) >= runs)

    return run


def test_a_celery_task_that_fails_for_good_is_a_letter(
    celery_app, run_celery, provider, connect
):
    """One letter for a task without retries, one for a task that spent them."""
    end = keep_failures(Keeper(DeadLetters(provider)))
    try:
        run_celery(("fail", [1], {"token": "hunter2"}), ("retry", [], {}), runs=3)
    finally:
        end()
    letters = DeadLetters(connect, senders={"celery": CelerySender(celery_app)})
    spent, failed = sorted(letters.search().letters, key=lambda one: -one.attempts)
    assert ("retry", 2, "spent") == (spent.task, spent.attempts, spent.error_text)
    assert ("fail", "celery", 1) == (failed.task, failed.queue, failed.attempts)
    assert {"args": [1], "kwargs": {"token": "hunter2"}} == failed.args
    assert "no: token=[redacted]" == failed.error_text
    assert f"dlq-{failed.id}" == letters.redrive(failed.id)
    with pytest.raises(LetterSettled):
        letters.redrive(failed.id)
    end = keep_failures(Keeper(DeadLetters(provider)))
    try:
        run_celery(runs=4)
    finally:
        end()
    assert ((1,), {"token": "hunter2"}) == celery_app.ran[-1]
    (again,) = letters.search(Filter(job_id=f"dlq-{failed.id}")).letters
    assert (1, failed.first_failed_at) == (again.redrives, again.first_failed_at)


def test_a_celery_failure_waits_in_the_spool_while_the_database_is_gone(
    run_celery, connect, tmp_path
):
    """A failed task is kept on the disk, and is a letter once the database is back."""
    told, spool = [], Spool(tmp_path / "dlq")
    away = DeadLetters(connecting(NOWHERE))
    end = keep_failures(Keeper(away, spool=spool, listener=told.append))
    try:
        run_celery(("fail", [1], {}), runs=1)
    finally:
        end()
    assert [(DeadLetterNotPut, True)] == [(type(e), e.spooled) for e in told]
    letters = DeadLetters(connect)
    assert 1 == Keeper(letters, spool=spool).drain()
    (letter,) = letters.search().letters
    assert {"args": [1], "kwargs": {}} == letter.args


def test_a_celery_job_is_left_where_it_is_while_the_broker_is_gone(
    own_redis, connect, letter
):
    """Nothing was sent, so the letter waits."""
    broker = own_redis.url.replace("unix://", "redis+socket://")
    with celery.Celery("tests", broker=broker, set_as_current=False) as app:
        letters = DeadLetters(connect, senders={"celery": CelerySender(app)})
        number = letters.put(letter(source="celery", payload="[[], {}]"))
        own_redis.kill()
        with pytest.raises(NotRedrivable, match="does not answer"):
            letters.redrive(number)
        assert LetterStatus.WAITING is letters.get(number).status
        with pytest.raises(NotRedrivable, match="not plain JSON"):
            letters.redrive(letters.put(letter(source="celery")))
        app.close()


TOPICS = (
    Queue("lookups", Exchange("jobs", "topic"), routing_key="lookup.#"),
    Queue("mails"),
    Queue("celery"),
)


@pytest.fixture
def failing_of_topics(celery_app, run_celery, provider):
    """Give a function that lets tasks of an exchange of topics fail, and be kept."""
    celery_app.conf.task_queues = TOPICS
    # Connections of the test before know their queues as declared; they are flushed.
    kombu.pools.reset()

    def run(*, runs, **way):
        end = keep_failures(Keeper(DeadLetters(provider)))
        try:
            if way:
                celery_app.send_task("fail", [1], {}, **way)
            run_celery(runs=runs)
        finally:
            end()

    return run


@contextmanager
def page_of(app):
    """Give an app with the same broker, as a process has it that sent nothing yet."""
    kombu.pools.reset()
    broker = app.conf.broker_url
    with celery.Celery("page", broker=broker, set_as_current=False) as page:
        yield page
        page.close()


@pytest.mark.parametrize(
    "way", [{"queue": "lookups", "routing_key": "lookup.fast"}, {"queue": "mails"}]
)
def test_a_task_of_a_topic_exchange_is_redriven_to_its_consumer(
    celery_app, failing_of_topics, connect, way
):
    """A process that never sent a task before sends it the way that it came."""
    failing_of_topics(runs=1, **way)
    with page_of(celery_app) as page:
        page.conf.task_queues = TOPICS
        letters = DeadLetters(connect, senders={"celery": CelerySender(page)})
        (letter,) = letters.search().letters
        letters.redrive(letter.id)
    failing_of_topics(runs=2)
    assert [((1,), {}), ((1,), {})] == celery_app.ran
    assert 1 == letters.count(Filter(job_id=f"dlq-{letter.id}"))


def test_a_task_of_an_exchange_that_the_app_does_not_know_is_not_sent(
    celery_app, failing_of_topics, connect
):
    """Redis would take the message and drop it; the letter says what is missing."""
    failing_of_topics(runs=1, queue="lookups", routing_key="lookup.fast")
    with page_of(celery_app) as page:
        letters = DeadLetters(connect, senders={"celery": CelerySender(page)})
        (letter,) = letters.search().letters
        with pytest.raises(NotRedrivable, match="no queue at the exchange 'jobs'"):
            letters.redrive(letter.id)
    assert 1 == letters.count()


def test_celerys_queues_are_measured_over_all_priorities(celery_app, client):
    """Depth counts every priority; the oldest stamped message gives the latency."""
    seen = CeleryQueues(client, ["celery", "empty"])
    assert [(0, None), (0, None)] == [(q.depth, q.latency_s) for q in seen.depths()]
    celery_app.send_task("fail")
    assert [(1, None), (0, None)] == [(q.depth, q.latency_s) for q in seen.depths()]
    end = stamp_messages()
    try:
        celery_app.send_task("fail", priority=9)
    finally:
        end()
    (queue, _) = seen.depths()
    assert 2 == queue.depth
    assert 0 == pytest.approx(queue.latency_s, abs=60)


# --- RQ ------------------------------------------------------------------------------


def raise_error(*args, **kwargs):
    """Fail, as a job of RQ."""
    raise ValueError(args, kwargs)


def run_rq(client, *handlers, queue="default"):
    """Run every job that there is in this process."""
    worker = rq.SimpleWorker(
        [rq.Queue(queue, connection=client)],
        connection=client,
        exception_handlers=list(handlers),
    )
    worker.log.disabled = True
    worker.work(burst=True, with_scheduler=False)


def test_an_rq_job_that_fails_for_good_is_a_letter(client, connect):
    """One letter after the last retry; sweeping the registry finds nothing new."""
    queue = rq.Queue("default", connection=client)
    queue.enqueue(raise_error, 1, a=b"\0", retry=rq.Retry(max=1))
    letters = DeadLetters(connect, senders={"rq": RqSender(client)})
    failures = RqFailures(Keeper(letters))
    run_rq(client, failures)
    (letter,) = letters.search().letters
    assert ("default", "ValueError") == (letter.queue, letter.error_class)
    assert letter.task.endswith("test_brokers.raise_error")
    assert {"args": [1], "kwargs": {"a": "b'\\x00'"}} == letter.args
    assert 1 == failures.sweep([queue])
    assert 1 == letters.count()


def test_a_redriven_rq_job_is_the_same_call_and_is_sent_once(client, connect):
    """Arguments come back exactly; a letter released by mistake sends no second job."""
    queue = rq.Queue("default", connection=client)
    queue.enqueue(raise_error, 1, a=b"\0")
    letters = DeadLetters(connect, senders={"rq": RqSender(client)})
    run_rq(client, RqFailures(Keeper(letters)))
    (letter,) = letters.search().letters
    job_id = letters.redrive(letter.id)
    assert [job_id] == queue.job_ids
    sender = RqSender(client)
    assert job_id == sender(letter)
    assert [job_id] == queue.job_ids
    job = queue.fetch_job(job_id)
    assert ((1,), {"a": b"\0"}) == (tuple(job.args), job.kwargs)
    run_rq(client, RqFailures(Keeper(letters)))
    (again,) = letters.search(Filter(job_id=job_id)).letters
    assert 1 == again.redrives


def test_rq_failures_that_the_handler_did_not_see_are_swept(client, connect):
    """A job whose process was killed, or that failed while the database was away."""
    queue = rq.Queue("default", connection=client)
    queue.enqueue(raise_error)
    told = []
    away = Keeper(DeadLetters(connecting(NOWHERE)), listener=told.append)
    run_rq(client, RqFailures(away))
    assert [False] == [event.spooled for event in told]
    letters = DeadLetters(connect)
    assert 1 == RqFailures(Keeper(letters)).sweep([queue])
    (letter,) = letters.search().letters
    assert ("ValueError", "((), {})") == (letter.error_class, letter.error_text)


def test_a_purged_letter_of_rq_does_not_come_back(client, connect, ask):
    """RQ remembers a failure for a year; a letter that was dealt with is gone for good."""
    queue = rq.Queue("default", connection=client)
    queue.enqueue(raise_error)
    letters = DeadLetters(connect)
    keeper = Keeper(letters)
    run_rq(client, RqFailures(keeper))
    (letter,) = letters.search().letters
    letters.discard(letter.id)
    ask("UPDATE job_dlq SET settled_at = now() - interval '30 days 1 minute'")
    assert 1 == letters.purge()

    def sweep(after_days, **span):
        clock = FakeClock(unix_s=SystemClock().unix_s() + after_days * 86_400)
        return RqFailures(keeper, clock=clock).sweep([queue], **span)

    assert (0, 0) == (sweep(30.001), sweep(7.001, newer_than_days=7))
    assert 0 == letters.count()
    assert (1, 1) == (sweep(29.999), sweep(6.999, newer_than_days=7))
    assert 1 == letters.count()


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf"), "30"])
def test_a_sweep_over_no_span_is_refused(client, days):
    """What is wrong is said with the setting's name."""
    failures = RqFailures(Keeper(DeadLetters(connecting(NOWHERE))))
    with pytest.raises(InvalidSetting, match=r"sweep\.newer_than_days"):
        failures.sweep([rq.Queue(connection=client)], newer_than_days=days)


def test_rqs_switch_decides_job_by_job(client, connect):
    """A job that the flag does not take leaves no letter."""
    queue = rq.Queue("default", connection=client)
    ours = queue.enqueue(raise_error, job_id="ours")
    queue.enqueue(raise_error, job_id="others")
    letters = DeadLetters(connect)
    failures = RqFailures(Keeper(letters, switch=lambda job: job == ours.id))
    run_rq(client, failures)
    failures.sweep([queue])
    assert ["ours"] == [letter.job_id for letter in letters.search().letters]


def test_rqs_queues_are_measured(client):
    """Depth and latency of each queue that RQ knows."""
    assert () == RqQueues(client).depths()
    queue = rq.Queue("imports", connection=client)
    for _ in range(2):
        queue.enqueue(raise_error)
    (seen,) = RqQueues(client).depths()
    assert ("imports", 2) == (seen.queue, seen.depth)
    assert 0 == pytest.approx(seen.latency_s, abs=60)
    (empty,) = RqQueues(client, ["empty"]).depths()
    assert (0, None) == (empty.depth, empty.latency_s)


def test_a_frozen_redis_ends_a_look_by_its_timeout(own_redis):
    """A monitor never hangs with its queue."""
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.1, retry=None) as client:
        own_redis.freeze()
        with pytest.raises(redis.TimeoutError):
            RqQueues(client).depths()
        own_redis.thaw()
