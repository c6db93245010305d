"""
Confirming an invalidation: until every reader has dropped the old value, or has lapsed.

Members say that they dropped it, which takes milliseconds. One that does not answer,
because it was killed, frozen or cut off, is outwaited: a member serves nothing once it
has gone unverified for its term. Each process measures by its own monotonic clock; how
old the store's memory is, the store's own clock says.
"""

from dataclasses import dataclass

from hardening.cache.generations import Generations, Raised, Unreachable
from hardening.core import Clock

_FIRST_S = 0.0005
_LONGEST_S = 0.02
# Two machines' monotonic clocks differ by some 0.01 %; a hundredth is far beyond that.
_DRIFT = 1.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """
    How an invalidation was confirmed.

    Attributes:
        waited_s: How long it took.
        lapsed: How many members were outwaited; they did not answer.
    """

    waited_s: float
    lapsed: int = 0


def confirm(
    generations: Generations,
    name: str,
    raised: Raised,
    *,
    term_s: float,
    clock: Clock,
    within_s: float | None,
) -> int | None:
    """
    Wait until nobody serves what is older than a generation.

    Args:
        generations: Where the members report.
        name: What the generation is of.
        raised: As it was raised, just now.
        term_s: For how long a member serves unverified, by this process's own settings.
        clock: Measures and waits.
        within_s: Give up after this; None waits for as long as it takes: the term.

    Returns:
        How many members were outwaited; None when it was given up.
    """
    began_s = clock.monotonic_s()
    term_s = max(term_s, raised.term_s) * _DRIFT
    all_known = raised.age_s >= term_s
    pending: frozenset[str] | None = raised.pending if all_known else None
    pause_s = _FIRST_S
    while pending is None or pending:
        waited_s = clock.monotonic_s() - began_s
        if waited_s >= term_s:
            return _forget(generations, name, raised)
        if within_s is not None and waited_s >= within_s:
            return None
        clock.wait(min(pause_s, term_s - waited_s))
        pause_s = min(2 * pause_s, _LONGEST_S)
        if pending is not None:
            pending = _pending(generations, name, raised)
    return 0


def _pending(
    generations: Generations, name: str, raised: Raised
) -> frozenset[str] | None:
    """Return who has not answered; None when that cannot be known any more."""
    try:
        return generations.pending(name, raised)
    except Unreachable:
        return None


def _forget(generations: Generations, name: str, raised: Raised) -> int:
    """Remove the members that were outwaited, so that nobody waits for them again."""
    try:
        silent = generations.pending(name, raised)
        if silent:
            generations.forget(name, silent, raised)
    except Unreachable:
        return 0
    return len(silent or ())
