"""PostgreSQL: the batches and their checkpoints, over psycopg, with and without await."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from hardening.csv.checkpoint import (
    BEGIN,
    HOLD,
    READ,
    SAVE,
    Checkpoint,
    first_time,
    read,
    saved,
)
from hardening.csv.errors import (
    CheckpointsMissing,
    ConnectionBusy,
    DatabaseLost,
    DatabaseRefused,
    ImportRunning,
    SourceLost,
)
from hardening.csv.source import Head
from hardening.csv.threads import in_thread
from hardening.csv.work import Work

# SQLSTATE classes: connection exception; operator intervention, but for 57014, which
# is a statement that took too long.
_LOST = ("08", "57P")


def begin(connection: psycopg.Connection[Any], name: str, head: Head) -> Checkpoint:
    """
    Return where an import stands, and make its row when it is new.

    Raises:
        ConnectionBusy: The connection is inside a transaction.
        CheckpointsMissing: The migration was not applied.
        SourceChanged: It was begun with another source.
    """
    _require_idle(connection.info.transaction_status)
    with (
        _lost(0),
        _missing(),
        connection.transaction(),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        cursor.execute(BEGIN, first_time(name, head))
        row = cursor.execute(READ, (name,)).fetchone()
    return read(name, head, row or ())


async def begin_async(
    connection: psycopg.AsyncConnection[Any], name: str, head: Head
) -> Checkpoint:
    """Return where an import stands, as `begin` does."""
    _require_idle(connection.info.transaction_status)
    with _lost(0), _missing():
        async with (
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            await cursor.execute(BEGIN, first_time(name, head))
            row = await (await cursor.execute(READ, (name,))).fetchone()
    return read(name, head, row or ())


def store(
    connection: psycopg.Connection[Any],
    work: Work,
    pieces: Iterator[bytes],
) -> None:
    """
    Import a batch: rows, rejects and checkpoint, all or none.

    Raises:
        ImportRunning: Another process has the import.
        RejectsNotWritten: The rejects file could not be written.
        DatabaseLost: PostgreSQL went away.
        DatabaseRefused: It did not take the rows.
        SourceLost: The source could not be read.
    """
    with (
        _lost(work.kept_row),
        connection.transaction(),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        if work.name is not None:
            with _held(work.name):
                found = cursor.execute(HOLD, (work.name,)).fetchone()
            _require_place(work, found)
        work.start()
        with cursor.copy(work.statement) as copy:
            while not (work.ended or work.batch_is_full):
                with _readable(work):
                    piece = next(pieces, b"")
                copy.write(work.take(piece))
        work.stored(cursor.rowcount)
        if work.name is not None:
            cursor.execute(SAVE, _saved(work))
    work.commit()


async def store_async(
    connection: psycopg.AsyncConnection[Any],
    work: Work,
    pieces: AsyncIterator[bytes],
) -> None:
    """Import a batch, as `store` does; what takes long runs on another thread."""
    with _lost(work.kept_row):
        async with (
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            if work.name is not None:
                with _held(work.name):
                    held = await cursor.execute(HOLD, (work.name,))
                _require_place(work, await held.fetchone())
            await in_thread(work.start)
            async with cursor.copy(work.statement) as copy:
                while not (work.ended or work.batch_is_full):
                    with _readable(work):
                        piece = await anext(pieces, b"")
                    await copy.write(await in_thread(work.take, piece))
            await in_thread(work.stored, cursor.rowcount)
            if work.name is not None:
                await cursor.execute(SAVE, _saved(work))
    work.commit()


def _saved(work: Work) -> list[object]:
    """Return the parameters of `SAVE`."""
    name, position = work.name or "", work.reading.position
    return saved(name, position, work.rejects.size, finished=work.ended)


def _require_idle(status: TransactionStatus) -> None:
    """Refuse a connection on which a commit would not be one."""
    if status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}:
        raise ConnectionBusy


def _require_place(work: Work, found: Sequence[Any] | None) -> None:
    """Refuse to go on where another process went on in the meantime."""
    position = work.committed.position
    here = position.offset if position else 0
    if found is None or found[0] != here:
        raise ImportRunning(work.name or "")


@contextmanager
def _held(name: str) -> Iterator[None]:
    """Say that another process has the import."""
    try:
        yield
    except psycopg.errors.LockNotAvailable as error:
        raise ImportRunning(name) from error


@contextmanager
def _missing() -> Iterator[None]:
    """Say that the table of checkpoints cannot be used."""
    try:
        yield
    except psycopg.ProgrammingError as error:
        raise CheckpointsMissing(error) from error


@contextmanager
def _lost(row: int) -> Iterator[None]:
    """Say what PostgreSQL's error means for the import."""
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate
        alive = state is not None and not state.startswith(_LOST)
        if alive or isinstance(error, psycopg.DataError):
            raise DatabaseRefused(row=row, detail=error, sqlstate=state) from error
        raise DatabaseLost(row=row, detail=error) from error


@contextmanager
def _readable(work: Work) -> Iterator[None]:
    """Say that the source could not be read."""
    try:
        yield
    except OSError as error:
        raise SourceLost(row=work.kept_row, detail=error) from error
