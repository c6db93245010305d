"""
Fold one event into the state. Total: every event of the vocabulary is known here.

Each event type has one function in `evolving` that returns the state after it; the
tables of `transitions` are checked on every move.
"""

from collections.abc import Iterable

from gonogo.decision.changing import changed
from gonogo.decision.evolving import fold
from gonogo.decision.remembering import remember_too
from gonogo.decision.state import RolloutState
from gonogo.model import event as events
from gonogo.model.event import Event


def evolve(state: RolloutState | None, event: Event) -> RolloutState:
    """
    Return the state after an event.

    Args:
        state: None only before `RolloutStarted`.
        event: As journaled.

    Raises:
        IllegalTransition: The event cannot follow this state.
        ValueError: A journal that begins with another event than `RolloutStarted`.
    """
    if isinstance(event, events.RolloutStarted):
        return _started(event)
    if state is None:
        message = f"a journal begins with RolloutStarted, not with {event}"
        raise ValueError(message)
    folded = fold(event, state)
    if folded.at is event.at:
        return folded
    after = changed(folded, at=event.at)
    remember_too(after, folded)
    return after


def replay(history: Iterable[Event]) -> RolloutState | None:
    """Return the state that a whole journal leaves; None for an empty one."""
    state = None
    for event in history:
        state = evolve(state, event)
    return state


def _started(event: events.RolloutStarted) -> RolloutState:
    return RolloutState(
        rollout=event.rollout,
        plan=event.plan,
        started_by=event.by,
        started_at=event.at,
        at=event.at,
        folder=event.folder,
    )
