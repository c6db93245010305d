"""
Where the journal is kept, and the lock that goes with it.

`PostgresJournal` is imported from its own module, by those who have a server: loading
its driver would double the start-up of every command.
"""

from gonogo.adapters.journals.errors import (
    JournalDamaged,
    JournalOutOfReach,
    JournalTooNew,
    JournalUnusable,
    RolloutBusy,
)
from gonogo.adapters.journals.lock import RolloutLock
from gonogo.adapters.journals.sqlite import SqliteJournal

__all__ = [
    "JournalDamaged",
    "JournalOutOfReach",
    "JournalTooNew",
    "JournalUnusable",
    "RolloutBusy",
    "RolloutLock",
    "SqliteJournal",
]
