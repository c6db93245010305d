"""The values about lines: what becomes of each, and what stands on it to be filled."""

from dataclasses import dataclass

from gonogo.document.kinds import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    What becomes of a run of lines (law 9: nothing is dropped in silence).

    Attributes:
        element: What stands there: the key of the reading ('boxes', 'commands', …),
            or 'heading', 'label', 'rule', 'blank', 'table', 'comment', 'prose', ….
    """

    first_line: int
    last_line: int
    use: Use
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """
    One table cell, so that a report can fill it.

    Attributes:
        line: The row's line.
        start: Column of the first character after the opening pipe.
        end: Column just behind the last character before the closing pipe.
        text: What the cell holds, trimmed, mark-up included.
    """

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """
    One HTML comment; bindings are written in them.

    Attributes:
        line: Where it opens.
        last_line: Where it closes.
        column: Where `<!--` stands.
        text: What stands between the marks, trimmed.
        owner_line: The line it stands beside or just above (for a table, behind);
            its own line where it stands alone with nothing below.
    """

    line: int
    text: str
    last_line: int = 0
    column: int = 1
    owner_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The YAML block at the top, without its marks; `line` is the opening mark's."""

    line: int
    last_line: int
    text: str
