"""The order of things: time never goes back, and nothing begins in a pause or freeze."""

from collections.abc import Sequence

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.scope import Scope
from gonogo.testing.laws.law import hold


def time_never_goes_back(history: Sequence[Event]) -> None:
    """Events stand in the order of their instants."""
    instants = [event.at for event in history]
    hold(instants == sorted(instants), "an event is earlier than the one before")


def a_pause_starts_nothing(history: Sequence[Event]) -> None:
    """While people hold the rollout, nothing new begins; only ends and undos do."""
    starts = (
        events.ActionIntended,
        events.StepStarted,
        events.StageEntered,
        events.StagePromoted,
    )
    paused = False
    frozen = set[Scope]()
    for event in history:
        match event:
            case events.RolloutPaused():
                paused = True
            case events.RolloutResumed():
                paused = False
            case events.RolloutFrozen():
                frozen.add(event.scope)
            case events.RolloutThawed():
                frozen.remove(event.scope)
            case events.RolloutAborted():
                paused, frozen = False, set()
            case _:
                name = type(event).__name__
                held = paused or bool(frozen)
                hold(not (held and isinstance(event, starts)), f"{name} while held")
