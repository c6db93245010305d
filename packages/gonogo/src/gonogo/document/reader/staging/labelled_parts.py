"""Labelled parts: bold lines that number a part where another would write a heading."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.document.reader.layout.markup import bold_start
from gonogo.document.reader.layout.outline import Section
from gonogo.document.reader.layout.statements import Shape, Statement, Statements
from gonogo.document.reader.staging.section_tree import SectionTree
from gonogo.document.reader.words.titles import Order, order

# One of a kind is no row.
_ROW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPart:
    """A bold line and all up to the next one of its section, or the next heading."""

    section: int
    line: int
    last: int
    title: str


def labelled_parts(
    tree: SectionTree, statements: Statements
) -> tuple[LabelledPart, ...]:
    """Return the parts that numbered bold lines open, at least two in a section."""
    by_section: dict[int, list[Statement]] = {}
    for statement in statements.all:
        if _opens(statement, statements):
            by_section.setdefault(statement.section, []).append(statement)
    return tuple(
        part
        for section, labels in by_section.items()
        if len(labels) >= _ROW
        for part in _parts(tree, tree.sections[section], labels)
    )


def _opens(statement: Statement, statements: Statements) -> bool:
    if statement.shape is not Shape.PARAGRAPH or statement.item is not None:
        return False
    bold = None if statement.mark else bold_start(statement.raw)
    if bold is None:
        return False
    known = statements.vocabulary
    return order(bold, known.topics(bold), known) >= Order.NUMBER


def _parts(
    tree: SectionTree, section: Section, labels: Sequence[Statement]
) -> list[LabelledPart]:
    inner = tree.children[section.index]
    end = inner[0].line - 1 if inner else section.last
    behind = [*(label.line - 1 for label in labels[1:]), end]
    return [
        LabelledPart(
            section=section.index,
            line=label.line,
            last=last,
            title=label.text.rstrip(" :"),
        )
        for label, last in zip(labels, behind, strict=True)
    ]
