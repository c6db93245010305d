"""
The sources of bindings, laid over one another.

In order of precedence: a comment beside the line, the file beside the document, the
front matter. An entry of a stronger source replaces that of a weaker one; where the
two differ, that is said, because it is rarely meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gonogo.document.bindings.bound import Bindings, Bound, Place
from gonogo.document.bindings.fields import Fields, Problems
from gonogo.document.bindings.grammar import KEYS
from gonogo.document.bindings.measured import metric_binding
from gonogo.document.bindings.names import folded, line_name
from gonogo.document.bindings.sections import (
    Entry,
    entries,
    incident_binding,
    is_document_level,
    rollback_binding,
    step_binding,
)
from gonogo.document.bindings.words import Words
from gonogo.document.codes import Code
from gonogo.document.lines import Comment
from gonogo.document.nodes import Node, NoTree, Table
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic

_OURS = re.compile(r"gonogo\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The text of `NAME.bindings.yaml`, and the name to say in diagnostics."""

    name: str
    text: str


def read_bindings(
    reading: Reading, beside: Beside | None = None
) -> tuple[Bindings, tuple[Diagnostic, ...]]:
    """
    Return everything that is bound, and everything that is wrong with it.

    What is wrong is left out of the bindings; the rest is there.
    """
    problems = Problems()
    sources = tuple(_sources(reading, beside, problems))
    words = Words(problems=problems, deadline=_default(sources, "deadline"))
    found = (_entries(source, reading, words) for source in sources)
    merged = _merged(found, problems)
    return _bindings(merged), tuple(problems.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """
    One mapping of bindings.

    Attributes:
        owner: The line that a comment stands beside; None for the others.
    """

    node: Node
    at: Place
    owner: int | None = None


def _sources(
    reading: Reading, beside: Beside | None, problems: Problems
) -> Iterator[_Source]:
    """Yield the sources, strongest first."""
    for comment in reading.comments:
        if _OURS.match(comment.text):
            yield from _of_comment(reading, comment, problems)
    if beside is not None:
        at = Place(line=1, column=1, path="", file=beside.name)
        yield from _of_text(beside.text, at, problems, bare=True)
    front = reading.front_matter
    if front is not None:
        at = Place(line=front.line + 1, column=1, path="")
        yield from _of_text(front.text, at, problems)


def _of_comment(
    reading: Reading, comment: Comment, problems: Problems
) -> Iterator[_Source]:
    line, column = _text_start(reading, comment)
    at = Place(line=line, column=column, path="")
    owner = comment.owner_line or comment.line
    found = tuple(_of_text(comment.text, at, problems, sure=True))
    yield from (replace(source, owner=owner) for source in found)


def _text_start(reading: Reading, comment: Comment) -> tuple[int, int]:
    """Return where the trimmed text of a comment begins in the file."""
    lines = reading.text.split("\n")
    line, column = comment.line, comment.column + len("<!--")
    while line <= min(comment.last_line, len(lines)):
        rest = lines[line - 1][column - 1 :]
        if rest.strip():
            return line, column + len(rest) - len(rest.lstrip())
        line, column = line + 1, 1
    return comment.line, comment.column + len("<!-- ")


def _of_text(
    text: str,
    at: Place,
    problems: Problems,
    *,
    bare: bool = False,
    sure: bool = False,
) -> Iterator[_Source]:
    """
    Yield the mapping under `gonogo:`, if there is one.

    Args:
        text: YAML.
        at: Place of its first character.
        problems: Where mistakes go.
        bare: The keys may also stand at the top, without `gonogo:`.
        sure: The text is ours, so that something has to be there.
    """
    # Not at the top: a document without bindings need not wait for a parser of YAML.
    from gonogo.document.tree import tree  # noqa: PLC0415

    try:
        root = tree(text, line=at.line, column=at.column)
    except NoTree as error:
        code = Code.TOO_MUCH_YAML if error.excess else Code.BROKEN_YAML
        place = replace(at, line=error.line, column=error.column)
        problems.add(code, place, problem=error.problem, what=error.problem)
        return
    if root is None:
        return
    if not isinstance(root, Table):
        if bare or sure:
            Fields(root, at, problems, ("gonogo",))
        return
    for key, value in root.entries:
        if key.text == "gonogo":
            place = replace(at, line=key.line, column=key.column)
            yield _Source(node=value, at=place)
            return
    if bare:
        yield _Source(node=root, at=at)


def _default(sources: Sequence[_Source], key: str) -> timedelta | None:
    """Return a default of the strongest source that states it, mistakes unsaid."""
    for source in sources:
        node = source.node
        if source.owner is None or is_document_level(node):
            quiet = Problems()
            fields = Fields(node, source.at, quiet)
            place = fields.place("defaults")
            span = Fields(fields.node("defaults"), place, quiet).duration(key)
            if span is not None:
                return span
    return None


def _entries(source: _Source, reading: Reading, words: Words) -> tuple[Entry, ...]:
    if source.owner is None or is_document_level(source.node):
        fields = Fields(source.node, source.at, words.problems, KEYS["gonogo"])
        return tuple(entries(fields, words))
    return tuple(_of_line(source, source.owner, reading, words))


def _of_line(
    source: _Source, line: int, reading: Reading, words: Words
) -> Iterator[Entry]:
    """Yield what a comment binds, by what stands on its line."""
    node, at = source.node, replace(source.at, path=line_name(line))
    boxes = any(box.line == line for box in reading.boxes)
    metrics = {g.metric: None for g in reading.gates if g.line == line and not boxes}
    way = next((w for w in reading.rollbacks if w.line <= line <= w.end_line), None)
    section: str
    value: object
    if metrics:
        value = metric_binding(node, at, words, next(iter(metrics)))
        names, section = tuple(metrics), "metrics"
    elif way is not None:
        deadline = any(way.line <= d.line <= way.end_line for d in reading.deadlines)
        read = incident_binding if deadline else rollback_binding
        value, section = read(node, at, words), "incident" if deadline else "rollbacks"
        names = (line_name(line),)
    else:
        value, section = step_binding(node, at, words), "steps"
        names = (line_name(line),)
    for name in names if value is not None else ():
        yield Entry(section=section, bound=Bound(name=name, at=at, value=value))


_Merged = dict[tuple[str, str], Bound[Any]]


def _merged(found: Iterator[tuple[Entry, ...]], problems: Problems) -> _Merged:
    merged: _Merged = {}
    for source in found:
        for entry in source:
            key = (entry.section, _key(entry))
            strong = merged.setdefault(key, entry.bound)
            if differ(strong.value, entry.bound.value):
                there = entry.bound.at.said()
                problems.add(
                    Code.CONTRADICTION, strong.at, name=entry.bound.name, there=there
                )
    return merged


def _key(entry: Entry) -> str:
    name = entry.bound.name
    by_name = {"values", "connections", "sources"}
    return name if entry.section in by_name else folded(name)


def differ(one: object, other: object) -> bool:
    """Tell whether two bound values differ, wherever they are written."""
    return one is not other and _placeless(one) != _placeless(other)


def _placeless(value: object) -> object:
    expects = getattr(value, "expects", None)
    if expects:
        value = replace(value, expects=tuple(replace(e, line=0) for e in expects))  # type: ignore[type-var]
    deed = getattr(value, "deed", None)
    if getattr(deed, "check_expects", None):
        value = replace(value, deed=replace(deed, check_expects=None))  # type: ignore[type-var]
    return value


def _bindings(merged: _Merged) -> Bindings:
    def all_of(section: str) -> tuple[Bound[Any], ...]:
        return tuple(bound for (where, _), bound in merged.items() if where == section)

    def by_name(section: str) -> Mapping[str, Bound[Any]]:
        return {bound.name: bound for bound in all_of(section)}

    def one(section: str, key: str) -> Any:  # noqa: ANN401
        bound = merged.get((section, key))
        return bound.value if bound else None

    return Bindings(
        service=one("service", "service"),
        environment=one("environment", "environment"),
        self_approval=bool(one("self_approval", "self_approval")),
        approval_timeout=one("approvals", "timeout"),
        approval_valid_for=one("approvals", "valid_for"),
        every=one("defaults", "every"),
        deadline=one("defaults", "deadline"),
        people=all_of("people"),
        connections=by_name("connections"),
        values=by_name("values"),
        sources=by_name("sources"),
        alpha=one("alpha", "alpha"),
        metrics=all_of("metrics"),
        steps=all_of("steps"),
        rollbacks=all_of("rollbacks"),
        incident=all_of("incident"),
        variants=all_of("variants"),
        silenced=merged.get(("lint", "ignore")),
        vocabulary={bound.name: bound.value for bound in all_of("vocabulary")},
        windows=one("windows", "windows") or (),
        stages=all_of("stages"),
        on_failure=one("on_failure", "on_failure"),
    )
