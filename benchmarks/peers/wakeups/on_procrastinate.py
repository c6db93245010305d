"""procrastinate: a job for each wake-up, asked for with `schedule_at`."""

import time
from datetime import UTC, datetime

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import JobDeferrer
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from benchmarks.peers.wakeups.woken import AT_ONCE, POLL_S, Due

KEEP = "INSERT INTO woken (rollout, due, at) VALUES (%s, %s, %s)"
WAKE = "wake"


async def prepare(url: str, due: Due) -> None:
    """Create the queue, and ask for the first wake-up of each."""
    app = _app(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs = [_asking(app, at).make_new_job(rollout=n, due=at) for n, at in due]
        await app.job_manager.batch_defer_jobs_async(jobs=jobs)


async def work(url: str, *, cadence_s: float) -> None:
    """Wake each, and ask for its next wake-up in the same transaction."""
    app = _app(url)
    pool = AsyncConnectionPool(
        url, min_size=AT_ONCE, max_size=AT_ONCE, kwargs={"autocommit": True}, open=False
    )
    async with app.open_async(), pool:

        async def wake(rollout: int, due: float) -> None:
            now = time.time()
            async with pool.connection() as own, own.transaction():
                await own.execute(KEEP, (rollout, due, now))
                again = now + cadence_s
                await _asking(app, again, own).defer_async(rollout=rollout, due=again)

        app.task(name=WAKE)(wake)
        await app.run_worker_async(
            concurrency=AT_ONCE,
            fetch_job_polling_interval=POLL_S,
            delete_jobs="always",
        )


def _asking(
    app: App, at: float, connection: AsyncConnection | None = None
) -> JobDeferrer:
    when = datetime.fromtimestamp(at, UTC)
    return app.configure_task(WAKE, schedule_at=when, connection=connection)


def _app(url: str) -> App:
    return App(connector=PsycopgConnector(conninfo=url))
