"""The journal: the append-only, hash-chained sequence of a rollout's events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gonogo.model.command import PeoplesCommand
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.model.shard import Fence, Shard
from gonogo.model.standing import Standing


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


class FencedOff(JournalConflict):
    """Another runner has the rollout's shard now; nothing of this append was kept."""


class PlaceTaken(Exception):
    """Another rollout that is under way holds the service and environment."""

    def __init__(self, rollout: RolloutId, holder: RolloutId) -> None:
        """Compose the message from the two rollouts."""
        self.rollout, self.holder = rollout, holder
        super().__init__(
            f"Rollout {rollout} was not begun: {holder} is under way for the same "
            f"service and environment. Let it end, or `gonogo abort {holder}`."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A person's command that waits for the runner; `number` orders them."""

    number: int
    rollout: RolloutId
    command: PeoplesCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """
    The state of a rollout after a record, so that older ones need no replay.

    A cache and no evidence: it may be missing, and one of another `form` is ignored.

    Attributes:
        seq: The record that it stands after.
        form: Tells whether this version of gonogo can read `body`.
    """

    seq: int
    form: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """
    What one decision adds to the journal of one rollout.

    Attributes:
        events: Oldest first; may be empty when only a command is consumed.
        after: The `seq` of the last record that the caller knows; 0 for none.
        recorded_at: The wall clock.
        consumed: The number of the received command that led to the events.
        standing: What to say of the rollout from now on; None leaves it.
        snapshot: To be kept from now on; None leaves the last one.
        fence: The right to append; None where no runner shares the journal.
    """

    rollout: RolloutId
    events: Sequence[Event]
    after: int
    recorded_at: datetime
    consumed: int | None = None
    standing: Standing | None = None
    snapshot: Snapshot | None = None
    fence: Fence | None = None


Appended = tuple[Record, ...] | JournalConflict | PlaceTaken


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
        standing: Standing | None = None,
    ) -> tuple[Record, ...]:
        """
        Add events to one rollout; see `Append` for the arguments.

        Returns:
            The records added.

        Raises:
            JournalConflict: The journal does not end at `after`, or the command was
                consumed before.
            PlaceTaken: The standing would be the second one under way at its place.
        """
        ...

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """
        Add to many rollouts with one commit: each append holds or fails by itself.

        No rollout may occur twice. Durable when it returns.

        Returns:
            For each append, in order: its records; or why nothing of it was kept: a
            `JournalConflict`, `FencedOff` when the epoch of its fence is past, or
            `PlaceTaken`.
        """
        ...

    def read(self, rollout: RolloutId, *, after: int = 0) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first; empty when none."""
        ...

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, oldest first."""
        ...

    def standings(
        self, *, under_way: bool = False, shard: Shard | None = None
    ) -> tuple[Standing, ...]:
        """
        Return the standings that were kept, by the age of their rollouts.

        Args:
            under_way: Only of those that have not ended.
            shard: Only of the rollouts of this shard.
        """
        ...

    def snapshot(self, rollout: RolloutId) -> Snapshot | None:
        """Return the last snapshot that was kept, or None."""
        ...

    def next_epoch(self, shard: Shard) -> Fence:
        """Take a shard over: from now on only this fence, or a later one, holds."""
        ...

    def send(self, rollout: RolloutId, command: PeoplesCommand) -> None:
        """Keep a person's command for the runner of a rollout."""
        ...

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        ...

    def received_since(self, number: int) -> tuple[Received, ...]:
        """Return the commands of all rollouts not consumed yet, behind `number`."""
        ...

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        ...
