"""The watch: how long a lock took, what its errors mean, and who is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from hardening.core import Clock, Listener
from hardening.core.database import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    QUERY_CANCELED,
    SERIALIZATION_FAILURE,
    Steps,
    sqlstate,
)
from hardening.locks.errors import (
    AlreadyLocked,
    Deadlock,
    LockError,
    LockTimeout,
    StaleSnapshot,
    StaleVersion,
)
from hardening.locks.events import (
    DeadlockDetected,
    LockEvent,
    LockTimedOut,
    LockWaitLong,
    VersionStale,
)
from hardening.locks.tally import Tally

T = TypeVar("T")


class Watch:
    """Times steps that may wait for a lock, and names what went wrong with them."""

    __slots__ = ("_clock", "_listener", "_long_s", "tally")

    def __init__(
        self, long_s: float, listener: Listener[LockEvent], clock: Clock
    ) -> None:
        self._long_s = long_s
        self._listener = listener
        self._clock = clock
        self.tally = Tally()

    def timed(
        self,
        table: str,
        keys: tuple[object, ...],
        work: Steps[T],
        *,
        limit_s: float,
        nowait: bool = False,
        label: str | None = None,
    ) -> Steps[T]:
        """
        Run steps that may wait; their errors leave as the kit's own.

        Args:
            table: What errors and events name; for an advisory lock, its name.
            keys: The rows; empty for an advisory lock.
            work: The steps.
            limit_s: What the server was told that they may take.
            nowait: Whether they do not wait at all.
            label: What to count under, where that is not the table.
        """
        label = label or table
        started_s = self._clock.monotonic_s()
        try:
            result = yield from work
        except Exception as error:
            waited_s = self._clock.monotonic_s() - started_s
            self.tally.waited(label, waited_s)
            if isinstance(error, StaleVersion):
                self.stale(table)
            named = _named(error, table, keys, waited_s, limit_s, nowait=nowait)
            if named is None:
                raise
            self._failed(named, label)
            raise named from error
        waited_s = self._clock.monotonic_s() - started_s
        self.tally.waited(label, waited_s)
        if waited_s > self._long_s:
            self._listener(LockWaitLong(table=table, waited_s=waited_s))
        return result

    @contextmanager
    def block(self, table: str, label: str | None = None) -> Iterator[None]:
        """Raise as `Deadlock` also what the statements of the caller's block meet."""
        try:
            yield
        except LockError:
            raise
        except Exception as error:
            if sqlstate(error) != DEADLOCK:
                raise
            named = Deadlock(table)
            self._failed(named, label or table)
            raise named from error

    def stale(self, table: str) -> None:
        """Count an update that came too late, and tell."""
        self.tally.stale[self.tally.label(table)] += 1
        self._listener(VersionStale(table=table))

    def _failed(self, error: LockError, label: str) -> None:
        """Count what was not had, and tell."""
        label = self.tally.label(label)
        match error:
            case AlreadyLocked():
                self.tally.timeouts[label] += 1
            case LockTimeout():
                self.tally.timeouts[label] += 1
                self._listener(LockTimedOut(table=error.table, waited_s=error.waited_s))
            case Deadlock():
                self.tally.deadlocks[label] += 1
                self._listener(DeadlockDetected(table=error.table))
            case _:
                pass


def _named(
    error: Exception,
    table: str,
    keys: tuple[object, ...],
    waited_s: float,
    limit_s: float,
    *,
    nowait: bool,
) -> LockError | None:
    """Return the kit's name for a driver's error; None for all but those of locks."""
    if isinstance(error, AlreadyLocked):
        return AlreadyLocked(error.table, keys, waited_s)
    code = sqlstate(error)
    if code == LOCK_NOT_AVAILABLE:
        kind = AlreadyLocked if nowait else LockTimeout
        return kind(table, keys, waited_s)
    # The statement's own limit passed; sooner, somebody else cancelled it.
    if code == QUERY_CANCELED and waited_s >= limit_s:
        return LockTimeout(table, keys, waited_s)
    if code == DEADLOCK:
        return Deadlock(table)
    if code == SERIALIZATION_FAILURE:
        return StaleSnapshot(table, keys)
    return None
