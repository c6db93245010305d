"""Nodes: what a YAML text is made of, each with its line and column."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A scalar as written; `null` where nothing is written."""

    line: int
    column: int
    text: str
    null: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A sequence."""

    line: int
    column: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping, in order, repeated keys included."""

    line: int
    column: int
    entries: tuple[tuple[Leaf, "Node"], ...]


Node = Leaf | Items | Table


class NoTree(Exception):
    """The text is no usable YAML; `problem` says why, at `line` and `column`."""

    def __init__(
        self, problem: str, line: int, column: int, *, excess: bool = False
    ) -> None:
        """Compose the message; `excess` tells that there is too much of it."""
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem, self.line, self.column = problem, line, column
        self.excess = excess
