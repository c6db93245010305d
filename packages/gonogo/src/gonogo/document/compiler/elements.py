"""
Elements: what of a reading can become a step, each with all that belongs to it.

A box takes in its blocks, limits and waits; rows of thresholds that follow one another
are one element, and so are variants of a block.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from gonogo.document.kinds import HOLDING, BoxKind, CommandRole, GateContext, WaitKind
from gonogo.document.reader.box_words import is_wait
from gonogo.document.reader.held import Held
from gonogo.document.reading import (
    Approval,
    Box,
    Command,
    Gate,
    NumberedItem,
    Reading,
    Wait,
)

_NUMBERED = re.compile(r"^\s{0,3}\d+[.)]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block, or several of which exactly one runs."""

    line: int
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    A checklist item with all that belongs to it.

    Attributes:
        box: Its box; for a numbered item, what its box would be.
        numbered: It is a numbered or dated item, without a box in the document.
    """

    line: int
    box: Box
    blocks: tuple[Block, ...] = ()
    gates: tuple[Gate, ...] = ()
    waits: tuple[Wait, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Checklist items of which one is to be ticked."""

    line: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Thresholds that stand together, in a table say."""

    line: int
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """
    A wait that a title or prose states.

    Attributes:
        in_place: It holds where it stands: a numbered item, an order to wait. Other
            spans tell how long the part takes that they stand in.
    """

    line: int
    wait: Wait
    in_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """
    A consent that is asked for; without a role where nothing names one.

    Attributes:
        waits: What its box holds for first: 'Sign-off (after 24 hours)'.
    """

    line: int
    approval: Approval
    waits: tuple[Wait, ...] = ()


Element = Block | Item | Choice | Limits | Span | Consenting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """What belongs to which box, by the box's line."""

    commands: Mapping[int, Sequence[Command]]
    gates: Mapping[int, Sequence[Gate]]
    waits: Mapping[int, Sequence[Wait]]


def _index(reading: Reading, own: set[int]) -> _Index:
    commands: dict[int, list[Command]] = {}
    gates: dict[int, list[Gate]] = {}
    waits: dict[int, list[Wait]] = {}
    for command in reading.commands:
        if command.box_line in own:
            commands.setdefault(command.box_line or 0, []).append(command)
    for gate in _going_forward(reading):
        owner = gate.box_line if gate.box_line in own else gate.line
        gates.setdefault(owner or 0, []).append(gate)
    for wait in reading.waits:
        owner = wait.box_line if wait.box_line in own else wait.line
        if wait.kind in HOLDING:
            waits.setdefault(owner or 0, []).append(wait)
    return _Index(commands=commands, gates=gates, waits=waits)


def _going_forward(reading: Reading) -> Iterator[Gate]:
    """Yield the gates that no trigger stands for."""
    triggers = {t.line for t in reading.triggers}
    for gate in reading.gates:
        if gate.line not in triggers or gate.context is GateContext.MUST_HOLD:
            yield gate


def elements(reading: Reading, hidden: set[int]) -> Iterator[Element]:
    """Yield every element, those on `hidden` lines left out; in no certain order."""
    consents = [a for a in reading.approvals if a.line not in hidden]
    asked = {line for a in consents for line in (a.line, a.box_line) if line}
    boxes = [b for b in reading.boxes if b.line not in hidden and b.line not in asked]
    items = [i for i in reading.items if i.line not in hidden]
    own = {b.line for b in boxes} | {i.line for i in items}
    index = _index(reading, own)
    yield from (_consenting(a, index) for a in consents)
    yield from _boxes(boxes, index)
    yield from (_numbered(item, reading, index) for item in items)
    led = {item.command_line for item in items}
    yield from _blocks(
        c
        for c in reading.commands
        if c.line not in hidden and c.box_line not in own and not _first(c) & led
    )
    gates = [
        g
        for g in _going_forward(reading)
        if not {g.line, g.box_line} & own and g.line not in hidden
    ]
    yield from _limits(reading, gates)
    yield from _spans(reading, own | asked | hidden)


