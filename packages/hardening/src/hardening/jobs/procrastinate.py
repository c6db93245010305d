"""
Procrastinate's jobs under guard: letters for what fails, beats for what runs, a fence.

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    heart = Heart(PostgresBeats(connecting(url)))
    guard(app, heart=heart, dead_letters=lambda job: flags.is_on("dlq", job))

A job whose retries are spent becomes a dead letter in the same transaction as its
failure. An attempt that the watchdog took away cannot end its job any more, whether
well or badly. Both are decided job by job when a worker fetches it; a job for which
both switches are off is procrastinate's alone.
"""

import asyncio
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import (
    App,
    JobContext,
    exceptions,
    job_context,
    jobs,
    manager,
    middleware,
    sql,
    utils,
    worker,
)
from procrastinate import app as app_module
from procrastinate.testing import InMemoryConnector

from hardening.core import Kind, Listener, Measure, Sample, ignore
from hardening.jobs.beating import watched
from hardening.jobs.ending import (
    FINISH,
    FUNCTIONS,
    RETRY,
    UNKNOWN_TASK,
    UNSEEN,
    WELL,
    Ending,
)
from hardening.jobs.errors import UnsupportedQueue
from hardening.jobs.events import DeadLetterPut, JobFenced, WatchFailed
from hardening.jobs.heart import Heart
from hardening.jobs.letter import Reason
from hardening.jobs.pulse import Attempt
from hardening.jobs.redact import Redact, error_of, redact_secrets
from hardening.jobs.switches import JobSwitch, every_job

GuardEvent = DeadLetterPut | JobFenced | WatchFailed
_Key = tuple[int | None, int]


@dataclass(slots=True)
class _Watch:
    """What was decided for an attempt when it was fetched, and how it failed."""

    letters: bool
    beats: bool
    ending: Ending | None = None


@dataclass(slots=True)
class _Counts:
    """Plain integers, since the process began."""

    put: int = 0
    fenced: int = 0
    guarded: int = 0


