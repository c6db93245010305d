"""Laws 1, 2 and 7, where a plan changes: what was done stays, a name means one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Plan, Step
from gonogo.testing.laws.law import hold, plans_of


def an_amendment_changes_what_is_to_come(history: Sequence[Event]) -> None:
    """Stages that were left stand in every later plan; a name is given once."""
    plans = iter(plans_of(history))
    plan, entered = next(plans), list[str]()
    known = {step.id: _bare(step) for step in _steps(plan)}
    for event in history:
        if isinstance(event, events.StageEntered):
            entered.append(event.stage)
        if not isinstance(event, events.PlanAmended):
            continue
        hold(event.before == plan.digest, "an amendment of another plan")
        plan = next(plans)
        ids = [stage.id for stage in plan.stages]
        hold(ids[: len(entered)] == entered, f"{entered} were entered, not {ids}")
        _given_once(plan, known)
        known |= {step.id: _bare(step) for step in _steps(plan)}


def _given_once(plan: Plan, known: Mapping[StepId, Any]) -> None:
    for step in _steps(plan):
        was = known.get(step.id)
        hold(was in (None, _bare(step)), f"{step.id} was {was}, and is {step}")


def _steps(plan: Plan) -> list[Step]:
    return [step for stage in plan.stages for step in stage.steps]


def _bare(step: Step) -> Any:  # noqa: ANN401  # a plain value, to be compared
    """Return what a step says: without its lines, and the names of what judges it."""
    body = {k: v for k, v in asdict(step).items() if k not in {"gates", "metrics"}}
    return _without_lines(body)


def _without_lines(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {k: _without_lines(v) for k, v in value.items() if k != "line"}
    if isinstance(value, tuple):
        return [_without_lines(each) for each in value]
    return value
