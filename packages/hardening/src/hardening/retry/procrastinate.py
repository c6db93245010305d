"""
Procrastinate: retries by the kit's rules.

    retries = JobRetries((Policy(on=ConnectionError, schedule=Spread(0, 29)),))

    @app.task(retry=Retries(retries))
    @retries.counted
    async def index(document_id: int) -> None: ...

procrastinate keeps a job's number of attempts and nothing of when the first one began;
for a deadline, say where that stands, an argument of the job for example.
"""

from datetime import UTC, datetime

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from hardening.core import require
from hardening.retry.jobs import JobFailure, JobRetries, Since


class Retries(BaseRetryStrategy):
    """
    Implements procrastinate's retry strategy by `JobRetries`.

    Args:
        retries: The rules.
        since: Reads from a job when its work began; needed where a rule has a deadline.

    Raises:
        InvalidSetting: A rule has a deadline, and `since` is missing.
    """

    def __init__(self, retries: JobRetries, since: Since | None = None) -> None:
        holds = since is not None or not retries.has_deadline
        rule = "a function of a job, since a rule has a deadline"
        require("Retries.since", since, rule, holds=holds)
        self._retries = retries
        self._since = since

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """Return when the job is tried again; None fails it."""
        failed = JobFailure(
            name=job.task_name,
            error=exception,
            attempt=job.attempts + 1,  # procrastinate counts those before this one
            since_unix_s=None if self._since is None else self._since(job),
        )
        delay_s = self._retries.delay_after(failed)
        if delay_s is None:
            return None
        at_unix_s = self._retries.clock.unix_s() + delay_s
        return RetryDecision(retry_at=datetime.fromtimestamp(at_unix_s, UTC))
