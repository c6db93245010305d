"""
The watchdog: beats for jobs that make progress, and sets aside those that do not.

The beat is of the job, not of the worker: a hung job in a live worker falls silent. It
is written by a thread of its own, so that a job which is busy for long is not taken for
a hung one as long as it counts its steps. A round beats first and looks afterwards;
so a process that was stopped for a while does not condemn its own jobs on waking up.
"""

import logging
import threading
from typing import Final

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from . import jobs
from .features import DLQ, HEARTBEAT, Features
from .jobs import Attempt, Outcome, Reason
from .settings import Settings
from .work import Work

_LOG: Final = logging.getLogger("qc_flow")
ROUND_S: Final = 0.5

MISS: Final = "heartbeat_miss"
MOVED: Final = "moved_to_dlq"
LATE: Final = "late_finish"


class Watchdog:
    """Watches all running jobs of the database; beats for those of this process."""

    def __init__(
        self, name: str, settings: Settings, pool: ConnectionPool, features: Features
    ) -> None:
        self._name = name
        self._settings = settings
        self._pool = pool
        self._features = features
        self._lock = threading.Lock()
        self._works: dict[Work, int] = {}

    def begin(self, connection: Connection, work: Work) -> None:
        """Take up the work of this process; watch it where the feature is on."""
        if self._features.is_on(HEARTBEAT, work.attempt.tenant):
            work.watched = jobs.beat(connection, [work.attempt])
        with self._lock:
            self._works[work] = work.progress

    def end(self, work: Work) -> None:
        """Forget a work that has come to its end."""
        with self._lock:
            self._works.pop(work, None)

    def run(self, stopping: threading.Event) -> None:
        """Make a round twice a second, until stopping."""
        while not stopping.wait(ROUND_S):
            try:
                with self._pool.connection() as connection:
                    self.round(connection)
            except (psycopg.OperationalError, PoolTimeout) as error:
                _LOG.warning("the watchdog cannot reach the database: %s", error)

    def round(self, connection: Connection) -> None:
        """Sign in, beat, then look for jobs that have fallen silent."""
        _sign_in(connection, self._name)
        self._beat(connection)
        for attempt in jobs.silent_for(connection, self._settings.miss_after_s):
            jobs.note(connection, MISS, attempt)
        for attempt in jobs.silent_for(connection, self._settings.stall_after_s):
            if self._features.is_on(HEARTBEAT, attempt.tenant):
                self._rescue(connection, attempt)
        self._abandon_lost(connection)

    def _beat(self, connection: Connection) -> None:
        """Beat for the watched works that have made progress since the last round."""
        with self._lock:
            moved = [
                work
                for work, seen in self._works.items()
                if work.watched and work.progress > seen
            ]
            self._works.update({work: work.progress for work in moved})
        if moved:
            jobs.beat(connection, [work.attempt for work in moved])

    def _rescue(self, connection: Connection, attempt: Attempt) -> None:
        """
        Take a stuck job away from its attempt.

        With the dead-letter feature it is set aside at once: it may still be running
        somewhere, so that another attempt could do its work twice. Without, it gets
        its remaining attempts, as after any failure.
        """
        error = f"no progress for {self._settings.stall_after_s:g} s"
        to_dlq = self._features.is_on(DLQ, attempt.tenant)
        if not to_dlq and not attempt.is_last:
            jobs.retry(connection, attempt, error)
            return
        outcome = jobs.give_up(
            connection, attempt, error=error, reason=Reason.STALLED, to_dlq=to_dlq
        )
        if outcome is Outcome.DEAD_LETTER:
            jobs.note(connection, MOVED, attempt)

    def _abandon_lost(self, connection: Connection) -> None:
        """Tell the works of this process that have lost their jobs."""
        with self._lock:
            works = list(self._works)
        if not works:
            return
        held = jobs.still_held(connection, [work.attempt for work in works])
        for work in works:
            if work.attempt.attempt_id not in held:
                work.abandoned.set()


def _sign_in(connection: Connection, name: str) -> None:
    """Show that this worker lives."""
    connection.execute(
        "INSERT INTO qc_workers (name) VALUES (%s)"
        " ON CONFLICT (name) DO UPDATE SET seen_at = now()",
        (name,),
    )
