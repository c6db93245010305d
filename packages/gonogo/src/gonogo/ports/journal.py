"""The journal: the append-only, hash-chained sequence of a rollout's events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gonogo.model.command import PeoplesCommand
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record


class JournalConflict(Exception):
    """Somebody else appended in between; nothing of this append was kept."""

    def __init__(self, rollout: RolloutId, *, expected: int, found: int) -> None:
        """Compose the message from the sequence numbers."""
        self.rollout, self.expected, self.found = rollout, expected, found
        super().__init__(
            f"The journal of rollout {rollout} ends at record {found}, not at "
            f"{expected}: another runner has written to it. This one stops; "
            "`gonogo status` shows where the rollout stands."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A person's command that waits for the runner; `number` orders them."""

    number: int
    command: PeoplesCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Where a journal is not as it was written, and how that shows."""

    rollout: RolloutId
    seq: int
    what: str


class Journal(Protocol):
    """
    Keeps every rollout's records, and the commands that people send to them.

    An append is all or nothing, and durable when it returns. Records are never
    changed. A command sent is kept until it is consumed by an append, in the same
    transaction as the events that it led to: it counts exactly once.
    """

    def append(
        self,
        rollout: RolloutId,
        events: Sequence[Event],
        *,
        after: int,
        recorded_at: datetime,
        consumed: int | None = None,
    ) -> tuple[Record, ...]:
        """
        Add events behind the record numbered `after`, and drop a received command.

        Args:
            rollout: Whose journal it is.
            events: Oldest first; may be empty when only a command is consumed.
            after: The `seq` of the last record that the caller knows; 0 for none.
            recorded_at: The wall clock.
            consumed: The number of the received command that led to the events.

        Returns:
            The records added.

        Raises:
            JournalConflict: The journal does not end at `after`.
        """
        ...

    def read(self, rollout: RolloutId, *, after: int = 0) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first; empty when none."""
        ...

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, oldest first."""
        ...

    def send(self, rollout: RolloutId, command: PeoplesCommand) -> None:
        """Keep a person's command for the runner of a rollout."""
        ...

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        ...

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        ...
