"""
What operators ask of the database: dead letters, the watchdog, the queue, the health.

A figure for which there is nothing to measure is None, never 0: before the migration,
and before the first watched job, nobody can say that all is well.
"""

from typing import Final

from psycopg import Connection
from psycopg.errors import UndefinedColumn, UndefinedTable

from .jobs import TEST_FAILURE, TEST_HANG
from .watchdog import LATE, MISS, MOVED

HOUR_S: Final = 3600.0
WORKER_SILENT_S: Final = 5.0
_LISTED_MAX: Final = 100


def dlq_stats(connection: Connection) -> dict[str, object]:
    """Return how many dead letters there are, and why."""
    try:
        rows = connection.execute(
            "SELECT reason, count(*), count(*) FILTER (WHERE clip = ANY(%s))"
            " FROM job_dlq GROUP BY reason",
            ([TEST_FAILURE, TEST_HANG],),
        ).fetchall()
    except UndefinedTable:
        return {"table": False, "total": None, "tests": None, "by_reason": {}}
    return {
        "table": True,
        "total": sum(total for _, total, _ in rows),
        "tests": sum(tests for _, _, tests in rows),
        "by_reason": {reason: total for reason, total, _ in rows},
    }


def dlq_entries(connection: Connection) -> list[dict[str, object]]:
    """Return the newest dead letters; none before the migration."""
    try:
        rows = connection.execute(
            "SELECT job_id, tenant, clip, reason, error, attempts, moved_at"
            " FROM job_dlq ORDER BY moved_at DESC LIMIT %s",
            (_LISTED_MAX,),
        ).fetchall()
    except UndefinedTable:
        return []
    names = ("job_id", "tenant", "clip", "reason", "error", "attempts")
    return [
        {**dict(zip(names, row[:-1], strict=True)), "moved_at": row[-1].isoformat()}
        for row in rows
    ]


def in_dlq(connection: Connection, job_id: int) -> bool:
    """Return whether a job is set aside as a dead letter."""
    try:
        row = connection.execute(
            "SELECT 1 FROM job_dlq WHERE job_id = %s", (job_id,)
        ).fetchone()
    except UndefinedTable:
        return False
    return row is not None


def watchdog_metrics(connection: Connection, window_s: float) -> dict[str, object]:
    """
    Return what the watchdog did in the last seconds, as rates per hour.

    The false positive rate is the share, among the watched jobs that came to their
    end, of those that were taken for stuck and then finished after all.
    """
    watched = _watched(connection, window_s)
    counts = _event_counts(connection, window_s) if watched else {}

    def per_hour(kind: str) -> float | None:
        return counts.get(kind, 0) * HOUR_S / window_s if watched else None

    return {
        "windowSeconds": window_s,
        "watchedJobs": watched,
        "heartbeatMissesPerHour": per_hour(MISS),
        "jobsMovedToDlqPerHour": per_hour(MOVED),
        "falsePositiveRatePct": 100 * counts.get(LATE, 0) / watched
        if watched
        else None,
    }


def job_counts(connection: Connection) -> dict[str, int]:
    """Return the number of jobs in each state."""
    rows = connection.execute(
        "SELECT state, count(*) FROM qc_jobs GROUP BY state"
    ).fetchall()
    return dict.fromkeys(("queued", "running", "done", "failed"), 0) | dict(rows)


def worker_lives(connection: Connection) -> bool:
    """Return whether any worker has signed in during the last seconds."""
    row = connection.execute(
        "SELECT 1 FROM qc_workers WHERE seen_at > now() - make_interval(secs => %s)",
        (WORKER_SILENT_S,),
    ).fetchone()
    return row is not None


def _watched(connection: Connection, window_s: float) -> int | None:
    """Return how many watched attempts ran or ended lately; None: no such column."""
    try:
        row = connection.execute(
            """
            SELECT count(*) FROM qc_jobs
            WHERE last_heartbeat_at >= started_at
              AND (state = 'running'
                   OR finished_at > now() - make_interval(secs => %s))
            """,
            (window_s,),
        ).fetchone()
    except UndefinedColumn:
        return None
    return int(row[0]) if row else None


def _event_counts(connection: Connection, window_s: float) -> dict[str, int]:
    """Return how often each event was noted in the last seconds."""
    rows = connection.execute(
        "SELECT kind, count(*) FROM qc_events"
        " WHERE at > now() - make_interval(secs => %s) GROUP BY kind",
        (window_s,),
    ).fetchall()
    return dict(rows)
