"""What an engine holds: the rollouts it was given, and the shards it has a turn at."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta

from gonogo.model.effect import Apply, Undo
from gonogo.model.identifiers import RolloutId
from gonogo.model.shard import Fence, Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.clock import Clock
from gonogo.ports.journal import Journal
from gonogo.ports.telemetry import EngineMetrics
from gonogo.runner.agenda import Agenda
from gonogo.runner.at_hand import AtHand, States
from gonogo.runner.figures import Figures

# A person who waits for an answer looks again; so does who asks for a shard.
PATIENCE_S = 0.1
# A rollout that another process drives by itself is looked at again so often.
LOOK_AGAIN = timedelta(seconds=5)


class Holding:
    """
    Implements `ports.shards.Taker`; all but its methods is for the engine's thread.

    A shard that comes back to the engine that had it last is gone on with as it was:
    what was under way there is under way still. Else its rollouts are recovered.

    Args:
        post: Lets the engine's thread call a function, soon.
        free: Whether no other process drives a rollout by itself.
    """

    def __init__(
        self,
        journal: Journal,
        states: States,
        agenda: Agenda,
        clock: Clock,
        *,
        post: Callable[[Callable[[], None]], None],
        free: Callable[[RolloutId], bool],
        figures: Figures,
        metrics: EngineMetrics,
    ) -> None:
        """Begin with nothing."""
        self._free, self._figures, self._metrics = free, figures, metrics
        self._journal, self._states, self._agenda = journal, states, agenda
        self._clock, self._post = clock, post
        self._given: set[RolloutId] = set()
        self._held: dict[Shard, Fence] = {}
        self._last: dict[Shard, int] = {}
        # Shards that are to be let go of as soon as no deed is under way there.
        self._wanted: set[Shard] = set()
        # Rollouts to be recovered before anything else, and whether they were left clean.
        self._to_recover: dict[RolloutId, bool] = {}
        self._missed: set[RolloutId] = set()
        self._aside: set[RolloutId] = set()
        # Told of each fence that the journal refused.
        self.refused: Callable[[Fence], None] = _nobody
        self._over, self._clean = threading.Event(), False

    # -- ports.shards.Taker, from any thread -----------------------------------

    def taken(self, fence: Fence, *, clean: bool) -> None:
        """Begin a turn at a shard."""
        self._post(lambda: self._begin(fence, clean=clean))

    def ask_to_leave(self, shard: Shard, answer: Callable[[bool], None]) -> None:
        """Ask to let go of a shard; the answer comes on the engine's thread."""
        self._post(lambda: answer(self._let_go(shard)))

    def leave(self, shard: Shard) -> bool:
        """Let go of a shard; with an action or undo under way there, right after it."""
        answer: Future[bool] = Future()
        self.ask_to_leave(shard, answer.set_result)
        while not self._over.is_set():
            try:
                return answer.result(PATIENCE_S)
            except NotYet:
                continue
        return self._clean

    def let_go_of_all(self) -> None:
        """Let go of every shard as `leave` does, before it is asked; from any thread."""
        self._post(self._let_go_of_all)

    # -- for the engine --------------------------------------------------------

    def give(self, rollout: RolloutId) -> None:
        """Let the engine run this rollout, whoever holds its shard."""
        self._given.add(rollout)

    def may_run(self, rollout: RolloutId) -> bool:
        """Return whether the engine may decide on a rollout now."""
        if rollout in self._aside:
            return False
        return rollout in self._given or shard_of(rollout) in self._held

    def may_take(self, rollout: RolloutId) -> bool:
        """Return whether a rollout that is not at hand is free; if not, look again."""
        if rollout in self._given or self._states.get(rollout) or self._free(rollout):
            return True
        self._agenda.put(rollout, self._clock.now() + LOOK_AGAIN)
        return False

    def fence_of(self, rollout: RolloutId) -> Fence | None:
        """Return the right to append to a rollout."""
        return None if rollout in self._given else self._held.get(shard_of(rollout))

    def still_holds(self, rollout: RolloutId) -> bool:
        """Return whether nobody has taken a rollout over; from any thread."""
        if rollout in self._given:
            return True
        fence = self._held.get(shard_of(rollout))
        return fence is not None and self._journal.holds(fence)

    def recover(self, rollout: RolloutId, *, clean: bool) -> None:
        """Let a rollout be recovered before anything else, as soon as may be."""
        self._to_recover[rollout] = clean
        self._agenda.put(rollout, self._clock.now())

    def to_recover(self, rollout: RolloutId) -> bool | None:
        """Return how a rollout was left that is to be recovered now; None: it is not."""
        return self._to_recover.get(rollout)

    def recovered(self, rollout: RolloutId) -> None:
        """Take note that a rollout was recovered."""
        self._to_recover.pop(rollout, None)

    def missed(self, rollout: RolloutId) -> None:
        """Take note that a result came while the shard was not held: it is lost."""
        self._missed.add(rollout)

    def passed_over(self, rollout: RolloutId) -> None:
        """
        Take note that a deed was not done, because its shard had another turn by then.

        That turn may be our own: then nobody else finds out that it was not done.
        """
        if self.still_holds(rollout):
            self.recover(rollout, clean=False)
        else:
            self.missed(rollout)

    def set_aside(self, rollout: RolloutId) -> None:
        """Run a rollout no more; the others go on."""
        self._aside.add(rollout)
        self._agenda.put(rollout, None)

    def lose(self, rollout: RolloutId) -> None:
        """Let go of the shard of a rollout: somebody else has it now."""
        shard = shard_of(rollout)
        fence = self._held.pop(shard, None)
        if fence is not None:
            self._told_of_loss(shard)
            self.refused(fence)
        self._last.pop(shard, None)
        self._wanted.discard(shard)
        self._forget(shard)

    def reread(self, rollout: RolloutId) -> None:
        """Let go of a rollout that was written to by somebody else, and read it anew."""
        self._states.forget(rollout)
        self.recover(rollout, clean=False)

    def ended(self, rollout: RolloutId) -> None:
        """Let go of a rollout that has come to its end."""
        if rollout not in self._given:
            self._states.forget(rollout)

    @property
    def wanted(self) -> bool:
        """Return whether a shard is wanted back."""
        return bool(self._wanted)

    def let_go_of_wanted(self) -> None:
        """
        Let go of what is wanted back, where a deed has just ended.

        Who wants it asks again only in a while: by then the next deed could have begun.
        """
        for shard in tuple(self._wanted):
            self._let_go(shard)

    def end(self, *, clean: bool) -> None:
        """
        Answer everybody who waits: nothing is run any more.

        Args:
            clean: Nothing is under way; else no shard counts as left, ever.
        """
        self._clean = clean
        self._over.set()

    # -- turns, on the engine's thread -----------------------------------------

    def _begin(self, fence: Fence, *, clean: bool) -> None:
        shard = fence.shard
        self._wanted.discard(shard)
        goes_on = self._last.get(shard) == fence.epoch - 1
        if not goes_on:
            self._forget(shard)
        self._held[shard], self._last[shard] = fence, fence.epoch
        self._metrics.took_over(clean=clean)
        self._metrics.holding(len(self._held))
        for standing in self._journal.standings(under_way=True, shard=shard):
            if goes_on and standing.rollout not in self._missed:
                self._agenda.put(standing.rollout, standing.due)
            else:
                self._missed.discard(standing.rollout)
                self._recover(standing, clean=clean)

    def _recover(self, standing: Standing, *, clean: bool) -> None:
        """Recover a rollout: at once, or at its next look when nothing else waits."""
        if not standing.soaking:
            self.recover(standing.rollout, clean=clean)
            return
        self._agenda.put(standing.rollout, standing.due)
        if not clean:
            self._to_recover[standing.rollout] = clean

    def _let_go_of_all(self) -> None:
        for shard in tuple(self._held):
            self._let_go(shard)

    def _let_go(self, shard: Shard) -> bool:
        if any(_is_at_a_deed(running) for running in self._states.of(shard)):
            self._wanted.add(shard)
            return False
        self._wanted.discard(shard)
        self._held.pop(shard, None)
        self._told_of_loss(shard)
        return True

    def _told_of_loss(self, shard: Shard) -> None:
        self._metrics.holding(len(self._held))
        self._figures.left(shard)

    def _forget(self, shard: Shard) -> None:
        for running in self._states.of(shard):
            self._states.forget(running.rollout)


def _is_at_a_deed(running: AtHand) -> bool:
    return any(key[0] in {Apply, Undo} for key in running.under_way)


def _nobody(fence: Fence) -> None:
    """Tell nobody: these shards are shared with nobody."""
