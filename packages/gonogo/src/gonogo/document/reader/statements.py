"""
Statements: the outline as one sequence of sentences, each with what governs it.

A statement is what a person reads in one go: a heading, a list item, a labelled line,
a wrapped paragraph, a table row. Its *lead* is the statement that it stands under: a
label ('**Rollback triggers:**'), the item around it, or the heading. Following the
leads outwards tells in which context a sentence is meant.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gonogo.document.reader.markup import bold_start, plain, undecorated
from gonogo.document.reader.outline import Block, Form, Outline
from gonogo.document.reader.vocabulary import Topic, topics

# Nobody reads a longer sentence as one; what is behind stays text.
_LONGEST = 2000
# A label is short; longer text ending in a colon is a sentence.
_LABEL_LENGTH = 160
_BREAK = re.compile(r"(?: {2,}|\\)$")
_STARTS_ANEW = re.compile(
    r"^(?:[^\w\s\"'(\[<&$`*_]|\*\*|__[^_]|\w{1,3}[:.)]\s|\[[ xX]?\]\s|_{3,})"
)
_LABEL_START = re.compile(r"^[\w /&'()-]{2,40}:(?:\s|$)")
_BRACKETS = re.compile(r"^\s*\[(?P<mark>[ xX✓✔]?)\](?=\s|$)")
_SYMBOLS = "☐☑☒🔲⬜❏□"
_TICKED = "xX✓✔☑☒"
_SYMBOL = re.compile(rf"^\W{{0,4}}?(?P<mark>[{_SYMBOLS}])")


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
    """All statements of a document, in order."""

    all: tuple[Statement, ...]

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
                return min(hit, key=list(Topic).index)
        return None

    def children(self, statement: Statement) -> Iterable[Statement]:
        """Yield the statements directly under one."""
        for other in self.all[statement.index + 1 :]:
            if other.lead == statement.index:
                yield other
            elif other.lead is None or other.lead < statement.index:
                return


def statements(outline: Outline, lines: Sequence[str]) -> Statements:
    """Return the statements of an outline; `lines` are the lines as stored."""
    walk = _Walk(outline=outline, lines=lines)
    for index, block in enumerate(outline.blocks):
        walk.take(index, block)
    return Statements(_with_topics(walk.found))


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the blocks."""

    outline: Outline
    lines: Sequence[str]
    found: list[Statement] = field(default_factory=list)
    heading: dict[int, int] = field(default_factory=dict)
    item: dict[int, int] = field(default_factory=dict)
    label: dict[int | None, int] = field(default_factory=dict)

    def take(self, index: int, block: Block) -> None:
        """Take in one block."""
        match block.form:
            case Form.HEADING:
                self._heading(index, block)
            case Form.ITEM:
                self._item(index, block)
            case Form.PARAGRAPH:
                self._paragraph(index, block)
            case Form.TABLE | Form.FENCE:
                shape = Shape.TABLE if block.form is Form.TABLE else Shape.FENCE
                self._add(shape, index, block.first, block.last, block.text, text="")
            case _:
                pass

    def _heading(self, index: int, block: Block) -> None:
        section = self.outline.sections[block.section]
        lead = self._heading_of(section.parent)
        self.heading[block.section] = len(self.found)
        self.label.clear()
        self._add(
            Shape.HEADING,
            index,
            block.first,
            block.last,
            block.text,
            text=section.title,
            lead=lead,
        )

    def _heading_of(self, section: int | None) -> int | None:
        while section is not None:
            if section in self.heading:
                return self.heading[section]
            section = self.outline.sections[section].parent
        return None

    def _item(self, index: int, block: Block) -> None:
        parts = _sentences(block.text, block.text_line or block.first)
        first, last, raw = parts[0]
        raw, mark = self._mark(raw, first)
        self.item[index] = len(self.found)
        self.label.pop(index, None)
        self._add(
            Shape.ITEM,
            index,
            block.first,
            last,
            raw,
            mark=mark,
            number=block.number,
        )
        for first, last, raw in parts[1:]:
            self._sentence(index, (first, last, raw), item=index)

    def _paragraph(self, index: int, block: Block) -> None:
        follower = self.outline.blocks[index + 1 : index + 2]
        opens = bool(follower) and follower[0].form in {
            Form.ITEM,
            Form.FENCE,
            Form.TABLE,
        }
        parts = _sentences(block.text, block.text_line)
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            self._sentence(index, part, item=block.item, opens=opens and last)

    def _sentence(
        self,
        index: int,
        part: tuple[int, int, str],
        *,
        item: int | None,
        opens: bool = False,
    ) -> None:
        first, last, raw = part
        raw, mark = self._mark(raw, first)
        self.label.pop(item, None)
        statement = self._add(
            Shape.PARAGRAPH, index, first, last, raw, mark=mark, item=item
        )
        if _is_label(statement, opens=opens):
            self.found[-1] = replace(statement, label=True)
            self.label[item] = statement.index

    def _mark(self, raw: str, line: int) -> tuple[str, Mark | None]:
        brackets = _BRACKETS.match(raw)
        if brackets:
            stored = self.lines[line - 1]
            column = stored.find("[") + 2
            ticked = brackets["mark"] in _TICKED and brackets["mark"] != ""
            return raw[brackets.end() :], Mark(column=column, checked=ticked)
        symbol = _SYMBOL.match(raw)
        if symbol:
            column = self.lines[line - 1].find(symbol["mark"]) + 1
            checked = symbol["mark"] in _TICKED
            return raw[symbol.end() :], Mark(column=column, checked=checked)
        return raw, None

    def _add(
        self,
        shape: Shape,
        index: int,
        first: int,
        last: int,
        raw: str,
        *,
        text: str | None = None,
        lead: int | None = None,
        item: int | None = None,
        mark: Mark | None = None,
        number: str | None = None,
    ) -> Statement:
        block = self.outline.blocks[index]
        raw = raw[:_LONGEST]
        item = block.item if item is None else item
        if shape is not Shape.HEADING:
            lead = self._lead(block.section, item)
        statement = Statement(
            index=len(self.found),
            shape=shape,
            line=first,
            last_line=last,
            raw=raw,
            text=undecorated(plain(raw)) if text is None else text,
            section=block.section,
            block=index,
            lead=lead,
            item=self.item.get(item) if item is not None else None,
            depth=block.depth,
            mark=mark,
            number=number,
        )
        self.found.append(statement)
        return statement

    def _lead(self, section: int, item: int | None) -> int | None:
        if item in self.label:
            return self.label[item]
        if item is not None and item in self.item:
            return self.item[item]
        return self._heading_of(section)