class Guard(manager.JobManager):
    """
    The job manager of an app under guard; made by `guard`.

    Args:
        app: Whose jobs.
        heart: Writes beats; None watches nobody's progress.
        dead_letters: Jobs that become letters when they fail for good.
        heartbeats: Jobs whose progress is written.
        redact: Takes secrets out of the errors' texts.
        listener: Told of each letter and each fenced end.
    """

    def __init__(
        self,
        app: App,
        *,
        heart: Heart | None,
        dead_letters: JobSwitch,
        heartbeats: JobSwitch,
        redact: Redact,
        listener: Listener[GuardEvent],
    ) -> None:
        super().__init__(connector=app.connector)
        self._app = app
        self._heart = heart
        self._dead_letters = dead_letters
        self._heartbeats = heartbeats
        self._redact = redact
        self._listener = listener
        self._watches: dict[_Key, _Watch] = {}
        self._counts = _Counts()

    async def fetch_job(
        self, queues: Iterable[str] | None, worker_id: int
    ) -> jobs.Job | None:
        """Fetch as procrastinate does, and decide what is done for this attempt."""
        job = await super().fetch_job(queues=queues, worker_id=worker_id)
        # A test's connector in memory speaks no SQL: there, nothing is guarded.
        if job is not None and not isinstance(self.connector, InMemoryConnector):
            letters = self._is_on(self._dead_letters, job)
            beats = self._heart is not None and self._is_on(self._heartbeats, job)
            if letters or beats:
                self._counts.guarded += 1
                self._watches[_key(job)] = _Watch(letters, beats)
        return job

    async def middleware(
        self,
        call_next: middleware.AsyncCallNext,
        context: JobContext,
        worker: worker.Worker,  # noqa: ARG002 - procrastinate's shape
    ) -> Any:  # noqa: ANN401 - a task returns anything
        """Run a job with its pulse, and remember how it failed."""
        watch = self._watches.get(_key(context.job))
        if watch is None:
            return await call_next()
        attempt = Attempt(str(context.job.id), context.job.attempts + 1)
        beating = self._heart is not None and watch.beats
        with (
            watched(self._heart, attempt) if beating and self._heart else nullcontext()
        ):
            try:
                return await call_next()
            except BaseException as error:
                watch.ending = self._ending(error, context)
                raise

    async def finish_job(
        self,
        job: jobs.Job,
        status: jobs.Status,
        delete_job: bool,  # noqa: FBT001 - procrastinate's shape
    ) -> None:
        """End a job, if it is still this attempt's; with its letter, if it failed."""
        watch = self._watches.pop(_key(job), None)
        if watch is None:
            await super().finish_job(job=job, status=status, delete_job=delete_job)
            return
        ending = self._why(job, status, watch)
        keep = watch.letters and status is not jobs.Status.SUCCEEDED
        values = ending.values(keep=keep) | {"delete": delete_job}
        done = await self._end(job, FINISH, values | {"status": status.value})
        if not done["done"]:
            self._fenced(job, status.value)
        elif done["letter"] is not None:
            self._put(job, done["letter"], ending)

    async def retry_job(
        self,
        job: jobs.Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Send a job back to its queue, if it is still this attempt's."""
        if self._watches.pop(_key(job), None) is None:
            await super().retry_job(job, retry_at, priority, queue, lock)
            return
        values = {
            "retry_at": retry_at or utils.utcnow(),
            "priority": priority,
            "queue": queue,
            "lock": lock,
        }
        done = await self._end(job, RETRY, values)
        if not done["done"]:
            self._fenced(job, "retry")

    def measures(self) -> Iterable[Measure]:
        """Return what this process counted."""
        for name, meaning, count in (
            ("guarded", "Attempts under guard.", self._counts.guarded),
            ("letters_put", "Jobs made dead letters here.", self._counts.put),
            ("fenced", "Ends that came too late to count.", self._counts.fenced),
        ):
            full_name = f"hardening_jobs_{name}"
            yield Measure(full_name, meaning, Kind.COUNTER, (Sample(count),))

    async def _end(
        self, job: jobs.Job, query: str, values: dict[str, Any]
    ) -> dict[str, Any]:
        """Run one of the fenced ends of a job."""
        mine = {
            "job_id": job.id,
            "attempt": job.attempts + 1,
            "worker_id": job.worker_id,
        }
        return await self.connector.execute_query_one_async(query, **mine, **values)

    def _why(self, job: jobs.Job, status: jobs.Status, watch: _Watch) -> Ending:
        """Return why an attempt ends."""
        if status is jobs.Status.SUCCEEDED:
            return WELL
        if watch.ending is not None:
            return watch.ending
        return UNSEEN if job.task_name in self._app.tasks else UNKNOWN_TASK

    def _ending(self, error: BaseException, context: JobContext) -> Ending:
        """Return what an error says about the end of an attempt."""
        reason: Reason | None = Reason.FAILED
        if isinstance(error, exceptions.JobAborted | asyncio.CancelledError):
            asked = context.abort_reason() is job_context.AbortReason.USER_REQUEST
            reason = None if asked else Reason.SHUTDOWN
        return Ending(reason, *error_of(error, self._redact))

    def _is_on(self, switch: JobSwitch, job: jobs.Job) -> bool:
        """Ask a switch; one that fails is off, or the fetched job would hang."""
        try:
            return switch(str(job.id))
        except Exception as error:  # noqa: BLE001 - a switch is anybody's code
            self._listener(WatchFailed(watcher="switch", error=error))
            return False

    def _put(self, job: jobs.Job, letter_id: int, ending: Ending) -> None:
        """Count and tell that a job became a letter."""
        self._counts.put += 1
        self._listener(
            DeadLetterPut(
                letter_id=letter_id,
                job_id=str(job.id),
                queue=job.queue,
                task=job.task_name,
                reason=str(ending.reason),
                error_class=ending.error_class,
            )
        )

    def _fenced(self, job: jobs.Job, ending: str) -> None:
        """Count and tell that an end came too late."""
        self._counts.fenced += 1
        self._listener(
            JobFenced(
                job_id=str(job.id),
                attempt=job.attempts + 1,
                task=job.task_name,
                ending=ending,
            )
        )


def guard(
    app: App,
    *,
    heart: Heart | None = None,
    dead_letters: JobSwitch = every_job,
    heartbeats: JobSwitch = every_job,
    redact: Redact = redact_secrets,
    listener: Listener[GuardEvent] = ignore,
) -> Guard:
    """
    Put an app's jobs under guard, once, where the app is made.

    Both migrations have to be there before either switch is on. A worker that is
    started with a `worker_middleware` of its own has to name `Guard.middleware`, too.

    Args:
        app: Its workers' jobs are guarded; deferring is left as it is.
        heart: Writes beats; None watches nobody's progress.
        dead_letters: Jobs that become letters when they fail for good.
        heartbeats: Jobs whose progress is written; share it with the `Watchdog`.
        redact: Takes secrets out of the errors' texts.
        listener: Told of each letter and each fenced end.

    Raises:
        UnsupportedQueue: The installed procrastinate has other functions than we call.
    """
    for query, function in FUNCTIONS.items():
        if function not in sql.queries[query]:
            raise UnsupportedQueue(library="procrastinate", missing=function)
    made = Guard(
        app,
        heart=heart,
        dead_letters=dead_letters,
        heartbeats=heartbeats,
        redact=redact,
        listener=listener,
    )
    app.job_manager = made
    others = app.worker_defaults.get("worker_middleware", [])
    # Innermost: what another middleware turns an error into is not the job's error.
    ours: app_module.WorkerOptions = {"worker_middleware": [*others, made.middleware]}
    app.worker_defaults = app.worker_defaults | ours
    return made


def _key(job: jobs.Job) -> _Key:
    """Return what tells an attempt from all others."""
    return job.id, job.attempts
