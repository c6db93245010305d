"""Figures: what an engine tells of its decisions to who measures it."""

from datetime import datetime

from gonogo.model.effect import Undo
from gonogo.model.event import RolloutAborted
from gonogo.model.identifiers import RolloutId
from gonogo.model.shard import Shard, shard_of
from gonogo.ports.clock import Clock
from gonogo.ports.journal import FencedOff, PlaceTaken
from gonogo.ports.telemetry import EngineMetrics
from gonogo.runner.batch import Kept, Refused


class Figures:
    """
    Reads figures off what was journaled, or refused.

    Args:
        clock: Tells how long something has taken.
        metrics: Takes the figures.
    """

    def __init__(self, clock: Clock, metrics: EngineMetrics) -> None:
        self._clock, self._metrics = clock, metrics
        # When what broke a gate was reported, until the first undo is begun.
        self._broken_at: dict[str, datetime] = {}
        self._phases: dict[RolloutId, str] = {}

    def take(self, kept: Kept) -> None:
        """Take note of a decision that was journaled, right before its effects."""
        decided, rollout = kept.decided, kept.running.rollout
        self._move(
            rollout, None if kept.running.state.ended else kept.running.state.phase
        )
        if decided.sent_at is not None:
            name = type(decided.command).__name__
            self._metrics.acted(name, self._since(decided.sent_at))
        for record in kept.records:
            if isinstance(record.event, RolloutAborted) and record.event.gate:
                self._broken_at[rollout] = decided.command.at
        if rollout in self._broken_at:
            self._take_back(kept)

    def refused(self, refused: Refused) -> None:
        """Take note of a decision of which nothing was kept."""
        match refused.why:
            case FencedOff():
                self._metrics.refused("fenced_off")
            case PlaceTaken():
                self._metrics.refused("place_taken")
            case _:
                self._metrics.refused("conflict")

    def left(self, shard: Shard) -> None:
        """Take note that the rollouts of a shard are somebody else's."""
        for rollout in tuple(self._phases):
            if shard_of(rollout) == shard:
                self._move(rollout, None)

    def _move(self, rollout: RolloutId, after: str | None) -> None:
        before = self._phases.pop(rollout, None)
        if after is not None:
            self._phases[rollout] = after
        if before != after:
            self._metrics.moved(before, after)

    def _take_back(self, kept: Kept) -> None:
        rollout = kept.running.rollout
        if any(isinstance(effect, Undo) for effect in kept.decided.decision.effects):
            self._metrics.turned_back(self._since(self._broken_at.pop(rollout)))
        elif kept.running.state.ended:
            del self._broken_at[rollout]

    def _since(self, instant: datetime) -> float:
        return max((self._clock.now() - instant).total_seconds(), 0.0)
