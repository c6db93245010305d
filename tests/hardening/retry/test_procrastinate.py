"""Procrastinate retries by the kit's rules, on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import procrastinate
import pytest

from hardening.core import InvalidSetting
from hardening.retry import Policy, Spread
from hardening.retry.jobs import JobRetries
from hardening.retry.procrastinate import Retries

SOON = JobRetries((Policy(on=ConnectionError, attempts=3, schedule=Spread(0, 0)),))
LATER = JobRetries((Policy(on=ConnectionError, schedule=Spread(600, 600)),))


async def work(database_url, retries, errors, since=None):
    """Run one job until nothing is due; return its calls, and its row."""
    connector = procrastinate.PsycopgConnector(conninfo=database_url)
    app = procrastinate.App(connector=connector)
    script, calls = list(errors), []

    @app.task(name="index", retry=Retries(retries, since))
    @retries.counted
    async def index(began):
        calls.append(began)
        if script:
            raise script.pop(0)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await index.defer_async(began=1.5)
        await app.run_worker_async(wait=False, listen_notify=False, concurrency=1)
        job = (await app.job_manager.list_jobs_async())[0]
    return len(calls), job


def test_a_named_error_is_tried_again(database_url):
    """Two failures, then the job is done."""
    errors = [ConnectionError(), ConnectionError()]
    calls, job = asyncio.run(work(database_url, SOON, errors))
    assert (3, "succeeded", 3) == (calls, job.status, job.attempts)


@pytest.mark.parametrize(
    ("errors", "calls"),
    [([ConnectionError()] * 9, 3), ([ValueError()], 1)],
    ids=["attempts over", "not named"],
)
def test_a_job_fails_when_no_attempt_follows(database_url, errors, calls):
    """The last attempt's failure is the job's, and so is an error nobody named."""
    called, job = asyncio.run(work(database_url, SOON, errors))
    assert (calls, "failed") == (called, job.status)


def test_the_wait_is_the_schedules(database_url):
    """The job is due again when the schedule says."""
    before = datetime.now(UTC)
    called, job = asyncio.run(work(database_url, LATER, [ConnectionError()]))
    waits = timedelta(seconds=600)
    assert (1, "todo") == (called, job.status)
    assert before + waits <= job.scheduled_at <= datetime.now(UTC) + waits


def test_a_job_past_its_deadline_fails(database_url):
    """When its work began stands in an argument of the job."""
    rule = Policy(on=ConnectionError, schedule=Spread(0, 0), deadline_s=3600)
    called, job = asyncio.run(
        work(
            database_url,
            JobRetries((rule,)),
            [ConnectionError()],
            since=lambda job: job.task_kwargs["began"],
        )
    )
    assert (1, "failed") == (called, job.status)


def test_a_deadline_needs_a_beginning():
    """Without one the deadline would never come; that is said at once."""
    rule = Policy(on=ConnectionError, deadline_s=3600)
    with pytest.raises(InvalidSetting, match=r"Retries\.since"):
        Retries(JobRetries((rule,)))
