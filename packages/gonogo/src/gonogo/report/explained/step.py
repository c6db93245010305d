"""Steps as rows: what kind each is, what it does, expects, asks, and its way back."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from gonogo.analysis.threshold import limit_text
from gonogo.model.operation import Migrate, SetFlag
from gonogo.model.plan import (
    CHOICES,
    Action,
    Approval,
    Baseline,
    Check,
    OnFailure,
    Plan,
    Question,
    Soak,
    Stage,
    Step,
)
from gonogo.report.explained.operation import expected
from gonogo.report.explained.row import Detail, Row, operation_details, verbatim
from gonogo.report.wording import operation_text, span_text

KINDS = {
    "action": "RUN",
    "check": "CHECK",
    "question": "ASK",
    "approval": "APPROVE",
    "soak": "SOAK",
    "baseline": "BASELINE",
}


def row_of(step: Step, stage: Stage, plan: Plan) -> Row:
    """Return a step as a row."""
    details = tuple(_details(step, stage, plan))
    return Row(step.line, KINDS[step.kind], step.title, details)


@singledispatch
def _details(step: Any, stage: Stage, plan: Plan) -> Iterator[Detail]:  # noqa: ANN401
    raise NotImplementedError


@_details.register
def _(step: Action, stage: Stage, plan: Plan) -> Iterator[Detail]:
    del plan
    yield from operation_details("runs", step.apply)
    if step.confirm:
        yield Detail(
            "confirm", "it destroys something: a person is asked once more", warns=True
        )
    if step.check is not None:
        yield Detail("in doubt", f"after a crash: {operation_text(step.check)}")
    yield from _failing(step)
    yield from _way_back(step, stage)


@_details.register
def _(step: Check, stage: Stage, plan: Plan) -> Iterator[Detail]:
    del stage, plan
    yield from operation_details("looks", step.probe, changes=False)
    yield from (Detail("expects", text) for text in expected(step.expectations))
    if step.attempts > 1:
        delay = span_text(step.retry_delay)
        yield Detail("tries", f"{step.attempts} times, {delay} apart")
    yield from _failing(step)


@_details.register
def _(step: Question, stage: Stage, plan: Plan) -> Iterator[Detail]:
    del stage, plan
    choices = " / ".join(CHOICES[step.purpose]) or "any text"
    yield Detail("asks", f"{step.role or 'whoever runs the rollout'}: {choices}")
    yield Detail("because", step.why)
    yield from verbatim(step.text)


@_details.register
def _(step: Approval, stage: Stage, plan: Plan) -> Iterator[Detail]:
    del stage
    people = ", ".join(step.people)
    yield Detail("asks", f"{step.role} ({people})" if people else step.role)
    limit = f"asked for {span_text(step.timeout)}" if step.timeout else "no time limit"
    own = ", may be one's own" if plan.self_approval else ""
    yield Detail("valid", f"{span_text(step.valid_for)}, {limit}{own}")


@_details.register
def _(step: Soak, stage: Stage, plan: Plan) -> Iterator[Detail]:
    gates = {gate.id: gate for gate in (*stage.gates, *plan.triggers)}
    held = span_text(step.duration) if step.duration else "one look"
    counts = ", time held already counts" if step.counts_held else ""
    yield Detail("holds", f"{held}, without interruption{counts}")
    yield Detail("limit", f"a person is asked after {span_text(step.limit)}")
    if not step.gates:
        yield Detail("gates", "none of its own: the time alone", warns=True)
    for each in (gates[gate] for gate in step.gates if gate in gates):
        limit = limit_text(each.condition)
        yield Detail("gate", f"{each.metric} {limit} (line {each.line})")


@_details.register
def _(step: Baseline, stage: Stage, plan: Plan) -> Iterator[Detail]:
    del stage
    probes = {metric.name: metric.probe for metric in plan.metrics}
    for name in step.metrics:
        probe = f": {operation_text(probes[name])}" if name in probes else ""
        yield Detail("measures", f"{name}{probe}")


def _failing(step: Action | Check) -> Iterator[Detail]:
    """Say what its failure leads to, where the step itself says so."""
    said = {
        OnFailure.ASK: "a person is asked: retry, skip or abort",
        OnFailure.BACK: "the rollout turns back",
    }
    if step.on_failure is not None:
        yield Detail("failing", said[step.on_failure])


def _way_back(step: Action, stage: Stage) -> Iterator[Detail]:
    rollback = stage.rollback
    if step.harmless:
        yield Detail("undo", "needs none: it changes nothing that lasts")
    elif step.undo is not None:
        yield from operation_details("undo", step.undo)
    elif isinstance(step.apply, Migrate) and step.apply.down is not None:
        yield Detail("undo", f"migrate with {step.apply.down}")
    elif isinstance(step.apply, SetFlag):
        yield Detail("undo", "the flag's definition as it is just before")
    elif rollback is not None and rollback.operation is not None:
        yield Detail("undo", f"the stage's rollback (line {rollback.line})")
    else:
        yield Detail("undo", "none is known: a person has to", warns=True)
