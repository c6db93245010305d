"""Watchers: who looks on while rollouts are driven."""

from collections.abc import Sequence
from typing import Protocol

from gonogo.decision import RolloutState
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.ports.journal import Unread


class Watcher(Protocol):
    """Somebody who looks on. It is called on the engine's thread and must be quick."""

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Take notice of what was just journaled, and of the state after it."""
        ...


class Alarms(Protocol):
    """Who is told of what an engine cannot mend itself; quick, on its thread."""

    def set_aside(self, rollout: RolloutId, why: Exception) -> None:
        """Take notice that a rollout is run no more: it cannot be read or decided on."""
        ...

    def unread(self, command: Unread) -> None:
        """Take notice of a command that was sent by a later version, say; once each."""
        ...

    def unreached(self, why: Exception) -> None:
        """Take notice that the journal cannot be reached now; it is tried again."""
        ...
