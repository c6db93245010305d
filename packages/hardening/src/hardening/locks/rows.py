"""Locks on rows, held for the length of a block."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from hardening.core import require
from hardening.core.database import (
    Row,
    Rows,
    Steps,
    run,
    run_async,
    transaction,
    transaction_async,
)
from hardening.locks import steps
from hardening.locks.base import LockBase
from hardening.locks.target import Target, target_of

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    from hardening.core.database import AnyAsyncConnection, SyncConnection

M = TypeVar("M")

Reading = Callable[[Target, Steps[Rows]], Steps[Any]]


class RowLocks(LockBase):
    """
    Holds rows for the length of a block.

    A block opens a transaction, or a savepoint where one is open already; PostgreSQL
    holds the lock until the *outermost* transaction ends.
    """

    @overload
    def row(
        self,
        connection: "SyncConnection",
        table: str,
        key: object,
        *,
        timeout_s: float | None = ...,
        nowait: bool = ...,
        column: str = ...,
    ) -> "AbstractContextManager[Row]": ...

    @overload
    def row(
        self,
        connection: "Session",
        table: type[M],
        key: object,
        *,
        timeout_s: float | None = ...,
        nowait: bool = ...,
    ) -> "AbstractContextManager[M]": ...

    @contextmanager
    def row(
        self,
        connection: Any,
        table: Any,
        key: object,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
        column: str = "id",
    ) -> Iterator[Any]:
        """
        Hold a row for the length of a block, and give it as it is under the lock.

        Args:
            connection: Psycopg's or SQLAlchemy's; of this thread alone.
            table: Its name, or a mapped class of SQLAlchemy.
            key: The row's.
            timeout_s: In place of the object's own.
            nowait: Raise `AlreadyLocked` in place of waiting.
            column: Holds the key; of a mapped class it is the primary key.

        Raises:
            LockTimeout: Somebody else held it for too long.
            AlreadyLocked: Somebody else holds it, with `nowait`.
            Deadlock: The server ended this transaction, here or in the block.
            RowMissing: There is none with this key.
        """
        clause = _clause(nowait=nowait)
        work = self._taking(table, [key], column, clause, timeout_s)
        with self._watch.block(_name(table)), transaction(connection):
            yield run(connection, work)[0]

    @contextmanager
    def rows(
        self,
        connection: "SyncConnection",
        table: str | type,
        keys: Sequence[object],
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
        skip_locked: bool = False,
        column: str = "id",
    ) -> Iterator[list[Any]]:
        """
        Hold several rows, in the order of their keys, as `row` holds one.

        All are locked by one statement, in one order, so that two callers never
        deadlock over them. The timeout is for all of them together.

        Args:
            connection: See `row`.
            table: See `row`.
            keys: One to 10,000.
            timeout_s: See `row`.
            nowait: See `row`.
            skip_locked: Give only those that nobody else holds; none may be left, and
                a key without a row is not told from one that is held.
            column: See `row`.

        Raises:
            LockTimeout: See `row`; AlreadyLocked, Deadlock and RowMissing likewise.
        """
        clause = _clause(nowait=nowait, skip_locked=skip_locked)
        work = self._taking(table, keys, column, clause, timeout_s)
        with self._watch.block(_name(table)), transaction(connection):
            yield run(connection, work)

    @overload
    def row_async(
        self,
        connection: "AnyAsyncConnection",
        table: str,
        key: object,
        *,
        timeout_s: float | None = ...,
        nowait: bool = ...,
        column: str = ...,
    ) -> "AbstractAsyncContextManager[Row]": ...

    @overload
    def row_async(
        self,
        connection: "AsyncSession",
        table: type[M],
        key: object,
        *,
        timeout_s: float | None = ...,
        nowait: bool = ...,
    ) -> "AbstractAsyncContextManager[M]": ...

    @asynccontextmanager
    async def row_async(
        self,
        connection: Any,
        table: Any,
        key: object,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
        column: str = "id",
    ) -> AsyncIterator[Any]:
        """Hold a row, as `row` does."""
        clause = _clause(nowait=nowait)
        work = self._taking(table, [key], column, clause, timeout_s)
        with self._watch.block(_name(table)):
            async with transaction_async(connection):
                yield (await run_async(connection, work))[0]

    @asynccontextmanager
    async def rows_async(
        self,
        connection: "AnyAsyncConnection",
        table: str | type,
        keys: Sequence[object],
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
        skip_locked: bool = False,
        column: str = "id",
    ) -> AsyncIterator[list[Any]]:
        """Hold several rows, as `rows` does."""
        clause = _clause(nowait=nowait, skip_locked=skip_locked)
        work = self._taking(table, keys, column, clause, timeout_s)
        with self._watch.block(_name(table)):
            async with transaction_async(connection):
                yield await run_async(connection, work)

    def _taking(
        self,
        table: str | type,
        keys: Sequence[object],
        column: str,
        clause: str,
        timeout_s: float | None,
    ) -> Steps[list[Any]]:
        """Return the steps that take rows, or only read them when the switch is off."""
        limit_s = self._limit(timeout_s)
        on = self._switch()
        if isinstance(table, str):
            target = target_of(table, column, keys)
            asked: Any = steps.select_rows(target, lock=clause if on else "")
            reading: Reading = _dictionaries
        else:
            from hardening.locks import orm  # noqa: PLC0415 - SQLAlchemy's part

            target = orm.target_of_class(table, keys)
            asked = orm.select_objects(table, target, lock=clause if on else "")
            reading = orm.objects
        nowait, partial = clause.endswith("nowait"), clause.endswith("locked")
        work = steps.one(asked)
        if on:
            work = self._watch.timed(
                target.table, target.keys, work, limit_s=limit_s, nowait=nowait
            )
            work = steps.within(limit_s, work)
        return _given(target, reading(target, work), partial=partial)


def _given(target: Target, reading: Steps[Any], *, partial: bool) -> Steps[list[Any]]:
    """Return what was read, when it is all that was asked for."""
    there, found = yield from reading
    if not partial:
        steps.require_all(target, there)
    return found  # type: ignore[no-any-return]


def _dictionaries(target: Target, work: Steps[Any]) -> Steps[Any]:
    """Return the rows' keys, and the rows."""
    rows = yield from work
    return [row[target.column] for row in rows], rows


def _clause(*, nowait: bool, skip_locked: bool = False) -> str:
    """Return the locking clause."""
    rule = "False when nowait is True"
    require("skip_locked", skip_locked, rule, holds=not (nowait and skip_locked))
    if nowait:
        return "for update nowait"
    return "for update skip locked" if skip_locked else "for update"


def _name(table: str | type) -> str:
    """Return a table as errors, events and metrics name it."""
    if isinstance(table, str):
        return table
    from hardening.locks import orm  # noqa: PLC0415 - SQLAlchemy's part

    return orm.table_of(table)
