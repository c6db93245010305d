"""PgQueuer: a job for each wake-up, asked for with `execute_after`."""

import time
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from benchmarks.peers.wakeups.woken import AT_ONCE, BATCH, POLL_S, Due

KEEP = "INSERT INTO woken (rollout, due, at) VALUES ($1, $2, $3)"
WAKE = "wake"


async def prepare(url: str, due: Due) -> None:
    """Create the queue, and ask for the first wake-up of each."""
    queries = Queries.from_asyncpg_connection(await asyncpg.connect(url))
    await queries.install()
    now = time.time()
    await queries.enqueue(
        [WAKE] * len(due),
        [_payload(rollout, at) for rollout, at in due],
        [0] * len(due),
        [timedelta(seconds=max(at - now, 0)) for _, at in due],
    )


async def work(url: str, *, cadence_s: float) -> None:
    """Wake each, and ask for its next wake-up in the same transaction."""
    # The driver of asyncpg, as its own examples have it: that of psycopg holds its
    # connection for up to a second while it listens.
    runner = PgQueuer.from_asyncpg_connection(await asyncpg.connect(url))
    pool = await asyncpg.create_pool(url, min_size=AT_ONCE, max_size=AT_ONCE)

    async def wake(job: Job) -> None:
        rollout, due = (job.payload or b"").split()
        now = time.time()
        async with pool.acquire() as own, own.transaction():
            await own.execute(KEEP, int(rollout), float(due), now)
            await Queries.from_asyncpg_connection(own).enqueue(
                WAKE,
                _payload(int(rollout), now + cadence_s),
                execute_after=timedelta(seconds=cadence_s),
            )

    runner.entrypoint(WAKE)(wake)
    await runner.run(dequeue_timeout=timedelta(seconds=POLL_S), batch_size=BATCH)


def _payload(rollout: int, due: float) -> bytes:
    return f"{rollout} {due}".encode()
