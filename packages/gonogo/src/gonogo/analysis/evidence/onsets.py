"""
Onsets: since when harm has been there, for the sentence that says how bad it is.

A fault that begins at nine in the evening is found against the whole day before it: over
the whole soak its rate may still look harmless. So a running sum is kept of what the
looks say for a size of harm; it begins anew whenever nothing is left of it, and the
largest one says since when. The proof itself owes nothing to it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from gonogo.model.evidence import EvidenceState, Finding, Mark, Onsets, Totals

LARGEST = 1.6
"""The log of five times the limit: a few events tell when that began, and more."""

SIZES = 3
"""So many are followed; twice as many name the beginning no better."""


def followed(effects: Sequence[float]) -> tuple[int, ...]:
    """
    Return which effects of a grid are followed: from its first, a few in even steps.

    Args:
        effects: In logs, ascending, at least one.
    """
    last = max(bisect_right(effects, LARGEST) - 1, 0)
    return tuple(sorted({round(last * n / (SIZES - 1)) for n in range(SIZES)}))


def moved_on(
    state: EvidenceState, steps: Sequence[float], places: Sequence[int]
) -> Onsets:
    """
    Return the running sums after one more look.

    Args:
        state: Before it. Once harm is proven the sums stay as they were found.
        steps: What this look says for each size of harm, in logs.
        places: Which of these are followed.
    """
    if state.finding is Finding.HARM:
        return state.onsets
    sums: list[float] = []
    marks: list[Mark | None] = []
    before = state.onsets if state.onsets.sums else _nothing(len(places))
    for place, kept, mark in zip(places, before.sums, before.marks, strict=True):
        now = kept + steps[place]
        sums.append(now if now > 0 else 0.0)
        if kept:
            marks.append(mark if now > 0 else None)
        else:
            marks.append(_mark(state) if now > 0 else None)
    return Onsets(sums=tuple(sums), marks=tuple(marks))


def since(state: EvidenceState) -> Mark | None:
    """Return where the strongest harm began; None: at the first look, or there is none."""
    onsets = state.onsets
    largest = max(onsets.sums, default=0.0)
    return onsets.marks[onsets.sums.index(largest)] if largest > 0 else None


def seen_since(totals: Totals, mark: Mark) -> Totals:
    """Return what was seen after an instant."""
    before = mark.totals
    return Totals(
        canary_events=totals.canary_events - before.canary_events,
        canary_exposure=totals.canary_exposure - before.canary_exposure,
        control_events=totals.control_events - before.control_events,
        control_exposure=totals.control_exposure - before.control_exposure,
        weighed_canary=totals.weighed_canary - before.weighed_canary,
        weighed_control=totals.weighed_control - before.weighed_control,
    )


def _mark(state: EvidenceState) -> Mark | None:
    """Return where harm begins that the next look is the first to speak for."""
    return None if state.last is None else Mark(at=state.last, totals=state.totals)


@cache
def _nothing(sizes: int) -> Onsets:
    return Onsets(sums=(0.0,) * sizes, marks=(None,) * sizes)
