"""
Names of a plan file: given once, and known wherever they are used.

Names are collected while the file is read, part by part, and compared when all of it
is: a mistake in one part hides none in another.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gonogo.document.bindings.bound import Place
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.codes import Code
from gonogo.document.nodes import Items, Leaf, Node, Table
from gonogo.document.planfile.codes import Code as PlanCode
from gonogo.document.planfile.codes import diagnostic
from gonogo.document.planfile.forms import Key, Naming
from gonogo.document.value_names import BUILTINS, names_in

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_OF_A_QUESTION = re.compile(r"undo-\d+")
_LONGEST = 40

_UNKNOWN: Mapping[Naming, Code] = {
    "metric": Code.UNKNOWN_METRIC,
    "connection": Code.UNKNOWN_CONNECTION,
    "value": Code.UNKNOWN_VALUE,
    "source": Code.UNKNOWN_SOURCE,
}


@dataclass(frozen=True, slots=True)
class _Use:
    naming: Naming
    name: str
    at: Place


@dataclass(slots=True)
class Names:
    """The names of one file; `taken` are the ids that it spells out anywhere."""

    problems: Problems
    taken: set[str]
    _defined: dict[tuple[Naming, str], Place] = field(default_factory=dict)
    _used: list[_Use] = field(default_factory=list)
    _repeats: Counter[str] = field(default_factory=Counter)

    def note(self, key: Key, value: object, at: Place) -> None:
        """Note what a key's value gives a name to, or names."""
        if key.defines is not None:
            for name in _each(value):
                self._define(key.defines, name, key.name, at)
        if key.uses is not None:
            names = names_in(value) if key.uses == "value" else _each(value)
            self._used += (_Use(key.uses, name, at) for name in names)

    def give(self, key: Key, title: str, at: Place) -> str:
        """Return an id made from a title, which nothing else in the file has."""
        words = (
            _BETWEEN_WORDS.sub("-", title.casefold())[:_LONGEST].strip("-") or "part"
        )
        stem = f"step-{words}" if _OF_A_QUESTION.fullmatch(words) else words
        given = stem
        while given in self.taken:
            self._repeats[stem] += 1
            given = f"{stem}-{self._repeats[stem] + 1}"
        self.taken.add(given)
        self.note(key, given, at)
        return given

    def check(self) -> None:
        """Report every name that nothing has."""
        known = {use.naming: self._known(use.naming) for use in self._used}
        for use in self._used:
            if use.name in known[use.naming]:
                continue
            near = hint(use.name, tuple(known[use.naming]))
            facts = {"name": use.name, "hint": near}
            if use.naming in _UNKNOWN:
                self.problems.add(_UNKNOWN[use.naming], use.at, **facts)
            else:
                told = diagnostic(PlanCode.UNKNOWN_GATE, use.at, **facts)
                self.problems.found.append(told)

    def _define(self, naming: Naming, name: str, key: str, at: Place) -> None:
        # A question is named by the id of its step, task or gate: ids are one space.
        space: Naming = "id" if naming == "gate" else naming
        first = self._defined.setdefault((space, name), at)
        if first is not at:
            facts = {"name": name, "first": first.line, "key": key}
            told = diagnostic(PlanCode.REPEATED_NAME, at, **facts)
            self.problems.found.append(told)
        self._defined.setdefault((naming, name), at)

    def _known(self, naming: Naming) -> dict[str, None]:
        """Return the names of a kind, in the order of the file."""
        own = {name: None for each, name in self._defined if each == naming}
        builtins = dict.fromkeys(sorted(BUILTINS) if naming == "value" else ())
        return {**own, **builtins}


def ids_in(node: Node) -> Iterator[str]:
    """Yield every id that a file spells out, so that none is given a second time."""
    if isinstance(node, Items):
        for item in node.items:
            yield from ids_in(item)
    elif isinstance(node, Table):
        for key, value in node.entries:
            if key.text == "id" and isinstance(value, Leaf):
                yield value.text
            yield from ids_in(value)


def _each(value: object) -> tuple[str, ...]:
    """Return the names in a value: one, several, or the keys of a mapping."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, (tuple, Mapping)) else ()
