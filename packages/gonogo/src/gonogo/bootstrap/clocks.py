"""The clock of a run, at its pace."""

from gonogo.adapters.clocks import PacedClock, SystemClock
from gonogo.decision import RolloutState
from gonogo.ports.clock import Clock


def clock_for(pace: float, state: RolloutState | None) -> Clock:
    """
    Return the clock of a run.

    At another pace than 1 the plan's time stands still while nothing runs: a
    rehearsal goes on at the instant of its last event.
    """
    system = SystemClock()
    if pace == 1:
        return system
    return PacedClock(pace, state.at if state else system.now())
