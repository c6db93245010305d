"""When a gate's soak held, and when the gate decided: told by a few events."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import get_args

from gonogo.model import event as events
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.plan import Gate, Plan, Soak
from gonogo.model.verdict import Outcome
from gonogo.report.plots.plot import Moment, Stretch

Mark = (
    events.SoakStarted
    | events.SoakReset
    | events.HoldPaused
    | events.HoldResumed
    | events.SoakAccepted
    | events.StepCompleted
    | events.WatchInterrupted
    | events.RolloutAborted
)
MARKS: tuple[type[Mark], ...] = get_args(Mark)
"""The kinds of events that begin or end a hold, or decide something."""

# These end every hold, and name no step.
_END_ALL = (events.WatchInterrupted, events.RolloutAborted)


def soaks_of(plan: Plan, gate: Gate) -> frozenset[StepId]:
    """Return the soaks that a gate is part of."""
    return frozenset(
        step.id
        for stage in plan.stages
        for step in stage.steps
        if isinstance(step, Soak) and gate.id in step.gates
    )


def holds_of(
    marks: Iterable[Mark], soaks: Collection[StepId], *, until: datetime
) -> Iterator[Stretch]:
    """
    Yield the times in which these soaks held.

    Args:
        marks: Oldest first.
        soaks: The steps.
        until: The end of a hold that has not ended yet.
    """
    since: datetime | None = None
    for mark in marks:
        if not isinstance(mark, _END_ALL) and mark.step not in soaks:
            continue
        match mark:
            case events.SoakStarted():
                since = mark.since
            case events.HoldResumed():
                since = mark.at
            case _ if since is not None:
                yield Stretch(start=since, end=max(_end(mark), since))
                since = None
            case _:
                pass
    if since is not None:
        yield Stretch(start=since, end=max(until, since))


def moment_of(
    marks: Iterable[Mark], gate: GateId, soaks: Collection[StepId]
) -> Moment | None:
    """Return when a gate turned the rollout back, or when its last soak was over."""
    found: Moment | None = None
    accepted: set[StepId] = set()
    for mark in marks:
        match mark:
            case events.RolloutAborted(gate=cause) if cause == gate:
                return Moment(at=mark.at, outcome=Outcome.FAIL, words="tripped")
            case events.SoakAccepted(step=step):
                accepted.add(step)
            case events.StepCompleted(step=step) if step in soaks:
                found = _over(mark.at, by_a_person=step in accepted)
    return found


def _over(at: datetime, *, by_a_person: bool) -> Moment:
    if by_a_person:
        words = "accepted by a person"
        return Moment(at=at, outcome=Outcome.INCONCLUSIVE, words=words)
    return Moment(at=at, outcome=Outcome.PASS, words="held")


def _end(mark: Mark) -> datetime:
    """Return when a hold ended: without looks, or without data, before it was told."""
    if isinstance(mark, events.WatchInterrupted | events.HoldPaused):
        return mark.since
    return mark.at
