"""
Statements: the outline as one sequence of sentences, each with what governs it.

A statement is what a person reads in one go: a heading, a list item, a labelled line,
a wrapped paragraph, a table row. Its *lead* is the statement that it stands under: a
label ('**Rollback triggers:**'), the item around it, or the heading. Following the
leads outwards tells in which context a sentence is meant.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gonogo.document.reader.words.vocabulary import Topic, Vocabulary, first


class Shape(StrEnum):
    """How a statement stands on the page."""

    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    FENCE = "fence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The mark of a checklist item; `column` is 1-based, as stored."""

    column: int
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One sentence and its place.

    Attributes:
        raw: With mark-up, without the checklist mark.
        text: Plain words.
        lead: Index of the statement that it stands under; None at the top.
        item: Index of the statement of the list item around it.
        governs: Whether anything stands under it.
        topics: What it speaks of; filled for statements that govern others.
        block: Index of the outline's block.
    """

    index: int
    shape: Shape
    line: int
    last_line: int
    raw: str
    text: str
    section: int
    block: int
    lead: int | None = None
    item: int | None = None
    depth: int = 0
    number: str | None = None
    mark: Mark | None = None
    label: bool = False
    governs: bool = False
    topics: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a document, in order, and the words they are read by."""

    all: tuple[Statement, ...]
    vocabulary: Vocabulary

    def leads(self, statement: Statement) -> Iterable[Statement]:
        """Yield what governs a statement, innermost first."""
        current = statement.lead
        while current is not None:
            yield self.all[current]
            current = self.all[current].lead

    def nearest(self, statement: Statement, wanted: frozenset[Topic]) -> Topic | None:
        """
        Return the wanted topic of the innermost lead that speaks of one.

        The order of `Topic` decides where one lead speaks of several.
        """
        for lead in self.leads(statement):
            hit = lead.topics & wanted
            if hit:
                return first(hit)
        return None

    def end(self, statement: Statement) -> int:
        """Return the last line of a statement and all that stands under it."""
        under = (other.last_line for other in self.under(statement))
        return max(under, default=statement.last_line)

    def children(self, statement: Statement) -> Iterable[Statement]:
        """Yield the statements directly under one."""
        under = self.under(statement)
        return (other for other in under if other.lead == statement.index)

    def under(self, statement: Statement) -> Iterator[Statement]:
        """Yield all that stands under a statement, at any depth."""
        for other in self.after(statement):
            if other.lead is None or other.lead < statement.index:
                return
            yield other

    def after(self, statement: Statement) -> Iterator[Statement]:
        """Yield all that stands behind a statement."""
        for index in range(statement.index + 1, len(self.all)):
            yield self.all[index]
