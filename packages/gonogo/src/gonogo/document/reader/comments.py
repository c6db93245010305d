"""
Comments: HTML comments found, and blanked so that nothing else sees them.

Bindings are written beside the line that they bind (`<!-- gonogo: {...} -->`). Blanks
of the same length take their place, so that all columns stay as stored.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from gonogo.document.lines import Comment

_OPEN = "<!--"
_CLOSE = "-->"
_TICKS = re.compile(r"`+")


def blank_comments(
    lines: Sequence[str], shielded: frozenset[int]
) -> tuple[tuple[str, ...], tuple[Comment, ...]]:
    """
    Return the lines with their comments blanked, and the comments.

    Args:
        lines: All lines; line 1 first.
        shielded: Line numbers of fences and front matter, where `<!--` is text.

    Returns:
        Lines and comments; one that never closes is left as it stands.
    """
    blanked, found = list(lines), []
    line, column = 1, 0
    last_close = _last_close(lines, shielded)
    while line <= len(lines):
        start = _opening(blanked[line - 1], column) if line not in shielded else -1
        if start < 0:
            line, column = line + 1, 0
            continue
        end = _closing(blanked, line, start, last_close)
        if end is None:
            break
        found.append(_comment(blanked, (line, start), end))
        _blank(blanked, (line, start), end)
        line, column = end
    return tuple(blanked), _owned(found, blanked)


def _last_close(lines: Sequence[str], shielded: frozenset[int]) -> int:
    closing = (n for n, text in enumerate(lines, 1) if _CLOSE in text)
    return max((n for n in closing if n not in shielded), default=0)


def _opening(text: str, column: int) -> int:
    start = text.find(_OPEN, column)
    if start < 0 or "`" not in text[:start]:
        return start
    spans = _code_spans(text)
    while start >= 0 and any(a <= start < b for a, b in spans):
        start = text.find(_OPEN, start + 1)
    return start


def _code_spans(text: str) -> list[tuple[int, int]]:
    spans, opened = [], None
    for ticks in _TICKS.finditer(text):
        if opened is None:
            opened = ticks
        elif len(ticks.group()) == len(opened.group()):
            spans.append((opened.start(), ticks.end()))
            opened = None
    return spans


def _closing(
    lines: Sequence[str], line: int, start: int, last_close: int
) -> tuple[int, int] | None:
    column = start + len(_OPEN)
    for number in range(line, last_close + 1):
        end = lines[number - 1].find(_CLOSE, column)
        if end >= 0:
            return number, end + len(_CLOSE)
        column = 0
    return None


def _comment(
    lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]
) -> Comment:
    (first, a), (last, b) = start, end
    parts = list(lines[first - 1 : last])
    parts[-1] = parts[-1][:b]
    parts[0] = parts[0][a:]
    text = "\n".join(parts)[len(_OPEN) : -len(_CLOSE)].strip()
    return Comment(line=first, last_line=last, column=a + 1, text=text)


def _blank(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> None:
    (first, a), (last, b) = start, end
    for number in range(first, last + 1):
        text = lines[number - 1]
        left = a if number == first else 0
        right = b if number == last else len(text)
        lines[number - 1] = text[:left] + " " * (right - left) + text[right:]


def _owned(found: Sequence[Comment], lines: Sequence[str]) -> tuple[Comment, ...]:
    """Return the comments, each with the line that it belongs to."""
    nearest = len(lines) + 1
    below: list[int] = [nearest] * (len(lines) + 2)
    for number in range(len(lines), 0, -1):
        nearest = number if lines[number - 1].strip() else nearest
        below[number] = nearest
    return tuple(
        replace(c, owner_line=own if own <= len(lines) else c.line)
        for c in found
        for own in [c.line if lines[c.line - 1].strip() else below[c.last_line]]
    )
