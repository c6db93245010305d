"""A journal in memory, with every guarantee of the real ones but durability."""

import json
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from gonogo.model.command import Sent
from gonogo.model.encoding import decode_command, decode_event, encode_command
from gonogo.model.identifiers import THE_LINE, RolloutId
from gonogo.model.record import FIRST_LINK, Record, Written, chained, written
from gonogo.model.sealing import canonical
from gonogo.model.shard import Fence, Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.journal import (
    Append,
    Appended,
    Damage,
    FencedOff,
    Journal,
    JournalConflict,
    PlaceTaken,
    Received,
    Snapshot,
)


class MemoryJournal(Journal):
    """
    Implements `ports.journal.Journal`; thread-safe.

    What is read back went through its written form, as with a real journal: an event
    that does not survive that is found by the first test that appends it.

    Attributes:
        records: By rollout; a test may damage them for `verify` to find.
    """

    def __init__(self) -> None:
        self.records: dict[RolloutId, list[Record]] = {}
        self._standings: dict[RolloutId, Standing] = {}
        self._holders: dict[tuple[str, str], RolloutId] = {}
        self._snapshots: dict[RolloutId, Snapshot] = {}
        self._epochs: dict[Shard, int] = {}
        self._clean: set[Shard] = set()
        self._inbox: dict[int, Received] = {}
        self._sent = 0
        self._lock = Lock()

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Add to many rollouts; each append holds or fails by itself."""
        rollouts = [append.rollout for append in appends]
        assert len(rollouts) == len(set(rollouts)), "a rollout twice"  # noqa: S101
        with self._lock:
            return tuple(map(self._tried, appends))

    def read(
        self, rollout: RolloutId, *, after: int = 0, most: int | None = None
    ) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first, at `most` so many."""
        with self._lock:
            return tuple(self.records.get(rollout, ())[after:][:most])

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, oldest first."""
        with self._lock:
            return tuple(each for each in self.records if each != THE_LINE)

    def standings(
        self, *, under_way: bool = False, shard: Shard | None = None
    ) -> tuple[Standing, ...]:
        """Return the standings that were kept, by the age of their rollouts."""
        with self._lock:
            known = {name: self._standings.get(name) for name in self.records}
            found = (known | self._standings).values()
        return tuple(
            each
            for each in found
            if each is not None
            and (not under_way or each.ended_at is None)
            and shard in {None, shard_of(each.rollout)}
        )

    def without_standing(self) -> tuple[RolloutId, ...]:
        """Return the rollouts of which no standing was kept, oldest first."""
        with self._lock:
            unsaid = self.records.keys() - self._standings.keys() - {THE_LINE}
            return tuple(each for each in self.records if each in unsaid)

    def snapshot(self, rollout: RolloutId) -> Snapshot | None:
        """Return the last snapshot that was kept, or None."""
        with self._lock:
            return self._snapshots.get(rollout)

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """Take shards over: from now on only these fences, or later ones, hold."""
        with self._lock:
            return tuple(map(self._next_epoch, shards))

    def holds(self, fence: Fence) -> bool:
        """Return whether a fence is the last of its shard still."""
        with self._lock:
            return self._epochs.get(fence.shard) == fence.epoch

    def left(self, fences: Sequence[Fence]) -> None:
        """Mark shards as left with nothing under way."""
        with self._lock:
            self._clean |= {
                fence.shard
                for fence in fences
                if self._epochs.get(fence.shard) == fence.epoch
            }

    def send(self, rollout: RolloutId, command: Sent) -> None:
        """Keep a person's command for the runner of a rollout."""
        read = decode_command(json.loads(canonical(encode_command(command))))
        with self._lock:
            self._sent += 1
            number = self._sent
            self._inbox[number] = Received(number=number, rollout=rollout, command=read)

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        with self._lock:
            return tuple(r for r in self._inbox.values() if r.rollout == rollout)

    def received_since(self, number: int, *, most: int) -> tuple[Received, ...]:
        """Return the next commands not consumed yet, of all rollouts, behind `number`."""
        with self._lock:
            return tuple(r for r in self._inbox.values() if r.number > number)[:most]

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        found: list[Damage] = []
        previous = FIRST_LINK
        for seq, record in enumerate(self.read(rollout), start=1):
            (expected,) = chained(
                rollout,
                [record.event],
                after=seq - 1,
                previous=previous,
                recorded_at=record.recorded_at,
            )
            if record != expected:
                what = "It is not what was appended here."
                found.append(Damage(rollout=rollout, seq=record.seq, what=what))
            previous = record.link
        return tuple(found)

    def _tried(self, append: Append) -> Appended:
        """Return the records of an append, or why nothing of it was kept."""
        try:
            return self._append(append)
        except (JournalConflict, PlaceTaken) as refusal:
            return refusal

    def _append(self, append: Append) -> tuple[Record, ...]:
        """Check everything, then keep everything."""
        rollout, kept = append.rollout, self.records.get(append.rollout, [])
        self._check_fence(append)
        if len(kept) != append.after or not self._waits(append):
            raise JournalConflict(rollout, expected=append.after, found=len(kept))
        self._check_place(append.standing)
        records = written(
            rollout,
            append.events,
            after=append.after,
            previous=kept[-1].link if kept else FIRST_LINK,
            recorded_at=append.recorded_at,
        )
        read = [_read_back(each) for each in records]
        if read:
            self.records.setdefault(rollout, []).extend(read)
        self._keep(append)
        return tuple(each.record for each in records)

    def _check_fence(self, append: Append) -> None:
        if append.fence is None:
            return
        shard, epoch = append.fence.shard, append.fence.epoch
        assert shard == shard_of(append.rollout), "another's fence"  # noqa: S101
        last = self._epochs.get(shard, 0)
        if epoch < last:
            raise FencedOff(append.rollout, expected=epoch, found=last)

    def _waits(self, append: Append) -> bool:
        """Return whether the command, if one is named, has not been consumed."""
        if append.consumed is None:
            return True
        received = self._inbox.get(append.consumed)
        return received is not None and received.rollout == append.rollout

    def _check_place(self, wanted: Standing | None) -> None:
        if wanted is None or wanted.ended_at is not None:
            return
        holder = self._holders.get(_place_of(wanted), wanted.rollout)
        if holder != wanted.rollout:
            raise PlaceTaken(wanted.rollout, holder)

    def _keep(self, append: Append) -> None:
        """Keep what goes along with the records."""
        if append.consumed is not None:
            del self._inbox[append.consumed]
        if append.standing is not None:
            self._stand(append.standing)
        if append.snapshot is not None:
            self._snapshots[append.rollout] = append.snapshot

    def _stand(self, standing: Standing) -> None:
        """Keep a standing, and who holds its place from now on."""
        before = self._standings.get(standing.rollout)
        if before is not None and before.ended_at is None:
            del self._holders[_place_of(before)]
        if standing.ended_at is None:
            self._holders[_place_of(standing)] = standing.rollout
        self._standings[standing.rollout] = standing

    def _next_epoch(self, shard: Shard) -> tuple[Fence, bool]:
        clean = shard in self._clean
        self._clean.discard(shard)
        self._epochs[shard] = self._epochs.get(shard, 0) + 1
        return Fence(shard=shard, epoch=self._epochs[shard]), clean


def _place_of(standing: Standing) -> tuple[str, str]:
    return (standing.service, standing.environment)


def _read_back(one: Written) -> Record:
    """Return a record as it reads after it was written."""
    return replace(one.record, event=decode_event(json.loads(one.body)))
