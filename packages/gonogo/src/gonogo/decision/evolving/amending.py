"""Amending: what a rollout knew of what it goes on with, and no more."""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import TypeVar

from gonogo.decision.alignment import every_gate
from gonogo.decision.evolving.dispatch import fold
from gonogo.decision.state import RolloutState, UndoState
from gonogo.model import event as events

K = TypeVar("K")
V = TypeVar("V")


@fold.register
def _(event: events.PlanAmended, state: RolloutState) -> RolloutState:
    # A name means one thing for a whole journal: what the new plan does not name is
    # over, and what it names anew begins with nothing known.
    plan = event.plan
    steps = {step.id for stage in plan.stages for step in stage.steps}
    gates = {gate.id for gate in every_gate(plan)}
    metrics = {metric.name for metric in plan.metrics}
    return replace(
        state,
        plan=plan,
        document_plan_digest=event.document_plan,
        revision=state.revision + 1,
        amended_by=(*state.amended_by, event.by),
        steps=_of(state.steps, steps),
        approvals=_of(state.approvals, steps),
        answers=_of(state.answers, steps),
        gates=_of(state.gates, gates),
        metrics=_of(state.metrics, metrics),
        baselines=_of(state.baselines, metrics),
        tallies=_of(state.tallies, metrics),
        awaited=None,  # the new plan may have other change windows
        skips=_of(state.skips, steps),
        undos=tuple(_relined(undo, lines_of(event)) for undo in state.undos),
    )


def lines_of(event: events.PlanAmended) -> Mapping[str, int]:
    """Return where each step stands in the amended document."""
    return {step.id: step.line for stage in event.plan.stages for step in stage.steps}


def _of(known: Mapping[K, V], names: Container[object]) -> Mapping[K, V]:
    return {name: each for name, each in known.items() if name in names}


def _relined(undo: UndoState, lines: Mapping[str, int]) -> UndoState:
    """Return an undo as it was recorded, on the line that its step has now."""
    return replace(undo, line=lines.get(undo.step or "", undo.line))
