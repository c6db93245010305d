"""The page: everything that the element readers share about one document."""

from dataclasses import dataclass
from typing import TypedDict

from gonogo.document.reader.layout.markup import plain
from gonogo.document.reader.layout.outline import Block, Form, Outline
from gonogo.document.reader.layout.statements import Shape, Statement, Statements
from gonogo.document.reader.layout.tables import Table
from gonogo.document.reader.staging.spans import Staging
from gonogo.document.reader.staging.stages import find_stages
from gonogo.document.reader.words.spoken import spoken
from gonogo.document.reader.words.vocabulary import Topic, Vocabulary


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

    def topics(self, text: str) -> frozenset[Topic]:
        """Return what a text speaks of, by the words of this document."""
        return spoken(text, self.known)

    @property
    def known(self) -> Vocabulary:
        """Return the words that this document is read by."""
        return self.statements.vocabulary

    def block(self, statement: Statement) -> Block:
        """Return the outline's block of a statement."""
        return self.outline.blocks[statement.block]

    def line_of(self, statement: Statement, words: str) -> int:
        """Return the line of a wrapped statement on which `words` begin."""
        start = " ".join(words.split()[:3]).lower()
        for number in range(statement.line, statement.last_line + 1):
            if start and start in plain(self.lines[number - 1]).lower():
                return number
        return statement.line

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
        staging=find_stages(outline, statements, tables),
        fences=tuple(b for b in outline.blocks if b.form is Form.FENCE),
        table_statements=tuple((s, tables[s.block]) for s in placed),
    )
