"""
The account: where every element of the document has ended (law 9).

Nothing is dropped in silence: what stands in no stage, and what no rule has taken, is
named in a diagnostic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gonogo.document.bindings.duration import said
from gonogo.document.codes import Code
from gonogo.document.compiler.blocks import SHOWN
from gonogo.document.compiler.desk import Desk, Ending
from gonogo.document.compiler.elements import (
    Block,
    Choice,
    Element,
    Item,
    Limits,
    Span,
)
from gonogo.document.compiler.placing import Aside
from gonogo.document.compiler.work import seconds_of
from gonogo.document.kinds import BoxKind
from gonogo.document.reader.held import Held
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """
    What compiling gave.

    Attributes:
        plan: None where there is nothing to run at all.
        diagnostics: Of the compiler, by place; the reading's own are not repeated.
        endings: Where each element ended, in the order of compiling.
    """

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    endings: tuple[Ending, ...] = ()

    @property
    def may_run(self) -> bool:
        """Tell whether nothing keeps the plan from running."""
        errors = any(d.severity is Severity.ERROR for d in self.diagnostics)
        return self.plan is not None and not errors


def element_lines(reading: Reading) -> tuple[int, ...]:
    """Return the lines that have to end somewhere: boxes, items, gates and blocks."""
    lines = {
        element.line
        for group in (
            reading.boxes,
            reading.items,
            reading.gates,
            reading.approvals,
            reading.commands,
        )
        for element in group
    }
    return tuple(sorted(lines))


def unaccounted(reading: Reading, compiled: Compiled) -> tuple[int, ...]:
    """
    Return the element lines that ended in nothing that the plan or a diagnostic has.

    Law 9: every line of the document is accounted for; this has to be empty. Without
    a plan there is one diagnostic for the whole: that nothing runs.
    """
    if compiled.plan is None:
        return ()
    known = _identifiers(compiled)
    ended = {e.line for e in compiled.endings if e.into in known}
    return tuple(line for line in element_lines(reading) if line not in ended)


def _identifiers(compiled: Compiled) -> set[str]:
    known = {d.code for d in compiled.diagnostics}
    known |= {"rollback", "contact", "group"}
    plan = compiled.plan
    if plan is not None:
        known |= {str(step.id) for stage in plan.stages for step in stage.steps}
        known |= {str(gate.id) for stage in plan.stages for gate in stage.gates}
        known |= {str(gate.id) for gate in plan.triggers}
        known |= {str(task.id) for task in plan.incident}
    return known


# Elements so close together are one table, or one list, to a person.
_NEAR = 4


def name_outside(desk: Desk, outside: Sequence[Element]) -> None:
    """Name what stands in no stage, one diagnostic for each run of like elements."""
    named = [one for element in outside for one in _named(element)]
    run: list[int] = []
    for number, (line, what) in enumerate(named):
        run.append(line)
        after = named[number + 1 :][:1]
        if after and after[0][1] == what and after[0][0] - line <= _NEAR:
            continue
        if what in _BLOCKS_SHOWN:
            desk.problems.at_line(Code.BLOCK_NOT_RUN, run[0], role=what)
            into = Code.BLOCK_NOT_RUN
        else:
            many = f"{what} of line {run[0]}"
            if len(run) > 1:
                many = f"{what} of lines {run[0]} to {run[-1]}"
            desk.problems.at_line(Code.OUTSIDE_STAGES, run[0], what=many)
            into = Code.OUTSIDE_STAGES
        for each in run:
            desk.ended(each, into.value)
        run = []


_BLOCKS_SHOWN = frozenset(SHOWN.values())


def _named(element: Element) -> Iterator[tuple[int, str]]:
    match element:
        case Item():
            yield element.line, "checklist"
            for gate in element.gates:
                if gate.line != element.line:
                    yield gate.line, "limits"
            for block in element.blocks:
                yield from _named(block)
        case Choice():
            yield from ((box.line, "choice") for box in element.boxes)
        case Block():
            yield from ((c.line, SHOWN.get(c.role, "block")) for c in element.commands)
        case Limits():
            yield from ((gate.line, "limits") for gate in element.gates)
        case Span():
            return
        case _:
            yield element.line, "approval"


def name_unheld(desk: Desk, asides: Sequence[Aside]) -> None:
    """Name the spans that hold nothing, one to a line; asides are named as such."""
    reading, held = desk.reading, Held(desk.reading)
    taken = {n for a in asides for n in range(a.first, a.last + 1)}
    taken |= {line for a in reading.approvals for line in (a.line, a.box_line) if line}
    taken |= {gate.line for gate in reading.gates if gate.condition.window}
    for wait in held.stated:
        why = held.why_not(wait)
        if why is None or wait.line in taken:
            continue
        taken.add(wait.line)
        time = said(timedelta(seconds=seconds_of(wait)))
        desk.say(Code.SPAN_SHOWN, wait.line, text=wait.text, time=time, why=why)


def name_left_over(desk: Desk) -> None:
    """Name what no rule has taken, so that it is not dropped in silence."""
    ended = {ending.line for ending in desk.endings}
    boxes = {b.line: b for b in desk.reading.boxes}
    for line in element_lines(desk.reading):
        if line in ended:
            continue
        box = boxes.get(line)
        if box is not None and box.kind is BoxKind.TRIGGER:
            continue
        text = box.text if box else f"line {line}"
        desk.say(Code.ELEMENT_SHOWN, line, text=text, why="no rule takes it further")
