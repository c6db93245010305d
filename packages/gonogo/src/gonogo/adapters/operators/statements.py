"""
SQL text taken apart into statements, by the lexical rules of PostgreSQL.

Only as far as needed: where a statement ends, and whether it refuses to run inside a
transaction. Bodies between `BEGIN ATOMIC` and `END` are not recognised.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      --[^\n]*
    | /\*
    | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$
    | ;
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")

# PostgreSQL, the notes of each command: 'cannot be executed inside a transaction'.
_ALONE = re.compile(
    r"(?:create\s+(?:unique\s+)?index\s+concurrently|drop\s+index\s+concurrently"
    r"|reindex\b.*\bconcurrently|alter\s+table\b.*\bdetach\s+partition\b.*\bconcurrently"
    r"|vacuum|(?:create|drop)\s+(?:database|tablespace|subscription)|alter\s+system)\b",
    re.IGNORECASE | re.DOTALL,
)


def split(script: str) -> tuple[str, ...]:
    """Return the statements of a script, in order, without comments before them."""
    return tuple(_statements(script))


def refuses_transaction(script: str) -> bool:
    """Return whether a statement of the script cannot run inside a transaction."""
    return any(_ALONE.match(each) for each in split(script))


def _statements(script: str) -> Iterator[str]:
    begin, at = 0, 0
    while (found := _TOKEN.search(script, at)) is not None:
        at = found.end()
        if found[0] == "/*":
            at = _end_of_comment(script, at)
        if found[0] == ";":
            yield from _unless_empty(script[begin:at])
            begin = at
    yield from _unless_empty(script[begin:])


def _unless_empty(piece: str) -> Iterator[str]:
    """Yield a statement without the comments before it, if anything is left."""
    statement = _without_comments(piece)
    if statement.strip(" \t\r\n;"):
        yield statement


def _without_comments(piece: str) -> str:
    """Return a piece from where its first word stands."""
    piece = piece.lstrip()
    while piece.startswith(("--", "/*")):
        if piece.startswith("--"):
            piece = piece.partition("\n")[2].lstrip()
        else:
            piece = piece[_end_of_comment(piece, 2) :].lstrip()
    return piece


def _end_of_comment(script: str, at: int) -> int:
    """Return where a comment ends whose inside begins here; comments nest."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(script, at)
        if edge is None:
            return len(script)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at
