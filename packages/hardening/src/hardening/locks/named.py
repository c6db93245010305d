"""Advisory locks: on a name, for work that no single row stands for."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from hardening.core.database import (
    Asked,
    Steps,
    run,
    run_async,
    transaction,
    transaction_async,
)
from hardening.locks import steps
from hardening.locks.base import LockBase
from hardening.locks.errors import AlreadyLocked
from hardening.locks.target import advisory_key

if TYPE_CHECKING:
    from hardening.core.database import AnyAsyncConnection, SyncConnection

# What waits for names are counted under: the names may be made from data.
ADVISORY = "(advisory)"


class NamedLocks(LockBase):
    """
    Holds a name for the length of a block.

    Names are hashed to the 64 bits that PostgreSQL has for them. All programs that use
    the same name on the same database exclude one another.
    """

    @contextmanager
    def advisory(
        self,
        connection: "SyncConnection",
        name: str,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
    ) -> Iterator[None]:
        """
        Hold a name until the transaction ends that the block runs in.

        The block opens a transaction, or a savepoint where one is open; in that case
        the lock stays until the outermost transaction ends.

        Args:
            connection: Psycopg's or SQLAlchemy's; of this thread alone.
            name: 1 to 200 characters.
            timeout_s: In place of the object's own.
            nowait: Raise `AlreadyLocked` in place of waiting.

        Raises:
            LockTimeout: Somebody else held it for too long.
            AlreadyLocked: Somebody else holds it, with `nowait`.
            Deadlock: The server ended this transaction, here or in the block.
        """
        work = self._naming(name, timeout_s, nowait=nowait)
        with self._watch.block(name, ADVISORY), transaction(connection):
            run(connection, work)
            yield

    @asynccontextmanager
    async def advisory_async(
        self,
        connection: "AnyAsyncConnection",
        name: str,
        *,
        timeout_s: float | None = None,
        nowait: bool = False,
    ) -> AsyncIterator[None]:
        """Hold a name until the transaction ends, as `advisory` does."""
        work = self._naming(name, timeout_s, nowait=nowait)
        with self._watch.block(name, ADVISORY):
            async with transaction_async(connection):
                await run_async(connection, work)
                yield

    def _naming(
        self,
        name: str,
        timeout_s: float | None,
        *,
        nowait: bool,
        session: bool = False,
    ) -> Steps[None]:
        """Return the steps that take a name, none when the switch is off."""
        key, limit_s = advisory_key(name), self._limit(timeout_s)
        if not self._switch():
            return _nothing()
        asked = steps.advisory_lock(key, session=session, nowait=nowait)
        work = self._watch.timed(
            name, (), _held(asked, name), limit_s=limit_s, label=ADVISORY
        )
        return steps.within(limit_s, work)


def _held(asked: Asked, name: str) -> Steps[None]:
    """Take a name; a lock that waits gives nothing, one that does not gives a truth."""
    rows = yield asked
    if rows[0]["held"] is False:
        raise AlreadyLocked(name, (), 0.0)


def _nothing() -> Steps[None]:
    """Ask nothing."""
    yield from ()
