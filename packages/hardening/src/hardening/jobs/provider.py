"""Connections for those without a pool: one a use, with a limit on every wait."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from hardening.jobs.question import Connect, ConnectAsync

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

_CONNECT_S = 5
_STATEMENT_MS = 30_000
# What the system is asked to give up on, when the other side no longer acknowledges.
_SILENCE_MS = 10_000


def connecting(url: str) -> Connect:
    """Return a provider that opens a connection for each `with` block."""

    @contextmanager
    def connect() -> Iterator["Connection[Any]"]:
        import psycopg  # noqa: PLC0415 - loaded when first used

        with psycopg.connect(url, **_limits()) as connection:
            yield connection

    return connect


def connecting_async(url: str) -> ConnectAsync:
    """Return a provider that opens a connection for each `async with` block."""

    @asynccontextmanager
    async def connect() -> AsyncIterator["AsyncConnection[Any]"]:
        import psycopg  # noqa: PLC0415 - loaded when first used

        made = await psycopg.AsyncConnection.connect(url, **_limits())
        async with made as connection:
            yield connection

    return connect


def _limits() -> dict[str, Any]:
    """Return the connection's limits, as libpq takes them."""
    return {
        "connect_timeout": _CONNECT_S,
        "tcp_user_timeout": _SILENCE_MS,
        "options": f"-c statement_timeout={_STATEMENT_MS}",
    }
