"""
The outline: markdown-it's blocks with their lines, under a tree of sections.

The block structure is markdown-it's; inline mark-up stays text, because elements are
told apart line by line and each needs its columns as stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from gonogo.document.reader.layout.fences import mended
from gonogo.document.reader.layout.markup import plain, undecorated

# Deeper nesting than this is not written by people; its lines are shown as prose.
_MAX_NESTING = 60


class Form(StrEnum):
    """What kind of block stands there."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    FENCE = "fence"
    CODE = "code"
    HTML = "html"
    RULE = "rule"
    FRONT_MATTER = "front_matter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    One block, first and last line inclusive.

    Attributes:
        section: Index of the section that it stands in (a heading: that it opens).
        item: Index of the innermost list item block around it.
        depth: How many list items are around it.
        text: Raw content: heading, paragraph, first paragraph of an item, fence.
        text_line: The line that `text` begins on.
        number: For an item of an ordered list, its number as written.
    """

    form: Form
    first: int
    last: int
    section: int
    item: int | None = None
    depth: int = 0
    text: str = ""
    text_line: int = 0
    info: str = ""
    mark: str = ""
    level: int = 0
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """
    A heading and all that it governs; section 0 is what stands above any heading.

    Attributes:
        title: Plain words, without comments and pictographs.
        line: The heading's line; 0 for section 0.
        last: The last line before the next heading of its level or above.
        parent: Index of the section around it; None for section 0.
    """

    index: int
    line: int
    last: int
    level: int
    title: str
    parent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Blocks in document order, and the sections they stand in."""

    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]

    def ancestors(self, index: int) -> Iterable[Section]:
        """Yield the section and those around it, innermost first."""
        current: int | None = index
        while current is not None:
            section = self.sections[current]
            yield section
            current = section.parent

    def children(self, index: int) -> tuple[Section, ...]:
        """Return the sections directly inside one, in order."""
        return tuple(s for s in self.sections if s.parent == index)


def outline(lines: Sequence[str]) -> Outline:
    """Return the outline of the lines; comments should be blanked before."""
    walk = _Walk(last_line=len(lines))
    for token in _parser().parse("\n".join(mended(lines))):
        walk.take(token)
    return Outline(blocks=tuple(walk.blocks), sections=walk.finished_sections())


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    parser.use(front_matter_plugin)
    # Inline text is read by the elements' own grammars.
    parser.disable(["inline", "text_join"])
    return parser


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the tokens."""

    last_line: int
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    numbered: list[bool] = field(default_factory=list)
    pending: Token | None = None
    in_table: int = 0

    def __post_init__(self) -> None:
        """Open section 0."""
        self.sections.append(
            Section(
                index=0, line=0, last=self.last_line, level=0, title="", parent=None
            )
        )

    def take(self, token: Token) -> None:  # noqa: C901 - one case per token type
        """Take in one token."""
        match token.type:
            case "heading_open" | "paragraph_open":
                self.pending = token
            case "inline" if self.pending is not None:
                self._text(self.pending, token)
                self.pending = None
            case "list_item_open":
                self._open_item(token)
            case "list_item_close":
                self.items.pop()
            case "table_open":
                self._add(Form.TABLE, token)
            case "fence":
                self._add(Form.FENCE, token)
            case "code_block":
                self._add(Form.CODE, token)
            case "html_block":
                self._add(Form.HTML, token)
            case "hr":
                self._add(Form.RULE, token)
            case "front_matter":
                self._add(Form.FRONT_MATTER, token)
            case _:
                pass

    def _text(self, opening: Token, inline: Token) -> None:
        if opening.type == "heading_open" and opening.level == 0:
            self._open_section(opening, inline)
            return
        item = self.items[-1] if self.items else None
        if item is not None and not self.blocks[item].text_line:
            self._fill_item(item, inline)
            return
        self._add(Form.PARAGRAPH, inline)

    def _open_section(self, opening: Token, inline: Token) -> None:
        level = int(opening.tag[1:])
        first, _ = opening.map or [0, 0]
        parent = next(s.index for s in self._open_chain() if s.level < level)
        title = undecorated(plain(inline.content))
        index = len(self.sections)
        self.sections.append(
            Section(
                index=index,
                line=first + 1,
                last=self.last_line,
                level=level,
                title=title,
                parent=parent,
            )
        )
        self._add(Form.HEADING, opening, text=inline.content, level=level)

    def _open_chain(self) -> Iterable[Section]:
        current: int | None = len(self.sections) - 1
        while current is not None:
            yield self.sections[current]
            current = self.sections[current].parent

    def _open_item(self, token: Token) -> None:
        number = token.info if token.markup in {".", ")"} else None
        index = len(self.blocks)
        self._add(Form.ITEM, token, number=number)
        self.items.append(index)

    def _fill_item(self, index: int, inline: Token) -> None:
        old = self.blocks[index]
        first = (inline.map or [old.first - 1, 0])[0] + 1
        self.blocks[index] = Block(
            form=Form.ITEM,
            first=old.first,
            last=old.last,
            section=old.section,
            item=old.item,
            depth=old.depth,
            number=old.number,
            text=inline.content,
            text_line=first,
        )

    def _add(
        self,
        form: Form,
        token: Token,
        *,
        text: str | None = None,
        level: int = 0,
        number: str | None = None,
    ) -> None:
        first, behind = token.map or [0, 0]
        if form is not Form.FRONT_MATTER:
            behind = max(behind, first + 1)
        self.blocks.append(
            Block(
                form=form,
                first=first + 1,
                last=min(behind, self.last_line),
                section=len(self.sections) - 1,
                item=self.items[-1] if self.items else None,
                depth=len(self.items),
                text=token.content if text is None else text,
                text_line=0 if form is Form.ITEM else first + 1,
                info=token.info.strip(),
                mark=token.markup,
                level=level,
                number=number,
            )
        )

    def finished_sections(self) -> tuple[Section, ...]:
        """Return the sections, each ended where the next of its rank begins."""
        done: list[Section] = []
        for section in self.sections:
            after = next(
                (
                    s.line - 1
                    for s in self.sections[section.index + 1 :]
                    if s.level <= section.level
                ),
                self.last_line,
            )
            done.append(
                Section(
                    index=section.index,
                    line=section.line,
                    last=self.last_line if section.index == 0 else after,
                    level=section.level,
                    title=section.title,
                    parent=section.parent,
                )
            )
        return tuple(done)
