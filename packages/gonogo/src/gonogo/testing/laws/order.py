"""The order of things: time never goes back, and nothing begins in a pause."""

from collections.abc import Sequence

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.testing.laws.law import hold


def time_never_goes_back(history: Sequence[Event]) -> None:
    """Events stand in the order of their instants."""
    instants = [event.at for event in history]
    hold(instants == sorted(instants), "an event is earlier than the one before")


def a_pause_starts_nothing(history: Sequence[Event]) -> None:
    """While somebody holds the rollout, nothing new begins; only ends and undos do."""
    starts = (
        events.ActionIntended,
        events.StepStarted,
        events.StageEntered,
        events.StagePromoted,
    )
    paused = False
    for event in history:
        match event:
            case events.RolloutPaused():
                paused = True
            case events.RolloutResumed() | events.RolloutAborted():
                paused = False
            case _:
                name = type(event).__name__
                hold(not (paused and isinstance(event, starts)), f"{name} in a pause")
