"""
Fields: a mapping of bindings read key by key, every mistake collected.

Each reader returns None for what is missing or wrong, and has said so by then: callers
go on, so that one look at a document shows all that is wrong with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from gonogo.document.bindings.bound import Place
from gonogo.document.bindings.duration import duration
from gonogo.document.bindings.grammar import example
from gonogo.document.codes import Code, diagnostic
from gonogo.document.nodes import Items, Leaf, Node, Table
from gonogo.model.diagnostic import Diagnostic

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})


@dataclass(slots=True)
class Problems:
    """What was found wrong so far."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(self, code: Code, at: Place, **facts: Any) -> None:  # noqa: ANN401
        """Add a diagnostic about a binding, with the file that it stands in."""
        one = diagnostic(code, at.line, at.column, at.path or None, **facts)
        self.found.append(replace(one, file=at.file))

    def at_line(self, code: Code, line: int, **facts: Any) -> None:  # noqa: ANN401
        """Add a diagnostic about a line of the document."""
        self.found.append(diagnostic(code, line, **facts))


def hint(name: str, known: Sequence[str]) -> str:
    """Return ' Did you mean …?', or '' where nothing is near."""
    folded = {one.casefold(): one for one in reversed(known)}
    near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""


def below(at: Place, key: str, node: Node | Leaf) -> Place:
    """Return the place of a key's value."""
    path = f"{at.path}.{key}" if at.path else key
    return replace(at, line=node.line, column=node.column, path=path)


class Fields:
    """The entries of one mapping."""

    def __init__(
        self,
        node: Node | None,
        at: Place,
        problems: Problems,
        known: Sequence[str] | None = None,
    ) -> None:
        """
        Take a mapping in; repeated keys, and those not in `known`, are reported.

        Args:
            node: The mapping; nothing at all counts as an empty one.
            at: Its place.
            problems: Where mistakes go.
            known: The keys that may stand here; None: any.
        """
        self.at = at
        self.problems = problems
        self.entries: dict[str, tuple[Place, Node]] = {}
        for key, value in self._pairs(node, known):
            self._take(key, value, known)

    def _pairs(
        self, node: Node | None, known: Sequence[str] | None
    ) -> Sequence[tuple[Leaf, Node]]:
        if node is None or (isinstance(node, Leaf) and node.null):
            return ()
        if isinstance(node, Table):
            return node.entries
        keys = ", ".join(known[:3]) if known else "name"
        self.wrong(self.at, node, "a mapping", f"{{{keys}: …}}")
        return ()

    def _take(self, key: Leaf, value: Node, known: Sequence[str] | None) -> None:
        place = below(self.at, key.text, key)
        if known is not None and key.text not in known:
            self.problems.add(
                Code.UNKNOWN_KEY,
                place,
                key=key.text,
                hint=hint(key.text, known),
                known=", ".join(known),
            )
        elif key.text in self.entries:
            first = self.entries[key.text][0].line
            self.problems.add(Code.REPEATED_KEY, place, key=key.text, first=first)
        else:
            self.entries[key.text] = (place, value)

    def has(self, key: str) -> bool:
        """Tell whether the key stands there, with or without a value."""
        return key in self.entries

    def node(self, key: str) -> Node | None:
        """Return the value of a key; None where there is none."""
        entry = self.entries.get(key)
        if entry is None or (isinstance(entry[1], Leaf) and entry[1].null):
            return None
        return entry[1]

    def place(self, key: str) -> Place:
        """Return the place of a key; the mapping's where it is missing."""
        return self.entries[key][0] if key in self.entries else self.at

    def needs(self, key: str) -> None:
        """Report a key that is missing."""
        if self.node(key) is None:
            self.problems.add(
                Code.MISSING_KEY, self.place(key), key=key, example=example(key)
            )

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Return a text; a number or a word such as 'on' counts as it is written."""
        if required:
            self.needs(key)
        node = self.node(key)
        if node is None:
            return None
        if isinstance(node, Leaf):
            return node.text
        self.wrong(self.place(key), node, "a text", example(key))
        return None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...] | None:
        """Return a list of texts; one text counts as a list of one."""
        if required:
            self.needs(key)
        node = self.node(key)
        if node is None:
            return None
        leaves = node.items if isinstance(node, Items) else (node,)
        texts = [leaf.text for leaf in leaves if isinstance(leaf, Leaf)]
        if len(texts) == len(leaves):
            return tuple(texts)
        self.wrong(self.place(key), node, "a list of texts", f"{key}: [one, two]")
        return None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return whether something is so."""
        node = self.node(key)
        if node is None:
            return default
        if isinstance(node, Leaf) and node.text.lower() in _TRUE | _FALSE:
            return node.text.lower() in _TRUE
        self.wrong(self.place(key), node, "true or false", f"{key}: true")
        return default

    def number(self, key: str, *, low: float = 0.0, high: float = 1e15) -> float | None:
        """Return a number from `low` to `high`."""
        node = self.node(key)
        if node is None:
            return None
        value = _number(node)
        if value is None:
            self.wrong(self.place(key), node, "a number", example(key))
        elif not low <= value <= high:
            wanted = f"number from {low:g} to {high:,.12g}"
            self.out_of_range(key, f"{value:g}", wanted)
            return None
        return value

    def whole(self, key: str) -> int | None:
        """Return a whole number from 1 on."""
        value = self.number(key, low=1, high=1_000_000)
        if value is not None and value != int(value):
            self.out_of_range(key, f"{value:g}", "whole number")
            return None
        return None if value is None else int(value)

    def duration(self, key: str) -> timedelta | None:
        """Return a span of time."""
        node = self.node(key)
        if node is None:
            return None
        span = duration(node.text) if isinstance(node, Leaf) else None
        if span is None:
            wanted = "a span of time such as 90s, 5m, 24h, 2d, 1w or PT24H"
            self.wrong(self.place(key), node, wanted, example(key))
        return span

    def out_of_range(self, key: str, value: str, wanted: str) -> None:
        """Report a value that is none of those that may stand there."""
        self.problems.add(
            Code.BAD_VALUE,
            self.place(key),
            value=value,
            wanted=wanted,
            example=example(key),
        )

    def wrong(self, at: Place, node: Node, wanted: str, as_in: str) -> None:
        """Report a value of the wrong kind."""
        key = at.path.rpartition(".")[2] or "gonogo"
        self.problems.add(
            Code.WRONG_TYPE,
            at,
            key=key,
            wanted=wanted,
            found=_found(node),
            example=as_in,
        )


def _number(node: Node) -> float | None:
    if not isinstance(node, Leaf):
        return None
    try:
        value = float(node.text.strip().removesuffix("%"))
    except ValueError:
        return None
    return value if value == value and abs(value) < float("inf") else None  # noqa: PLR0124


def _found(node: Node) -> str:
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Table):
        return "a mapping"
    text = node.text if len(node.text) <= 40 else f"{node.text[:40]}…"  # noqa: PLR2004
    return f"'{text}'"
