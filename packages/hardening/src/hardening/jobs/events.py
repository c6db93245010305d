"""What the piece tells its listener."""

from dataclasses import dataclass, field
from typing import ClassVar

from hardening.core.event import CRITICAL, ERROR, INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterPut:
    """A job failed for good and is kept."""

    event: ClassVar[str] = "dead_letter_put"
    level: ClassVar[int] = ERROR

    letter_id: int
    job_id: str
    queue: str
    task: str
    reason: str
    error_class: str

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterNotPut:
    """A failed job could not be kept; `spooled` tells whether it waits in a file."""

    event: ClassVar[str] = "dead_letter_not_put"
    level: ClassVar[int] = CRITICAL

    job_id: str
    queue: str
    task: str
    spooled: bool
    error: BaseException = field(repr=False)

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterRedriven:
    """A job was sent again from its letter."""

    event: ClassVar[str] = "dead_letter_redriven"
    level: ClassVar[int] = INFO

    letter_id: int
    job_id: str

    @property
    def subject(self) -> str:
        """The letter."""
        return str(self.letter_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterNotRedriven:
    """A redrive of many left this letter waiting, for the error."""

    event: ClassVar[str] = "dead_letter_not_redriven"
    level: ClassVar[int] = WARNING

    letter_id: int
    error: BaseException = field(repr=False)

    @property
    def subject(self) -> str:
        """The letter."""
        return str(self.letter_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLettersPurged:
    """Letters past their retention were deleted."""

    event: ClassVar[str] = "dead_letters_purged"
    level: ClassVar[int] = INFO

    letters: int
    older_than_s: float

    @property
    def subject(self) -> str:
        """All of them."""
        return "job_dlq"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatsNotWritten:
    """Beats could not be written; they are kept and tried again."""

    event: ClassVar[str] = "heartbeats_not_written"
    level: ClassVar[int] = WARNING

    beats: int
    error: BaseException = field(repr=False)

    @property
    def subject(self) -> str:
        """The table."""
        return "job_heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFenced:
    """An attempt that no longer owns its job tried to end it; nothing was changed."""

    event: ClassVar[str] = "job_fenced"
    level: ClassVar[int] = WARNING

    job_id: str
    attempt: int
    task: str
    ending: str

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatMissed:
    """A running job made no progress for longer than its limit."""

    event: ClassVar[str] = "heartbeat_missed"
    level: ClassVar[int] = WARNING

    job_id: str
    attempt: int
    queue: str
    task: str
    silence_s: float
    limit_s: float

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMovedToDlq:
    """A stuck job was taken from its worker and is a dead letter now."""

    event: ClassVar[str] = "job_moved_to_dlq"
    level: ClassVar[int] = ERROR

    letter_id: int
    job_id: str
    attempt: int
    queue: str
    task: str

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRescued:
    """A stuck job was taken from its worker and waits in its queue again."""

    event: ClassVar[str] = "job_rescued"
    level: ClassVar[int] = WARNING

    job_id: str
    attempt: int
    queue: str
    task: str

    @property
    def subject(self) -> str:
        """The task."""
        return self.task


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFailed:
    """
    A watchdog or monitor could not look; it looks again after its interval.

    The watcher 'switch' could not be asked about a job, which was left alone.
    """

    event: ClassVar[str] = "watch_failed"
    level: ClassVar[int] = ERROR

    watcher: str
    error: BaseException = field(repr=False)

    @property
    def subject(self) -> str:
        """Who could not look."""
        return self.watcher


LetterEvent = (
    DeadLetterPut
    | DeadLetterNotPut
    | DeadLetterRedriven
    | DeadLetterNotRedriven
    | DeadLettersPurged
)
WatchEvent = HeartbeatMissed | JobMovedToDlq | JobRescued | WatchFailed
