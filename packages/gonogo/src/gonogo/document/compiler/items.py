"""Checklist items as steps: what a box becomes by kind, blocks and limits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from gonogo.document.codes import Code
from gonogo.document.compiler.blocks import block_steps
from gonogo.document.compiler.bound import (
    Line,
    baseline,
    bound_step,
    soak,
    unasked,
)
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.elements import (
    Item,
)
from gonogo.document.compiler.targets import block_title
from gonogo.document.compiler.work import Work, seconds_of
from gonogo.document.kinds import BoxKind, WaitKind
from gonogo.document.reading import Gate
from gonogo.model.condition import Comparator
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.plan import Purpose, Soak, Step

_BASELINE = re.compile(
    r"\b(?:capture|record|measure|take|taken|note|noted|collect|save|store|snapshot|"
    r"document|establish)\w*\b.*\bbaselines?\b"
    r"|\bbaselines?\b.*\b(?:captured|recorded|measured|taken|noted|collected|saved|"
    r"documented|established)\b",
    re.IGNORECASE,
)
_PURPOSES: Mapping[BoxKind, Purpose] = {
    BoxKind.DO: Purpose.DO,
    BoxKind.CHOICE: Purpose.CHOOSE,
    BoxKind.FILL_IN: Purpose.FILL_IN,
}
_LOOKING = frozenset({BoxKind.VERIFY, BoxKind.WAIT, BoxKind.FILL_IN})
_WHY: Mapping[BoxKind, str] = {
    BoxKind.CHOICE: "a person has to choose",
    BoxKind.FILL_IN: "a person has to fill it in",
}


def item_steps(work: Work, item: Item) -> Iterator[Step]:
    """Yield what a checklist item, with all that belongs to it, becomes."""
    line = _line_of(work, item)
    bound = work.desk.steps.get(item.line)
    if bound is not None:
        steps = tuple(bound_step(work.desk, line, bound))
        into = steps[0].id if steps else Code.IGNORED.value
        for place in [p.line for p in item.gates] + [p.line for p in line.blocks]:
            work.desk.ended(place, into)
        yield from steps
        return
    if item.box.checked and item.box.kind not in {BoxKind.GROUP, BoxKind.TRIGGER}:
        yield from _ticked(work, item, line)
        return
    yield from _unbound(work, item, line)


def _line_of(work: Work, item: Item) -> Line:
    box = item.box
    return Line(
        line=box.line,
        title=box.text or work.stage.title,
        purpose=_PURPOSES.get(box.kind, Purpose.VERIFY),
        looks=box.kind in _LOOKING,
        session=work.desk.session(work.stage, box.substage_line),
        blocks=tuple(c for block in item.blocks for c in block.commands),
        gates=tuple(gate.id for gate in work.gates.plan),
        stated=_stated(work.desk, item),
    )


def _ticked(work: Work, item: Item, line: Line) -> Iterator[Step]:
    asked = unasked(
        work.desk,
        replace(line, purpose=Purpose.VERIFY),
        "it is ticked in the document; confirm that it holds for this rollout",
        text="\n\n".join(c.text.strip("\n") for c in line.blocks),
    )
    for command in line.blocks:
        work.desk.ended(command.line, asked.id)
    for gate in item.gates:
        work.desk.ended(gate.line, asked.id)
    yield asked


def _unbound(work: Work, item: Item, line: Line) -> Iterator[Step]:
    kind = item.box.kind
    if kind is BoxKind.TRIGGER:
        if not any(t.line == item.line for t in work.desk.reading.triggers):
            why = "it is a reason to turn back, not a step"
            work.desk.say(Code.TRIGGER_OF_PEOPLE, item.line, text=line.title, why=why)
        return
    if kind is BoxKind.WAIT:
        yield from _wait_item(work, item, line)
        return
    if _holds_first(work, item):
        yield _held(work, item, line)
    ran = tuple(_blocks_of(work, item, line))
    judged = tuple(_judged_item(work, item, line))
    if kind is BoxKind.GROUP and not ran and _has_children(work, item):
        work.desk.ended(item.line, "group")
    elif ran:
        work.desk.ended(item.line, ran[0].id)
    elif kind in {BoxKind.DO, BoxKind.CHOICE} or not judged:
        yield _question(work, item, line)
    yield from ran
    yield from judged
    if _holds_last(work, item) and not any(isinstance(s, Soak) for s in judged):
        yield _held(work, item, line)


def _holds_first(work: Work, item: Item) -> bool:
    """
    Tell whether an item is held before its steps: hold, then ask what was seen.

    So are groups ('Hour 1: Active monitoring'), numbered checks, and what is to be
    done or filled in after a time ('Measure again (after 24 hours)').
    """
    if _has_children(work, item) or item.box.kind is BoxKind.GROUP:
        return bool(item.waits)
    if item.box.kind is BoxKind.VERIFY:
        return item.numbered and bool(item.waits)
    waits = any(wait.kind is WaitKind.WAIT for wait in item.waits)
    return waits and item.box.kind in {BoxKind.DO, BoxKind.FILL_IN}


def _holds_last(work: Work, item: Item) -> bool:
    """Tell whether what was done is held behind: 'Deploy to 10 % for 4 hours'."""
    does = item.box.kind is BoxKind.DO and bool(item.waits)
    return does and not _holds_first(work, item)


def _held(work: Work, item: Item, line: Line) -> Step:
    return work.held(max(item.waits, key=seconds_of), item.line, line.title)


def _question(work: Work, item: Item, line: Line) -> Step:
    kind = item.box.kind
    if _BASELINE.search(item.box.text) and kind is not BoxKind.CHOICE:
        if work.desk.metrics.bound:
            return baseline(work.desk, item.line, line.title)
        why = "no metric is bound, so that there is no baseline to take"
        return unasked(work.desk, line, why)
    asked = unasked(work.desk, line, _WHY.get(kind, "no binding says how"))
    for gate in item.gates:
        work.desk.ended(gate.line, asked.id)
    return replace(asked, role=item.box.role)


def _blocks_of(work: Work, item: Item, line: Line) -> Iterator[Step]:
    for block in item.blocks:
        title = block_title(block.commands[0]) if len(item.blocks) > 1 else ""
        own = replace(line, title=f"{line.title}: {title}") if title else line
        yield from block_steps(work.desk, block, own)


def _judged_item(work: Work, item: Item, line: Line) -> Iterator[Step]:
    """Yield what an item's limits and times become."""
    judged = work.gates.of(item.gates)
    own = [one.plan for one in judged if one.plan is not None]
    window = timedelta() if _holds_first(work, item) else _window(work, item)
    if own:
        held = dict.fromkeys(gate.id for gate in own)
        if window:
            held |= dict.fromkeys(line.gates)
        yield soak(
            work.desk, item.line, line.title, window, held, counts_held=bool(window)
        )
    elif window and line.gates and not _numeric(item) and not _holds_last(work, item):
        yield soak(
            work.desk, item.line, line.title, window, line.gates, counts_held=True
        )
        for gate in item.gates:
            work.desk.ended(gate.line, f"l{item.line}")
    for one in judged:
        if one.plan is None and one.why:
            yield work.judge(one, item)


