"""RQ retries by the kit's rules, with a real worker and Redis."""

import pytest
import redis
import rq
from rq.job import Job

from hardening.core import InvalidSetting
from hardening.retry import Budget, Decorrelated, Policy, Spread
from hardening.retry.jobs import JobRetries
from hardening.retry.rq import SINCE, intervals, retrying
from hardening.testing import FakeClock, ScriptedEntropy

script: list[Exception] = []
budget = Budget(tokens=8, refund=1)
clock = FakeClock()

NOW = JobRetries((Policy(on=ConnectionError, schedule=Spread(0, 0)),), budget=budget)
LATER = JobRetries(
    (Policy(on=ConnectionError, schedule=Spread(10, 20)),),
    entropy=ScriptedEntropy([0.01]),
)
DEADLINE = JobRetries(
    (Policy(on=ConnectionError, attempts=9, schedule=Spread(0, 0), deadline_s=25),),
    clock=clock,
)


def run():
    """Take ten seconds, then raise the next error of the script, or return."""
    clock.advance(10)
    if script:
        raise script.pop(0)
    return "done"


@retrying(NOW)
def at_once():
    """Run, and again at once."""
    return run()


@retrying(LATER)
def in_a_while():
    """Run, and again after ten seconds or more."""
    return run()


@retrying(DEADLINE)
def while_there_is_time():
    """Run, and again until 25 seconds are over."""
    return run()


@pytest.fixture
def queue(redis_url):
    """Give an empty queue."""
    script.clear()
    for _ in range(100):
        budget.succeeded()  # whatever the test before has spent
    with redis.Redis.from_url(redis_url) as connection:
        yield rq.Queue(connection=connection)


def work(queue, function, **options):
    """Run a job until nothing is due; return it."""
    job = queue.enqueue(function, **options)
    rq.SimpleWorker([queue], connection=queue.connection).work(burst=True)
    return Job.fetch(job.id, connection=queue.connection)


def test_a_named_error_is_tried_again(queue):
    """Two failures, then the job is done, and its success is paid in."""
    script.extend([ConnectionError(), ConnectionError()])
    job = work(queue, at_once)
    assert ("finished", "done", 2) == (
        job.get_status(),
        job.return_value(),
        job.number_of_retries,
    )
    assert 7 == budget.tokens


@pytest.mark.parametrize(
    ("errors", "left"),
    [([ConnectionError() for _ in range(5)], 2), ([ValueError(), ValueError()], 1)],
    ids=["attempts over", "not named"],
)
def test_a_job_fails_when_no_attempt_follows(queue, errors, left):
    """The last attempt's failure is the job's, and so is an error nobody named."""
    script.extend(errors)
    job = work(queue, at_once)
    assert ("failed", left) == (job.get_status(), len(script))


def test_the_wait_is_the_schedules_in_whole_seconds(queue):
    """RQ waits whole seconds; they are rounded up, and are never too few."""
    script.append(ConnectionError())
    job = work(queue, in_a_while)
    due = queue.scheduled_job_registry.get_scheduled_time(job)
    assert "scheduled" == job.get_status()
    assert 10.1 <= (due - job.ended_at).total_seconds() <= 12


def test_a_job_past_its_deadline_fails(queue):
    """When the first attempt began is kept with the job, over all attempts."""
    script.extend([ConnectionError() for _ in range(9)])
    job = work(queue, while_there_is_time)
    assert ("failed", 6) == (job.get_status(), len(script))
    assert clock.unix_s() - 30 == job.meta[SINCE]


def test_outside_of_a_worker_the_function_raises():
    """Called as a plain function, it is one."""
    script[:] = [ConnectionError()]
    with pytest.raises(ConnectionError):
        at_once()
    assert "done" == at_once()


def test_intervals_are_drawn_for_each_job(queue):
    """A function of somebody else's is retried by RQ, after waits of the kit's."""
    retry = intervals(Spread(0, 29), 4, entropy=ScriptedEntropy([0.01, 0.5, 0.99]))
    script.append(ValueError())
    job = work(queue, run, retry=retry)
    assert ([2, 16, 30], 2) == (job.retry_intervals, job.retries_left)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ((Spread(), 1), "intervals.attempts"),
        ((Decorrelated(), 2), "intervals.schedule"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(wrong, name):
    """What RQ cannot keep is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        intervals(*wrong)
