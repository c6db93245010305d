"""
Targets: which lines of the document the bindings mean.

A binding names a line by its title, as people read it, or as 'line 24'. A title that
two lines share binds neither: guessing between them could run the wrong thing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gonogo.document.bindings.bound import (
    Bindings,
    Bound,
    Place,
    StageBinding,
    StepBinding,
)
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.bindings.names import folded, line_name, named_line
from gonogo.document.bindings.sources import differ
from gonogo.document.codes import Code
from gonogo.document.compiler.elements import (
    Block,
    Choice,
    Consenting,
    Element,
    Item,
    Limits,
    Span,
)
from gonogo.document.compiler.placing import (
    PlacedStage,
    Placing,
    has_deadlines,
    ways_of,
)
from gonogo.document.compiler.script import heading
from gonogo.document.kinds import RollbackScope
from gonogo.document.reading import Command, Reading, Stage

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    One thing that can be bound.

    Attributes:
        line: Where bindings to it are kept.
        lines: Every line that names it as 'line N'.
        titles: What it is called.
    """

    line: int
    lines: tuple[int, ...]
    titles: tuple[str, ...]


def block_title(command: Command) -> str:
    """Return what a block is called: its label, first comment or name; '' without."""
    return command.label or heading(command.text.split("\n")) or command.name or ""


def steps(
    placing: Placing, bindings: Bindings, problems: Problems
) -> Mapping[int, Bound[StepBinding]]:
    """Return the step bindings by line."""
    targets = [t for placed in placing.stages for t in _of_stage(placed)]
    return _matched("step", targets, bindings.steps, problems)


def stages(
    placing: Placing, bindings: Bindings, problems: Problems
) -> Mapping[int, Bound[StageBinding]]:
    """Return what is bound to stages, by their lines."""
    placed = (each.stage for each in placing.stages)
    targets = [Target(line=s.line, lines=(s.line,), titles=(s.title,)) for s in placed]
    return _matched("stage", targets, bindings.stages, problems)


def rollbacks(
    reading: Reading, placing: Placing, bindings: Bindings, problems: Problems
) -> Mapping[int, Bound[StepBinding]]:
    """Return the bindings of ways back by the line of their stage."""
    targets = [_way_target(reading, placed.stage) for placed in placing.stages]
    return _matched("stage", targets, bindings.rollbacks, problems)


def _way_target(reading: Reading, stage: Stage) -> Target:
    ways = ways_of(reading, stage.line)
    lines = [n for way in ways for n in range(way.line, way.end_line + 1)]
    titles = [way.title for way in ways]
    return Target(
        line=stage.line, lines=(stage.line, *lines), titles=(stage.title, *titles)
    )


def incident(
    reading: Reading, bindings: Bindings, problems: Problems
) -> Mapping[int, Bound[StepBinding]]:
    """Return the bindings of the incident response by line."""
    return _matched("task", tuple(_tasks(reading)), bindings.incident, problems)


def _tasks(reading: Reading) -> Iterator[Target]:
    for deadline in reading.deadlines:
        items = deadline.items
        yield from (
            Target(line=i.line, lines=(i.line,), titles=(i.text,)) for i in items
        )
        own = range(deadline.line, deadline.end_line + 1)
        lines = tuple(line for line in own if line not in {i.line for i in items})
        yield Target(line=deadline.line, lines=lines, titles=(deadline.title,))
    for way in reading.rollbacks:
        whole = way.scope is RollbackScope.GLOBAL and bool(reading.stages)
        if whole and not has_deadlines(reading, way):
            lines = tuple(range(way.line, way.end_line + 1))
            yield Target(line=way.line, lines=lines, titles=(way.title,))


def _of_stage(placed: PlacedStage) -> Iterator[Target]:
    for element in placed.elements:
        for target in _of_element(element):
            longer = (f"{placed.stage.title} / {title}" for title in target.titles)
            yield Target(
                line=target.line,
                lines=target.lines,
                titles=(*target.titles, *longer),
            )


