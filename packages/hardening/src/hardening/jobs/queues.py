"""The queues of procrastinate, Celery (in Redis) and RQ, as the monitor sees them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

from hardening.core import SystemClock, WallClock
from hardening.jobs.depth import QueueDepth
from hardening.jobs.question import Connect, Question, Row, ask

if TYPE_CHECKING:
    from redis import Redis

_CLOCK = SystemClock()

# A job without a time could run since it was put or sent back, which is an event. Of
# these the lowest number is the oldest: one look-up a queue, not one a job.
_DEPTHS: LiteralString = """
    WITH todo AS (
        SELECT id, queue_name, lock, priority, scheduled_at,
            scheduled_at IS NULL OR scheduled_at <= now() AS due
        FROM procrastinate_jobs WHERE status = 'todo'
    ), blocked AS (
        SELECT queue_name, count(*) AS jobs FROM todo AS waiting
        WHERE due AND lock IS NOT NULL AND EXISTS (
            SELECT FROM todo AS holder
            WHERE holder.lock = waiting.lock AND NOT holder.due AND (
                holder.priority > waiting.priority
                OR (holder.priority = waiting.priority AND holder.id < waiting.id)
            )
        )
        GROUP BY queue_name
    ), queue AS (
        SELECT queue_name,
            count(*) FILTER (WHERE due) AS depth,
            count(*) FILTER (WHERE NOT due) AS scheduled,
            min(scheduled_at) FILTER (WHERE due) AS earliest,
            min(id) FILTER (WHERE scheduled_at IS NULL) AS oldest
        FROM todo GROUP BY queue_name
    )
    SELECT queue_name, depth, scheduled, coalesce(blocked.jobs, 0) AS blocked,
        extract(epoch FROM now() - least(earliest, (
            SELECT max(event.at) FROM procrastinate_events AS event
            WHERE event.job_id = queue.oldest
                AND event.type IN ('deferred', 'deferred_for_retry', 'retried')
        )))::float8 AS latency_s
    FROM queue LEFT JOIN blocked USING (queue_name)
    ORDER BY queue_name
"""

# Of kombu: a queue of a priority other than 0 is a list of its own.
_PRIORITY = "{queue}\x06\x16{priority}"
STAMP = "hardening_put_at"
"""The header that `hardening.jobs.celery` gives each message: seconds since 1970."""


class PostgresQueues:
    """
    Implements `Queues` for procrastinate.

    Args:
        connect: Gives a connection for a `with` block.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def depths(self) -> Sequence[QueueDepth]:
        """Return every queue that holds waiting jobs."""
        with self._connect() as connection, connection.transaction():
            return ask(connection, Question(_DEPTHS, {}, _read))


class CeleryQueues:
    """
    Implements `Queues` for Celery with Redis as its broker.

    A message does not say when it was put. Where `stamp_messages` stamps it, the
    latency is known; otherwise it is None.

    Args:
        redis: With a `socket_timeout`, so that a look ends.
        queues: Their names.
        priorities: `priority_steps` of the broker's transport options.
        clock: Tells the time of day.
    """

    def __init__(
        self,
        redis: "Redis",
        queues: Iterable[str] = ("celery",),
        *,
        priorities: Sequence[int] = (0, 3, 6, 9),
        clock: WallClock = _CLOCK,
    ) -> None:
        self._redis = redis
        self._queues = tuple(queues)
        self._priorities = tuple(priorities)
        self._clock = clock

    def depths(self) -> Sequence[QueueDepth]:
        """Return the named queues, empty ones too."""
        return tuple(self._depth(queue) for queue in self._queues)

    def _depth(self, queue: str) -> QueueDepth:
        """Return one queue, over the lists of its priorities."""
        with self._redis.pipeline(transaction=False) as pipe:
            for key in map(self._key(queue), self._priorities):
                pipe.llen(key)
                pipe.lindex(key, -1)  # put on the left, taken from the right
            answers = pipe.execute()
        depth = sum(answers[0::2])
        stamps = [
            put_at for raw in answers[1::2] if (put_at := _stamp(raw)) is not None
        ]
        oldest_s = self._clock.unix_s() - min(stamps) if stamps else None
        return QueueDepth(queue=queue, depth=depth, latency_s=oldest_s)

    def _key(self, queue: str) -> Any:  # noqa: ANN401 - a function of a priority
        """Return what names the list of a priority."""
        return lambda priority: (
            _PRIORITY.format(queue=queue, priority=priority) if priority else queue
        )


class RqQueues:
    """
    Implements `Queues` for RQ.

    Args:
        redis: With a `socket_timeout`, so that a look ends.
        queues: Their names; None is all that RQ knows.
        clock: Tells the time of day.
    """

    def __init__(
        self,
        redis: "Redis",
        queues: Iterable[str] | None = None,
        *,
        clock: WallClock = _CLOCK,
    ) -> None:
        self._redis = redis
        self._queues = None if queues is None else tuple(queues)
        self._clock = clock

    def depths(self) -> Sequence[QueueDepth]:
        """Return the queues, empty ones too."""
        return tuple(self._depth(name) for name in self._names())

    def _names(self) -> Iterable[str]:
        """Return the names of the queues to look at."""
        if self._queues is not None:
            return self._queues
        known: Any = self._redis.smembers("rq:queues")
        return sorted(key.decode().removeprefix("rq:queue:") for key in known)

    def _depth(self, name: str) -> QueueDepth:
        """Return one queue; its oldest job is the first of the list."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.llen(f"rq:queue:{name}")
            pipe.lindex(f"rq:queue:{name}", 0)
            pipe.zcard(f"rq:scheduled:{name}")
            depth, first, scheduled = pipe.execute()
        latency_s = None if first is None else self._age_s(first)
        return QueueDepth(
            queue=name, depth=depth, latency_s=latency_s, scheduled=scheduled
        )

    def _age_s(self, job_id: bytes) -> float | None:
        """Return for how long a job has been in its queue."""
        raw: Any = self._redis.hget(f"rq:job:{job_id.decode()}", "enqueued_at")
        if not raw:
            return None
        put_at = datetime.fromisoformat(raw.decode())
        aware = put_at if put_at.tzinfo else put_at.replace(tzinfo=UTC)
        return self._clock.unix_s() - aware.timestamp()


def _read(rows: Sequence[Row]) -> tuple[QueueDepth, ...]:
    """Return rows as queues."""
    return tuple(
        QueueDepth(
            queue=row["queue_name"],
            depth=row["depth"],
            latency_s=row["latency_s"] if row["depth"] else None,
            scheduled=row["scheduled"],
            blocked=row["blocked"],
        )
        for row in rows
    )


def _stamp(raw: bytes | None) -> float | None:
    """Return when a message of Celery was put; None when it does not say."""
    try:
        message: Mapping[str, Any] = json.loads(raw or b"{}")
        return float(message["headers"][STAMP])
    except (ValueError, KeyError, TypeError):
        return None
