"""
The worker: claims jobs, works on a bounded number at once, and writes what came of them.

A job that hangs keeps its place until somebody takes the job away from it; that is the
defect that the heartbeat was built for.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from . import jobs
from .faults import Faults
from .features import DLQ, Features
from .jobs import Attempt, Reason
from .settings import Settings
from .watchdog import LATE, Watchdog
from .work import Abandoned, ClipRejected, Work, check_clip

_LOG: Final = logging.getLogger("qc_flow")

PLACES: Final = 16
_IDLE_S: Final = 0.03
_OUTAGE_S: Final = 0.5
_GRACE_S: Final = 1.0
# A stalled job finishes this many times later than it is taken for stuck.
_STALL_FACTOR: Final = 2


class Worker:
    """One worker process."""

    def __init__(self, settings: Settings) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"
        self._settings = settings
        self._features = Features(settings.flags, settings.home)
        self._faults = Faults(settings.faults, self._features)
        self._pool = open_pool(settings.database_url)
        self._watchdog = Watchdog(name, settings, self._pool, self._features)
        self._places = threading.Semaphore(PLACES)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: set[Work] = set()

    def run(self) -> None:
        """Work until `stop`; then hand back what is not done in a second."""
        watching = threading.Thread(
            target=self._watchdog.run, args=(self._stopping,), daemon=True
        )
        watching.start()
        while not self._stopping.is_set():
            if self._places.acquire(timeout=_IDLE_S) and not self._began_one():
                self._places.release()
                self._stopping.wait(_IDLE_S)
        self._drain()
        self._pool.close(timeout=_GRACE_S)

    def stop(self) -> None:
        """Ask the worker to stop; returns at once. Safe in a signal handler."""
        self._stopping.set()

    def _began_one(self) -> bool:
        """Claim a job and begin to work on it; False when there is none."""
        try:
            with self._pool.connection() as connection:
                attempt = jobs.claim(connection)
                if attempt is None:
                    return False
                work = Work(attempt)
                self._watchdog.begin(connection, work)
        except (psycopg.OperationalError, PoolTimeout) as error:
            _LOG.warning("the worker cannot reach the database: %s", error)
            self._stopping.wait(_OUTAGE_S)
            return False
        with self._lock:
            self._running.add(work)
        threading.Thread(target=self._work, args=(work,), daemon=True).start()
        return True

    def _work(self, work: Work) -> None:
        """Work on one attempt, from its claim to its result."""
        try:
            self._check_and_write(work)
        finally:
            with self._lock:
                self._running.discard(work)
            self._watchdog.end(work)
            self._places.release()

    def _check_and_write(self, work: Work) -> None:
        """Check the clip and write the result; an abandoned attempt writes none."""
        stall_s = _STALL_FACTOR * self._settings.stall_after_s
        try:
            check_clip(work, self._faults, stall_s)
        except Abandoned:
            return
        except ClipRejected as error:
            message = str(error)
            self._write(lambda c: self._failed(c, work.attempt, message))
        else:
            self._write(lambda c: self._finished(c, work))

    def _finished(self, connection: Connection, work: Work) -> None:
        """Write that a job is done; note when it was taken for stuck too early."""
        if not jobs.finish(connection, work.attempt) and work.watched:
            jobs.note(connection, LATE, work.attempt)

    def _failed(self, connection: Connection, attempt: Attempt, error: str) -> None:
        """Queue a job again; give it up when its attempts are used up."""
        if not attempt.is_last:
            jobs.retry(connection, attempt, error)
            return
        jobs.give_up(
            connection,
            attempt,
            error=error,
            reason=Reason.EXHAUSTED,
            to_dlq=self._features.is_on(DLQ, attempt.tenant),
        )

    def _write(self, result: Callable[[Connection], None]) -> None:
        """Write a result, again and again through an outage of the database."""
        while True:
            try:
                with self._pool.connection() as connection:
                    result(connection)
            except (psycopg.OperationalError, PoolTimeout) as error:
                _LOG.warning("a result waits for the database: %s", error)
                if self._stopping.wait(_OUTAGE_S):
                    return
            else:
                return

    def _drain(self) -> None:
        """Wait for the jobs at hand; hand back those that take too long."""
        taken = sum(
            self._places.acquire(timeout=_GRACE_S / PLACES) for _ in range(PLACES)
        )
        if taken == PLACES:
            return
        with self._lock:
            left = list(self._running)
        try:
            with self._pool.connection(timeout=_GRACE_S) as connection:
                for work in left:
                    jobs.hand_back(connection, work.attempt)
        except (psycopg.OperationalError, PoolTimeout) as error:
            _LOG.warning("%d jobs could not be handed back: %s", len(left), error)


def open_pool(database_url: str, *, size: int = 6) -> ConnectionPool:
    """Return a pool whose connections commit each statement by itself."""
    return ConnectionPool(
        database_url,
        min_size=2,
        max_size=size,
        timeout=5,
        kwargs={"autocommit": True, "connect_timeout": 2},
        open=True,
    )