def _of_element(element: Element) -> Iterator[Target]:
    match element:
        case Item():
            box = element.box
            yield Target(line=box.line, lines=(box.line,), titles=(box.text,))
            for block in element.blocks:
                yield from _of_element(block)
        case Block():
            for command in element.commands:
                lines = tuple(range(command.line, command.end_line + 1))
                named = (block_title(command), command.name or "")
                titles = tuple(dict.fromkeys(filter(None, named)))
                yield Target(line=command.line, lines=lines, titles=titles)
        case Choice():
            lines = tuple(box.line for box in element.boxes)
            titles = tuple(box.text for box in element.boxes)
            yield Target(line=element.line, lines=lines, titles=titles)
        case Limits():
            for line in {gate.line: None for gate in element.gates}:
                yield Target(line=line, lines=(line,), titles=())
        case Span():
            text = element.wait.text
            yield Target(line=element.line, lines=(element.line,), titles=(text,))
        case Consenting():
            title = element.approval.text or element.approval.role or ""
            yield Target(line=element.line, lines=(element.line,), titles=(title,))


# -- matching ------------------------------------------------------------------------


def _matched(
    what: str,
    targets: Sequence[Target],
    bound: Iterable[Bound[_T]],
    problems: Problems,
) -> Mapping[int, Bound[_T]]:
    """Return the bindings by the line of what they bind; report what does not match."""
    by_line = {line: t for t in reversed(targets) for line in t.lines}
    by_title: dict[str, dict[int, Target]] = {}
    for target in targets:
        for title in filter(None, map(folded, target.titles)):
            by_title.setdefault(title, {})[target.line] = target
    found: dict[int, Bound[_T]] = {}
    for one in bound:
        line = named_line(one.name)
        hits = _titled(one.name, by_title) if line is None else []
        if line is not None and line in by_line:
            hits = [by_line[line]]
        if not hits:
            near = hint(one.name, _titles(targets))
            problems.add(
                Code.BINDS_NOTHING, one.at, what=what, name=one.name, hint=near
            )
        elif _is_one(one, hits, problems):
            first = found.setdefault(hits[0].line, one)
            if first is not one:
                _say_twice(hits[0].line, first, one, problems)
    return found


def _is_one(one: Bound[_T], hits: Sequence[Target], problems: Problems) -> bool:
    if len(hits) == 1:
        return True
    lines = sorted(hit.line for hit in hits)
    said = " and ".join((", ".join(map(str, lines[:-1])), str(lines[-1])))
    example = line_name(lines[0])
    problems.add(Code.AMBIGUOUS, one.at, name=one.name, lines=said, example=example)
    return False


def _say_twice(
    line: int, first: Bound[_T], second: Bound[_T], problems: Problems
) -> None:
    """Report two names of one line: in one place a mistake, in two the first counts."""
    if _source(first.at) == _source(second.at):
        facts = {"bound": line, "first": first.name, "second": second.name}
        problems.add(Code.BOUND_TWICE, second.at, **facts)
    elif differ(first.value, second.value):
        there = second.at.said()
        problems.add(Code.CONTRADICTION, first.at, name=second.name, there=there)


def _source(at: Place) -> str:
    """Return which of the three places of bindings this is; a comment's is its line."""
    return at.file or (at.path if named_line(at.path) else "front matter")


def _titled(name: str, by_title: Mapping[str, Mapping[int, Target]]) -> list[Target]:
    """Return what has this title; one that ends in an ellipsis is a beginning."""
    wanted = folded(name)
    if wanted in by_title:
        return list(by_title[wanted].values())
    start = wanted.removesuffix("…").removesuffix("...").rstrip()
    if start == wanted or not start:
        return []
    hits = {
        line: target
        for title, targets in by_title.items()
        if title.startswith(start)
        for line, target in targets.items()
    }
    return list(hits.values())


def _titles(targets: Sequence[Target]) -> tuple[str, ...]:
    return tuple({title: None for t in targets for title in t.titles if title})
