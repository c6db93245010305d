"""The page: everything that the element readers share about one document."""

from dataclasses import dataclass
from typing import TypedDict

from gonogo.document.reader.outline import Block, Form, Outline
from gonogo.document.reader.stages import Staging, find_stages
from gonogo.document.reader.statements import Shape, Statement, Statements
from gonogo.document.reader.tables import Table
from gonogo.document.reader.vocabulary import Topic


class Place(TypedDict):
    """Where an element stands, as its keyword arguments."""

    stage_line: int | None
    substage_line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    One document, taken apart but not yet read.

    Attributes:
        lines: As stored, comments blanked; `lines[0]` is line 1.
        tables: By the index of their block.
        fences: The fenced blocks, in order.
        table_statements: The tables with their places, in order.
    """

    lines: tuple[str, ...]
    outline: Outline
    statements: Statements
    tables: dict[int, Table]
    staging: Staging
    fences: tuple[Block, ...]
    table_statements: tuple[tuple[Statement, Table], ...]

    def place(self, line: int) -> Place:
        """Return stage and substage of a line."""
        stage, substage = self.staging.place(line)
        return {"stage_line": stage, "substage_line": substage}

    def block(self, statement: Statement) -> Block:
        """Return the outline's block of a statement."""
        return self.outline.blocks[statement.block]

    def sentences(self) -> tuple[Statement, ...]:
        """Return the statements that hold words: no tables, no fences."""
        return tuple(
            s
            for s in self.statements.all
            if s.shape in {Shape.HEADING, Shape.ITEM, Shape.PARAGRAPH}
        )

    def nearest(self, statement: Statement, *wanted: Topic) -> Topic | None:
        """Return the wanted topic of the innermost lead that speaks of one."""
        return self.statements.nearest(statement, frozenset(wanted))

    def first_fence(self, statement: Statement) -> int | None:
        """Return the line of the first fence nested under an item, if any."""
        block = self.block(statement)
        if block.form is not Form.ITEM:
            return None
        for inner in self.outline.blocks[statement.block + 1 :]:
            if inner.first > block.last:
                return None
            if inner.form is Form.FENCE:
                return inner.first
        return None


def page_of(
    lines: tuple[str, ...],
    outline: Outline,
    statements: Statements,
    tables: dict[int, Table],
) -> Page:
    """Return the page of a document that has been taken apart."""
    placed = (s for s in statements.all if s.shape is Shape.TABLE)
    return Page(
        lines=lines,
        outline=outline,
        statements=statements,
        tables=tables,
        staging=find_stages(outline, statements),
        fences=tuple(b for b in outline.blocks if b.form is Form.FENCE),
        table_statements=tuple((s, tables[s.block]) for s in placed),
    )
