"""
The machine: a command and the state give events and effects; events give the state.

`decide` is the way in, `evolve` folds an event, `replay` folds a journal. Everything
is pure: instants, measurements and people's words come in as arguments.
"""

from gonogo.decision.decide import Decision, decide
from gonogo.decision.evolve import evolve, replay
from gonogo.decision.schedule import next_wake, waits_for_people
from gonogo.decision.state import RolloutState

__all__ = [
    "Decision",
    "RolloutState",
    "decide",
    "evolve",
    "next_wake",
    "replay",
    "waits_for_people",
]
