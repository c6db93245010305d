"""Celery retries by the kit's rules, with a real worker."""

import threading

import celery
import pytest
from celery.contrib.testing.worker import start_worker

from hardening.retry import Policy, Spread
from hardening.retry.celery import SINCE, RetryingTask
from hardening.retry.jobs import JobRetries
from hardening.testing import FakeClock


class Script:
    """A task's outcomes, and what it saw of itself."""

    def __init__(self, retries):
        self.errors, self.seen = [], []
        self.clock = FakeClock()
        self.failed = threading.Event()
        script = self

        class Base(RetryingTask):
            abstract = True

            def on_failure(self, *_):
                script.failed.set()

        Base.retries = JobRetries(retries, clock=self.clock)
        self.app = celery.Celery("test", set_as_current=False)

        @self.app.task(base=Base, bind=True, name="index", shared=False)
        def index(task):
            script.seen.append((task.request.retries, (task.request.headers or {})))
            script.clock.advance(10)
            if script.errors:
                raise script.errors.pop(0)
            return "done"

        self.task = index


@pytest.fixture
def script():
    """Give a task that is tried three times."""
    return Script((Policy(on=ConnectionError, schedule=Spread(0, 0)),))


def test_a_named_error_is_tried_again(script):
    """Two failures, then the task is done."""
    script.errors = [ConnectionError(), ConnectionError()]
    assert "done" == script.task.apply().get()
    assert [0, 1, 2] == [retries for retries, _ in script.seen]


@pytest.mark.parametrize(
    ("error", "left"),
    [(ConnectionError, 6), (ValueError, 8)],
    ids=["over", "not named"],
)
def test_a_task_fails_when_no_attempt_follows(script, error, left):
    """The last attempt's failure is the task's, and so is an error nobody named."""
    script.errors = [error() for _ in range(9)]
    with pytest.raises(error):
        script.task.apply().get()
    assert left == len(script.errors)


def test_a_task_called_directly_is_a_function(script):
    """Outside of a worker nothing is retried."""
    script.errors = [ConnectionError()]
    with pytest.raises(ConnectionError):
        script.task()
    assert "done" == script.task()


def test_a_real_worker_keeps_the_deadline():
    """When the first attempt began travels with the message, over all attempts."""
    rule = Policy(on=ConnectionError, attempts=9, schedule=Spread(0, 0), deadline_s=25)
    script = Script((rule,))
    script.app.conf.update(broker_url="memory://")
    script.errors = [ConnectionError() for _ in range(9)]
    began_unix_s = script.clock.unix_s()
    with start_worker(script.app, pool="solo", perform_ping_check=False):
        script.task.delay()
        assert script.failed.wait(20)
    assert [None, began_unix_s, began_unix_s] == [
        headers.get(SINCE) for _, headers in script.seen
    ]
    script.app.close()
