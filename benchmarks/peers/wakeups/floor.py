"""The floor: a table of due times and SKIP LOCKED, by hand."""

import asyncio
import time

from psycopg import AsyncConnection

from benchmarks.peers.wakeups.woken import BATCH, POLL_S, Due

TABLE = """
CREATE TABLE rollout (id integer PRIMARY KEY, due float8 NOT NULL);
CREATE INDEX rollout_due ON rollout (due);
"""

TAKE = """
WITH taken AS (
    SELECT id, due FROM rollout WHERE due <= %(now)s
    ORDER BY due LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE rollout SET due = %(now)s + %(cadence_s)s FROM taken
WHERE rollout.id = taken.id RETURNING taken.id, taken.due
"""

KEEP = "INSERT INTO woken (rollout, due, at) VALUES (%s, %s, %s)"


async def prepare(url: str, due: Due) -> None:
    """Keep every due time."""
    async with await _connect(url) as connection:
        await connection.execute(TABLE)
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO rollout (id, due) VALUES (%s, %s)", due
            )


async def work(url: str, *, cadence_s: float) -> None:
    """Take what is due, keep a row for each, commit; look again."""
    async with await _connect(url) as connection:
        while True:
            if not await _batch(connection, cadence_s):
                await asyncio.sleep(POLL_S)


async def _batch(connection: AsyncConnection, cadence_s: float) -> int:
    wanted = {"now": time.time(), "batch": BATCH, "cadence_s": cadence_s}
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(TAKE, wanted)
        taken, now = await cursor.fetchall(), time.time()
        await cursor.executemany(KEEP, [(id_, due, now) for id_, due in taken])
    return len(taken)


async def _connect(url: str) -> AsyncConnection:
    return await AsyncConnection.connect(url, autocommit=True)
