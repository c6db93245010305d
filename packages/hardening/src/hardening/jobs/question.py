"""
Questions: SQL with its values and the reading of its answer, asked either way.

A decision of what to ask is made once, here below as a value; `ask` and `ask_async`
are all that differs between a service of threads and one of coroutines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, LiteralString, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from psycopg import AsyncConnection, Connection

T = TypeVar("T")
Row = Mapping[str, Any]

Connect = Callable[[], "AbstractContextManager[Connection[Any]]"]
"""Gives a connection for a `with` block that commits at its end: `pool.connection`."""
ConnectAsync = Callable[[], "AbstractAsyncContextManager[AsyncConnection[Any]]"]
"""Likewise, for `async with`: `AsyncConnectionPool.connection`."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """
    One question to PostgreSQL.

    Attributes:
        query: With named places: `%(queue)s`.
        values: What goes there.
        read: Turns the rows into the answer.
    """

    query: LiteralString
    values: Mapping[str, object]
    read: Callable[[Sequence[Row]], T]


def ask(connection: "Connection[Any]", question: Question[T]) -> T:
    """Return the answer."""
    from psycopg.rows import dict_row  # noqa: PLC0415 - loaded when first used

    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(question.query, question.values)
        return question.read(cursor.fetchall())


async def ask_async(connection: "AsyncConnection[Any]", question: Question[T]) -> T:
    """Return the answer."""
    from psycopg.rows import dict_row  # noqa: PLC0415 - loaded when first used

    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(question.query, question.values)
        return question.read(await cursor.fetchall())
