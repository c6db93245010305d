"""Misses: a `get` that finds nothing, and the `set` that follows it, are one load."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from hardening.cache.store import Lead


@dataclass(frozen=True, slots=True)
class Missed:
    """
    What a `set` stores by.

    Attributes:
        lead: The lease under which it may be stored; None without one.
        era: Of the fallback, when Redis was away; None when it answered.
        asked: Whether a `get` came before; False for a `set` out of the blue.
    """

    lead: Lead | None
    era: int | None
    asked: bool = True


# A `set` whose `get` was forgotten is one out of the blue, which is stored whatever was
# invalidated meanwhile: who gets more than these before it sets has to be very unusual,
# and who never sets (its loads fail) keeps no more than these.
_MOST = 256

# Never changed, always replaced: tasks that were made of one another share what was
# there before, and each adds its own.
_Misses = Mapping[tuple[object, str], Missed]
_MISSED: ContextVar[_Misses] = ContextVar("hardening_cache_missed", default={})  # noqa: B039


def remember(cache: object, key: str, missed: Missed) -> None:
    """Remember a miss of this thread or task."""
    misses = dict(_MISSED.get())
    misses.pop((cache, key), None)
    misses[cache, key] = missed
    if len(misses) > _MOST:
        del misses[next(iter(misses))]
    _MISSED.set(misses)


def recall(cache: object, key: str) -> Missed | None:
    """Return the last miss of a key in this thread or task, and forget it."""
    misses = _MISSED.get()
    missed = misses.get((cache, key))
    if missed is not None:
        _MISSED.set({place: misses[place] for place in misses if place != (cache, key)})
    return missed
