"""What the watchdog asks of the jobs of procrastinate: SQL as values."""

from collections.abc import Sequence
from typing import LiteralString

from hardening.jobs.letter import Reason
from hardening.jobs.question import Question, Row
from hardening.jobs.stuck import Limit, Limits, Remedy, RunningJob, described

PAGE = 10_000
"""Silent jobs a page; where a flag takes in 1 %, most of them are others'."""

# The silence of an attempt without a beat counts from its start, which procrastinate
# keeps as an event. The row of an earlier attempt says nothing about this one.
# Running jobs are few among all that are kept, and have an index: they are found first.
_SILENT: LiteralString = """
    WITH running AS MATERIALIZED (
        SELECT job.id, job.attempts + 1 AS attempt, job.queue_name, task_name,
            CASE WHEN own.limit_s IS NULL THEN %(default_s)s::float8
                ELSE own.limit_s END AS limit_s
        FROM procrastinate_jobs AS job
        LEFT JOIN unnest(%(tasks)s::text[], %(limits_s)s::float8[])
            AS own (task_name, limit_s) USING (task_name)
        WHERE job.status = 'doing'
    ), seen AS (
        SELECT running.*, heart.progress, heart.note,
            coalesce(heart.last_heartbeat_at, (
                SELECT max(event.at) FROM procrastinate_events AS event
                WHERE event.job_id = running.id AND event.type = 'started'
            )) AS seen_at
        FROM running LEFT JOIN job_heartbeat AS heart
            ON heart.job_id = running.id AND heart.attempt = running.attempt
        WHERE limit_s IS NOT NULL AND running.id > %(after)s
    )
    SELECT id, attempt, queue_name, task_name, progress, note,
        extract(epoch FROM now() - seen_at)::float8 AS silence_s
    FROM seen WHERE seen_at < now() - make_interval(secs => limit_s)
    ORDER BY id LIMIT %(page)s
"""

_UP: LiteralString = """
    SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8
        AS up_s,
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing') AS running
"""

# The attempt has to be the one that was seen, and still silent: a beat or an end that
# came between changes nothing. Another watchdog's hand on the job is left alone.
_MINE: LiteralString = """
    WITH mine AS (
        SELECT job.* FROM procrastinate_jobs AS job
        WHERE job.id = %(job_id)s AND job.status = 'doing'
            AND job.attempts = %(attempt)s - 1
            AND NOT EXISTS (
                SELECT FROM job_heartbeat AS heart
                WHERE heart.job_id = job.id AND heart.attempt = %(attempt)s
                    AND heart.last_heartbeat_at
                        >= now() - make_interval(secs => %(limit_s)s)
            )
        FOR UPDATE SKIP LOCKED
    ), heart AS (
        DELETE FROM job_heartbeat USING mine WHERE job_heartbeat.job_id = mine.id
    ),
"""

# Asking for an abort first tells a living worker to cancel the coroutine, which frees
# its place; the job itself ends in the same statement.
_TO_DLQ: LiteralString = (
    _MINE
    + """
    letter AS (
        SELECT job_dlq_put(
            'procrastinate', mine.id::text, %(failure)s, mine.queue_name,
            mine.task_name, mine.args,
            jsonb_build_object('priority', mine.priority, 'lock', mine.lock,
                'queueing_lock', mine.queueing_lock),
            NULL, %(reason)s, 'Stuck', %(text)s, mine.attempts + 1, NULL
        ) AS id FROM mine
    ), done AS (
        SELECT procrastinate_cancel_job_v1(mine.id, true, false),
            procrastinate_finish_job_v1(mine.id, 'failed', false)
        FROM mine
    )
    SELECT (SELECT count(*) FROM done) AS done, (SELECT id FROM letter) AS letter
    """
)

# It runs again at once: a wait would keep every later job with its lock waiting as well.
_RETRY: LiteralString = (
    _MINE
    + """
    done AS (
        SELECT procrastinate_retry_job_v2(mine.id, now(), NULL, NULL, NULL) FROM mine
    )
    SELECT (SELECT count(*) FROM done) AS done, NULL::bigint AS letter
    """
)

# Beats that a writer was just about to write when their job ended.
_SWEEP: LiteralString = """
    DELETE FROM job_heartbeat AS heart
    WHERE heart.last_heartbeat_at < now() - interval '1 minute' AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS job
        WHERE job.id = heart.job_id AND job.status = 'doing'
            AND job.attempts = heart.attempt - 1
    )
    RETURNING heart.job_id
"""


def up() -> Question[tuple[float, int]]:
    """Return since when the server runs, in seconds, and how many jobs run."""
    return Question(_UP, {}, lambda rows: (rows[0]["up_s"], rows[0]["running"]))


def silent(limits: Limits, *, after: int) -> Question[tuple[RunningJob, ...]]:
    """Return a page of jobs that were silent for too long, by their numbers."""
    values = {
        "tasks": list(limits.by_task),
        "limits_s": [limit.silence_s for limit in limits.by_task.values()],
        "default_s": limits.default and limits.default.silence_s,
        "after": after,
        "page": PAGE,
    }
    return Question(_SILENT, values, _jobs)


def take(
    job: RunningJob, limit: Limit, remedy: Remedy
) -> Question[tuple[bool, int | None]]:
    """Take a stuck job from its worker; the answer is whether, and its letter."""
    values = {
        "job_id": job.job_id,
        "attempt": job.attempt,
        "limit_s": limit.silence_s,
        "failure": str(job.attempt),
        "reason": Reason.STUCK.value,
        "text": described(job, limit),
    }
    query = _RETRY if remedy is Remedy.RETRY else _TO_DLQ
    return Question(query, values, _taken)


def sweep() -> Question[int]:
    """Delete the beats of attempts that have ended."""
    return Question(_SWEEP, {}, len)


def _taken(rows: Sequence[Row]) -> tuple[bool, int | None]:
    """Return whether the job was taken, and its letter's number."""
    return rows[0]["done"] == 1, rows[0]["letter"]


def _jobs(rows: Sequence[Row]) -> tuple[RunningJob, ...]:
    """Return rows as running jobs."""
    return tuple(
        RunningJob(
            job_id=row["id"],
            attempt=row["attempt"],
            queue=row["queue_name"],
            task=row["task_name"],
            silence_s=row["silence_s"],
            progress=row["progress"],
            note=row["note"],
        )
        for row in rows
    )
