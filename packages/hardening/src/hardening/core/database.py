"""
PostgreSQL over whatever connection the caller has: psycopg's, SQLAlchemy's, sync, async.

A piece writes what it asks once, as a generator of statements that takes their rows;
`run` and `run_async` carry it over the connection. psycopg composes the text, so that
no name is ever pasted into it, and values always travel beside it.
"""

from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy
    from psycopg.sql import Composable, Composed
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
    from sqlalchemy.orm import Session

    SyncConnection = psycopg.Connection[Any] | sqlalchemy.Connection | Session
    AnyAsyncConnection = psycopg.AsyncConnection[Any] | AsyncConnection | AsyncSession

T = TypeVar("T")

Row = dict[str, Any]
Rows = list[Row]

DEADLOCK = "40P01"
"""SQLSTATE: the server ended this transaction, because two waited for each other."""
LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE: `lock_timeout` passed, or NOWAIT found the lock taken."""
QUERY_CANCELED = "57014"
"""SQLSTATE: `statement_timeout` passed, or somebody cancelled."""
SERIALIZATION_FAILURE = "40001"
"""SQLSTATE: the row changed after this transaction's snapshot was taken."""

_ASYNC = frozenset({"AsyncConnection", "AsyncSession"})
_SYNC = frozenset({"Connection", "Session"})


class UnknownConnection(TypeError):
    """What was passed is no connection that this function can use."""

    def __init__(self, connection: object, wanted: str) -> None:
        self.wanted = wanted
        kind = type(connection)
        super().__init__(
            f"{kind.__module__}.{kind.__qualname__} cannot be used here; pass {wanted}."
        )


class NoTransaction(Exception):
    """A connection begins no transactions, so that nothing holds until a commit."""

    def __init__(self) -> None:
        super().__init__(
            "This SQLAlchemy connection is in autocommit: each statement would be "
            "committed by itself. Use one without isolation_level='AUTOCOMMIT'."
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """
    One statement.

    Attributes:
        text: Composed by `psycopg.sql`, its values as named placeholders.
        values: By placeholder.
        sent: The text as psycopg sends it, where it is the same in every encoding.
    """

    text: "Composed"
    values: Mapping[str, Any]
    sent: bytes | None = None


Asked = Any
"""A `Statement`; over SQLAlchemy also whatever it executes, a `select` of its own."""
Steps = Generator[Asked, Rows, T]
"""What to run, one after the other; each is answered by its rows."""


def statement(
    text: str,
    values: Mapping[str, Any] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    parts: Mapping[str, "Composable"] | None = None,
) -> Statement:
    """
    Compose a statement.

    Args:
        text: SQL, with `{name}` where a name or a value belongs.
        values: The values, by name.
        names: Tables and columns, by name; a dot parts a schema from its table.
        parts: What was composed before, by name.
    """
    given = values or {}
    named = tuple((names or {}).items())
    if parts is None:
        composed, sent = _composed_once(text, named, tuple(given))
        return Statement(composed, given, sent)
    return Statement(_composed(text, named, tuple(given), parts), given)


def name_part(*names: str) -> "Composable":
    """Return a name for a statement, with its schema or alone."""
    from psycopg import sql  # noqa: PLC0415 - the driver is loaded by its first use

    # psycopg looks for placeholders in the whole text, in quoted names, too.
    return sql.Identifier(*(name.replace("%", "%%") for name in names))


def run(connection: "SyncConnection", steps: Steps[T]) -> T:
    """Run statements until the generator returns; their errors are thrown into it."""
    execute = _executor(connection)
    try:
        asked = next(steps)
        while True:
            try:
                rows = execute(asked)
            except Exception as error:  # noqa: BLE001 - the steps decide about it
                asked = steps.throw(error)
            else:
                asked = steps.send(rows)
    except StopIteration as done:
        result: T = done.value
        return result


async def run_async(connection: "AnyAsyncConnection", steps: Steps[T]) -> T:
    """Run statements, as `run` does, over an async connection."""
    execute = _async_executor(connection)
    try:
        asked = next(steps)
        while True:
            try:
                rows = await execute(asked)
            except Exception as error:  # noqa: BLE001 - the steps decide about it
                asked = steps.throw(error)
            else:
                asked = steps.send(rows)
    except StopIteration as done:
        result: T = done.value
        return result


@contextmanager
def transaction(connection: "SyncConnection") -> Iterator[None]:
    """
    Run a block in a transaction, or in a savepoint where one is open already.

    It is committed at the end of the block, and rolled back by an error.

    Raises:
        NoTransaction: SQLAlchemy was told to begin none.
    """
    conn: Any = connection
    if family(connection, asynchronous=False) == "psycopg":
        with conn.transaction():
            yield
        return
    with conn.begin_nested() if conn.in_transaction() else conn.begin():
        # A session gives its connection when it is called; a connection has the pool's.
        held = conn.connection
        _require_transaction(held() if callable(held) else conn)
        yield


@asynccontextmanager
async def transaction_async(connection: "AnyAsyncConnection") -> AsyncIterator[None]:
    """Run a block in a transaction, as `transaction` does, over an async connection."""
    conn: Any = connection
    if family(connection, asynchronous=True) == "psycopg":
        async with conn.transaction():
            yield
        return
    async with conn.begin_nested() if conn.in_transaction() else conn.begin():
        of_session = hasattr(conn, "sync_session")
        held = await conn.connection() if of_session else conn
        _require_transaction(held.sync_connection)
        yield


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code for an error, psycopg's own or within SQLAlchemy's."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlstate", None)
    return code if isinstance(code, str) else None