def _wait_item(work: Work, item: Item, line: Line) -> Iterator[Step]:
    yield from _blocks_of(work, item, line)
    if item.waits:
        yield _held(work, item, line)
    else:
        work.desk.problems.at_line(Code.WAIT_WITHOUT_TIME, item.line, title=line.title)
        yield unasked(work.desk, line, "it does not say how long")
    for one in work.gates.of(item.gates):
        if one.plan is None and one.why:
            yield work.judge(one, item)
        elif one.plan is None:
            work.desk.ended(one.gate.line, f"l{item.line}")


def _window(work: Work, item: Item) -> timedelta:
    spans = [g.condition.window for g in item.gates if g.condition.window]
    spans += [work.duration(wait) for wait in item.waits]
    return max(spans, default=timedelta())


def _has_children(work: Work, item: Item) -> bool:
    return item.line in work.desk.parents


def _numeric(item: Item) -> bool:
    return any(g.condition.comparator is not Comparator.WORDS for g in item.gates)


def _stated(desk: Desk, item: Item) -> tuple[Expectation, ...]:
    """Return what an item expects: in its own words, else by its one number."""
    found = desk.stated.get(item.line)
    if found:
        return found
    return tuple(_as_expectation(gate) for gate in item.gates if _comparable(gate))


def _comparable(gate: Gate) -> bool:
    value, comparator = gate.condition.value, gate.condition.comparator
    single = isinstance(value, int | float) and comparator is not Comparator.BETWEEN
    return single and gate.condition.relative is None


def _as_expectation(gate: Gate) -> Expectation:
    return Expectation(
        line=gate.line,
        kind=ExpectationKind.COMPARATOR,
        value=f"{gate.condition.comparator} {gate.condition.value:g}",
    )
