"""What every law needs: to hold or be broken, and to look into a journal."""

from collections.abc import Sequence
from typing import TypeVar

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.plan import Plan

E = TypeVar("E")


class LawBroken(AssertionError):
    """A journal, or the world beside it, shows that a law does not hold."""


def hold(held: bool, otherwise: str) -> None:  # noqa: FBT001
    """Raise `LawBroken` with what was found, unless it held."""
    if not held:
        raise LawBroken(otherwise)


def plan_of(history: Sequence[Event]) -> Plan:
    """Return the plan of a journal."""
    started = history[0]
    hold(isinstance(started, events.RolloutStarted), "a journal begins with its plan")
    assert isinstance(started, events.RolloutStarted)  # noqa: S101
    return started.plan


def events_of(history: Sequence[Event], kind: type[E], step: str) -> list[E]:
    """Return the events of one kind that concern one step, oldest first."""
    return [e for e in history if isinstance(e, kind) and getattr(e, "step", 0) == step]
