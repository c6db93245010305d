"""Advisory locks that outlive transactions: they belong to a connection."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from hardening.core.database import (
    family,
    run,
    run_async,
    transaction,
    transaction_async,
)
from hardening.locks import steps
from hardening.locks.errors import LockLost, LockMisuse
from hardening.locks.named import ADVISORY, NamedLocks
from hardening.locks.target import advisory_key

if TYPE_CHECKING:
    import psycopg

# PostgreSQL counts how often a session took a lock. Each connection takes a name once,
# so that one release after whatever happened leaves nothing behind.
_HELD: "WeakKeyDictionary[Any, set[int]]" = WeakKeyDictionary()
_IDLE = 0  # psycopg's TransactionStatus: no transaction is open


class SessionLocks(NamedLocks):
    """Holds a name for the length of a block, over several transactions."""

    @contextmanager
    def session(
        self,
        connection: "psycopg.Connection[Any]",
        name: str,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
    ) -> Iterator[None]:
        """
        Hold a name over several transactions: for a long job.

        The lock belongs to the connection. It is released at the end of the block, on
        every path, and by the server when the connection or the process dies. It does
        not work through a pooler that changes connections between transactions.

        Args:
            connection: Of psycopg, in autocommit, with no transaction open.
            name: 1 to 200 characters.
            timeout_s: In place of the object's own.
            nowait: Raise `AlreadyLocked` in place of waiting.

        Raises:
            LockTimeout: Somebody else held it for too long.
            AlreadyLocked: Somebody else holds it, with `nowait`.
            LockMisuse: The connection is not in autocommit, has a transaction open
                before or after the block, or holds the name already.
            LockLost: It was gone before the block ended.
        """
        if not self._switch():
            yield
            return
        key = advisory_key(name)
        family(connection, asynchronous=False)
        work = self._naming(name, timeout_s, nowait=nowait, session=True)
        with _once(connection, key, name), self._watch.block(name, ADVISORY):
            try:
                with transaction(connection):
                    run(connection, work)
                yield
            except BaseException:
                _release_after_error(connection, key)
                raise
            _release(connection, key, name)

    @asynccontextmanager
    async def session_async(
        self,
        connection: "psycopg.AsyncConnection[Any]",
        name: str,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
    ) -> AsyncIterator[None]:
        """Hold a name over several transactions, as `session` does."""
        if not self._switch():
            yield
            return
        key = advisory_key(name)
        family(connection, asynchronous=True)
        work = self._naming(name, timeout_s, nowait=nowait, session=True)
        with _once(connection, key, name), self._watch.block(name, ADVISORY):
            try:
                async with transaction_async(connection):
                    await run_async(connection, work)
                yield
            except BaseException:
                await _release_after_error_async(connection, key)
                raise
            await _release_async(connection, key, name)


@contextmanager
def _once(connection: Any, key: int, name: str) -> Iterator[None]:  # noqa: ANN401
    """Let a connection hold a name once, and only where it can be released surely."""
    if not _is_idle(connection) or not getattr(connection, "autocommit", False):
        raise LockMisuse(
            name,
            f"The session lock {name!r} needs a psycopg connection in autocommit, with "
            "no transaction open: it has to be released after the last commit.",
        )
    held = _HELD.setdefault(connection, set())
    if key in held:
        message = f"This connection holds the session lock {name!r} already."
        raise LockMisuse(name, message)
    held.add(key)
    try:
        yield
    finally:
        held.discard(key)


def _release(connection: "psycopg.Connection[Any]", key: int, name: str) -> None:
    """Release a lock after a block that went well, or say that it did not protect."""
    left_open = not _is_idle(connection)
    try:
        if left_open:
            connection.rollback()
        rows = run(connection, steps.one(steps.advisory_unlock(key)))
    except Exception as error:
        connection.close()
        raise LockLost(name) from error
    _require_well_ended(name, left_open=left_open, held=rows[0]["held"])


async def _release_async(
    connection: "psycopg.AsyncConnection[Any]", key: int, name: str
) -> None:
    """Release a lock, as `_release` does."""
    left_open = not _is_idle(connection)
    try:
        if left_open:
            await connection.rollback()
        rows = await run_async(connection, steps.one(steps.advisory_unlock(key)))
    except BaseException as error:
        await connection.close()
        if not isinstance(error, Exception):
            raise
        raise LockLost(name) from error
    _require_well_ended(name, left_open=left_open, held=rows[0]["held"])


def _require_well_ended(name: str, *, left_open: bool, held: bool) -> None:
    """Refuse an end of a block that the lock did not cover."""
    if left_open:
        raise LockMisuse(
            name,
            f"The block of the session lock {name!r} left a transaction open; it was "
            "rolled back, because it would have been committed without the lock.",
        )
    if not held:
        raise LockLost(name)


def _release_after_error(connection: "psycopg.Connection[Any]", key: int) -> None:
    """Release a lock, had or not; the block's own error is what the caller hears of."""
    try:
        if not _is_idle(connection):
            connection.rollback()
        run(connection, steps.one(steps.advisory_unlock(key)))
    except BaseException as error:
        # The server releases what a closed connection held.
        connection.close()
        if not isinstance(error, Exception):
            raise


async def _release_after_error_async(
    connection: "psycopg.AsyncConnection[Any]", key: int
) -> None:
    """Release a lock, as `_release_after_error` does."""
    try:
        if not _is_idle(connection):
            await connection.rollback()
        await run_async(connection, steps.one(steps.advisory_unlock(key)))
    except BaseException as error:
        await connection.close()
        if not isinstance(error, Exception):
            raise


def _is_idle(connection: Any) -> bool:  # noqa: ANN401 - asked of what may be no psycopg
    """Tell whether a connection of psycopg has no transaction open."""
    info = getattr(connection, "info", None)
    return getattr(info, "transaction_status", None) == _IDLE
