"""The overview of a document: what it is, how much of what it holds, what is open."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.document.compiler.account import Compiled
from gonogo.document.kinds import GateContext
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.model.plan import Plan
from gonogo.report.explained.part import exposure_text, holds_text
from gonogo.report.explained.rows import is_placed
from gonogo.report.explained.windows import window_text

_RUN = {"action", "check", "baseline"}


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something: '3' and 'questions to people'."""

    number: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """One stage on the map; `exposure` is '' where none is named."""

    line: int
    title: str
    exposure: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """
    What stands on top.

    Attributes:
        facts: Names and values: where the plan is for, and the digests.
        pressing: Errors, then warnings, each by place.
        notes: What one may want to know.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[Count, ...]
    stages: tuple[StageMark, ...]
    pressing: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]


def overview_of(reading: Reading, compiled: Compiled) -> Overview:
    """Return the overview; without a plan there is nothing to count."""
    plan = compiled.plan
    found = compiled.diagnostics
    return Overview(
        title=plan.title if plan else reading.name,
        facts=tuple(_facts(reading, plan)),
        counts=tuple(_counts(reading, compiled, plan)) if plan else (),
        stages=tuple(_marks(reading, plan)) if plan else (),
        pressing=(*_of(found, Severity.ERROR), *_of(found, Severity.WARNING)),
        notes=_of(found, Severity.INFO),
    )


def _of(found: tuple[Diagnostic, ...], severity: Severity) -> tuple[Diagnostic, ...]:
    return tuple(each for each in found if each.severity is severity)


def _facts(reading: Reading, plan: Plan | None) -> Iterator[tuple[str, str]]:
    yield "document", f"{reading.name}  {reading.digest}"
    if plan is None:
        yield "plan", "none: the errors below come first"
        return
    yield "service", f"{plan.service} in {plan.environment}"
    yield "plan", plan.digest
    for window in plan.windows:
        yield "window", window_text(window)
    if not is_placed(plan, reading):
        yield "lines", f"the plan's are those of {plan.document}"


def _marks(reading: Reading, plan: Plan) -> Iterator[StageMark]:
    placed = is_placed(plan, reading)
    for stage in plan.stages:
        yield StageMark(
            line=stage.line if placed else 1,
            title=stage.title,
            exposure=exposure_text(stage),
            holds=holds_text(stage),
        )


def _counts(reading: Reading, compiled: Compiled, plan: Plan) -> Iterator[Count]:
    steps = [step.kind for stage in plan.stages for step in stage.steps]
    kinds = Counter(steps)
    bound = {gate.line for stage in plan.stages for gate in stage.gates}
    bound |= {gate.line for gate in plan.triggers}
    yield _count(len(plan.stages), "stage")
    yield _count(sum(k in _RUN for k in steps), "step that runs", "steps that run")
    yield _count(kinds["question"], "question to people", "questions to people")
    yield _count(kinds["approval"], "approval")
    yield _count(kinds["soak"], "soak")
    yield _count(len(bound), "gate bound", "gates bound")
    people = _of_people(reading, compiled, plan) - bound
    yield _count(len(people), "gate judged by people", "gates judged by people")
    meant = {g.line for g in reading.gates if g.context is not GateContext.INFO}
    left = meant - bound - people
    if left:
        yield _count(len(left), "limit judged by nobody", "limits judged by nobody")


def _of_people(reading: Reading, compiled: Compiled, plan: Plan) -> set[int]:
    """Return the lines of limits that became a question, and of triggers left over."""
    asked = {
        str(step.id)
        for stage in plan.stages
        for step in stage.steps
        if step.kind == "question"
    }
    lines = {ending.line for ending in compiled.endings if ending.into in asked}
    triggers = {trigger.line for trigger in reading.triggers}
    return triggers | (lines & {gate.line for gate in reading.gates})


def _count(number: int, one: str, many: str = "") -> Count:
    return Count(number, one if number == 1 else many or f"{one}s")
