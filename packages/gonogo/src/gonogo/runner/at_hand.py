"""The rollouts at hand: their states, read from the journal when first needed."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event as Cancelled
from weakref import WeakValueDictionary

from gonogo.decision import RolloutState, replay
from gonogo.decision.evolve import evolve
from gonogo.model.effect import Measure
from gonogo.model.event import RolloutStarted
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.shard import Shard, shard_of
from gonogo.ports.journal import Journal, Snapshot
from gonogo.runner.snapshots import snapshot_of, state_from

Key = tuple[Hashable, ...]

# A state is kept in the journal after so many records: a replay of these takes a few
# milliseconds, and keeping it costs a tenth of a millisecond.
RECORDS_A_SNAPSHOT = 64


@dataclass(slots=True)
class AtHand:
    """
    A rollout that is being run.

    Attributes:
        seq: Of its last record.
        kept: The record after which its state was last kept as a snapshot.
        under_way: The work that was begun and has not reported, by what it is.
    """

    rollout: RolloutId
    state: RolloutState
    seq: int
    kept: int = 0
    under_way: dict[Key, Cancelled] = field(default_factory=dict)

    @property
    def measuring(self) -> frozenset[Hashable]:
        """Return the names of the metrics that are being measured."""
        return frozenset(key[1] for key in self.under_way if key[0] is Measure)


class States:
    """
    The rollouts at hand; those used least are let go of when there are too many.

    Args:
        journal: Where they are read from.
        most: So many are at hand at once, and more only while work of theirs is
            under way. 20,000 states of ten steps take about 150 MiB.
    """

    def __init__(self, journal: Journal, *, most: int = 20_000) -> None:
        self._journal, self._most = journal, most
        self._at_hand: OrderedDict[RolloutId, AtHand] = OrderedDict()
        self._of_shard: dict[Shard, set[RolloutId]] = {}
        # One plan, however many rollouts of it: it is by far the largest part.
        self._plans: WeakValueDictionary[str, Plan] = WeakValueDictionary()

    def __len__(self) -> int:
        """Return how many are at hand."""
        return len(self._at_hand)

    def get(self, rollout: RolloutId) -> AtHand | None:
        """Return a rollout, if it is at hand."""
        return self._at_hand.get(rollout)

    def find(self, rollout: RolloutId) -> AtHand | None:
        """
        Return a rollout, read from the journal if need be; None when it has not begun.

        Raises:
            Exception: Its journal cannot be read, or does not replay.
        """
        found = self._at_hand.get(rollout)
        if found is None:
            found = self._read(rollout)
            if found is not None:
                self.put(found)
        else:
            self._at_hand.move_to_end(rollout)
        return found

    def put(self, running: AtHand) -> None:
        """Take a rollout to hand."""
        plan = self._interned(running.state.plan)
        if running.state.plan is not plan:
            running.state = replace(running.state, plan=plan)
        self._at_hand[running.rollout] = running
        self._of_shard.setdefault(shard_of(running.rollout), set()).add(running.rollout)

    def forget(self, rollout: RolloutId) -> None:
        """Let go of a rollout: it is read anew when it is needed."""
        if self._at_hand.pop(rollout, None) is not None:
            self._of_shard[shard_of(rollout)].discard(rollout)

    def of(self, shard: Shard) -> Iterator[AtHand]:
        """Yield the rollouts of a shard that are at hand."""
        for rollout in tuple(self._of_shard.get(shard, ())):
            yield self._at_hand[rollout]

    def all(self) -> Iterator[AtHand]:
        """Yield every rollout at hand."""
        yield from tuple(self._at_hand.values())

    def trim(self) -> None:
        """Let go of those used least, while there are too many; not amid a batch."""
        over = len(self._at_hand) - self._most
        if over > 0:
            idle = (r for r, running in self._at_hand.items() if not running.under_way)
            for rollout in tuple(islice(idle, over)):
                self.forget(rollout)

    def snapshot_due(
        self, running: AtHand, seq: int, state: RolloutState
    ) -> Snapshot | None:
        """Return the snapshot to keep with an append that ends at `seq`, if one is due."""
        full = len(self._at_hand) >= self._most
        if not full and seq - running.kept < RECORDS_A_SNAPSHOT:
            return None
        return snapshot_of(state, seq)

    def _interned(self, plan: Plan) -> Plan:
        return self._plans.setdefault(plan.digest, plan)

    def _read(self, rollout: RolloutId) -> AtHand | None:
        snapshot = self._journal.snapshot(rollout)
        if snapshot is not None:
            found = self._from_snapshot(rollout, snapshot)
            if found is not None:
                return found
        records = self._journal.read(rollout)
        state = replay(record.event for record in records)
        if state is None:
            return None
        return AtHand(rollout, state, seq=len(records))

    def _from_snapshot(self, rollout: RolloutId, snapshot: Snapshot) -> AtHand | None:
        (first,) = self._journal.read(rollout, most=1)
        if not isinstance(first.event, RolloutStarted):
            return None
        state = state_from(snapshot, first.event.plan)
        if state is None:  # of another form, or the plan was changed since
            return None
        later = self._journal.read(rollout, after=snapshot.seq)
        for record in later:
            state = evolve(state, record.event)
        seq = snapshot.seq + len(later)
        return AtHand(rollout, state, seq=seq, kept=snapshot.seq)