def family(connection: object, *, asynchronous: bool) -> str:
    """
    Tell 'psycopg' from 'sqlalchemy', without importing either.

    Raises:
        UnknownConnection: It is neither, or of the other colour (sync, async).
    """
    names = _ASYNC if asynchronous else _SYNC
    for kind in type(connection).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in {"psycopg", "sqlalchemy"} and kind.__name__ in names:
            return package
    colour = "an async" if asynchronous else "a sync"
    wanted = f"{colour} psycopg or SQLAlchemy connection or session"
    raise UnknownConnection(connection, wanted)


@lru_cache(maxsize=512)
def _composed_once(
    text: str, names: tuple[tuple[str, str], ...], values: tuple[str, ...]
) -> "tuple[Composed, bytes | None]":
    """Compose a text, once for all calls that differ in nothing but their values."""
    composed = _composed(text, names, values, {})
    sent = composed.as_bytes(None)
    return composed, sent if sent.isascii() else None


def _composed(
    text: str,
    names: tuple[tuple[str, str], ...],
    values: tuple[str, ...],
    parts: Mapping[str, "Composable"],
) -> "Composed":
    """Compose a text from names, placeholders and composed parts."""
    from psycopg import sql  # noqa: PLC0415 - the driver is loaded by its first use

    fitted: dict[str, Composable] = dict(parts)
    for name, identifier in names:
        fitted[name] = name_part(*identifier.split("."))
    for name in values:
        fitted[name] = sql.Placeholder(name)
    # The text is a piece's own constant; what callers give is in the parts.
    return sql.SQL(cast("Any", text)).format(**fitted)


def _executor(connection: Any) -> Any:  # noqa: ANN401 - four kinds of connection
    """Return a function that runs one statement and returns its rows."""
    if family(connection, asynchronous=False) == "sqlalchemy":
        return lambda asked: _mapped(connection.execute(*_portable(asked)))

    def execute(asked: Statement) -> Rows:
        with connection.cursor(row_factory=_dict_row()) as cursor:
            cursor.execute(asked.sent or asked.text, dict(asked.values))
            return cursor.fetchall() if cursor.description else []

    return execute


def _async_executor(connection: Any) -> Any:  # noqa: ANN401 - four kinds of connection
    """Return a coroutine function that runs one statement and returns its rows."""
    if family(connection, asynchronous=True) == "sqlalchemy":

        async def execute_mapped(asked: Asked) -> Rows:
            return _mapped(await connection.execute(*_portable(asked)))

        return execute_mapped

    async def execute(asked: Statement) -> Rows:
        async with connection.cursor(row_factory=_dict_row()) as cursor:
            await cursor.execute(asked.sent or asked.text, dict(asked.values))
            return await cursor.fetchall() if cursor.description else []

    return execute


def _require_transaction(held: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    """Refuse a connection whose `begin` begins nothing."""
    if getattr(held.connection.dbapi_connection, "autocommit", False):
        raise NoTransaction


def _dict_row() -> Any:  # noqa: ANN401 - a row factory
    """Return the factory of rows as dictionaries, whatever the connection's own is."""
    from psycopg.rows import dict_row  # noqa: PLC0415 - loaded by its first use

    return dict_row


def _mapped(result: Any) -> Rows:  # noqa: ANN401 - SQLAlchemy's result
    """Return the rows of SQLAlchemy's result as dictionaries."""
    # The result of a mapped class does not say; it always has rows.
    if not getattr(result, "returns_rows", True):
        return []
    return [dict(row) for row in result.mappings()]


def _portable(asked: Asked) -> tuple[Any, ...]:
    """Return what SQLAlchemy executes, with its values: `:name` stands for one."""
    if not isinstance(asked, Statement):
        return (asked,)
    from psycopg.sql import Placeholder  # noqa: PLC0415 - loaded by its first use
    from sqlalchemy import text  # noqa: PLC0415 - likewise

    parts = (
        # Only its own form is a value: a colon elsewhere is a cast, or in a name.
        f":{part.as_string(None)[2:-2]}"
        if isinstance(part, Placeholder)
        else part.as_string(None).replace("%%", "%").replace(":", "\\:")
        for part in _leaves(asked.text)
    )
    return text("".join(parts)), dict(asked.values)


def _leaves(composed: "Composed") -> "Sequence[Composable]":
    """Return the parts of a composed text, those within parts too."""
    from psycopg.sql import Composed  # noqa: PLC0415 - loaded by its first use

    flat: list[Composable] = []
    for part in composed:
        flat.extend(_leaves(part) if isinstance(part, Composed) else [part])
    return flat
