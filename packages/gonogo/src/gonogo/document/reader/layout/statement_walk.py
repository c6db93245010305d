"""
The walk over an outline's blocks that gives each statement its place and its lead.

A label leads what follows it in its list or section until another label, item or
heading takes over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gonogo.document.reader.layout.checklist_marks import split_mark
from gonogo.document.reader.layout.markup import bold_start, plain, undecorated
from gonogo.document.reader.layout.outline import Block, Form, Outline
from gonogo.document.reader.layout.statements import Mark, Shape, Statement, Statements
from gonogo.document.reader.layout.wrapped_lines import Part, wrapped
from gonogo.document.reader.words.spoken import spoken
from gonogo.document.reader.words.vocabulary import Topic, Vocabulary

# Nobody reads a longer sentence as one; what is behind stays text.
_LONGEST = 2000
# A label is short; longer text ending in a colon is a sentence.
_LABEL_LENGTH = 160
_BULLET = re.compile(
    r"^\s*[\u2022\u25aa\u25cf\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff"
    r"\U0001f000-\U0001faff]"
)


def statements(outline: Outline, lines: Sequence[str], known: Vocabulary) -> Statements:
    """Return the statements of an outline; `lines` are the lines as stored."""
    walk = _Walk(outline=outline, lines=lines)
    for index, block in enumerate(outline.blocks):
        walk.take(index, block)
    return Statements(_with_topics(walk.found, known), known)


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
        parts = wrapped(block.text, block.text_line or block.first)
        first, last, raw = parts[0]
        raw, mark = split_mark(raw, self.lines[first - 1])
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
        parts = wrapped(block.text, block.text_line)
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            self._sentence(index, part, item=block.item, opens=opens and last)
        if parts and not self.found[-1].label:
            self.label.pop(block.item, None)

    def _sentence(
        self,
        index: int,
        part: Part,
        *,
        item: int | None,
        opens: bool = False,
    ) -> None:
        first, last, raw = part
        raw, mark = split_mark(raw, self.lines[first - 1])
        # A label leads the lines below it in its own paragraph ('**Criteria:**', then
        # lines that begin with a pictograph); a new paragraph ends it.
        before = self.label.get(item)
        if (
            before is None
            or self.found[before].block != index
            or not _BULLET.match(raw)
        ):
            self.label.pop(item, None)
        statement = self._add(
            Shape.PARAGRAPH, index, first, last, raw, mark=mark, item=item
        )
        if _is_label(statement, opens=opens):
            self.found[-1] = replace(statement, label=True)
            self.label[item] = statement.index

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


def _is_label(statement: Statement, *, opens: bool) -> bool:
    if len(statement.text) > _LABEL_LENGTH:
        return False
    if statement.text.rstrip("* ").endswith((":", "\uff1a")):
        return True
    bold = bold_start(statement.raw)
    if bold is None:
        return False
    return opens or len(bold) >= len(statement.text.rstrip(" :"))


def _with_topics(
    found: Sequence[Statement], known: Vocabulary
) -> tuple[Statement, ...]:
    leads = {s.lead for s in found if s.lead is not None}
    return tuple(
        replace(s, governs=True, topics=_spoken(s, known))
        if s.index in leads or s.shape is Shape.HEADING
        else s
        for s in found
    )


def _spoken(statement: Statement, known: Vocabulary) -> frozenset[Topic]:
    """Return what a statement speaks of; a box is never mere background."""
    found = spoken(statement.text, known)
    return (
        found - {Topic.BACKGROUND, Topic.REFERENCE, Topic.RISK}
        if statement.mark
        else found
    )
