"""
Edits: small insertions into a document whose every other character stays.

An edit names a place by line and column of the source, as a Reading does. Applying
them never moves a line, so that line numbers mean the same before and after.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gonogo.document.lines import Cell

_LINE_END = re.compile(r"(\r\n|\r|\n)")
_BOM = "\ufeff"
# What people leave where something is to be filled in.
_BLANK = re.compile(
    r"[\s_.…?\u2013\u2014-]*|☐|⬜|⏳|\[\s?\]|tbd|todo|pending|n/?a|yyyy-mm-dd",
    re.IGNORECASE,
)
_COMMENT = "<!--"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace the characters from `start` up to `end` (0-based) of a line by text."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A document as lines, with what ended each of them.

    Attributes:
        lines: Without their ends; `lines[0]` is line 1.
        ends: One fewer than lines, or as many.
    """

    mark: str
    lines: tuple[str, ...]
    ends: tuple[str, ...]

    def line(self, number: int) -> str:
        """Return a line by its number; '' behind the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the text with the edits made; one that overlaps an earlier is left."""
        by_line: defaultdict[int, list[Edit]] = defaultdict(list)
        for edit in edits:
            by_line[edit.line].append(edit)
        lines = [
            _edit_line(text, by_line[number]) if number in by_line else text
            for number, text in enumerate(self.lines, 1)
        ]
        ends = (*self.ends, "")
        return self.mark + "".join(map("".join, zip(lines, ends, strict=False)))


def page_of(text: str) -> Page:
    """Split a document into lines, as the reader counts them."""
    mark = _BOM if text.startswith(_BOM) else ""
    pieces = _LINE_END.split(text.removeprefix(_BOM))
    return Page(mark=mark, lines=tuple(pieces[::2]), ends=tuple(pieces[1::2]))


def is_blank(text: str) -> bool:
    """Return whether a cell holds nothing but a sign that it is to be filled in."""
    return _BLANK.fullmatch(text.strip()) is not None


def fill_cell(page: Page, cell: Cell, text: str) -> Edit:
    """Return the edit that puts text into a cell; what a person wrote there stays."""
    start, end = cell.start - 1, cell.end - 1
    raw = page.line(cell.line)[start:end]
    comment = raw.find(_COMMENT)
    if comment >= 0:
        at = start + comment
        return Edit(line=cell.line, start=at, end=at, text=f"{text} ")
    if is_blank(raw):
        padded = f" {text} ".ljust(len(raw))
        return Edit(line=cell.line, start=start, end=end, text=padded)
    at = start + len(raw.rstrip())
    return Edit(line=cell.line, start=at, end=at, text=f" {text}")


def append(page: Page, line: int, text: str) -> Edit:
    """Return the edit that writes behind a line's text, before a comment's start."""
    source = page.line(line)
    comment = source.find(_COMMENT)
    at = len(source.rstrip() if comment < 0 else source[:comment].rstrip())
    return Edit(line=line, start=at, end=at, text=text)


def _edit_line(text: str, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < at:
            continue
        parts.extend((text[at : edit.start], edit.text))
        at = edit.end
    return "".join((*parts, text[at:]))
