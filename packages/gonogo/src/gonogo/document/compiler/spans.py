"""
Spans of a part: the time that a stage or substage holds, behind its last step.

'Phase 2: 24-Hour Monitoring' and 'Duration: 48 hours' tell how long a part takes. Time
that is held inside it counts: 1 h, 3 h and 20 h inside 24 hours are these 24 hours.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gonogo.document.compiler.elements import Consenting, Item
from gonogo.document.compiler.work import Work, seconds_of
from gonogo.document.reading import Wait
from gonogo.document.soak_limit import soak_limit
from gonogo.model.plan import Action, Purpose, Question, Soak, Step

_SINCE = re.compile(r"\b(?:after|first)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The steps of one element, with its line and substage."""

    line: int
    substage_line: int | None
    steps: tuple[Step, ...]


def with_spans(
    work: Work, placed: Sequence[Placed], spans: Sequence[Wait]
) -> tuple[Step, ...]:
    """
    Return the steps of a stage, each part with the time that it holds behind them.

    Args:
        work: The stage.
        placed: The steps of its elements, in order.
        spans: The times that its parts state: a part holds for its longest one.
    """
    found = list(placed)
    parts = {wait.substage_line for wait in spans if wait.substage_line is not None}
    for part in sorted(parts):
        wait = _longest(w for w in spans if w.substage_line == part)
        inside = [one for one in found if one.substage_line == part]
        held = Placed(
            line=wait.line, substage_line=part, steps=_held(work, wait, inside)
        )
        found.insert(_behind(found, part), held)
    whole = [wait for wait in spans if wait.substage_line is None]
    steps = tuple(step for one in found for step in one.steps)
    return (*steps, *(_held(work, _longest(whole), found) if whole else ()))


def _longest(spans: Iterable[Wait]) -> Wait:
    """Return the longest span; of equal ones the first, as a rule the title."""
    return max(spans, key=seconds_of)


def _behind(found: Sequence[Placed], part: int) -> int:
    """Return the index behind a part's last step, or where it would stand."""
    last = [i for i, one in enumerate(found) if one.substage_line == part]
    before = [i for i, one in enumerate(found) if one.line < part]
    return max(last or before, default=-1) + 1


def _held(work: Work, wait: Wait, inside: Sequence[Placed]) -> tuple[Step, ...]:
    """Return the soak of a part, less what is held inside."""
    steps = [step for one in inside for step in one.steps]
    return (_less(work.held(wait, wait.line, wait.text), steps),)


def counted(
    element: Item | Consenting, made: Sequence[Step], before: Sequence[Placed]
) -> tuple[Step, ...]:
    """
    Return an item's steps; '(first 24 hours)' counts since the last change.

    Behind a 'first hour' only 23 hours of it are left.
    """
    if not any(_SINCE.search(wait.text) for wait in element.waits):
        return tuple(made)
    steps = _since_change([step for one in before for step in one.steps])
    return tuple(_less(s, steps) if isinstance(s, Soak) else s for s in made)


def _since_change(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the steps from the last one on that changed something, by hand or not."""
    changes = [index for index, step in enumerate(steps) if _changes(step)]
    return steps[changes[-1] :] if changes else steps


def _changes(step: Step) -> bool:
    by_hand = isinstance(step, Question) and step.purpose is Purpose.DO
    return by_hand or isinstance(step, Action)


def _less(soak: Soak, steps: Sequence[Step]) -> Soak:
    """
    Return a soak less what some steps before it hold.

    `counts_held` counts from the last action, wherever that was. So it is set only
    where that cannot reach back behind these steps: an action is among them, or they
    hold as long themselves. Else the rest is held: a stage that people go through by
    hand is not over because the stage before it took a day.
    """
    held = sum((_surely_held(step) for step in steps), timedelta())
    if held >= soak.duration or any(isinstance(step, Action) for step in steps):
        return replace(soak, counts_held=True)
    rest = soak.duration - held
    return replace(soak, duration=rest, limit=soak_limit(rest))


def _surely_held(step: Step) -> timedelta:
    """Return how long a step holds at least: a soak that counts may be over at once."""
    if isinstance(step, Soak) and not step.counts_held:
        return step.duration
    return timedelta()
