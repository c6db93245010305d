"""
`:since` and its like in a statement: bound as parameters, never written into its text.

A statement is read only as far as needed: what stands in quotes or comments is no name,
and `::` is a cast.
"""

import re
from collections.abc import Mapping
from datetime import datetime

_TOKEN = re.compile(
    r"""
      --[^\n]* | /\*.*?\*/
    | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$
    | ::
    | :(?P<name>since_s|until_s|window_s|since|until)\b
    """,
    re.VERBOSE | re.DOTALL,
)

Parameters = Mapping[str, datetime | float]


def parameters(since: datetime, until: datetime) -> Parameters:
    """Return what a statement may name: instants, and the same in Unix seconds."""
    return {
        "since": since,
        "until": until,
        "since_s": since.timestamp(),
        "until_s": until.timestamp(),
        "window_s": (until - since).total_seconds(),
    }


def used(statement: str) -> frozenset[str]:
    """Return the names of the parameters that a statement has."""
    names = (found["name"] for found in _TOKEN.finditer(statement))
    return frozenset(name for name in names if name)


def for_psycopg(statement: str) -> str:
    """Return a statement with its parameters as psycopg writes them."""
    pieces, at = [], 0
    for found in _TOKEN.finditer(statement):
        name = found["name"]
        if name:
            pieces += [_plain(statement[at : found.start()]), f"%({name})s"]
            at = found.end()
    return "".join([*pieces, _plain(statement[at:])])


def _plain(text: str) -> str:
    return text.replace("%", "%%")
