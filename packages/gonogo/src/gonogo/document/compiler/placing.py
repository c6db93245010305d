"""
Placing: which elements of a reading stand in which stage, in order, and with whom.

A box takes in what belongs to it (its blocks, limits and waits), rows of thresholds
that follow one another are one element, and so are variants of a block. What stands in
a way back, an incident response or a list of contacts is set aside: it is no step of
going forward.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gonogo.document.compiler.elements import (
    Block,
    Choice,
    Consenting,
    Element,
    Item,
    Limits,
    Span,
    elements,
)
from gonogo.document.kinds import ApprovalTime, RollbackScope
from gonogo.document.reading import (
    Approval,
    Box,
    Command,
    Gate,
    NumberedItem,
    Reading,
    Rollback,
    Stage,
    Wait,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStage:
    """A stage with its elements, in line order."""

    stage: Stage
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """
    A region that is no step of going forward.

    Attributes:
        lines: The lines of the elements in it.
    """

    first: int
    last: int
    title: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Everything in its place; `outside` stands in no stage."""

    stages: tuple[PlacedStage, ...]
    outside: tuple[Element, ...] = ()
    asides: tuple[Aside, ...] = ()


def title_of(reading: Reading) -> str:
    """Return the document's first heading, or its name where it has none."""
    fenced = {line for c in reading.commands for line in range(c.line, c.end_line + 1)}
    front = reading.front_matter
    start = front.last_line if front else 0
    lines = reading.text.split("\n")
    for number, text in enumerate(lines, 1):
        if number > start and number not in fenced and re.match(r"#{1,2}\s+\S", text):
            return text.lstrip("#").strip().rstrip("#").strip()
    return reading.name


def ways_of(reading: Reading, stage_line: int) -> tuple[Rollback, ...]:
    """
    Return the ways back of a stage.

    A document without stages is one stage: the way back of the whole is that stage's,
    as long as it states no deadlines as an incident response does.
    """
    if reading.stages:
        return tuple(
            way
            for way in reading.rollbacks
            if way.scope is RollbackScope.STAGE and way.stage_line == stage_line
        )
    return tuple(
        way
        for way in reading.rollbacks
        if way.scope is not RollbackScope.SCENARIO and not has_deadlines(reading, way)
    )


def has_deadlines(reading: Reading, way: Rollback) -> bool:
    """Tell whether a way back is an incident response, with times to do things by."""
    return any(way.line <= d.line <= way.end_line for d in reading.deadlines)


def place(reading: Reading) -> Placing:
    """Return all elements of a reading, each in its place."""
    asides = tuple(_asides(reading))
    hidden = {line for a in asides for line in range(a.first, a.last + 1)}
    found = sorted(elements(reading, hidden), key=lambda e: e.line)
    stages = reading.stages or _whole(reading, found)
    inside: dict[int | None, list[Element]] = {stage.line: [] for stage in stages}
    outside: list[Element] = []
    for element in found:
        home = _stage(element) if reading.stages else stages[0].line
        inside.get(home, outside).append(element)
    placed = tuple(
        PlacedStage(stage=stage, elements=tuple(inside[stage.line])) for stage in stages
    )
    return _with_consents(Placing(stages=placed, outside=tuple(outside), asides=asides))


def _whole(reading: Reading, elements: Sequence[Element]) -> tuple[Stage, ...]:
    """Return the one stage of a document without any."""
    if not elements:
        return ()
    last = max(1, reading.text.count("\n"))
    return (Stage(line=1, last_line=last, title=title_of(reading)),)


def _with_consents(placing: Placing) -> Placing:
    """Put consents that stand in no stage before the first or after the last one."""
    loose = [e for e in placing.outside if isinstance(e, Consenting)]
    before = [e for e in loose if e.approval.when is ApprovalTime.BEFORE]
    after = [e for e in loose if e.approval.when is ApprovalTime.SIGN_OFF]
    return replace(
        placing,
        stages=(
            *_consents(before, "Approvals"),
            *placing.stages,
            *_consents(after, "Sign-off"),
        ),
        outside=tuple(e for e in placing.outside if not isinstance(e, Consenting)),
    )


def _consents(found: Sequence[Consenting], title: str) -> Iterator[PlacedStage]:
    if found:
        stage = Stage(line=found[0].line, last_line=found[-1].line, title=title)
        yield PlacedStage(stage=stage, elements=tuple(found))


def _stage(element: Element) -> int | None:
    return _part(element).stage_line


def substage_of(element: Element) -> int | None:
    """Return the line of the substage that an element stands in or titles."""
    return _part(element).substage_line


def _part(element: Element) -> Command | Box | Gate | Wait | Approval:
    """Return the part of an element that says where it stands."""
    match element:
        case Block(commands=parts) | Choice(boxes=parts) | Limits(gates=parts):
            return parts[0]
        case Item(box=part) | Span(wait=part) | Consenting(approval=part):
            return part


# -- what is set aside ---------------------------------------------------------------


def _asides(reading: Reading) -> Iterator[Aside]:
    lines = sorted(_element_lines(reading))
    regions = [
        *((r.line, r.end_line, r.title) for r in reading.rollbacks),
        *(
            (d.line, d.end_line, d.title or "Incident response")
            for d in reading.deadlines
        ),
        *((c.line, c.line, "Contacts") for c in reading.contacts),
    ]
    for first, last, title in regions:
        end = max(first, last)
        inside = lines[bisect_left(lines, first) : bisect_right(lines, end)]
        yield Aside(first=first, last=end, title=title, lines=tuple(inside))


def _element_lines(reading: Reading) -> set[int]:
    groups: tuple[Iterable[Box | NumberedItem | Gate | Approval | Command], ...] = (
        reading.boxes,
        reading.items,
        reading.gates,
        reading.approvals,
        reading.commands,
    )
    return {element.line for group in groups for element in group}
