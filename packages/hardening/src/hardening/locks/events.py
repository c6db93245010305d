"""What the locks tell their listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import ERROR, INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWaitLong:
    """A lock was had, after longer than the limit (0.1 s by the founding plans)."""

    event: ClassVar[str] = "lock_wait_long"
    level: ClassVar[int] = WARNING

    table: str
    waited_s: float

    @property
    def subject(self) -> str:
        """The table, or an advisory lock's name."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTimedOut:
    """A lock was not had in time."""

    event: ClassVar[str] = "lock_timeout"
    level: ClassVar[int] = WARNING

    table: str
    waited_s: float

    @property
    def subject(self) -> str:
        """The table, or an advisory lock's name."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlockDetected:
    """The server ended this transaction to resolve a deadlock."""

    event: ClassVar[str] = "deadlock_detected"
    level: ClassVar[int] = ERROR

    table: str

    @property
    def subject(self) -> str:
        """The table, or an advisory lock's name."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStale:
    """An optimistic update found that the row had changed."""

    event: ClassVar[str] = "version_stale"
    level: ClassVar[int] = INFO

    table: str

    @property
    def subject(self) -> str:
        """The table."""
        return self.table


LockEvent = LockWaitLong | LockTimedOut | DeadlockDetected | VersionStale
