"""
Fences: a block that is closed by too short or too deep a line, mended.

Markdown lets '````json' run on where only '```' or an indented '```' closes it, and so
the rest of a document, headings and all, becomes code. A person means the first line
of marks to be its end. That is taken only where a heading would be swallowed; a fence
around fences ('````markdown', or one with an opener inside) is as written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKS = re.compile(
    r"^(?P<lead>[\s>]{0,40}(?:[*+-]\s{1,4}|\d{1,3}[.)]\s{1,4})?)"
    r"(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$"
)
_HEADING = re.compile(r"^#{2,6}\s+\S")
_AROUND_FENCES = frozenset({"", "markdown", "md", "mdx", "text", "txt", "plain"})
# A mark may stand this much deeper than the one it closes.
_DEEPER = 3
# So often in one document is a slip; more is another language.
_MOST_MENDED = 20


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of marks: how deep, which, and what follows them."""

    depth: int
    marks: str
    info: str

    def closes(self, opening: "_Line") -> bool:
        """Tell whether it ends a block by the rules of Markdown."""
        enough = self.marks.startswith(opening.marks) and not self.info
        return enough and self.depth <= opening.depth + _DEEPER


def mended(lines: Sequence[str]) -> list[str]:
    """Return the lines with the ends that are meant made ends, in linear time."""
    found, result = 0, list(lines)
    number = 0
    while number < len(result) and found < _MOST_MENDED:
        opening = _marks(result[number])
        if opening is None:
            number += 1
            continue
        end, stray = _ends(result, number, opening)
        if stray is None:
            number = end + 1
            continue
        indent = result[number][: result[number].index(opening.marks)]
        result[stray] = " " * len(indent.expandtabs(4)) + opening.marks
        if end < len(result):
            result[end] = ""
        number, found = stray + 1, found + 1
    return result


def _ends(lines: Sequence[str], first: int, opening: _Line) -> tuple[int, int | None]:
    """Return where a block ends as written, and the line that is meant to end it."""
    stray: int | None = None
    nested, swallowed, end = False, False, len(lines)
    for number in range(first + 1, len(lines)):
        here = _marks(lines[number])
        if here is None:
            swallowed |= stray is not None and bool(_HEADING.match(lines[number]))
        elif here.closes(opening):
            end = number
            break
        elif stray is None and here.info:
            nested = True
        elif stray is None and here.marks[0] == opening.marks[0]:
            stray = number
    around = opening.info.lower() in _AROUND_FENCES and end < len(lines)
    return end, stray if swallowed and not nested and not around else None


def _marks(line: str) -> _Line | None:
    hit = _MARKS.match(line) if "```" in line or "~~~" in line else None
    if hit is None:
        return None
    depth = len(hit["lead"].expandtabs(4))
    return _Line(depth, hit["marks"], hit["info"].strip())
