"""What every law needs: to hold or be broken, and to look into a journal."""

from collections.abc import Sequence
from typing import TypeVar

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Plan, Step

E = TypeVar("E")


class LawBroken(AssertionError):
    """A journal, or the world beside it, shows that a law does not hold."""


def hold(held: bool, otherwise: str) -> None:  # noqa: FBT001
    """Raise `LawBroken` with what was found, unless it held."""
    if not held:
        raise LawBroken(otherwise)


def plan_of(history: Sequence[Event]) -> Plan:
    """Return the plan that a journal ends with: the first, or what became of it."""
    return plans_of(history)[-1]


def plans_of(history: Sequence[Event]) -> tuple[Plan, ...]:
    """Return every plan of a journal: the first, then what it was amended to."""
    started = history[0]
    hold(isinstance(started, events.RolloutStarted), "a journal begins with its plan")
    assert isinstance(started, events.RolloutStarted)  # noqa: S101
    amended = (e.plan for e in history if isinstance(e, events.PlanAmended))
    return (started.plan, *amended)


def steps_of(history: Sequence[Event]) -> dict[StepId, Step]:
    """Return every step that a journal ever had a plan for, as it was last."""
    plans = plans_of(history)
    return {s.id: s for plan in plans for stage in plan.stages for s in stage.steps}


def events_of(history: Sequence[Event], kind: type[E], step: str) -> list[E]:
    """Return the events of one kind that concern one step, oldest first."""
    return [e for e in history if isinstance(e, kind) and getattr(e, "step", 0) == step]
