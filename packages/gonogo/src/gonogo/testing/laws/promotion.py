"""Law 1: nothing is promoted without the proof of every part of its gate."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Purpose,
    Question,
    Soak,
    Step,
)
from gonogo.model.verdict import Outcome
from gonogo.testing.laws.law import events_of, hold, plan_of, plans_of, steps_of
from gonogo.testing.laws.soaks import is_held


def promotion_is_proven(history: Sequence[Event]) -> None:
    """Law 1: nothing is promoted unless the events that open its gate are there."""
    stages = {stage.id: stage for stage in plans_of(history)[0].stages}
    for index, event in enumerate(history):
        if isinstance(event, events.PlanAmended):
            stages = {stage.id: stage for stage in event.plan.stages}
        if isinstance(event, events.StagePromoted):
            for step in stages[event.stage].steps:
                before = history[:index]
                # By whom it was left out, and whether they may, is a law of its own.
                if not events_of(before, events.StepSkipped, step.id):
                    _proven(before, _as_completed(before, step), event.at)
        if isinstance(event, events.RolloutCompleted):
            left = [e for e in history[:index] if isinstance(e, events.StagePromoted)]
            hold(
                list(stages) == [each.stage for each in left],
                f"completed, but left only {left}",
            )


def _as_completed(before: Sequence[Event], step: Step) -> Step:
    """Return a step as the plan had it when it was done: that is what was proven."""
    done = events_of(before, events.StepCompleted, step.id)
    hold(bool(done), f"step {step.id} ({step.kind}) was never done")
    return steps_of(before[: before.index(done[-1])])[step.id]


def _proven(before: Sequence[Event], step: Step, at: datetime) -> None:
    proofs: Mapping[type[Any], Callable[[Sequence[Event], Any, datetime], bool]] = {
        Action: _is_applied,
        Check: _is_passed,
        Question: _is_affirmed,
        Approval: _is_consented,
        Soak: _is_held,
        Baseline: _is_captured,
    }
    held = proofs[type(step)](before, step, at)
    hold(held, f"step {step.id} ({step.kind}) is not proven at its promotion")


def _is_applied(before: Sequence[Event], step: Action, _: datetime) -> bool:
    return bool(events_of(before, events.ActionApplied, step.id))


def _is_passed(before: Sequence[Event], step: Check, _: datetime) -> bool:
    looks = events_of(before, events.CheckJudged, step.id)
    passed = bool(looks) and looks[-1].verdict.outcome is Outcome.PASS
    return passed or "yes" in _answers(before, step.id)


def _is_affirmed(before: Sequence[Event], step: Question, _: datetime) -> bool:
    given = _answers(before, step.id)
    good = {"done", "yes", "go"}
    fills_in = step.purpose is Purpose.FILL_IN
    return len(given) == 1 and (bool(given[0]) if fills_in else given[0] in good)


def _answers(before: Sequence[Event], question: str) -> list[str]:
    return [
        event.answer
        for event in before
        if isinstance(event, events.QuestionAnswered) and event.question == question
    ]


def _is_consented(before: Sequence[Event], step: Approval, at: datetime) -> bool:
    given = events_of(before, events.ApprovalGiven, step.id)
    if not given:
        return False
    last = given[-1]
    since = before[before.index(last) :]
    if events_of(since, events.ApprovalLapsed, step.id):
        return False
    if events_of(since, events.ApprovalRefused, step.id):
        return False
    own = _own(before[: before.index(last)], last) and not _may_be_own(before, last)
    allowed = not step.people or last.by.name in step.people
    fresh = at - last.at <= step.valid_for
    return fresh and _of_this_plan(before, last, step) and allowed and not own


def _own(until: Sequence[Event], given: events.ApprovalGiven) -> bool:
    """Tell whether the plan, or a change to it, was that person's when they spoke."""
    kinds = (events.RolloutStarted, events.PlanAmended)
    return given.by in [event.by for event in until if isinstance(event, kinds)]


def _may_be_own(before: Sequence[Event], given: events.ApprovalGiven) -> bool:
    return plan_of(before[: before.index(given)]).self_approval


def _of_this_plan(
    before: Sequence[Event], given: events.ApprovalGiven, step: Approval
) -> bool:
    """Tell whether a consent was to this plan, or was carried over to it by name."""
    index = before.index(given)
    amended = [e for e in before[index:] if isinstance(e, events.PlanAmended)]
    carried = all(step.id in event.kept for event in amended)
    right = given.digest == plan_of(before[:index]).digest
    return right and carried and given.role == step.role


def _is_captured(before: Sequence[Event], step: Baseline, _: datetime) -> bool:
    taken = {e.metric for e in before if isinstance(e, events.BaselineCaptured)}
    return taken >= set(step.metrics)


def _is_held(before: Sequence[Event], step: Soak, _: datetime) -> bool:
    return is_held(before, step)
