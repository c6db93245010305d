"""Beats in PostgreSQL, in the table `job_heartbeat`, fenced by the jobs themselves."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, LiteralString

from hardening.jobs.pulse import Attempt, Beat
from hardening.jobs.question import Connect, Question, Row, ask
from hardening.jobs.redact import storable

if TYPE_CHECKING:
    from psycopg import Connection

# The job's own row decides who owns it: procrastinate counts an attempt when it ends,
# however it ends, so that the number tells each attempt from all the others.
# `greatest` keeps a beat that was delayed from taking back a newer one.
_WRITE: LiteralString = """
    WITH beat AS (
        SELECT * FROM unnest(
            %(job_ids)s::bigint[], %(attempts)s::integer[], %(ages_s)s::float8[],
            %(progress)s::float8[], %(notes)s::text[]
        ) AS beat (job_id, attempt, age_s, progress, note)
    ), written AS (
        INSERT INTO job_heartbeat AS heart
            (job_id, attempt, last_heartbeat_at, progress, note)
        SELECT beat.job_id, beat.attempt,
            clock_timestamp() - make_interval(secs => beat.age_s),
            beat.progress, beat.note
        FROM beat JOIN procrastinate_jobs AS job ON job.id = beat.job_id
            AND job.status = 'doing' AND job.attempts = beat.attempt - 1
        ON CONFLICT (job_id) DO UPDATE SET
            attempt = excluded.attempt,
            started_at = CASE WHEN heart.attempt = excluded.attempt
                THEN heart.started_at ELSE now() END,
            last_heartbeat_at = CASE WHEN heart.attempt = excluded.attempt
                THEN greatest(heart.last_heartbeat_at, excluded.last_heartbeat_at)
                ELSE excluded.last_heartbeat_at END,
            progress = excluded.progress,
            note = excluded.note
        WHERE heart.attempt <= excluded.attempt
        RETURNING heart.job_id, heart.attempt
    )
    SELECT job_id, attempt FROM written
"""


class PostgresBeats:
    """
    Implements `Beats` beside the jobs of procrastinate; used by one thread.

    It holds one connection for as long as all goes well, and takes a new one after an
    error.

    Args:
        connect: Gives a connection for a `with` block; best one of its own
            (`connecting(url)`), so that a pool in use never delays a beat.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._held: tuple[ExitStack, Connection[Any]] | None = None

    def write(
        self, beats: Sequence[tuple[Attempt, Beat]], now_s: float
    ) -> frozenset[Attempt]:
        """Write the newest beat of each attempt; return those that own their jobs."""
        connection = self._connection()
        try:
            with connection.transaction():
                return ask(connection, _written(beats, now_s))
        except BaseException as error:
            self._give_back(error)
            raise

    def close(self) -> None:
        """Give the connection back."""
        self._give_back(None)

    def _give_back(self, error: BaseException | None) -> None:
        """Leave the block that holds the connection, as the error would."""
        held, self._held = self._held, None
        if held is not None:
            # A connection that broke is told so; what it answers helps nobody.
            with suppress(Exception):
                held[0].__exit__(type(error) if error else None, error, None)

    def _connection(self) -> "Connection[Any]":
        """Return the connection that is held, or take one."""
        if self._held is None:
            stack = ExitStack()
            self._held = (stack, stack.enter_context(self._connect()))
        return self._held[1]


def _written(
    beats: Sequence[tuple[Attempt, Beat]], now_s: float
) -> Question[frozenset[Attempt]]:
    """Write beats; the answer is who still owns its job."""
    ordered = sorted(beats, key=lambda pair: int(pair[0].job_id))
    values = {
        "job_ids": [int(attempt.job_id) for attempt, _ in ordered],
        "attempts": [attempt.attempt for attempt, _ in ordered],
        "ages_s": [max(0.0, now_s - beat.at_s) for _, beat in ordered],
        # A list of PostgreSQL's has one type: an integer beside a measure is refused.
        "progress": [_measure(beat.progress) for _, beat in ordered],
        "notes": [beat.note and storable(beat.note) for _, beat in ordered],
    }
    return Question(_WRITE, values, _owners)


def _measure(progress: float | None) -> float | None:
    """Return progress as the column's type."""
    return None if progress is None else float(progress)


def _owners(rows: Sequence[Row]) -> frozenset[Attempt]:
    """Return the attempts whose beats were written."""
    return frozenset(Attempt(str(row["job_id"]), row["attempt"]) for row in rows)
