"""One rollout that an engine drives alone, as a command of the terminal does."""

from collections.abc import Callable
from dataclasses import dataclass

from gonogo.decision import RolloutState
from gonogo.model.effect import Apply, Undo
from gonogo.model.identifiers import RolloutId
from gonogo.runner.engine import Engine


@dataclass(frozen=True, slots=True)
class Alone:
    """A rollout that has begun, or was taken over, and the engine that drives it."""

    engine: Engine
    rollout: RolloutId

    def stop(self) -> None:
        """Leave as soon as no action or undo is under way. From any thread."""
        self.engine.stop()

    def run(self, leave: Callable[[RolloutState], bool]) -> RolloutState:
        """
        Drive the rollout on until it ends, is stopped, or may be left.

        Args:
            leave: Asked after every turn in which nothing is under way.

        Raises:
            JournalConflict: Another runner has written to the journal.
        """
        self.engine.run(lambda: self._may_leave(leave))
        return self.engine.state(self.rollout)

    def _may_leave(self, leave: Callable[[RolloutState], bool]) -> bool:
        state = self.engine.state(self.rollout)
        under_way = self.engine.under_way(self.rollout)
        if state.ended:
            return True
        if under_way & {Apply, Undo}:
            return False
        if self.engine.stopping:
            return not state.going_back
        return not under_way and leave(state)