def _sentences(text: str, first: int) -> list[tuple[int, int, str]]:
    """Split a block's text where a new statement begins, joining wrapped lines."""
    parts: list[tuple[int, int, list[str]]] = []
    broken = True
    for number, line in enumerate(text.split("\n"), first):
        bare = line.strip()
        labelled = bool(parts) and _LABEL_START.match(parts[-1][2][0])
        anew = _STARTS_ANEW.match(bare) or (labelled and _LABEL_START.match(bare))
        if broken or anew or not parts:
            parts.append((number, number, [bare]))
        else:
            start, _, words = parts[-1]
            words.append(bare)
            parts[-1] = (start, number, words)
        broken = bool(_BREAK.search(line))
    return [(a, b, " ".join(words)) for a, b, words in parts]


def _is_label(statement: Statement, *, opens: bool) -> bool:
    if len(statement.text) > _LABEL_LENGTH:
        return False
    if statement.text.rstrip("* ").endswith((":", "\uff1a")):
        return True
    bold = bold_start(statement.raw)
    if bold is None:
        return False
    return opens or len(bold) >= len(statement.text.rstrip(" :"))


def _with_topics(found: Sequence[Statement]) -> tuple[Statement, ...]:
    leads = {s.lead for s in found if s.lead is not None}
    return tuple(
        replace(s, governs=True, topics=_spoken(s))
        if s.index in leads or s.shape is Shape.HEADING
        else s
        for s in found
    )


def _spoken(statement: Statement) -> frozenset[Topic]:
    """Return what a statement speaks of; a box is never mere background."""
    found = topics(statement.text)
    return (
        found - {Topic.BACKGROUND, Topic.REFERENCE, Topic.RISK}
        if statement.mark
        else found
    )
