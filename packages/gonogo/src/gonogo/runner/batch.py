"""A batch: decisions on different rollouts that are journaled with one commit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gonogo.decision import Decision, decide
from gonogo.decision.standing import standing_of
from gonogo.model.command import Command
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.model.shard import Fence
from gonogo.ports.journal import (
    Append,
    Appended,
    Journal,
    JournalConflict,
    PlaceTaken,
    Received,
    Snapshot,
)
from gonogo.runner.at_hand import AtHand, States

AppendAll = Callable[[Sequence[Append]], tuple[Appended, ...]]


@dataclass(frozen=True, slots=True)
class Decided:
    """
    What was decided on one command, before it is journaled.

    Attributes:
        running: The rollout as it stands in the journal; None before its start.
        consumed: The number of the received command, if it was received.
        sent_at: When a person sent it.
    """

    rollout: RolloutId
    command: Command
    running: AtHand | None
    decision: Decision
    consumed: int | None = None
    sent_at: datetime | None = None

    @property
    def says_nothing(self) -> bool:
        """Return whether there is nothing to journal."""
        return not self.decision.events and self.consumed is None


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision that stands in the journal, or says nothing; and its rollout now."""

    running: AtHand
    decided: Decided
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision of which nothing was kept, and why."""

    decided: Decided
    why: JournalConflict | PlaceTaken


class Batch:
    """
    Decides on at most one command of each rollout, and journals all of it together.

    Args:
        journal: Where it is kept.
        states: The rollouts as they stand; brought on by `commit`.
        fence_of: The right to append to a rollout; None where nobody shares it.
    """

    def __init__(
        self,
        journal: Journal,
        states: States,
        fence_of: Callable[[RolloutId], Fence | None],
    ) -> None:
        """Begin empty."""
        self._journal, self._states, self._fence_of = journal, states, fence_of
        self._decided: dict[RolloutId, Decided] = {}

    def __contains__(self, rollout: RolloutId) -> bool:
        """Return whether a command of this rollout has been decided on already."""
        return rollout in self._decided

    def add(
        self, rollout: RolloutId, command: Command, received: Received | None = None
    ) -> None:
        """
        Decide on a command of a rollout that is not in the batch yet.

        Raises:
            Exception: Its journal cannot be read, or the machine has a defect; the
                batch is as it was.
        """
        running = self._states.find(rollout)
        decision = decide(running.state if running else None, command)
        self._decided[rollout] = Decided(
            rollout,
            command,
            running,
            decision,
            consumed=received.number if received else None,
            sent_at=received.command.at if received else None,
        )

    def commit(self, wall: datetime, append_all: AppendAll) -> Iterator[Kept | Refused]:
        """
        Journal everything, bring the states on, and begin anew.

        Args:
            wall: The wall clock.
            append_all: Of the journal; others see at once what it adds.

        Raises:
            JournalUnavailable: It cannot be journaled now; the batch is as it was.
        """
        decided = tuple(self._decided.values())
        said = [each for each in decided if not each.says_nothing]
        appends = [self._append_of(each, wall) for each in said]
        answers = append_all(appends) if appends else ()
        self._decided.clear()
        for each in decided:
            if each.says_nothing and each.running is not None:
                yield Kept(each.running, each)
        for each, append, answer in zip(said, appends, answers, strict=True):
            yield self._settled(each, append.snapshot, answer)

    def _append_of(self, decided: Decided, wall: datetime) -> Append:
        running, state = decided.running, decided.decision.state
        after = running.seq if running else 0
        seq = after + len(decided.decision.events)
        return Append(
            rollout=decided.rollout,
            events=decided.decision.events,
            after=after,
            recorded_at=wall,
            consumed=decided.consumed,
            standing=standing_of(state),
            snapshot=self._states.snapshot_due(running, seq, state)
            if running
            else None,
            fence=self._fence_of(decided.rollout),
        )

    def _settled(
        self, decided: Decided, snapshot: Snapshot | None, answer: Appended
    ) -> Kept | Refused:
        if isinstance(answer, JournalConflict):
            before = self._kept_before(decided)
            answer = answer if before is None else before
        if not isinstance(answer, tuple):
            return Refused(decided, answer)
        running = decided.running
        if running is None:
            running = AtHand(decided.rollout, decided.decision.state, seq=0)
            self._states.put(running)
        running.state = decided.decision.state
        running.seq += len(answer)
        if snapshot is not None:
            running.kept = snapshot.seq
        return Kept(running, decided, answer)

    def _kept_before(self, decided: Decided) -> tuple[Record, ...] | None:
        """
        Return our own records, where a commit went through that seemed to fail.

        None of them, not None, where a word was only taken out of the inbox: to read
        the rollout anew would seek, and find nowhere, what is under way right here.
        """
        events, running = decided.decision.events, decided.running
        found = self._journal.read(decided.rollout, after=running.seq if running else 0)
        same = tuple(record.event for record in found) == events
        return found if same else None
