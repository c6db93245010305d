"""
Locks: no update is lost, and nobody waits for ever.

    locks = Locks(timeout_s=5, listener=LogListener())
    with locks.row(connection, "contacts", 17) as contact:
        connection.execute(…)  # nobody else changes contact 17 until the commit

    async with locks.row_async(session, Contact, 17) as contact:
        contact.score += 1

`Locks.row` and `rows` lock rows, `advisory` and `session` a name, and `update` compares
a version in place of locking. Every wait has an end, a name and a histogram.
"""

from hardening.locks.errors import (
    AlreadyLocked,
    Deadlock,
    LockError,
    LockLost,
    LockMisuse,
    LockTimeout,
    RowMissing,
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
from hardening.locks.locks import Locks
from hardening.locks.target import advisory_key
from hardening.locks.versions import version_migration

__all__ = [
    "AlreadyLocked",
    "Deadlock",
    "DeadlockDetected",
    "LockError",
    "LockEvent",
    "LockLost",
    "LockMisuse",
    "LockTimedOut",
    "LockTimeout",
    "LockWaitLong",
    "Locks",
    "RowMissing",
    "StaleSnapshot",
    "StaleVersion",
    "VersionStale",
    "advisory_key",
    "version_migration",
]
