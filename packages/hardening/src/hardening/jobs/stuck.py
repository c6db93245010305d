"""Stuck jobs: which are, and what is done with one; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from hardening.core import require

_NONE: Mapping[str, "Limit"] = MappingProxyType({})


class Remedy(StrEnum):
    """What is done with a stuck job."""

    DEAD_LETTER = "dead_letter"
    """It fails, and becomes a dead letter."""
    RETRY = "retry"
    """
    It goes back to its queue, to run at once; one attempt is counted. Where another job
    with its queueing lock waits there already, it becomes a dead letter.
    """


@dataclass(frozen=True, slots=True)
class Limit:
    """
    How long a task's jobs may go without progress.

    Attributes:
        silence_s: Longer than this and the job is stuck. The default is Oban's, whose
            Lifeline rescues after 60 minutes.
        attempts: A stuck job is retried until it was tried this often; then it becomes
            a dead letter. 1 never retries: only tasks that may run twice should.
    """

    silence_s: float = 3_600.0
    attempts: int = 1

    def __post_init__(self) -> None:
        holds = 0 < self.silence_s < float("inf")
        require("Limit.silence_s", self.silence_s, "more than 0", holds=holds)
        require("Limit.attempts", self.attempts, "1 or more", holds=self.attempts >= 1)


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Every task's limit.

    Attributes:
        default: Of tasks without one of their own; None leaves them alone. A task that
            never beats is silent from its start: its jobs must end within the limit.
        by_task: By the task's full name.
    """

    default: Limit | None = Limit()
    by_task: Mapping[str, Limit] = field(default_factory=lambda: _NONE)

    def of(self, task: str) -> Limit | None:
        """Return a task's limit; None is not to be watched."""
        return self.by_task.get(task, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    """
    A running attempt and how long it has been silent.

    Attributes:
        job_id: In procrastinate.
        attempt: Counted from 1.
        queue: Its queue.
        task: Its task.
        silence_s: Since its last progress, or since its start.
        progress: What it said last.
        note: Likewise in words.
    """

    job_id: int
    attempt: int
    queue: str
    task: str
    silence_s: float
    progress: float | None = None
    note: str | None = None


def is_stuck(job: RunningJob, limit: Limit | None) -> bool:
    """Tell whether a job was silent for longer than its limit."""
    return limit is not None and job.silence_s > limit.silence_s


def remedy_for(job: RunningJob, limit: Limit) -> Remedy:
    """Decide what is done with a stuck job."""
    return Remedy.RETRY if job.attempt < limit.attempts else Remedy.DEAD_LETTER


def described(job: RunningJob, limit: Limit) -> str:
    """Return what the dead letter says in place of an error."""
    said = [] if job.progress is None else [f"progress {job.progress:g}"]
    said += [] if job.note is None else [f"{job.note!r}"]
    last = f" It said last: {', '.join(said)}." if said else " It never beat."
    silence = f"{job.silence_s:.0f} s, more than {limit.silence_s:g} s"
    return f"No progress for {silence}.{last}"


def trusted(*, database_up_s: float, seen_for_s: float, grace_s: float) -> bool:
    """
    Tell whether silence means anything yet.

    While the database was away nobody could write a beat. After it is back, writers
    need a moment to catch up; until then every job looks stuck.

    Args:
        database_up_s: Since the server started.
        seen_for_s: Since the watchdog last failed to reach it.
        grace_s: What writers are given.
    """
    return min(database_up_s, seen_for_s) >= grace_s
