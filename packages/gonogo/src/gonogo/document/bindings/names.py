"""The names of things in a document: how titles compare, and how a line is named."""

import re

_FOLDED_AWAY = re.compile(r"[`*]|[\s:]+$")
_LINE = re.compile(r"line\s+(\d{1,7})", re.IGNORECASE)


def folded(text: str) -> str:
    """Return a title as it is compared: without case, back-quotes and extra spaces."""
    return " ".join(_FOLDED_AWAY.sub("", text).split()).casefold()


def line_name(line: int) -> str:
    """Return the name that binds a line whatever its title."""
    return f"line {line}"


def named_line(name: str) -> int | None:
    """Return the line that 'line 24' names; None for a title."""
    match = _LINE.fullmatch(name.strip())
    return int(match[1]) if match else None
