"""Pacing: a clock that hurries the waiting, kept from hurrying anything else."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gonogo.model.effect import Effect, Measure
from gonogo.ports.clock import Clock
from gonogo.runner.at_hand import AtHand

# No two wake-ups for time alone are closer together than this, at a fast pace.
SHORTEST_WAKE = timedelta(seconds=0.25)


class Pacing:
    """
    Keeps a fast clock from making a busy loop of a plan's cadences.

    At pace 1 it does nothing: nobody rests, and the clock is told nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fast = clock.real_seconds(timedelta(seconds=1)) != 1
        self._woken_at: datetime | None = None

    def woke(self) -> None:
        """Take note that somebody was woken by time alone."""
        self._woken_at = self._clock.wall()

    def resting_s(self) -> float:
        """Return how long nobody may be woken yet."""
        if not self._fast or self._woken_at is None:
            return 0.0
        passed = self._clock.wall() - self._woken_at
        return max((SHORTEST_WAKE - passed).total_seconds(), 0.0)

    def left_s(self, due: datetime) -> float:
        """Return how many real seconds pass until somebody may be woken at `due`."""
        left = max(due - self._clock.now(), timedelta(0))
        return max(self._clock.real_seconds(left), self.resting_s())

    def tell_clock(self, rollouts: Iterable[AtHand]) -> None:
        """Let only waiting be hurried; measuring during a hold belongs to waiting."""
        if self._fast:
            self._clock.working(under_way=any(map(_is_busy, rollouts)))


def _is_busy(running: AtHand) -> bool:
    only_waiting = {Measure} if running.state.holding else set[type[Effect]]()
    return any(key[0] not in only_waiting for key in running.under_way)
