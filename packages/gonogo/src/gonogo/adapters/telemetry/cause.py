"""The cause: what turned a rollout back, in the few words that telemetry has for it."""

from typing import Literal

from gonogo.model.event import RolloutAborted


def called_off(event: RolloutAborted) -> bool:
    """Return whether a person turned it back without anything having gone wrong."""
    return event.by is not None and event.gate is None and not event.incident


def cause_of(event: RolloutAborted) -> Literal["gate", "step", "person"]:
    """Return what turned it back: a gate that tripped, a step, or a person."""
    if event.gate is not None:
        return "gate"
    return "step" if event.by is None else "person"
