"""The journal: the append-only, hash-chained sequence of a rollout's events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gonogo.model.command import Sent
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
        what = (
            f"The journal of rollout {rollout} ends at record {found}, not at "
            f"{expected}: another runner has written to it."
            if found != expected
            else f"A command sent to rollout {rollout} was taken by another runner."
        )
        super().__init__(
            f"{what} This one stops; `gonogo status` shows where the rollout stands."
        )


class JournalUnavailable(Exception):
    """The journal cannot be reached now; it may be later, and nothing is lost."""


class FencedOff(JournalConflict):
    """Another runner has the rollout's shard now; nothing of this append was kept."""

    def __init__(self, rollout: RolloutId, *, expected: int, found: int) -> None:
        """Compose the message from the epochs: of the fence, and of the shard."""
        self.rollout, self.expected, self.found = rollout, expected, found
        # Not the parent's words: where the journal ends was not even looked at.
        Exception.__init__(
            self,
            f"Another runner has taken rollout {rollout} over (epoch {found}; this "
            f"one had {expected}). This one lets go; `gonogo status` shows where the "
            "rollout stands.",
        )


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
    command: Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A command that this version cannot read; it waits for one that can."""

    number: int
    rollout: RolloutId
    why: Exception


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
        append = Append(
            rollout=rollout,
            events=events,
            after=after,
            recorded_at=recorded_at,
            consumed=consumed,
            standing=standing,
        )
        (answer,) = self.append_all((append,))
        if isinstance(answer, Exception):
            raise answer
        return answer

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

    def read(
        self, rollout: RolloutId, *, after: int = 0, most: int | None = None
    ) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first, at `most` so many."""
        ...

    def rollouts(self) -> tuple[RolloutId, ...]:
        """
        Return every rollout that has a record, oldest first.

        `THE_LINE` is none, though a journal may keep records under its name.
        """
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

    def without_standing(self) -> tuple[RolloutId, ...]:
        """Return the rollouts of which an earlier version kept none, oldest first."""
        ...

    def snapshot(self, rollout: RolloutId) -> Snapshot | None:
        """Return the last snapshot that was kept, or None."""
        ...

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """
        Take shards over: from now on only these fences, or later ones, hold.

        One transaction, so that taking all of them costs one commit. The mark that
        `left` made is taken away by it.

        Returns:
            For each shard, in order: its fence; and whether the last holder had left
            it clean, by `left`. False for a shard never held, since a runner of an
            earlier version, which knew no shards, may have been at work there.
        """
        ...

    def holds(self, fence: Fence) -> bool:
        """Return whether a fence is the last of its shard still."""
        ...

    def left(self, fences: Sequence[Fence]) -> None:
        """
        Mark shards as left with nothing under way; one transaction.

        A fence that is no longer the last of its shard marks nothing: whoever has the
        shard now says how it was left.
        """
        ...

    def send(self, rollout: RolloutId, command: Sent) -> None:
        """Keep a person's command for the runner of a rollout."""
        ...

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        ...

    def received_since(
        self, number: int, *, most: int
    ) -> tuple[Received | Unread, ...]:
        """
        Return the next commands not consumed yet, of all rollouts, behind `number`.

        One that does not read holds up no other: it comes as `Unread`.
        """
        ...

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        ...


class SyncedBehind(Protocol):
    """A journal that many appends can be made durable in together, a moment later."""

    def write_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """
        Add to many rollouts, as `Journal.append_all`; durable after the next `sync`.

        Others see it at once. What a crash of the process leaves is whole; a crash of
        the machine may take the end of what was not synced, and never its middle.
        """
        ...

    def sync(self) -> None:
        """
        Make durable whatever was written before this call; from any thread.

        Raises:
            Exception: The disk has failed: what was written before may be lost, and
                trying again proves nothing.
        """
        ...
