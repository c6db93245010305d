"""
The values that operations name: `$APP_URL` in a URL, a header, a query or a path.

A script's own `$NAME` is the shell's: values reach it as environment variables.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Sql,
)
from gonogo.model.plan import Source

# `$1` is a parameter and `$body$` a quote of PostgreSQL; neither is a value's name.
_VALUE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z_]\w*)\}|(?P<bare>[A-Za-z_]\w*)(?![\w$]))"
)

BUILTINS = frozenset(
    {"GONOGO_ENVIRONMENT", "GONOGO_ROLLOUT", "GONOGO_SERVICE", "GONOGO_STAGE"}
)
"""Values that are always there."""

NAMING: Mapping[type[Any], tuple[str, ...]] = {
    Http: ("url", "headers", "body"),
    Sql: ("query",),
    Migrate: ("up", "down"),
    SetFlag: ("file", "flag"),
    RestoreFlag: ("file", "flag"),
    ReadFlag: ("file", "flag"),
    KillFlags: ("file", "flags"),
    Source: ("url", "options"),
}
"""The fields of each operation, and of a source, in which values are named."""


def names_in(value: object) -> Iterator[str]:
    """Yield the names in a field's value (a text, or several), each once."""
    texts = "\n".join(_texts(value))
    found = (match["braced"] or match["bare"] for match in _VALUE.finditer(texts))
    yield from dict.fromkeys(found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, Mapping):
        yield from value.values()
