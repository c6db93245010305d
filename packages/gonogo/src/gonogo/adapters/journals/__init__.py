"""Where the journal is kept, and the lock that goes with it."""

from gonogo.adapters.journals.errors import (
    JournalDamaged,
    JournalTooNew,
    JournalUnusable,
    RolloutBusy,
)
from gonogo.adapters.journals.lock import RolloutLock
from gonogo.adapters.journals.sqlite import SqliteJournal

__all__ = [
    "JournalDamaged",
    "JournalTooNew",
    "JournalUnusable",
    "RolloutBusy",
    "RolloutLock",
    "SqliteJournal",
]
