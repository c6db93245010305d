"""Shards in one process, given and taken by hand: as orderly, or as unfair, as wanted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock

from gonogo.model.shard import SHARDS, Fence, Shard
from gonogo.ports.shards import Epochs, Taker

EVERY_SHARD = tuple(Shard(number) for number in range(SHARDS))


@dataclass(eq=False, slots=True)
class MemoryShards:
    """
    Implements `ports.shards.Shards` for one of the takers of a `Turns`.

    Attributes:
        turns: Shared with the other takers.
        taker: None before `open`, and after the worker was closed or has crashed.
        held: The fences of the turns that the taker believes it has.
    """

    turns: "Turns"
    taker: Taker | None = None
    held: dict[Shard, Fence] = field(default_factory=dict)

    def open(self, taker: Taker) -> None:
        """Join the others; while the turns are fair, a part of them comes at once."""
        self.taker = taker
        self.turns.join(self)

    def fenced_off(self, fence: Fence) -> None:
        """Forget the turn of a fence."""
        if self.held.get(fence.shard) == fence:
            del self.held[fence.shard]

    def close(self) -> None:
        """
        Let every turn end, and give it to the others while the turns are fair.

        There is no other thread that could end what is under way: a taker that does
        not leave is a mistake of the test.
        """
        for shard in tuple(self.held):
            left = self.turns.take(shard, self)
            assert left, f"shard {shard} is busy; end its action first"  # noqa: S101
        self.taker = None
        self.turns.part(self)

    def alive(self) -> bool:
        """Return whether it is open."""
        return self.taker is not None


class Turns:
    """
    Who of several takers holds which shard.

    Args:
        epochs: The journal that the takers share.
        fair: Whether every shard is always in somebody's hands, in about equal parts,
            as with the real ones. Otherwise only `give` gives any.
    """

    def __init__(self, epochs: Epochs, *, fair: bool = True) -> None:
        self._epochs, self._fair = epochs, fair
        self._open: list[MemoryShards] = []
        self._lock = RLock()

    def shards(self) -> MemoryShards:
        """Return the port for one more taker."""
        return MemoryShards(self)

    def give(self, shard: Shard, to: MemoryShards) -> Fence:
        """
        Begin a turn, and ask nobody.

        Another taker that holds the shard is not told: from now on two believe that
        they do, and only the fence tells them apart.
        """
        with self._lock:
            ((fence, clean),) = self._epochs.next_epochs((shard,))
            assert to.taker is not None, "the shards were not opened"  # noqa: S101
            to.held[shard] = fence
            to.taker.taken(fence, clean=clean)
        return fence

    def take(self, shard: Shard, holder: MemoryShards) -> bool:
        """Ask to end a turn; return whether it was left, and then mark it so."""
        with self._lock:
            assert holder.taker is not None, "the shards were closed"  # noqa: S101
            if not holder.taker.leave(shard):
                return False
            fence = holder.held.pop(shard, None)
            if fence is not None:
                self._epochs.left((fence,))
        return True

    def crash(self, holder: MemoryShards) -> None:
        """End a worker on the spot: nothing is left, asked or marked."""
        with self._lock:
            holder.taker = None
            holder.held.clear()
            self.part(holder)

    def join(self, shards: MemoryShards) -> None:
        """Count a taker in."""
        with self._lock:
            self._open.append(shards)
            self._share_out()

    def part(self, shards: MemoryShards) -> None:
        """Count a taker out."""
        with self._lock:
            if shards in self._open:
                self._open.remove(shards)
            self._share_out()

    def _share_out(self) -> None:
        """Move as many turns as it takes for equal parts, and give those of nobody."""
        if not self._fair or not self._open:
            return
        most = -(-SHARDS // len(self._open))
        for holder in self._open:
            for shard in tuple(holder.held)[most:]:
                self.take(shard, holder)
        for shard in self._unheld():
            self.give(shard, min(self._open, key=lambda holder: len(holder.held)))

    def _unheld(self) -> Sequence[Shard]:
        held = {shard for holder in self._open for shard in holder.held}
        return [shard for shard in EVERY_SHARD if shard not in held]
