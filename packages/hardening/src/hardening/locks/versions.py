"""Optimistic updates: nothing is held; who comes second is told, and writes nothing."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from hardening.core import require
from hardening.core.database import (
    Steps,
    run,
    run_async,
    transaction,
    transaction_async,
)
from hardening.core.migration import Migration, read_migrations
from hardening.locks import steps
from hardening.locks.base import LockBase
from hardening.locks.errors import StaleVersion
from hardening.locks.target import Target, require_name, target_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    from hardening.core.database import AnyAsyncConnection, SyncConnection

_QUOTE = "$hardening_version$"


class Versions(LockBase):
    """Updates rows that nobody changed since they were read."""

    def update(
        self,
        connection: "SyncConnection",
        table: str,
        key: object,
        changes: Mapping[str, object],
        *,
        version: int,
        timeout_s: float | None = None,
        column: str = "id",
        version_column: str = "version",
    ) -> int:
        """
        Update a row that nobody changed since it was read.

        Args:
            connection: Psycopg's or SQLAlchemy's; of this thread alone.
            table: Its name.
            key: The row's.
            changes: New values by column, one or more.
            version: As it was read.
            timeout_s: Bounds the wait for whoever writes the row right now.
            column: Holds the key.
            version_column: Counts the row's changes; `version_migration` adds it.

        Returns:
            The row's new version.

        Raises:
            StaleVersion: Somebody changed the row since.
            LockTimeout: Somebody held it for too long.
            RowMissing: There is none with this key.
        """
        target = target_of(table, column, [key])
        work = self._updating(target, changes, version, version_column, timeout_s)
        with self._watch.block(table), transaction(connection):
            return run(connection, work)

    async def update_async(
        self,
        connection: "AnyAsyncConnection",
        table: str,
        key: object,
        changes: Mapping[str, object],
        *,
        version: int,
        timeout_s: float | None = None,
        column: str = "id",
        version_column: str = "version",
    ) -> int:
        """Update a row that nobody changed, as `update` does."""
        target = target_of(table, column, [key])
        work = self._updating(target, changes, version, version_column, timeout_s)
        with self._watch.block(table):
            async with transaction_async(connection):
                return await run_async(connection, work)

    @contextmanager
    def flushing(self, session: "Session") -> Iterator[None]:
        """
        Flush a session at the end of a block; a stale version is a `StaleVersion`.

        For mapped classes with a `version_id_col`; the others have no version that
        could be stale. Roll the session back after the error.
        """
        with self._flushing():
            yield
            session.flush()

    @asynccontextmanager
    async def flushing_async(self, session: "AsyncSession") -> AsyncIterator[None]:
        """Flush a session at the end of a block, as `flushing` does."""
        with self._flushing():
            yield
            await session.flush()

    @contextmanager
    def _flushing(self) -> Iterator[None]:
        """Name and count the errors of a flush."""
        from hardening.locks.orm import stale_is_typed  # noqa: PLC0415 - SQLAlchemy's

        try:
            with self._watch.block("a mapped table"), stale_is_typed():
                yield
        except StaleVersion as error:
            self._watch.stale(error.table)
            raise

    def _updating(
        self,
        target: Target,
        changes: Mapping[str, object],
        version: int,
        version_column: str,
        timeout_s: float | None,
    ) -> Steps[int]:
        """Return the steps that update a version, or any when the switch is off."""
        require("changes", dict(changes), "one column or more", holds=bool(changes))
        require_name("version_column", version_column)
        limit_s = self._limit(timeout_s)
        if not self._switch():
            return steps.update_anyway(target, changes, version=version_column)
        work = steps.update_version(
            target, changes, expected=version, version=version_column
        )
        timed = self._watch.timed(target.table, target.keys, work, limit_s=limit_s)
        return steps.within(limit_s, timed)


def version_migration(table: str, *, column: str = "version") -> Migration:
    """
    Return the migration that adds a version column, and its undo.

    PostgreSQL stores the default with the table, so that no row is written anew; the
    table is locked for the instant of the change, and waited for at most 5 s. A column of
    that name that somebody else made is refused by the server, and stays as it is.

    Raises:
        InvalidSetting: A name is none that PostgreSQL can have.
    """
    require_name("table", table)
    require_name("column", column)
    rule = f"without {_QUOTE}, which quotes the migration"
    require("column", column, rule, holds=_QUOTE not in f"{table} {column}")
    [template] = read_migrations("hardening.locks")
    return Migration(
        template.name,
        _fitted(template.apply, table, column),
        _fitted(template.undo, table, column),
    )


def _fitted(template: str, table: str, column: str) -> str:
    """Return a template's text with its names in place."""
    from psycopg import sql  # noqa: PLC0415 - the driver is loaded by its first use

    names = {
        "table": sql.Identifier(*table.split(".")),
        "column": sql.Identifier(column),
    }
    texts = {
        "table_text": sql.Literal(names["table"].as_string(None)),
        "column_text": sql.Literal(column),
    }
    return sql.SQL(template).format(**names, **texts).as_string(None)
