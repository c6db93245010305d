"""
Leaning: what is equal in a state that was just read becomes one and the same.

A state read from its written form has each instant several times, each with a time
zone of its own, and a copy of every operation that its plan has too. Of ten thousand
states at hand that is a third of the memory; and instants of one time zone are
compared faster.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_type_hints

from gonogo.decision.plan_index import PlanIndex, index_of
from gonogo.decision.state import RolloutState, UndoState
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Operation
from gonogo.model.plan import Action, Plan

Slot = tuple[Callable[[object], Any], Callable[[object, Any], None]]


def lean(state: RolloutState) -> RolloutState:
    """
    Return the state, its equal parts made one in place; it must be nobody else's yet.

    It equals what it was: only which of two equal values it holds has changed.
    """
    _lean(state, {})
    index = index_of(state.plan)
    for undo in state.undos:
        if undo.step is not None and undo.step in index.steps:
            _OPERATION.__set__(undo, _own_operation(index, undo, undo.step))
    return state


def _lean(value: Any, instants: dict[datetime, datetime]) -> None:  # noqa: ANN401
    """Let every instant of a value, however deep, be the one that is known already."""
    for take, give in _slots(value.__class__):
        found = take(value)
        if found is None:
            continue
        if isinstance(found, datetime):
            if not found.utcoffset():
                at = found.replace(tzinfo=UTC)
                give(value, instants.setdefault(at, at))
        elif isinstance(found, dict):
            for each in found.values():
                _lean(each, instants)
        else:
            for each in found if isinstance(found, tuple) else (found,):
                _lean(each, instants)


def _own_operation(index: PlanIndex, undo: UndoState, of: StepId) -> Operation | None:
    """Return the plan's own copy of an operation of the way back, where it has one."""
    step, rollback = index.steps[of], index.stage_of[of].rollback
    if isinstance(step, Action) and step.undo == undo.operation:
        return step.undo
    if rollback is not None and rollback.operation == undo.operation:
        return rollback.operation
    return undo.operation


@cache
def _slots(kind: type[Any]) -> tuple[Slot, ...]:
    """Return what reads and fills each slot in which an instant may be found."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if _may_hold_instant(hints[each.name])]
    return tuple((vars(kind)[n].__get__, vars(kind)[n].__set__) for n in names)


def _may_hold_instant(hint: object) -> bool:
    """Tell whether a type is, or has in it, an instant; a plan has none."""
    parts = [*get_args(hint)]
    if isinstance(hint, type) and is_dataclass(hint) and hint is not Plan:
        parts += get_type_hints(hint).values()
    return hint is datetime or any(_may_hold_instant(part) for part in parts)


_OPERATION = vars(UndoState)["operation"]
