"""What is locked: rows of a table by their keys, or a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from hardening.core import require

# A statement that names more rows is a batch job's; it takes its lock in portions.
KEYS_MAX = 10_000
# PostgreSQL's NAMEDATALEN, less its terminating zero.
_NAME_BYTES_MAX = 63


@dataclass(frozen=True, slots=True)
class Target:
    """
    Rows of a table.

    Attributes:
        table: With or without its schema: 'contacts', 'sales.contacts'.
        column: Holds the keys; unique.
        keys: One or more, without repeats.
    """

    table: str
    column: str
    keys: tuple[object, ...]

    def __post_init__(self) -> None:
        require_name("table", self.table)
        require_name("column", self.column)
        holds = 1 <= len(self.keys) <= KEYS_MAX
        require("keys", f"{len(self.keys)} keys", f"1 to {KEYS_MAX} keys", holds=holds)


def target_of(table: str, column: str, keys: Sequence[object]) -> Target:
    """Return a target, each key once."""
    return Target(table, column, tuple(dict.fromkeys(keys)))


def advisory_key(name: str) -> int:
    """
    Return the number that PostgreSQL knows a named lock by: 64 bits, signed.

    Two names out of a million share a number once in 37 million services; they would
    wait for each other, and no more.
    """
    require("name", name, "a text of 1 to 200 characters", holds=_is_lock_name(name))
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def require_name(setting: str, name: object) -> None:
    """Refuse what PostgreSQL cannot have as a table's or column's name."""
    holds = isinstance(name, str) and all(map(_is_identifier, name.split(".")))
    rule = "an SQL name, with or without its schema"
    require(setting, name, rule, holds=holds)


def _is_identifier(part: str) -> bool:
    size = len(part.encode("utf-8", "surrogatepass"))
    return 0 < size <= _NAME_BYTES_MAX and "\0" not in part


def _is_lock_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= 200  # noqa: PLR2004 - as said
