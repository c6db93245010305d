"""
Comments: HTML comments found, and blanked so that nothing else sees them.

Bindings are written beside the line that they bind (`<!-- gonogo: {...} -->`). Blanks
of the same length take their place, so that all columns stay as stored.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from gonogo.document.lines import Comment

_OPEN = "<!--"
_CLOSE = "-->"
_TICKS = re.compile(r"`+")
_TICKS_OR_OPEN = re.compile(r"`+|<!--")

_Place = tuple[int, int]
"""A line, counted from 1, and a column of it, counted from 0."""
_Span = tuple[_Place, _Place]


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
    spans = list(_spans(lines, shielded))
    blanked = _blanked(lines, spans)
    return blanked, _comments(lines, spans, blanked)


def _spans(lines: Sequence[str], shielded: frozenset[int]) -> Iterator[_Span]:
    """Yield where each comment begins and ends; each column is looked at once."""
    line, column = 1, 0
    last_close = _last_close(lines, shielded)
    while line <= last_close:
        start = _opening(lines[line - 1], column) if line not in shielded else -1
        if start < 0:
            line, column = line + 1, 0
            continue
        end = _closing(lines, line, start, last_close)
        if end is None:
            return
        yield (line, start), end
        line, column = end


def _last_close(lines: Sequence[str], shielded: frozenset[int]) -> int:
    closing = (n for n, text in enumerate(lines, 1) if _CLOSE in text)
    return max((n for n in closing if n not in shielded), default=0)


def _opening(text: str, column: int) -> int:
    start = text.find(_OPEN, column)
    if start < 0 or text.find("`", column, start) < 0:
        return start
    behind = column
    for token in _TICKS_OR_OPEN.finditer(text, column):
        if token.start() < behind:
            continue
        if token.group() == _OPEN:
            return token.start()
        behind = _code_ends(text).get(token.start(), token.end())
    return -1


@lru_cache(maxsize=1)
def _code_ends(text: str) -> Mapping[int, int]:
    """Return where the code that opens at each run of back-quotes ends."""
    ends: dict[int, int] = {}
    next_of_length: dict[int, int] = {}
    for ticks in reversed(list(_TICKS.finditer(text))):
        length = ticks.end() - ticks.start()
        if length in next_of_length:
            ends[ticks.start()] = next_of_length[length]
        next_of_length[length] = ticks.end()
    return ends


def _closing(
    lines: Sequence[str], line: int, start: int, last_close: int
) -> _Place | None:
    column = start + len(_OPEN)
    for number in range(line, last_close + 1):
        end = lines[number - 1].find(_CLOSE, column)
        if end >= 0:
            return number, end + len(_CLOSE)
        column = 0
    return None


def _blanked(lines: Sequence[str], spans: Sequence[_Span]) -> tuple[str, ...]:
    blanked = list(lines)
    pieces = (piece for span in spans for piece in _by_line(lines, span))
    for number, here in groupby(pieces, key=lambda piece: piece[0]):
        text, kept, behind = lines[number - 1], [], 0
        for _, left, right in here:
            kept += [text[behind:left], " " * (right - left)]
            behind = right
        blanked[number - 1] = "".join([*kept, text[behind:]])
    return tuple(blanked)


def _by_line(lines: Sequence[str], span: _Span) -> Iterator[tuple[int, int, int]]:
    """Yield line, first and last column of each line that a comment runs over."""
    (first, start), (last, end) = span
    for number in range(first, last + 1):
        left = start if number == first else 0
        yield number, left, end if number == last else len(lines[number - 1])


def _comments(
    lines: Sequence[str], spans: Sequence[_Span], blanked: Sequence[str]
) -> tuple[Comment, ...]:
    """Return the comments, each with the line that it belongs to."""
    below = _lines_below(blanked)
    return tuple(
        Comment(
            line=first,
            last_line=last,
            column=start + 1,
            text=_text(lines, ((first, start), (last, end))),
            owner_line=_owner(first, last, below),
        )
        for (first, start), (last, end) in spans
    )


def _text(lines: Sequence[str], span: _Span) -> str:
    parts = (lines[n - 1][left:right] for n, left, right in _by_line(lines, span))
    return "\n".join(parts)[len(_OPEN) : -len(_CLOSE)].strip()


def _lines_below(lines: Sequence[str]) -> Sequence[int]:
    """Return for each line the first from there on that is not blank; 0 for none."""
    below = [0] * (len(lines) + 2)
    for number in range(len(lines), 0, -1):
        below[number] = number if lines[number - 1].strip() else below[number + 1]
    return below


def _owner(first: int, last: int, below: Sequence[int]) -> int:
    beside = below[first] == first
    return first if beside else below[last] or first
