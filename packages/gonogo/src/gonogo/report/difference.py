"""
The difference of two plans, as a person has to see it before the one becomes the other.

Parts count as the same when they say the same, wherever they stand in their documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from gonogo.decision import RolloutState
from gonogo.decision.alignment import plain, same, same_within
from gonogo.model.plan import Approval, Gate, IncidentTask, Metric, Plan, Stage

T = TypeVar("T", Gate, Metric, IncidentTask)


class Change(StrEnum):
    """What became of a part."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """
    What became of one part of a plan.

    Attributes:
        kind: 'stage', 'trigger', 'metric' or 'incident task'.
        line: Where it stands in the new document; of a removed one, in the old.
        details: For a changed stage: its steps that went ('- …') and came ('+ …').
    """

    kind: str
    change: Change
    title: str
    line: int | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnew:
    """
    A consent that is needed after the change, from its first stage on.

    Attributes:
        given_by: Whose word on the plan before lapses; None for nobody's.
    """

    title: str
    role: str
    line: int
    given_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    What a change of a rollout's plan means.

    Attributes:
        parts: Stages in the new order, then triggers, metrics, incident tasks.
        asked: The consents that will be asked for.
        kept: The consents that are carried over, by their titles.
    """

    parts: tuple[PartChange, ...]
    asked: tuple[AskedAnew, ...]
    kept: tuple[str, ...]


def difference_of(state: RolloutState, new: Plan, kept: int) -> Difference:
    """
    Return what it means that a rollout goes over to another plan.

    Args:
        state: With the plan that runs.
        new: As its document compiles to.
        kept: So many stages stay as they are.
    """
    old = state.plan
    given = dict(_given(state, old.stages[kept:]))
    return Difference(
        parts=(
            *_stages(old, new),
            *_parts("trigger", old.triggers, new.triggers),
            *_metrics(old, new),
            *_parts("incident task", old.incident, new.incident),
        ),
        asked=tuple(
            AskedAnew(
                title=step.title,
                role=step.role,
                line=step.line,
                given_by=given.get(step.title),
            )
            for step in _approvals(new.stages[kept:])
        ),
        kept=tuple(title for title, _ in _given(state, old.stages[:kept])),
    )


def _given(state: RolloutState, stages: Iterable[Stage]) -> Iterable[tuple[str, str]]:
    for step in _approvals(stages):
        word = state.approvals.get(step.id)
        if word is not None:
            yield step.title, word.by.name


def _approvals(stages: Iterable[Stage]) -> Iterable[Approval]:
    for stage in stages:
        yield from (step for step in stage.steps if isinstance(step, Approval))


# -- stages ----------------------------------------------------------------------


def _stages(old: Plan, new: Plan) -> Iterable[PartChange]:
    before = list(old.stages)
    for stage in new.stages:
        was = _match(old, before, new, stage)
        if was is not None:
            before.remove(was)
        yield _stage_change(old, was, new, stage)
    for stage in before:
        yield PartChange(
            kind="stage", change=Change.REMOVED, title=stage.title, line=stage.line
        )


def _match(old: Plan, before: Sequence[Stage], new: Plan, stage: Stage) -> Stage | None:
    """Return the stage that this one was: the one that says the same, or is called so."""
    alike = (each for each in before if same_within((old, each), (new, stage)))
    called = (each for each in before if each.title == stage.title)
    return next(alike, None) or next(called, None)


def _stage_change(old: Plan, was: Stage | None, new: Plan, now: Stage) -> PartChange:
    change, details = Change.CHANGED, tuple[str, ...]()
    if was is None:
        change = Change.ADDED
    elif same_within((old, was), (new, now)):
        change = Change.UNCHANGED
    else:
        details = tuple(_details(old, was, new, now))
    return PartChange(
        kind="stage", change=change, title=now.title, line=now.line, details=details
    )


def _details(old: Plan, was: Stage, new: Plan, now: Stage) -> Iterable[str]:
    """Yield the steps and gates that went and came; what only moved is not named."""
    before = [(old, part) for part in (*was.steps, *was.gates)]
    after = [(new, part) for part in (*now.steps, *now.gates)]
    for sign, ours, others in (("-", before, after), ("+", after, before)):
        for each in ours:
            if not any(same_within(each, other) for other in others):
                yield f"{sign} {each[1].title} (line {each[1].line})"
    if not same(was.rollback, now.rollback):
        yield "± its way back"


def _line(part: object) -> int:
    return int(getattr(part, "line", 0))


# -- the rest --------------------------------------------------------------------


def _parts(kind: str, old: Sequence[T], new: Sequence[T]) -> Iterable[PartChange]:
    """Yield what changed of parts that have a title and a line; the rest is the same."""
    for change, ours, others in ((Change.ADDED, new, old), (Change.REMOVED, old, new)):
        for each in ours:
            if not any(same(each, other) for other in others):
                title = str(getattr(each, "title", ""))
                yield PartChange(
                    kind=kind, change=change, title=title, line=_line(each)
                )


def _metrics(old: Plan, new: Plan) -> Iterable[PartChange]:
    # Of one name the newest comes first: the others are of stages that were left.
    before = {plain(metric.name): metric for metric in reversed(old.metrics)}
    for metric in new.metrics:
        was = before.pop(plain(metric.name), None)
        if was is None:
            yield PartChange(kind="metric", change=Change.ADDED, title=metric.name)
        elif not same(replace(was, name=metric.name), metric):
            yield PartChange(kind="metric", change=Change.CHANGED, title=metric.name)
    for name in before:
        yield PartChange(kind="metric", change=Change.REMOVED, title=name)
