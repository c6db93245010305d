"""What a retrier tells its listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import INFO, WARNING
from hardening.retry.policy import GiveUpReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryScheduled:
    """
    An attempt failed, and another follows after the delay.

    Attributes:
        name: What is retried: the retrier's name, or that of the function or task.
        attempt: The one that failed, counted from 1.
        delay_s: Until the next.
        error: What it raised.
    """

    event: ClassVar[str] = "retry_scheduled"
    level: ClassVar[int] = INFO

    name: str
    attempt: int
    delay_s: float
    error: Exception

    @property
    def subject(self) -> str:
        """What is retried."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryGaveUp:
    """
    An attempt failed, and its error goes to the caller.

    Attributes:
        name: What is retried: the retrier's name, or that of the function or task.
        attempt: The one that failed, counted from 1.
        elapsed_s: Since the start of the first.
        reason: Why no other follows.
        error: What it raised.
    """

    event: ClassVar[str] = "retry_gave_up"
    level: ClassVar[int] = WARNING

    name: str
    attempt: int
    elapsed_s: float
    reason: GiveUpReason
    error: Exception

    @property
    def subject(self) -> str:
        """What is retried."""
        return self.name


RetryEvent = RetryScheduled | RetryGaveUp
