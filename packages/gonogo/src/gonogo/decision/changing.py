"""
Changing a value that never changes: a copy in which some fields are others.

The machine makes several copies with every event, so that this is among the dearest
things it does. `changed` is `dataclasses.replace`, and is checked as that by the type
checker, for classes with slots whose constructor only fills them.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["changed"]

if TYPE_CHECKING:
    from dataclasses import replace as changed
else:
    T = TypeVar("T")

    def changed(value: T, /, **changes: Any) -> T:  # noqa: ANN401  # any field
        """Return a copy of a value, with other values for some of its fields."""
        kind = type(value)
        slots, put = _slots(kind)
        copy = object.__new__(kind)
        for take, give in slots:
            give(copy, take(value))
        for name, other in changes.items():
            put[name](copy, other)
        return copy

    @cache
    def _slots(kind: type) -> tuple[tuple[Any, ...], dict[str, Callable[..., None]]]:
        """Return what reads and what fills each slot, past the guard of a frozen one."""
        slots = {each.name: getattr(kind, each.name) for each in fields(kind)}
        both = tuple((slot.__get__, slot.__set__) for slot in slots.values())
        return both, {name: slot.__set__ for name, slot in slots.items()}
