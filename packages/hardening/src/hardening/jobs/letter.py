"""Letters: what is kept of a job that failed for good, and how to ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hardening.core import require

PROCRASTINATE = "procrastinate"
"""The source whose jobs stand in the letters' own database."""
PAGE_MOST = 500
"""The longest page of a search."""
RETENTION_DAYS = 30.0
"""How long a letter is kept that was dealt with."""
DAY_S = 86_400.0


class Reason(StrEnum):
    """Why a job became a dead letter."""

    FAILED = "failed"
    """Its last attempt raised an error."""
    STUCK = "stuck"
    """It made no progress for too long, and the watchdog took it away."""
    SHUTDOWN = "shutdown"
    """Its worker was stopped in the middle of it, and it has no retries."""
    UNKNOWN_TASK = "unknown_task"
    """No worker knows the task's name."""


class LetterStatus(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    """Nothing yet."""
    REDRIVING = "redriving"
    """It is being sent to a broker. One that stays so: its sender died in the middle."""
    REDRIVEN = "redriven"
    """It was sent again, as the job `redriven_job_id`."""
    DISCARDED = "discarded"
    """A person gave it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """
    A failed job, on its way into the dead letters.

    Attributes:
        source: The queue system: 'procrastinate', 'celery', 'rq'.
        job_id: In that system.
        failure: Tells this failure of the job from its others; putting the same one
            twice keeps one letter.
        queue: Where the job was.
        task: Its function's name.
        args: As JSON, for people to read and search.
        options: What else the queue system needs to send it again.
        payload: The exact arguments, as the source's sender reads them; None where
            `args` are exact, or where the job cannot be sent again.
        reason: Why it is dead.
        error_class: The error's class.
        error_text: Its text, already redacted.
        attempts: How often it was tried.
        first_failed_at: With time zone; None is now.
    """

    source: str
    job_id: str
    failure: str
    queue: str
    task: str
    args: Any = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    payload: str | None = field(default=None, repr=False)
    reason: Reason = Reason.FAILED
    error_class: str
    error_text: str = field(repr=False)
    attempts: int
    first_failed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(NewLetter):
    """
    A dead letter, as it stands in the table `job_dlq`.

    Attributes:
        id: Its number; later letters have higher ones.
        status: What became of it.
        last_failed_at: When it was put.
        settled_at: When it was redriven or discarded.
        redriven_job_id: The job that it was sent again as.
        redrives: How often the work was redriven before it came here.
        late_success_at: When the attempt that seemed stuck came to a good end after
            all. Redriving such a letter does the work a second time.
    """

    id: int
    status: LetterStatus
    first_failed_at: datetime
    last_failed_at: datetime
    settled_at: datetime | None = None
    redriven_job_id: str | None = None
    redrives: int = 0
    late_success_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the letter for a page or an API; without arguments and payload."""
        shown = (
            *("id", "source", "job_id", "queue", "task", "reason", "status"),
            *("error_class", "error_text", "attempts", "redrives", "redriven_job_id"),
        )
        instants = (
            *("first_failed_at", "last_failed_at", "settled_at", "late_success_at"),
        )
        return {name: getattr(self, name) for name in shown} | {
            name: _iso(getattr(self, name)) for name in instants
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """
    Which letters are meant; every field that is given has to hold.

    Attributes:
        status: What became of it; None is any.
        source: The queue system.
        queue: The exact name.
        task: The exact name.
        reason: Why it is dead.
        error_class: The exact name.
        job_id: In its queue system.
        failed_from: With time zone, included.
        failed_before: With time zone, excluded.
        text: Part of the task, the error's text or the arguments; case does not matter.
        late: Whether it came to a good end after all; None is either.
    """

    status: LetterStatus | None = LetterStatus.WAITING
    source: str | None = None
    queue: str | None = None
    task: str | None = None
    reason: Reason | None = None
    error_class: str | None = None
    job_id: str | None = None
    failed_from: datetime | None = None
    failed_before: datetime | None = None
    text: str | None = None
    late: bool | None = None

    def __post_init__(self) -> None:
        for name in ("failed_from", "failed_before"):
            instant = getattr(self, name)
            aware = instant is None or instant.utcoffset() is not None
            require(
                f"Filter.{name}", instant, "an instant with a time zone", holds=aware
            )


@dataclass(frozen=True, slots=True)
class Page:
    """
    One page of a search, newest first.

    Attributes:
        letters: At most as many as were asked for.
        next_before: What to pass as `before` for the next page; None ends it.
    """

    letters: tuple[Letter, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStatistics:
    """
    How many letters there are, and of what kind.

    Attributes:
        by_status: Letters of each status.
        by_reason: Waiting ones, likewise below.
        by_queue: The 20 queues with the most.
        by_task: The 20 tasks with the most.
        by_error: The 20 error classes with the most.
        oldest_age_s: Since the last failure of the oldest that waits.
        newest_age_s: Of the newest.
        put_last_hour: Letters put within the last hour.
        stuck_last_hour: Of them, those of stuck jobs.
        late_successes: Letters of stuck jobs that came to a good end after all.
        stuck: All letters of stuck jobs.
    """

    by_status: Mapping[str, int]
    by_reason: Mapping[str, int]
    by_queue: Mapping[str, int]
    by_task: Mapping[str, int]
    by_error: Mapping[str, int]
    oldest_age_s: float | None
    newest_age_s: float | None
    put_last_hour: int
    stuck_last_hour: int
    late_successes: int
    stuck: int

    @property
    def waiting(self) -> int:
        """Letters that nobody dealt with."""
        return self.by_status.get(LetterStatus.WAITING, 0)

    @property
    def false_positive_rate(self) -> float:
        """Stuck jobs that came to a good end after all, of all; 0 without any."""
        return self.late_successes / self.stuck if self.stuck else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for a page or an API."""
        return {
            "waiting": self.waiting,
            "byStatus": dict(self.by_status),
            "byReason": dict(self.by_reason),
            "byQueue": dict(self.by_queue),
            "byTask": dict(self.by_task),
            "byError": dict(self.by_error),
            "oldestAgeSeconds": self.oldest_age_s,
            "newestAgeSeconds": self.newest_age_s,
            "putLastHour": self.put_last_hour,
            "stuckLastHour": self.stuck_last_hour,
            "falsePositiveRate": self.false_positive_rate,
        }


def _iso(instant: datetime | None) -> str | None:
    """Return an instant as text."""
    return None if instant is None else instant.isoformat()
