"""Every row of a plan by the line it begins on, and which lines belong to which row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gonogo.document.compiler.account import Compiled
from gonogo.document.reading import Reading
from gonogo.model.plan import Plan
from gonogo.report.explained.part import (
    contact_row,
    gate_row,
    rollback_row,
    stage_row,
    task_row,
)
from gonogo.report.explained.row import Row
from gonogo.report.explained.step import row_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """
    What the plan says about the lines of its document.

    Attributes:
        begun: The rows that begin on a line, in the order of the plan.
        joins: For lines that ended in a row of another line: the lines of those rows.
        groups: The lines that only head the items below them.
    """

    begun: Mapping[int, Sequence[Row]]
    joins: Mapping[int, Sequence[int]]
    groups: frozenset[int] = frozenset()


def rows_of(reading: Reading, compiled: Compiled) -> Rows:
    """Return the rows of a plan; none without one."""
    plan = compiled.plan
    if plan is None:
        return Rows(begun={}, joins={})
    if not is_placed(plan, reading):
        return Rows(begun={1: tuple(_rows(plan))}, joins={})
    begun: dict[int, list[Row]] = {}
    for row in _rows(plan):
        begun.setdefault(row.line, []).append(row)
    joins: dict[int, list[int]] = {}
    for line, owner in _owners(plan, reading, compiled):
        known = joins.setdefault(line, [])
        if owner not in known:
            known.append(owner)
    groups = frozenset(e.line for e in compiled.endings if e.into == "group")
    return Rows(begun=begun, joins=joins, groups=groups)


def is_placed(plan: Plan, reading: Reading) -> bool:
    """
    Tell whether the lines that a plan names are those of the text that was read.

    They are not in a plan file that was compiled from a document: it names the
    document's lines.
    """
    return plan.document_digest == reading.digest


def _rows(plan: Plan) -> Iterator[Row]:
    metrics = {metric.name: metric for metric in plan.metrics}
    for number, stage in enumerate(plan.stages, start=1):
        yield stage_row(stage, number, len(plan.stages))
        yield from (row_of(step, stage, plan) for step in stage.steps)
        yield from (gate_row(gate, metrics.get(gate.metric)) for gate in stage.gates)
        if stage.rollback is not None:
            yield rollback_row(stage.rollback)
    yield from (gate_row(gate, metrics.get(gate.metric)) for gate in plan.triggers)
    yield from map(task_row, plan.incident)
    yield from map(contact_row, plan.contacts)


def _owners(
    plan: Plan, reading: Reading, compiled: Compiled
) -> Iterator[tuple[int, int]]:
    """Yield lines with the line of the row that they have ended in, if it is another."""
    places = dict(_places(plan))
    ends = {e.line: places[e.into] for e in compiled.endings if e.into in places}
    owned = (
        *((e.line, places.get(e.into)) for e in compiled.endings),
        *((e.line, ends.get(e.command_line or 0)) for e in reading.expectations),
        *((i.line, ends.get(d.line)) for d in reading.deadlines for i in d.items),
        *_judged(plan),
        *_ways(reading, ways_taken(plan)),
    )
    for line, owner in owned:
        if owner is not None and owner != line:
            yield line, owner


def _places(plan: Plan) -> Iterator[tuple[str, int]]:
    for stage in plan.stages:
        yield from ((str(step.id), step.line) for step in stage.steps)
        yield from ((str(gate.id), gate.line) for gate in stage.gates)
    yield from ((str(gate.id), gate.line) for gate in plan.triggers)
    yield from ((str(task.id), task.line) for task in plan.incident)


def _judged(plan: Plan) -> Iterator[tuple[int, int]]:
    """Yield the lines of expectations with the check that holds the result to them."""
    for stage in plan.stages:
        for step in stage.steps:
            if step.kind == "check":
                yield from ((each.line, step.line) for each in step.expectations)


def ways_taken(plan: Plan) -> frozenset[int]:
    """Return the lines of the ways back that the stages have."""
    return frozenset(s.rollback.line for s in plan.stages if s.rollback is not None)


def _ways(reading: Reading, taken: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the blocks of the ways back with the row that takes them."""
    for way in reading.rollbacks:
        if way.line in taken:
            yield from ((line, way.line) for line in way.command_lines)
