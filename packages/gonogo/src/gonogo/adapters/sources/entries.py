"""
Entries of a log: lines with their instants, as JSON or as text.

A line's instant is its own: a time at its beginning, or a member of its JSON. A line
without one belongs to the line before it, as those of a stack trace do.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from gonogo.adapters.sources.instants import instant_of

# What is longer is matched by its beginning: a pattern may be slow on a long text.
_LONGEST = 8 * 1024
_TIMES = ("time", "timestamp", "@timestamp", "ts", "at", "datetime")
_AT_START = re.compile(
    r"\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?"
    r"\s?(?:Z|[+-]\d\d:?\d\d)?)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry.

    Attributes:
        text: What a regular expression is matched with.
        held: What a JSON path is followed in; None for a line that is no JSON object.
    """

    at: datetime
    text: str
    held: dict[str, object] | None = None


def text_of(line: bytes) -> str:
    """Return a line as text, not longer than is matched."""
    return line[:_LONGEST].decode("utf-8", "replace")


def object_of(text: str) -> dict[str, object] | None:
    """Return the JSON object that a text is; None for anything else."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def stamp(line: bytes, *, member: str | None, zone: tzinfo = UTC) -> datetime | None:
    """
    Return the instant that a line has of its own; None without one.

    Args:
        line: As it was written.
        member: Of a JSON line, which one is the time; None: one of the usual names.
        zone: Of times that name none.
    """
    held = object_of(line.decode("utf-8", "replace"))
    if held is None:
        start = _AT_START.match(line[:64].decode("utf-8", "replace"))
        return None if start is None else _zoned(start[1], zone)
    names = _TIMES if member is None else (member,)
    given = next((held[name] for name in names if name in held), None)
    if isinstance(given, str):
        return _zoned(given, zone)
    if isinstance(given, int | float):
        return instant_of(given)
    return None


def _zoned(text: str, zone: tzinfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(",", ".").strip())
    except ValueError:
        return instant_of(text)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
