"""
Celery: retries by the kit's rules.

    class Sync(RetryingTask):
        retries = JobRetries((Policy(on=ConnectionError, schedule=Spread(0, 29)),))

    @app.task(base=Sync)
    def index(document_id: int) -> None: ...

The rules say how often, so Celery's own `max_retries` is off. When the first attempt
began travels in a header of the message, for deadlines. Celery keeps a task with a
countdown in the memory of a worker; with Redis as broker, waits longer than the
visibility timeout, an hour, run twice: keep `Polynomial` for brokers without one.
"""

from typing import Any, ClassVar

from celery import Task
from celery.exceptions import Ignore, Reject, Retry

from hardening.retry.jobs import JobFailure, JobRetries

SINCE = "hardening_retry_since_unix_s"
"""The message's header that says when the first attempt began."""


class RetryingTask(Task):  # type: ignore[misc] # Celery has no types
    """
    A base class for tasks; a subclass sets its rules.

    Attributes:
        retries: The rules.
    """

    abstract = True
    max_retries = None
    retries: ClassVar[JobRetries]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a task's own
        """Run the task; a failure that the rules name schedules another attempt."""
        started_unix_s = self.retries.clock.unix_s()
        try:
            result = super().__call__(*args, **kwargs)
        except (Ignore, Reject, Retry):
            raise  # these are said to Celery, and no failures
        except Exception as error:
            if self.request.called_directly:
                raise
            self._retry(error, started_unix_s)
            raise
        self.retries.succeeded()
        return result

    def _retry(self, error: Exception, started_unix_s: float) -> None:
        """Raise Celery's `Retry` when another attempt follows, else return."""
        headers = dict(self.request.headers or {})
        since_unix_s = float(headers.setdefault(SINCE, started_unix_s))
        failed = JobFailure(
            name=self.name,
            error=error,
            attempt=self.request.retries + 1,
            since_unix_s=since_unix_s,
        )
        delay_s = self.retries.delay_after(failed)
        if delay_s is not None:
            raise self.retry(exc=error, countdown=delay_s, headers=headers)
