"""Deliveries in a PostgreSQL table, in the transaction that does the work."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from hardening.core import require
from hardening.core.database import (
    Steps,
    run,
    run_async,
    statement,
    transaction,
    transaction_async,
)
from hardening.webhooks.errors import InProgress, Replayed

C = TypeVar("C")

_TRY = "select pg_try_advisory_xact_lock({key}::bigint) as free"
_INSERT = """
insert into webhook_events (source, id) values ({source}, {id})
on conflict do nothing returning 1 as first
"""
_PURGE = """
with old as (
  delete from webhook_events where (source, id) in (
    select source, id from webhook_events
    where source = {source} and processed_at < now() - {days} * interval '1 day'
    limit {most})
  returning 1)
select count(*) as purged from old
"""
_PURGE_MOST = 10_000


class _Postgres:
    """What the sync and the async store share."""

    __slots__ = ("_connections", "_source")

    def __init__(self, connections: Callable[[], Any], *, source: str) -> None:
        require("source", source, "a name", holds=bool(source))
        self._connections = connections
        self._source = source

    def _claim(self, identifier: str) -> Steps[None]:
        """
        Enter, or say why not.

        The advisory lock tells a delivery that is being processed from one that was:
        without it a second one would wait in the insert for the end of the first. It is
        gone with the transaction, however that ends, and so is the row.
        """
        key = _key(self._source, identifier)
        rows = yield statement(_TRY, {"key": key})
        if not rows[0]["free"]:
            raise InProgress(identifier)
        values = {"source": self._source, "id": identifier}
        rows = yield statement(_INSERT, values)
        if not rows:
            raise Replayed(identifier)

    def _purge(self, days: float) -> Steps[int]:
        require("days", days, "1 or more", holds=days >= 1)
        values = {"source": self._source, "days": days, "most": _PURGE_MOST}
        rows = yield statement(_PURGE, values)
        return int(rows[0]["purged"])


class PostgresStore(_Postgres, Generic[C]):
    """
    Implements `Store`: the handler works in the transaction that remembers it.

    Either both are committed or neither: what the handler wrote through the connection
    it is given, and that the delivery was processed. A process that dies leaves
    nothing, and the sender's next attempt is processed.

    Args:
        connections: Gives a connection for a block: `pool.connection` of psycopg_pool,
            or SQLAlchemy's `sessionmaker`.
        source: Keeps one sender's identifiers apart from another's.
    """

    __slots__ = ()

    def __init__(
        self, connections: Callable[[], AbstractContextManager[C]], *, source: str
    ) -> None:
        super().__init__(connections, source=source)

    @contextmanager
    def claimed(self, identifier: str) -> Iterator[C]:
        """Process a delivery in a transaction; see `Store.claimed`."""
        with self._connections() as connection, transaction(connection):
            run(connection, self._claim(identifier))
            yield connection

    @contextmanager
    def unclaimed(self) -> Iterator[C]:
        """Give a connection in a transaction, and remember nothing."""
        with self._connections() as connection, transaction(connection):
            yield connection

    def purge(self, *, days: float = 30) -> int:
        """
        Forget up to 10,000 deliveries that are older than this; return how many.

        Call it daily, until it returns 0. A sender's last attempt has to be over by
        then: Standard Webhooks advises several days of attempts.
        """
        with self._connections() as connection, transaction(connection):
            return run(connection, self._purge(days))


class AsyncPostgresStore(_Postgres, Generic[C]):
    """
    Implements `AsyncStore`, as `PostgresStore` implements `Store`.

    Args:
        connections: Gives an async connection for a block: `pool.connection` of
            psycopg_pool's async pool, or SQLAlchemy's `async_sessionmaker`.
        source: Keeps one sender's identifiers apart from another's.
    """

    __slots__ = ()

    def __init__(
        self, connections: Callable[[], AbstractAsyncContextManager[C]], *, source: str
    ) -> None:
        super().__init__(connections, source=source)

    @asynccontextmanager
    async def claimed_async(self, identifier: str) -> AsyncIterator[C]:
        """Process a delivery in a transaction; see `Store.claimed`."""
        async with self._connections() as connection, transaction_async(connection):
            await run_async(connection, self._claim(identifier))
            yield connection

    @asynccontextmanager
    async def unclaimed_async(self) -> AsyncIterator[C]:
        """Give a connection in a transaction, and remember nothing."""
        async with self._connections() as connection, transaction_async(connection):
            yield connection

    async def purge_async(self, *, days: float = 30) -> int:
        """Forget up to 10,000 deliveries, as `PostgresStore.purge` does."""
        async with self._connections() as connection, transaction_async(connection):
            return await run_async(connection, self._purge(days))


def _key(source: str, identifier: str) -> int:
    """Return the 64 bits that stand for a delivery while it is processed."""
    text = f"webhook\0{source}\0{identifier}".encode()
    digest = blake2b(text, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
