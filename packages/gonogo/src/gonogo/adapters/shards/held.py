"""The turns that one process holds: begun, waited out, left or lost."""

from dataclasses import dataclass, field
from threading import Condition, Event, Lock

from gonogo.model.shard import SHARDS, Fence, Shard
from gonogo.ports.shards import Taker


@dataclass(eq=False, slots=True)
class Turn:
    """
    One turn at one shard, seen from the thread that waits it out.

    Attributes:
        number: Counts the turns of the shard, over all workers.
        fence: None before it was taken.
        lost: Whether somebody else was given the shard meanwhile.
    """

    shard: Shard
    number: int
    fence: Fence | None = None
    lost: bool = False
    _over: Event = field(default_factory=Event)

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or as soon as the turn is to end."""
        self._over.wait(seconds)

    def end(self) -> None:
        """Let the wait return now."""
        self._over.set()

    def lose(self) -> None:
        """Note that the shard is somebody else's, and let the wait return."""
        self.lost = True
        self._over.set()


class HeldTurns:
    """
    The turns of this process, at most one that counts for each shard.

    An engine that gives turns may give one again while an earlier one of the same
    shard still hangs here, after the process stood still. The later one counts; the
    earlier one must not let go what the later one holds.
    """

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._turns: dict[Shard, Turn] = {}
        self._running: set[Turn] = set()
        self._changed = Condition()
        # Held around each call of the taker, never by `lose` or `end`: the taker's own
        # thread may call those while `leave` waits for that very thread.
        self._calls = [Lock() for _ in range(SHARDS)]

    def begin(self, shard: Shard, number: int) -> Turn:
        """Return a new turn, which takes the place of an earlier one."""
        turn = Turn(shard, number)
        with self._changed:
            earlier = self._turns.get(shard)
            if earlier is not None:
                earlier.lose()
            self._turns[shard] = turn
            self._running.add(turn)
        return turn

    def take(self, turn: Turn, fence: Fence, *, clean: bool) -> None:
        """Hand the shard to the taker, unless the turn was lost already."""
        with self._calls[turn.shard]:
            if not turn.lost:
                turn.fence = fence
                self._taker.taken(fence, clean=clean)

    def leave(self, turn: Turn) -> bool:
        """Ask the taker to let go; True also when there is nothing left to let go."""
        with self._calls[turn.shard]:
            if self._turns.get(turn.shard) is not turn or turn.fence is None:
                return True
            return self._taker.leave(turn.shard)

    def done(self, turn: Turn) -> None:
        """Forget a turn that was left."""
        with self._changed:
            if self._turns.get(turn.shard) is turn:
                del self._turns[turn.shard]
            self._running.discard(turn)
            self._changed.notify_all()

    def drop(self, fence: Fence) -> None:
        """Lose the turn of a fence that no longer holds; the taker knows."""
        turn = self._turns.get(fence.shard)
        if turn is not None and turn.fence == fence:
            turn.fence = None
            turn.lose()

    def running(self) -> tuple[Turn, ...]:
        """Return every turn whose thread has not come to its end."""
        with self._changed:
            return tuple(self._running)

    def end_all(self) -> None:
        """Let every turn end as soon as the taker lets go."""
        for turn in self.running():
            turn.end()

    def wait_for_none(self) -> None:
        """Return once no turn runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running)
