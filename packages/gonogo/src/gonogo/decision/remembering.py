"""
Remembering what was read off a state, for as long as what it rests on stays the same.

A rollout that holds is measured many times a minute, and little else happens to it:
its step, the gates in force and the metrics wanted are the same each time. A look that
is `remembered` is taken once, and again only after an event that changed more than
the measurements. It may read any field of a state but those of `RESTLESS`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

S = TypeVar("S", bound="Remembering")
T = TypeVar("T")

RESTLESS = frozenset({"at", "metrics", "gates"})
"""The fields that a measurement changes; no remembered look may rest on them."""


class Remembering:
    """A value that looks are taken at; equal values need not remember the same."""

    __slots__ = ("remembered_looks",)
    remembered_looks: dict[Callable[..., Any], Any]  # unset until the first look


def remembered(look: Callable[[S], T]) -> Callable[[S], T]:
    """Let a look at a state be taken once, and be remembered with the state."""

    @wraps(look)
    def again(state: S) -> T:
        try:
            known = state.remembered_looks
        except AttributeError:
            known = {}
            _LOOKS(state, known)
        if look in known:
            found: T = known[look]
        else:
            found = known[look] = look(state)
        return found

    return again


def remember_too(after: Remembering, before: Remembering) -> None:
    """Let a state that differs in `RESTLESS` fields only remember what another does."""
    known = getattr(before, "remembered_looks", None)
    if known is not None:
        _LOOKS(after, known)


_LOOKS: Callable[[Remembering, dict[Callable[..., Any], Any]], None] = vars(
    Remembering
)["remembered_looks"].__set__
