"""
How an attempt of procrastinate's ends: fenced, and with its letter in one transaction.

Procrastinate's own end of a job knows the job's number alone: an attempt that was
thought dead, and wakes up, would end the attempt that runs in its place. Here the job
has to be the one that was fetched: still running, as the same attempt, and not by
another worker. Procrastinate counts an attempt when it ends, however it ends.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from hardening.jobs.letter import Reason

# A worker that procrastinate has pruned is gone from its jobs; the attempt still tells.
_MINE: LiteralString = """
    WITH mine AS (
        SELECT * FROM procrastinate_jobs
        WHERE id = %(job_id)s AND status = 'doing' AND attempts = %(attempt)s - 1
            AND (
                worker_id IS NULL OR %(worker_id)s::bigint IS NULL
                OR worker_id = %(worker_id)s
            )
        FOR UPDATE
    ), heart AS (
        DELETE FROM job_heartbeat USING mine WHERE job_heartbeat.job_id = mine.id
    ),
"""

# The last part remembers that a job which seemed stuck came to a good end after all.
FINISH: LiteralString = (
    _MINE
    + """
    letter AS (
        SELECT job_dlq_put(
            'procrastinate', mine.id::text, %(attempt)s::text, mine.queue_name,
            mine.task_name, mine.args,
            jsonb_build_object('priority', mine.priority, 'lock', mine.lock,
                'queueing_lock', mine.queueing_lock),
            NULL, %(reason)s, %(error_class)s, %(error_text)s, %(attempt)s::integer,
            (
                SELECT min(event.at) FROM procrastinate_events AS event
                WHERE event.job_id = mine.id AND event.type = 'deferred_for_retry'
            )
        ) AS id FROM mine WHERE %(keep)s
    ), done AS (
        SELECT procrastinate_finish_job_v1(
            mine.id, %(status)s::procrastinate_job_status, %(delete)s
        ) FROM mine
    ), late AS (
        UPDATE job_dlq SET late_success_at = now()
        WHERE source = 'procrastinate' AND job_id = %(job_id)s::text
            AND failure = %(attempt)s::text AND reason = 'stuck'
            AND late_success_at IS NULL AND %(status)s = 'succeeded'
            AND NOT EXISTS (SELECT FROM mine)
    )
    SELECT (SELECT count(*) FROM done) AS done, (SELECT id FROM letter) AS letter
    """
)

RETRY: LiteralString = (
    _MINE
    + """
    done AS (
        SELECT procrastinate_retry_job_v2(
            mine.id, %(retry_at)s, %(priority)s::integer, %(queue)s::varchar,
            %(lock)s::varchar
        ) FROM mine
    )
    SELECT (SELECT count(*) FROM done) AS done
    """
)

FUNCTIONS = {
    "finish_job": "procrastinate_finish_job_v1",
    "retry_job": "procrastinate_retry_job_v2",
    "cancel_job": "procrastinate_cancel_job_v1",
    "defer_jobs": "procrastinate_defer_jobs_v1",
}
"""Procrastinate's functions that we call, by the name of its query that calls them."""


@dataclass(frozen=True, slots=True)
class Ending:
    """
    Why an attempt failed, as its letter says it.

    Attributes:
        reason: None: a person asked for the end, and wants no letter.
        error_class: The error's class.
        error_text: Its text, redacted.
    """

    reason: Reason | None
    error_class: str
    error_text: str

    def values(self, *, keep: bool) -> dict[str, Any]:
        """Return the values for `FINISH`."""
        return {
            "keep": keep and self.reason is not None,
            "reason": self.reason,
            "error_class": self.error_class,
            "error_text": self.error_text,
        }


UNSEEN = Ending(
    Reason.FAILED,
    "unknown",
    "The error was not seen: the worker was started with a worker_middleware of its "
    "own. Add the guard's middleware to it.",
)
UNKNOWN_TASK = Ending(
    Reason.UNKNOWN_TASK,
    "procrastinate.exceptions.TaskNotFound",
    "The worker knows no task of this name. Was it renamed or removed, or is its module "
    "not among the app's import_paths?",
)
WELL = Ending(None, "", "")
