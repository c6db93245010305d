"""
The steps of a stage: every element of it, in line order, as what it becomes.

What gonogo cannot do itself becomes a question to a person, with the reason; nothing
is left out without a diagnostic that names it.
"""

from collections.abc import Iterator
from datetime import timedelta

from gonogo.document.codes import Code
from gonogo.document.compiler.blocks import block_steps
from gonogo.document.compiler.bound import (
    Line,
    approval,
    bound_step,
    soak,
    unasked,
)
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.elements import (
    Block,
    Choice,
    Consenting,
    Element,
    Item,
    Limits,
    Span,
)
from gonogo.document.compiler.gates import StageGates
from gonogo.document.compiler.items import item_steps
from gonogo.document.compiler.placing import PlacedStage, substage_of
from gonogo.document.compiler.spans import Placed, counted, with_spans
from gonogo.document.compiler.targets import block_title
from gonogo.document.compiler.work import Work, seconds_of
from gonogo.document.kinds import CommandRole
from gonogo.model.plan import Purpose, Step


def steps_of(desk: Desk, placed: PlacedStage, gates: StageGates) -> tuple[Step, ...]:
    """Return the steps of a stage, in order."""
    work = Work(desk=desk, stage=placed.stage, gates=gates)
    closing = [e for e in placed.elements if _closes(desk, e)]
    found: list[Placed] = []
    for element in placed.elements:
        if element not in closing:
            made = tuple(_steps(work, element))
            if isinstance(element, Item | Consenting):
                made = counted(element, made, found)
            place = substage_of(element)
            found.append(Placed(line=element.line, substage_line=place, steps=made))
    spans = [element.wait for element in closing if isinstance(element, Span)]
    return with_spans(work, found, spans)


def _closes(desk: Desk, element: Element) -> bool:
    """Tell whether an element is a span that holds behind its part; bound, it is not."""
    if not isinstance(element, Span) or element.in_place:
        return False
    return element.line not in desk.steps


def _steps(work: Work, element: Element) -> Iterator[Step]:
    match element:
        case Item():
            yield from item_steps(work, element)
        case Block():
            yield from _block(work, element)
        case Choice():
            yield from _choice(work, element)
        case Limits():
            yield from _limits(work, element)
        case Span():
            yield from _span(work, element)
        case Consenting():
            yield from _consent(work, element)


def _block(work: Work, block: Block) -> Iterator[Step]:
    first = block.commands[0]
    looks = first.role is not CommandRole.DO
    title = block_title(first) if len(block.commands) == 1 else ""
    line = Line(
        line=block.line,
        title=title or work.section(first.substage_line),
        purpose=Purpose.VERIFY if looks else Purpose.DO,
        looks=looks,
        session=work.desk.session(work.stage, first.substage_line),
        gates=tuple(gate.id for gate in work.gates.plan),
    )
    yield from block_steps(work.desk, block, line)


def _choice(work: Work, choice: Choice) -> Iterator[Step]:
    boxes = choice.boxes
    line = Line(
        line=choice.line,
        title=" / ".join(box.text for box in boxes),
        purpose=Purpose.CHOOSE,
        looks=False,
        session=work.desk.session(work.stage, boxes[0].substage_line),
        gates=tuple(gate.id for gate in work.gates.plan),
    )
    bound = work.desk.steps.get(choice.line)
    if bound is not None:
        steps = tuple(bound_step(work.desk, line, bound))
    else:
        text = "\n".join(f"- {box.text}" for box in boxes)
        why = "a person has to choose"
        steps = (unasked(work.desk, line, why, text=text),)
    for box in boxes:
        work.desk.ended(box.line, steps[0].id if steps else Code.IGNORED.value)
    yield from steps


def _limits(work: Work, limits: Limits) -> Iterator[Step]:
    for gate in limits.gates:
        bound = work.desk.steps.get(gate.line)
        if bound is not None:
            yield from bound_step(work.desk, work.gate_line(gate), bound)
    judged = work.gates.of(limits.gates)
    own = [one.plan.id for one in judged if one.plan is not None]
    if own:
        section = work.section(limits.gates[0].substage_line)
        title = f"{section}: thresholds"
        yield soak(work.desk, limits.line, title, timedelta(), own)
    for one in judged:
        if one.plan is None:
            yield work.judge(one)


def _span(work: Work, span: Span) -> Iterator[Step]:
    line = Line(
        line=span.line,
        title=span.wait.text,
        purpose=Purpose.VERIFY,
        looks=True,
        session=work.desk.session(work.stage, span.wait.substage_line),
        gates=tuple(gate.id for gate in work.gates.plan),
    )
    bound = work.desk.steps.get(span.line)
    if bound is not None:
        yield from bound_step(work.desk, line, bound)
    else:
        yield work.held(span.wait, span.line, span.wait.text)


def _consent(work: Work, consenting: Consenting) -> Iterator[Step]:
    found = consenting.approval
    role = found.role or found.person or "approver"
    who = f"{role} ({found.person})" if found.person else role
    line = Line(
        line=consenting.line,
        title=found.text or f"Approval: {who}",
        purpose=Purpose.VERIFY,
        looks=True,
        session=work.desk.session(work.stage, found.substage_line),
    )
    bound = work.desk.steps.get(consenting.line)
    if bound is not None:
        steps = tuple(bound_step(work.desk, line, bound))
    else:
        if consenting.waits:
            longest = max(consenting.waits, key=seconds_of)
            yield work.held(longest, consenting.line, line.title)
        steps = (approval(work.desk, consenting.line, line.title, role),)
    if found.box_line is not None:
        into = steps[0].id if steps else Code.IGNORED.value
        work.desk.ended(found.box_line, into)
    yield from steps
