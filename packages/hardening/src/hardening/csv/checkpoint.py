"""The checkpoint: where a named import stands, kept beside the rows it imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hardening.csv.errors import SourceChanged
from hardening.csv.reading import Position
from hardening.csv.source import Head

BEGIN = b"""
INSERT INTO csv_imports (name, source_bytes, source_digest)
VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING
"""
"""Takes `first_time`; what was begun before stays as it is."""

READ = b"""
SELECT source_bytes, source_digest, source_offset, line, rows_read, rows_imported,
       rows_rejected, rejects_bytes, finished_at IS NOT NULL
FROM csv_imports WHERE name = %s
"""
"""Takes the name; gives the columns of `read`."""

HOLD = b"""
SELECT source_offset FROM csv_imports WHERE name = %s FOR UPDATE NOWAIT
"""
"""Takes the name; keeps every other process off the import until the commit."""

SAVE = b"""
UPDATE csv_imports
SET source_offset = %s, line = %s, rows_read = %s, rows_imported = %s,
    rows_rejected = %s, rejects_bytes = %s, updated_at = clock_timestamp(),
    finished_at = CASE WHEN %s THEN clock_timestamp() END
WHERE name = %s
"""
"""Takes `saved`."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    Where an import stands.

    Attributes:
        position: In the source; None before anything was committed.
        rejects_bytes: How much of the rejects file belongs to it.
        finished: Whether the whole source was read.
    """

    position: Position | None = None
    rejects_bytes: int = 0
    finished: bool = False


def first_time(name: str, head: Head) -> tuple[object, ...]:
    """Return the parameters of `BEGIN`."""
    return (name, head.size, head.digest)


def read(name: str, head: Head, row: Sequence[Any]) -> Checkpoint:
    """
    Return where an import stands.

    Args:
        name: Of the import.
        head: The source that it is to be resumed from.
        row: What `READ` gave.

    Raises:
        SourceChanged: It was begun with another source.
    """
    size, digest, offset, line, rows, imported, rejected, rejects, finished = row
    if None not in {size, head.size} and size != head.size:
        what = f"its size is {head.size:,} bytes and was {size:,}"
        raise SourceChanged(name=name, what=what)
    if digest != head.digest:
        raise SourceChanged(name=name, what="its first bytes differ")
    if not offset:
        return Checkpoint()
    position = Position(offset, line, rows, imported, rejected)
    return Checkpoint(position, rejects, finished)


def saved(
    name: str, position: Position, rejects: int, *, finished: bool
) -> list[object]:
    """Return the parameters of `SAVE`."""
    p = position
    counts = [p.offset, p.line, p.row, p.imported, p.rejected]
    return [*counts, rejects, finished, name]