def _spans(reading: Reading, taken: set[int]) -> Iterator[Span]:
    """Yield the spans that hold; of those that do not, the account speaks."""
    held, lines = Held(reading), reading.text.split("\n")
    for wait in held.stated:
        if wait.line in taken or held.why_not(wait):
            continue
        numbered = _NUMBERED.match(lines[wait.line - 1]) is not None
        orders = wait.kind is WaitKind.WAIT and is_wait(wait.text)
        titles = wait.line in {wait.stage_line, wait.substage_line}
        in_place = numbered or (orders and not titles)
        yield Span(line=wait.line, wait=wait, in_place=in_place)


def _boxes(boxes: Sequence[Box], index: _Index) -> Iterator[Element]:
    crowded = Counter(box.line for box in boxes)
    for choice, run in groupby(boxes, key=lambda box: _choice_of(box, crowded)):
        members = tuple(run)
        if choice is not None and len(members) > 1:
            yield Choice(line=members[0].line, boxes=members)
            continue
        for box in members:
            if box.kind is BoxKind.APPROVE:
                yield _consenting(_approval(box), index)
            else:
                yield _item(box, index)


def _choice_of(box: Box, crowded: Mapping[int, int]) -> object:
    """Return what choices that stand together have in common; None for other boxes."""
    if box.kind is not BoxKind.CHOICE:
        return None
    if crowded[box.line] > 1:
        return box.line
    return (box.stage_line, box.substage_line, box.parent_line, box.depth)


def _approval(box: Box) -> Approval:
    return Approval(
        line=box.line,
        role=box.role,
        text=box.text,
        box_line=box.line,
        stage_line=box.stage_line,
        substage_line=box.substage_line,
    )


def _consenting(approval: Approval, index: _Index) -> Consenting:
    waits = () if approval.box_line is None else index.waits.get(approval.line, ())
    return Consenting(line=approval.line, approval=approval, waits=tuple(waits))


def _item(box: Box, index: _Index) -> Item:
    return Item(
        line=box.line,
        box=box,
        blocks=tuple(_blocks(index.commands.get(box.line, ()))),
        gates=tuple(index.gates.get(box.line, ())),
        waits=tuple(index.waits.get(box.line, ())),
    )


def _first(command: Command) -> set[int]:
    """Return the line of a block, and of the first of the variants it is one of."""
    return {command.line, command.alternatives or command.line}


def _numbered(item: NumberedItem, reading: Reading, index: _Index) -> Item:
    led = {item.command_line}
    blocks = tuple(_blocks(c for c in reading.commands if _first(c) & led))
    box = Box(
        line=item.line,
        text=item.text,
        kind=_kind(item, blocks),
        checked=False,
        mark_column=0,
        command_line=item.command_line,
        stage_line=item.stage_line,
        substage_line=item.substage_line,
    )
    return Item(
        line=item.line,
        box=box,
        blocks=blocks,
        gates=tuple(index.gates.get(item.line, ())),
        waits=tuple(index.waits.get(item.line, ())),
        numbered=True,
    )


def _kind(item: NumberedItem, blocks: Sequence[Block]) -> BoxKind:
    """Return what an item means: its block, where it has one, knows best."""
    if blocks:
        does = blocks[0].commands[0].role is CommandRole.DO
        return BoxKind.DO if does else BoxKind.VERIFY
    return BoxKind.WAIT if is_wait(item.text) else item.kind


def _blocks(commands: Iterable[Command]) -> Iterator[Block]:
    variants: dict[int, list[Command]] = {}
    for command in commands:
        first = command.line if command.alternatives is None else command.alternatives
        variants.setdefault(first, []).append(command)
    for found in variants.values():
        yield Block(line=found[0].line, commands=tuple(found))


def _limits(reading: Reading, gates: Sequence[Gate]) -> Iterator[Limits]:
    """Put thresholds together that no other element stands between."""
    between = sorted(
        {b.line for b in reading.boxes}
        | {c.line for c in reading.commands}
        | {s.line for s in (*reading.stages, *reading.substages)}
    )

    def gap(gate: Gate) -> tuple[object, ...]:
        return bisect_right(between, gate.line), gate.stage_line, gate.substage_line

    for _, run in groupby(gates, key=gap):
        members = tuple(run)
        yield Limits(line=members[0].line, gates=members)
