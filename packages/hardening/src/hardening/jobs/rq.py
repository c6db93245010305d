"""
RQ's failed jobs as dead letters, and back.

    keeper = Keeper(DeadLetters(connecting(url)))
    worker = rq.Worker(queues, connection=redis, exception_handlers=[RqFailures(keeper)])
    letters = DeadLetters(connecting(url), senders={"rq": RqSender(redis)})

RQ itself keeps failed jobs for a year in its `FailedJobRegistry`. `sweep` puts those
which the handler did not see: while the database was gone, or when a work horse was
killed; it leaves those alone whose letters may have been purged, or they would come
back. RQ does not count retries after errors: `attempts` counts those that a job
returned by itself.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry

from hardening.core import (
    SystemClock,
    WallClock,
    require_not_negative,
)
from hardening.jobs.errors import NotRedrivable
from hardening.jobs.keeper import Keeper
from hardening.jobs.letter import DAY_S, RETENTION_DAYS, Letter, NewLetter
from hardening.jobs.redact import error_of, storable
from hardening.jobs.redriving import sending_id

if TYPE_CHECKING:
    from redis import Redis

SOURCE = "rq"
_CLOCK = SystemClock()
_OPTIONS = ("timeout", "result_ttl", "failure_ttl", "description")
_LAST_LINE = re.compile(r"([A-Za-z_][\w.]*)(?:: (.*))?")
_UNREADABLE = "(not readable)"


class RqFailures:
    """
    An exception handler of RQ's worker: keeps the jobs that fail for good.

    Args:
        keeper: Where they are kept.
        clock: Tells how old the failures are that `sweep` finds.
    """

    def __init__(self, keeper: Keeper, *, clock: WallClock = _CLOCK) -> None:
        self._keeper = keeper
        self._clock = clock

    def __call__(
        self,
        job: Job,
        kind: type[BaseException],  # noqa: ARG002 - RQ's shape
        error: BaseException,
        traceback: TracebackType | None,  # noqa: ARG002 - RQ's shape
    ) -> bool:
        """Keep the job, unless it will be retried; RQ goes on to the next handler."""
        # RQ asks its handlers first, and takes a retry off the job only then.
        if not job.should_retry and self._keeper.wants(job.id):
            described = error_of(error, self._keeper.redact)
            self._keeper.keep(_letter(job, described))
        return True

    def sweep(
        self, queues: Iterable[Queue], *, newer_than_days: float = RETENTION_DAYS
    ) -> int:
        """
        Put what stands in the registries of failed jobs and is no letter yet.

        Args:
            queues: Whose.
            newer_than_days: Jobs that failed before that are left: they may have been
                letters, which were purged. No more than `purge(older_than_days=)`.

        Returns:
            How many were put, or had been put before.
        """
        require_not_negative("sweep.newer_than_days", newer_than_days)
        since_s = self._clock.unix_s() - newer_than_days * DAY_S
        return sum(self._sweep(queue, since_s) for queue in queues)

    def _sweep(self, queue: Queue, since_s: float) -> int:
        """Put the jobs of one queue that failed since then."""
        registry = FailedJobRegistry(queue=queue)
        kept = 0
        for job_id in registry.get_job_ids(cleanup=False):
            try:
                job = Job.fetch(job_id, queue.connection, serializer=queue.serializer)
            except NoSuchJobError:
                continue  # it expired, or was deleted, since the list was read
            newer = _failed_s(job) > since_s
            if newer and self._keeper.wants(job.id):
                kept += self._keeper.keep(_letter(job, self._told(job)))
        return kept

    def _told(self, job: Job) -> tuple[str, str]:
        """Return a stored error's class and its text."""
        result = job.latest_result()
        text = (result and result.exc_string) or ""
        lines = text.strip().splitlines()
        found = _LAST_LINE.fullmatch(lines[-1]) if lines else None
        if found is None:
            return "unknown", storable(self._keeper.redact(text))
        return found[1], storable(self._keeper.redact(found[2] or ""))


class RqSender:
    """
    Sends a letter's job again, once: RQ recognises a repeat by its id.

    The new job has the old one's function, arguments, time limits and description; it
    has no retries of its own.

    Args:
        redis: Where the queue is, with a `socket_timeout`.
        serializer: As the queue has it; None is RQ's own, pickle.
    """

    def __init__(self, redis: "Redis", *, serializer: Any = None) -> None:  # noqa: ANN401 - RQ's shape
        self._redis = redis
        self._serializer = serializer

    def __call__(self, letter: Letter) -> str:
        """Send the job; return its id."""
        if letter.payload is None:
            raise NotRedrivable(letter.id, "its letter holds no payload.")
        job = Job(sending_id(letter), self._redis, serializer=self._serializer)
        job.data = b64decode(letter.payload)
        for name in _OPTIONS:
            setattr(job, name, letter.options.get(name))
        queue = Queue(letter.queue, self._redis, serializer=self._serializer)
        try:
            queue.enqueue_job(job, unique=True)
        except DuplicateJobError:
            pass  # it was sent before, by somebody who could not settle the letter
        except Exception as error:
            # A repeat is recognised: what may have been sent may be sent again.
            raise NotRedrivable(letter.id, "Redis failed.") from error
        return job.id


def _letter(job: Job, error: tuple[str, str]) -> NewLetter:
    """Return a failed job as a letter."""
    task, args = _call(job)
    return NewLetter(
        source=SOURCE,
        job_id=job.id,
        failure=f"{_failed_s(job):.6f}",
        queue=job.origin,
        task=task,
        args=args,
        options={name: getattr(job, name) for name in _OPTIONS},
        payload=b64encode(job.data).decode("ascii"),
        error_class=error[0],
        error_text=error[1],
        attempts=1 + (job.number_of_retries or 0),
    )


def _failed_s(job: Job) -> float:
    """Return when a job failed, in seconds since 1970; without that, when it was put."""
    return (job.ended_at or job.enqueued_at or job.created_at).timestamp()


def _call(job: Job) -> tuple[str, object]:
    """Return a job's function and arguments, also when they cannot be read here."""
    try:
        return job.func_name or _UNREADABLE, {"args": job.args, "kwargs": job.kwargs}
    except Exception:  # noqa: BLE001 - anybody's pickle
        return _UNREADABLE, {}
