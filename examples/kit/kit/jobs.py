"""Jobs: every tenth request puts a job into a queue, which a worker empties."""

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager

from hardening.jobs import (
    DeadLetters,
    Heart,
    Limit,
    Limits,
    PostgresBeats,
    Watchdog,
    beat,
    connecting,
)
from hardening.jobs.procrastinate import guard

from .piece import Piece, Upstream, total
from .place import Place

T = TypeVar("T")

_STEP_S = 0.1


class Service(Piece):
    """Sends mails by jobs; broken, a job counts as stuck while it works."""

    def __init__(self, place: Place) -> None:
        url = place.postgres()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SchemaManager.get_schema())
        self._place = place
        self._is_used = False
        self._upstream = Upstream()
        self._numbers = itertools.count(1)
        limits = Limits(Limit(_STEP_S / 4 if place.is_broken else 60.0))
        self._watchdog = Watchdog(connecting(url), limits=limits, grace_s=0)
        self._letters = DeadLetters(connecting(url))
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=url)
        )
        self._send = self._app.task(name="send_mail")(_send_mail)
        heart = Heart(PostgresBeats(connecting(url)), every_s=0.1)
        guard(self._app, heart=heart, dead_letters=self._is_on, heartbeats=self._is_on)
        self._loop = place.keep(working(self._app))

    def serve(self, user: str) -> None:
        """Take a user's order; every tenth is confirmed by mail."""
        if next(self._numbers) % 10 == 0:
            wait(self._send.defer_async(user=user), self._loop)
        self._upstream.ask()

    def readings(self) -> Mapping[str, float]:
        """Look once for stuck jobs, and return what was found and kept."""
        waiting = 0
        if self._is_used:
            with suppress(psycopg.Error):  # the tables are gone after a rollback
                self._watchdog.scan()
                waiting = self._letters.count()
        measures = tuple(self._watchdog.measures())
        statistics = tuple(self._letters.measures())
        rate = total(statistics, "hardening_jobs_false_positive_rate")
        return {
            "jobs_dead_letters_waiting": waiting,
            "jobs_heartbeats_missed_last_hour": total(
                measures, "hardening_jobs_heartbeats_missed"
            ),
            "jobs_moved_to_dlq_last_hour": total(
                measures, "hardening_jobs_moved_to_dlq"
            ),
            "jobs_false_positive_pct": 100 * rate,
        }

    def _is_on(self, job: str) -> bool:
        """Tell whether a job is under guard; the flag's key is the job."""
        is_on = self._place.is_on(job)
        self._is_used = self._is_used or is_on
        return is_on


async def _send_mail(user: str) -> None:
    """Send a user a mail, in two steps."""
    for step in ("text", "attachment"):
        beat(note=f"{step} for {user}")
        await asyncio.sleep(_STEP_S)


def wait(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    """Have something done in another thread's loop, and return what it gives."""
    return asyncio.run_coroutine_threadsafe(work, loop).result(30)


@contextmanager
def working(app: procrastinate.App) -> Iterator[asyncio.AbstractEventLoop]:
    """Run a worker in a thread of its own, and give its loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    worker = wait(_started(app), loop)
    try:
        yield loop
    finally:
        wait(_stopped(app, worker), loop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _started(app: procrastinate.App) -> asyncio.Task[None]:
    """Connect an app, and start its worker."""
    await app.open_async()
    working = app.run_worker_async(concurrency=10, install_signal_handlers=False)
    return asyncio.create_task(working)


async def _stopped(app: procrastinate.App, worker: asyncio.Task[None]) -> None:
    """End a worker once its jobs have ended, and disconnect the app."""
    worker.cancel()
    await asyncio.wait([worker], timeout=20)
    await app.close_async()
