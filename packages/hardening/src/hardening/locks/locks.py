"""The object that callers hold."""

from hardening.locks.rows import RowLocks
from hardening.locks.session import SessionLocks
from hardening.locks.versions import Versions


class Locks(RowLocks, Versions, SessionLocks):
    """
    Locks of PostgreSQL that nobody waits for longer than is good.

    One object serves a whole process, threads and tasks alike; it keeps nothing but
    its settings and its counts. Connections are psycopg's or SQLAlchemy's, sync for
    the methods without and async for those with `_async`.

    `row` and `rows` hold rows, `advisory` and `session` a name; `update` and `flushing`
    hold nothing, and refuse to overwrite what somebody else changed.

    Args:
        timeout_s: The longest wait for a lock, in seconds, 0.001 to 3600; the founding
            plans say 5. Below the server's `deadlock_timeout` (1 s) a deadlock shows
            as a timeout.
        long_s: A longer wait is told as `lock_wait_long`.
        listener: Told of long waits, timeouts, deadlocks and stale versions.
        switch: Off reads rows without locking them, runs named blocks at once, and
            updates without comparing.
        clock: Measures the waits.
    """
