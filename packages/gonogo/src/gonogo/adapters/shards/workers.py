"""
The workers of one database: each says once a second that it lives.

Times are the database's own, so that no two machines have to agree on a clock. A
worker is dead when it was silent for long; it need not be: one that only stood still
finds its row gone when it comes back, and knows that it was passed over. What it does
before it knows is stopped by its fence.
"""

import os
import socket
from dataclasses import dataclass

import psycopg

from gonogo.adapters.shards.connection import checked

# Three beats missed, and a bit: a worker that is only slow is not robbed of its turns.
# With a second until somebody looks and a poll of the queue, a turn is taken over
# within five seconds; six are promised.
DEAD_AFTER_S = 3.5

# The server itself has seen the worker's session end (its process is gone, or its
# machine told so): one missed beat beside it is enough.
_GONE_AFTER_S = 2.0

# After a restart of the server every worker was silent; each gets time to come back.
_SERVER_SETTLED_S = DEAD_AFTER_S + 2.0

_TABLE = """
CREATE TABLE IF NOT EXISTS gonogo.worker (
    name    text PRIMARY KEY,
    host    text NOT NULL,
    pid     integer NOT NULL,
    session integer NOT NULL,
    closing boolean NOT NULL DEFAULT false,
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""

_BEAT = """
UPDATE gonogo.worker
SET beat_at = clock_timestamp(), session = pg_backend_pid(), closing = %s
WHERE name = %s
"""

_JOIN = """
INSERT INTO gonogo.worker (name, host, pid, session, closing)
VALUES (%s, %s, %s, pg_backend_pid(), %s)
ON CONFLICT (name) DO NOTHING
"""

_LOOK = """
SELECT name, closing,
    extract(epoch FROM clock_timestamp() - beat_at)::float8,
    session IN (SELECT pid FROM pg_stat_activity),
    extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8
FROM gonogo.worker
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """
    A worker as the database sees it.

    Attributes:
        silent_s: Since its last beat.
        connected: Whether the session of that beat is still there.
        settled: Whether the server has run long enough to judge anybody's silence.
    """

    name: str
    closing: bool
    silent_s: float
    connected: bool
    settled: bool

    @property
    def dead(self) -> bool:
        """Whether its turns are to be given to others."""
        limit_s = DEAD_AFTER_S if self.connected else _GONE_AFTER_S
        return self.settled and self.silent_s > limit_s


def create_workers(connection: psycopg.Connection) -> None:
    """Create the table of the workers, unless it is there."""
    connection.execute(_TABLE)


def beat(connection: psycopg.Connection, name: str, *, closing: bool) -> bool:
    """Say that a worker lives; return whether it was counted as alive until now."""
    if connection.execute(_BEAT, (closing, name)).rowcount:
        return True
    connection.execute(_JOIN, (name, socket.gethostname(), os.getpid(), closing))
    return False


def workers(connection: psycopg.Connection) -> tuple[Worker, ...]:
    """Return every worker that was not removed."""
    return tuple(
        Worker(name, closing, silent_s, connected, server_s > _SERVER_SETTLED_S)
        for name, closing, silent_s, connected, server_s in connection.execute(_LOOK)
    )


def somebody_works(url: str) -> bool:
    """
    Return whether a worker of a database lives.

    Raises:
        ShardsUnusable: The database cannot be reached.
    """
    with checked(url) as connection:
        if connection.execute("SELECT to_regclass('gonogo.worker')").fetchone() == (
            None,
        ):
            return False
        return any(not each.dead and not each.closing for each in workers(connection))


def remove(connection: psycopg.Connection, *names: str) -> None:
    """Forget workers: they are dead, or have ended."""
    connection.execute("DELETE FROM gonogo.worker WHERE name = ANY(%s)", (list(names),))
