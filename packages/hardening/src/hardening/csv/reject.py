"""Rejects: rows that were not imported, each with its place and the reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_RAW_MAX = 10_000


class Reason(StrEnum):
    """Why a row was rejected."""

    BLANK = "blank"
    """The line is empty."""
    COLUMNS = "columns"
    """It has more or fewer cells than the header."""
    QUOTE = "quote"
    """A quote is not closed, or something follows the closing one."""
    TOO_LONG = "too_long"
    """A line, a cell or a row is over its limit."""
    UNDECODABLE = "undecodable"
    """It holds bytes that are no text in the file's encoding."""
    NUL = "nul"
    """It holds a NUL character, which PostgreSQL does not store."""
    EMPTY = "empty"
    """A required cell is empty."""
    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


class Fault(NamedTuple):
    """A reason, and the words for a person."""

    reason: Reason
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    r"""
    A row that was not imported.

    Attributes:
        line: Where it begins: the physical line of the file, the first is 1.
        row: Its number; the first after the header is 1.
        columns: The columns at fault, joined by '; '; empty where it is the whole row.
        reason: The first of the reasons.
        words: All of them, for a person.
        raw: The row as it stands in the file, up to 10,000 characters; bytes that are
            no text stand as '\x81'.
    """

    line: int
    row: int
    columns: str
    reason: Reason
    words: str
    raw: str


def shown(raw: str) -> str:
    """Return a row's own text so that any program can show it."""
    short = raw[: _RAW_MAX + 1].rstrip("\r\n")
    cut = "…" if len(raw) > _RAW_MAX + 1 else ""
    visible = short[:_RAW_MAX].replace("\0", "\\x00") + cut
    return _legible(visible)


def _legible(text: str) -> str:
    """Return text in which undecodable bytes are spelt out."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace")
