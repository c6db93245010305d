"""The statements that take, check and release locks; none of them does I/O itself."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from hardening.core.database import (
    Asked,
    Row,
    Rows,
    Statement,
    Steps,
    name_part,
    statement,
)
from hardening.locks.errors import RowMissing, StaleVersion
from hardening.locks.target import Target

if TYPE_CHECKING:
    from psycopg.sql import Composable

T = TypeVar("T")

# `lock_timeout` bounds each wait by itself, and one statement may have several: for the
# queue, for the holder, for each row. `statement_timeout` bounds them all together.
_SET = """
select current_setting('lock_timeout') as lock_before,
  current_setting('statement_timeout') as statement_before,
  set_config('lock_timeout', {limit}::text, true),
  set_config('statement_timeout', case
    when current_setting('statement_timeout')::interval
      between interval '1 ms' and {limit}::text::interval
    then current_setting('statement_timeout') else {limit}::text end, true)
"""
_RESTORE = """
select set_config('lock_timeout', {lock_before}, true),
  set_config('statement_timeout', {statement_before}, true)
"""

_SELECT = "select * from {table} where {column} = any({keys}) order by {column}"
_SELECTS = {
    lock: f"{_SELECT} {lock}"
    for lock in ("", "for update", "for update nowait", "for update skip locked")
}
_UPDATE = """
update {table} set {assignments}, {version} = {version} + 1
where {column} = {key} returning {version} as version
"""
_UPDATE_IF = """
update {table} set {assignments}, {version} = {version} + 1
where {column} = {key} and {version} = {expected} returning {version} as version
"""


def within(timeout_s: float, work: Steps[T]) -> Steps[T]:
    """
    Run steps each of which may wait no longer than this, in an open transaction.

    Both timeouts are what they were afterwards; after an error, by the rollback.
    """
    limit = f"{ceil(timeout_s * 1000)}ms"
    before = (yield statement(_SET, {"limit": limit}))[0]
    result = yield from work
    names = ("lock_before", "statement_before")
    yield statement(_RESTORE, {name: before[name] for name in names})
    return result


def select_rows(target: Target, *, lock: str) -> Statement:
    """
    Select rows by their keys, in the order of the keys.

    Sorting comes before locking, so that all who lock rows of a table this way do it
    in one order and cannot deadlock one another.

    Args:
        target: The rows.
        lock: 'for update', with or without its variant; '' only reads.
    """
    return statement(
        _SELECTS[lock],
        {"keys": list(target.keys)},
        names={"table": target.table, "column": target.column},
    )


def one(asked: Asked) -> Steps[Rows]:
    """Run one statement."""
    return (yield asked)


def require_all(target: Target, there: Iterable[object]) -> None:
    """
    Refuse to go on when a key has no row.

    Raises:
        RowMissing: It names the keys.
    """
    known = {str(key) for key in there}
    if len(known) != len(target.keys):
        gone = tuple(key for key in target.keys if str(key) not in known)
        raise RowMissing(target.table, gone)


def update_version(
    target: Target, changes: Mapping[str, object], *, expected: int, version: str
) -> Steps[int]:
    """
    Update a row, if its version is the expected one.

    Returns:
        The row's new version.
    """
    rows = yield _update(target, changes, version, expected=expected)
    if rows:
        return _version_in(rows[0])
    key = target.keys[0]
    names = {"table": target.table, "column": target.column, "version": version}
    rows = yield statement(
        "select {version} as version from {table} where {column} = {key}",
        {"key": key},
        names=names,
    )
    if not rows:
        raise RowMissing(target.table, target.keys)
    found = _version_in(rows[0])
    raise StaleVersion(target.table, key, expected=expected, found=found)


def update_anyway(
    target: Target, changes: Mapping[str, object], *, version: str
) -> Steps[int]:
    """Update a row, whatever its version; what is done with the switch off."""
    rows = yield _update(target, changes, version, expected=None)
    if not rows:
        raise RowMissing(target.table, target.keys)
    return _version_in(rows[0])


def _update(
    target: Target, changes: Mapping[str, object], version: str, *, expected: int | None
) -> Statement:
    """Compose the update; columns by their names, values beside the text."""
    names = {"table": target.table, "column": target.column, "version": version}
    values = {f"value_{place}": value for place, value in enumerate(changes.values())}
    given: dict[str, Any] = values | {"key": target.keys[0]}
    if expected is not None:
        given["expected"] = expected
    return statement(
        _UPDATE if expected is None else _UPDATE_IF,
        given,
        names=names,
        parts={"assignments": _assignments(tuple(changes), tuple(values))},
    )


def _assignments(columns: Sequence[str], places: Sequence[str]) -> "Composable":
    """Compose `"name" = %(value_0)s, …`."""
    from psycopg import sql  # noqa: PLC0415 - the driver is loaded by its first use

    pairs = zip(columns, places, strict=True)
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(name_part(column), sql.Placeholder(place))
        for column, place in pairs
    )


def _version_in(row: Row) -> int:
    return int(row["version"])


def advisory_lock(key: int, *, session: bool, nowait: bool) -> Statement:
    """Take an advisory lock; without waiting, the row tells whether it was had."""
    verb = "pg_try_advisory" if nowait else "pg_advisory"
    function = f"{verb}_{'lock' if session else 'xact_lock'}"
    return statement(f"select {function}({{key}}::bigint) as held", {"key": key})


def advisory_unlock(key: int) -> Statement:
    """Release a session's advisory lock; the row tells whether it was held."""
    return statement("select pg_advisory_unlock({key}::bigint) as held", {"key": key})
