"""
Jobs in PostgreSQL: claimed by one attempt, finished only by the attempt that holds them.

Every attempt gets an identifier of its own when it claims a job, and every result is
written under the condition that the job still carries it. Whoever comes late, after
the job was given to another or set aside, changes nothing and is told so.

All statements work on the base schema. Those of a feature whose migration has not run
fall back to what the base schema does, so that a flag that is turned on too early
loses no job.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.errors import UndefinedColumn, UndefinedTable

_LOG: Final = logging.getLogger("qc_flow")

TEST_FAILURE: Final = "test-failure"
TEST_HANG: Final = "test-hang"
# The first retry after 0.2 s, then doubled.
_BACKOFF_S: Final = 0.2


class Reason(StrEnum):
    """Why a job was set aside."""

    EXHAUSTED = "exhausted"
    STALLED = "stalled"


class Outcome(StrEnum):
    """What became of a job that was given up."""

    DEAD_LETTER = "dead_letter"
    FAILED = "failed"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one job; `attempt_id` is its fencing token."""

    job_id: int
    tenant: str
    clip: str
    number: int
    max_attempts: int
    attempt_id: UUID

    @property
    def is_last(self) -> bool:
        """Tell whether the job's attempts are used up after this one."""
        return self.number >= self.max_attempts


def submit(
    connection: Connection, *, tenant: str, clip: str, max_attempts: int = 3
) -> int:
    """Queue a job and return its number."""
    row = connection.execute(
        "INSERT INTO qc_jobs (tenant, clip, max_attempts) VALUES (%s, %s, %s)"
        " RETURNING id",
        (tenant, clip, max_attempts),
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING of one inserted row
    return int(row[0])


def claim(connection: Connection) -> Attempt | None:
    """Begin an attempt at the oldest job that is due; None when none is."""
    row = connection.execute(
        """
        UPDATE qc_jobs
        SET state = 'running', attempts = attempts + 1,
            attempt_id = gen_random_uuid(), started_at = now()
        WHERE id = (
            SELECT id FROM qc_jobs WHERE state = 'queued' AND run_at <= now()
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, tenant, clip, attempts, max_attempts, attempt_id
        """
    ).fetchone()
    return None if row is None else Attempt(*row)


def finish(connection: Connection, attempt: Attempt) -> bool:
    """Mark the job done; False, and nothing changed, when the attempt was fenced."""
    return _end(connection, attempt, state="done", error=None)


def retry(connection: Connection, attempt: Attempt, error: str) -> bool:
    """Queue the job again, later each time; False when the attempt was fenced."""
    wait_s = _BACKOFF_S * 2 ** (attempt.number - 1)
    cursor = connection.execute(
        """
        UPDATE qc_jobs
        SET state = 'queued', attempt_id = NULL, last_error = %s,
            run_at = now() + make_interval(secs => %s)
        WHERE id = %s AND attempt_id = %s AND state = 'running'
        """,
        (error, wait_s, attempt.job_id, attempt.attempt_id),
    )
    return cursor.rowcount == 1


def give_up(
    connection: Connection,
    attempt: Attempt,
    *,
    error: str,
    reason: Reason,
    to_dlq: bool,
) -> Outcome:
    """
    Give a job up: fail it and, where the feature is on, set it aside as a dead letter.

    Both happen together or not at all. Without the dead-letter table the job is still
    in `qc_jobs`, as failed with its error, and the log says what is missing.
    """
    with connection.transaction():
        if not _end(connection, attempt, state="failed", error=error):
            return Outcome.FENCED
        if not to_dlq or not _set_aside(connection, attempt, error, reason):
            return Outcome.FAILED
    return Outcome.DEAD_LETTER


def hand_back(connection: Connection, attempt: Attempt) -> bool:
    """Queue a job again as if the attempt had not been; for a worker that stops."""
    cursor = connection.execute(
        """
        UPDATE qc_jobs
        SET state = 'queued', attempt_id = NULL, attempts = attempts - 1
        WHERE id = %s AND attempt_id = %s AND state = 'running'
        """,
        (attempt.job_id, attempt.attempt_id),
    )
    return cursor.rowcount == 1


def note(connection: Connection, kind: str, attempt: Attempt) -> None:
    """Note an event of an attempt; the same event counts once."""
    connection.execute(
        "INSERT INTO qc_events (kind, job_id, attempt_id) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (kind, attempt.job_id, attempt.attempt_id),
    )


def beat(connection: Connection, attempts: list[Attempt]) -> bool:
    """
    Write that these attempts have made progress.

    Returns:
        False when the heartbeat column is not there: nobody can watch these jobs.
    """
    try:
        connection.execute(
            """
            UPDATE qc_jobs SET last_heartbeat_at = now()
            WHERE attempt_id = ANY(%s) AND state = 'running' AND id = ANY(%s)
            """,
            (
                [attempt.attempt_id for attempt in attempts],
                [attempt.job_id for attempt in attempts],
            ),
        )
    except UndefinedColumn:
        _LOG.warning("the heartbeat flag is on before migration 002; nothing beats")
        return False
    return True


def still_held(connection: Connection, attempts: list[Attempt]) -> set[UUID]:
    """Return the tokens of those attempts that still hold their job."""
    rows = connection.execute(
        "SELECT attempt_id FROM qc_jobs WHERE id = ANY(%s) AND state = 'running'",
        ([attempt.job_id for attempt in attempts],),
    ).fetchall()
    return {token for (token,) in rows}


def silent_for(connection: Connection, silence_s: float) -> list[Attempt]:
    """Return the running attempts that have made no progress for so many seconds."""
    try:
        rows = connection.execute(
            """
            SELECT id, tenant, clip, attempts, max_attempts, attempt_id FROM qc_jobs
            WHERE state = 'running'
              -- A beat of an earlier attempt says nothing about this one.
              AND last_heartbeat_at >= started_at
              AND last_heartbeat_at < now() - make_interval(secs => %s)
            ORDER BY id
            """,
            (silence_s,),
        ).fetchall()
    except UndefinedColumn:
        return []
    return [Attempt(*row) for row in rows]


def _end(
    connection: Connection, attempt: Attempt, *, state: str, error: str | None
) -> bool:
    """Write a final state, if the attempt still holds the job."""
    cursor = connection.execute(
        """
        UPDATE qc_jobs
        SET state = %s, finished_at = now(), last_error = coalesce(%s, last_error)
        WHERE id = %s AND attempt_id = %s AND state = 'running'
        """,
        (state, error, attempt.job_id, attempt.attempt_id),
    )
    return cursor.rowcount == 1


def _set_aside(
    connection: Connection, attempt: Attempt, error: str, reason: Reason
) -> bool:
    """Insert the dead letter; False when its table is not there."""
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO job_dlq (job_id, tenant, clip, reason, error, attempts)"
                " VALUES (%s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (job_id) DO UPDATE SET reason = EXCLUDED.reason,"
                " error = EXCLUDED.error, attempts = EXCLUDED.attempts,"
                " moved_at = now()",
                (
                    attempt.job_id,
                    attempt.tenant,
                    attempt.clip,
                    reason,
                    error,
                    attempt.number,
                ),
            )
    except UndefinedTable:
        _LOG.warning(
            "the dead-letter flag is on before migration 001; job %d stays failed",
            attempt.job_id,
        )
        return False
    return True
