"""
RQ: retries by the kit's rules.

    retries = JobRetries((Policy(on=ConnectionError, schedule=Spread(0, 29)),))

    @retrying(retries)
    def index(document_id: int) -> None: ...

The function answers RQ with a `Retry` instead of raising while another attempt follows,
so each wait is drawn when it is needed. RQ waits whole seconds (they are rounded up by
one or two), and only where a worker runs with its scheduler. Its default worker runs each job in a
process of its own, in which a `Budget` is always full: give one to a `SimpleWorker`.

`intervals` is for jobs whose function is not yours: RQ then retries on any error.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import ParamSpec, TypeVar

from rq import Retry, get_current_job
from rq.job import Job

from hardening.core import Entropy, SystemEntropy, is_whole, require
from hardening.retry.jobs import JobFailure, JobRetries
from hardening.retry.schedule import Decorrelated, Schedule, delay_s

P = ParamSpec("P")
R = TypeVar("R")

SINCE = "hardening_retry_since_unix_s"
"""The key of a job's meta that says when the first attempt began."""

_ENTROPY = SystemEntropy()


def retrying(
    retries: JobRetries,
) -> Callable[[Callable[P, R]], Callable[P, R | Retry]]:
    """Decorate a job's function; outside of a worker it runs as if undecorated."""

    def decorate(function: Callable[P, R]) -> Callable[P, R | Retry]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R | Retry:
            started_unix_s = retries.clock.unix_s()
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                job = get_current_job()
                if job is None:
                    raise
                answer = _answer(retries, job, error, started_unix_s)
                if answer is None:
                    raise
                return answer
            retries.succeeded()
            return result

        return run

    return decorate


def intervals(
    schedule: Schedule, attempts: int, *, entropy: Entropy = _ENTROPY
) -> Retry:
    """
    Return RQ's `Retry` with waits drawn now, for one job.

        queue.enqueue(index, 17, retry=intervals(Spread(0, 29), attempts=5))

    Args:
        schedule: Any but `Decorrelated`.
        attempts: In all, the first included; 2 or more.
        entropy: Spreads the waits.

    Raises:
        InvalidSetting: The schedule or the attempts are none of these.
    """
    holds = is_whole(attempts) and attempts > 1
    require("intervals.attempts", attempts, "a whole number, 2 or more", holds=holds)
    holds = not isinstance(schedule, Decorrelated)
    require("intervals.schedule", schedule, "any but Decorrelated", holds=holds)
    waits_s = [
        delay_s(schedule, attempt=attempt, previous_s=0.0, chance=entropy.chance())
        for attempt in range(1, attempts)
    ]
    return Retry(max=attempts - 1, interval=[_whole_s(wait_s) for wait_s in waits_s])


def _answer(
    retries: JobRetries, job: Job, error: Exception, started_unix_s: float
) -> Retry | None:
    """Return the `Retry` that another attempt follows from; None fails the job."""
    before = job.number_of_retries or 0
    failed = JobFailure(
        name=job.func_name or "",
        error=error,
        attempt=before + 1,
        # RQ saves the meta when it enqueues the job again.
        since_unix_s=float(job.meta.setdefault(SINCE, started_unix_s)),
    )
    wait_s = retries.delay_after(failed)
    # The rules have counted; RQ's own limit only has to be out of the way.
    return None if wait_s is None else Retry(max=before + 1, interval=_whole_s(wait_s))


def _whole_s(wait_s: float) -> int:
    """Return whole seconds that RQ ends no earlier: it cuts the due time's fraction."""
    return ceil(wait_s) + 1 if wait_s else 0
