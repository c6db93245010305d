"""
The compiler: a reading and its bindings become a plan.

It is pure and collects everything that is wrong. Every box, limit, approval and block
ends in a step, a gate, a question, or a diagnostic that names it (law 9); what ends
nowhere is reported as a warning, so that nothing is dropped in silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gonogo.document.bindings.bound import Ask, Bindings, Bound, Consent
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.compiler import targets as compile_targets
from gonogo.document.compiler.account import (
    Compiled,
    element_lines,
    name_left_over,
    name_outside,
    name_unheld,
    unaccounted,
)
from gonogo.document.compiler.asked import Asking
from gonogo.document.compiler.bound import baseline
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.gates import StageGates, stage_gates
from gonogo.document.compiler.incident import contacts, incident, triggers
from gonogo.document.compiler.metrics import ALPHA, metrics
from gonogo.document.compiler.operations import Operations
from gonogo.document.compiler.placing import (
    PlacedStage,
    Placing,
    place,
    title_of,
)
from gonogo.document.compiler.script import variable
from gonogo.document.compiler.service import service_of
from gonogo.document.compiler.steps import steps_of
from gonogo.document.compiler.ways import people_go, set_aside, way_back
from gonogo.document.compiler.windows import Calendars, Windows, no_calendars
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.expectation import Expectation
from gonogo.model.identifiers import StageId
from gonogo.model.plan import (
    Action,
    Baseline,
    OnFailure,
    Plan,
    Stage,
    Step,
    ValueSource,
)
from gonogo.model.sealing import sealed

__all__ = ["Compiled", "compile_plan", "element_lines", "unaccounted"]


def compile_plan(
    reading: Reading,
    bindings: Bindings,
    *,
    name: str,
    calendars: Calendars = no_calendars,
) -> Compiled:
    """
    Return the plan of a reading, and everything to say about it.

    Args:
        reading: What the document says.
        bindings: What it cannot say itself, as `read_bindings` gives them.
        name: The document's name, for the plan.
        calendars: Gives the calendar files that the bindings name.
    """
    problems = Problems()
    placing = place(reading)
    desk = _desk(reading, bindings, placing, problems)
    gates = [stage_gates(desk, placed) for placed in placing.stages]
    watched = triggers(desk)
    pairs = list(zip(placing.stages, gates, strict=True))
    windows = Windows(
        bindings.windows,
        compile_targets.stages(placing, bindings, problems),
        problems,
        calendars,
    )
    compiled = (_stage(desk, *pair) for pair in pairs)
    timed = [replace(s, windows=windows.of_stage(s.line)) for s in compiled]
    stages = _with_baseline(desk, timed)
    plan = Plan(
        title=title_of(reading),
        service=bindings.service or service_of(reading),
        environment=bindings.environment or "production",
        document=name,
        document_digest=reading.digest,
        stages=tuple(stage for stage in stages if stage.steps),
        triggers=watched,
        incident=incident(desk),
        contacts=contacts(desk),
        values=_values(bindings),
        connections={n: b.value for n, b in bindings.connections.items()},
        self_approval=bindings.self_approval,
        windows=windows.plan,
        on_failure=bindings.on_failure or OnFailure.BACK,
        metrics=desk.metrics.plan(),
        sources=Asking(bindings=bindings, problems=problems).plan(),
        alpha=bindings.alpha or ALPHA,
    )
    people_go(desk)
    set_aside(desk, placing.asides)
    name_outside(desk, placing.outside)
    name_unheld(desk, placing.asides)
    name_left_over(desk)
    _check_people(desk)
    if not plan.stages:
        problems.at_line(Code.NOTHING_TO_RUN, 1)
    return Compiled(
        plan=sealed(plan) if plan.stages else None,
        diagnostics=tuple(sorted(set(problems.found), key=_order)),
        endings=tuple(desk.endings),
    )


def _order(one: Diagnostic) -> tuple[object, ...]:
    return (one.line, one.column, one.code, one.message, one.path or "")


def _desk(
    reading: Reading, bindings: Bindings, placing: Placing, problems: Problems
) -> Desk:
    operations = Operations(reading=reading, bindings=bindings, problems=problems)
    return Desk(
        reading=reading,
        bindings=bindings,
        problems=problems,
        metrics=metrics(reading, bindings, operations, problems),
        steps=compile_targets.steps(placing, bindings, problems),
        rollbacks=compile_targets.rollbacks(reading, placing, bindings, problems),
        incident=compile_targets.incident(reading, bindings, problems),
        parents=frozenset(b.parent_line for b in reading.boxes if b.parent_line),
        stated=_stated(reading),
    )


def _stated(reading: Reading) -> dict[int, tuple[Expectation, ...]]:
    """Return what boxes expect in their own words, by line."""
    stated: dict[int, tuple[Expectation, ...]] = {}
    for one in reading.expectations:
        if one.box_line is not None:
            before = stated.get(one.box_line, ())
            stated[one.box_line] = (*before, one.expectation)
    return stated


def _stage(desk: Desk, placed: PlacedStage, gates: StageGates) -> Stage:
    steps = steps_of(desk, placed, gates)
    stage = placed.stage
    if not steps:
        desk.problems.at_line(Code.EMPTY_STAGE, stage.line, stage=stage.title)
    return Stage(
        id=StageId(desk.name("s", stage.line)),
        line=stage.line,
        title=stage.title,
        steps=steps,
        gates=gates.plan,
        rollback=way_back(desk, stage, steps),
        exposure_pct=stage.exposure_pct,
    )


def _with_baseline(desk: Desk, stages: Sequence[Stage]) -> Sequence[Stage]:
    """Put a baseline before the first change, where gates need one that none takes."""
    taken = {m for s in stages for step in s.steps for m in _recorded(step)}
    missing = [name for name in desk.metrics.compared if name not in taken]
    if not missing or not stages:
        return stages
    changing = [s for s in stages if any(isinstance(t, Action) for t in s.steps)]
    asked = [s for s in stages if any(_changes_by_hand(t) for t in s.steps)]
    first = (changing or asked or stages)[0]
    desk.problems.at_line(
        Code.IMPLICIT_BASELINE,
        first.line,
        metrics=", ".join(missing),
        stage=first.title,
    )
    step = baseline(desk, first.line, "Baseline", missing)
    return [replace(s, steps=(step, *s.steps)) if s is first else s for s in stages]


def _recorded(step: Step) -> Iterable[str]:
    return step.metrics if isinstance(step, Baseline) else ()


def _changes_by_hand(step: Step) -> bool:
    return step.kind == "question" and step.purpose == "do"


def _values(bindings: Bindings) -> dict[str, ValueSource]:
    """Return the values by the name of the variable that carries them."""
    return {
        name if name.isidentifier() else variable(name): bound.value
        for name, bound in bindings.values.items()
    }


def _check_people(desk: Desk) -> None:
    """Report people of roles that are nowhere in the document."""
    roles = {a.role for a in desk.reading.approvals if a.role}
    roles |= {b.role for b in desk.reading.boxes if b.role}
    roles |= set(_roles(desk.bindings))
    for bound in desk.bindings.people:
        if folded(bound.name) not in {folded(role) for role in roles}:
            desk.problems.add(
                Code.BINDS_NOTHING,
                bound.at,
                what="role",
                name=bound.name,
                hint=hint(bound.name, sorted(roles)),
            )


def _roles(bindings: Bindings) -> Iterator[str]:
    groups: tuple[Sequence[Bound[object]], ...] = (
        bindings.steps,
        bindings.rollbacks,
        bindings.incident,
    )
    for group in groups:
        for bound in group:
            deed = getattr(bound.value, "deed", None)
            if isinstance(deed, Ask | Consent) and deed.role:
                yield deed.role
