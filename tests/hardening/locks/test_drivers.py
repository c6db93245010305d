"""The same locks over every kind of connection: psycopg and SQLAlchemy, sync and async."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool

from hardening.core import InvalidSetting
from hardening.core.database import NoTransaction, UnknownConnection
from hardening.locks import (
    AlreadyLocked,
    Deadlock,
    Locks,
    LockTimeout,
    RowMissing,
    StaleVersion,
)
from hardening.testing.updates import lose_updates_async


class Base(DeclarativeBase):
    """The mapped classes of these tests."""


class Contact(Base):
    """A contact that counts its changes."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    score: Mapped[int]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's form


class Pair(Base):
    """Something with a key of two columns."""

    __tablename__ = "pairs"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def address(locks_url, connect):
    """Give SQLAlchemy's address of the database, with its table."""
    connect()
    return locks_url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def engine(address):
    """Give an engine; it keeps no connection."""
    made = create_engine(address, poolclass=NullPool)
    yield made
    made.dispose()


@asynccontextmanager
async def async_engine(address):
    """Give an async engine for a block."""
    made = create_async_engine(address, poolclass=NullPool)
    try:
        yield made
    finally:
        await made.dispose()


def enter(block):
    """Run an empty block."""
    with block:
        pass


def test_a_connection_of_sqlalchemy_locks_by_name(engine, connect, holding):
    """SQL without the mapper is locked, too."""
    locks = Locks(timeout_s=0.02)
    with engine.connect() as connection:
        with locks.row(connection, "contacts", 7) as contact:
            assert 7 == contact["id"]
        with holding(connect(), 7), pytest.raises(LockTimeout):
            enter(locks.row(connection, "contacts", 7))


def test_a_session_gives_the_object_as_it_is_under_the_lock(engine, connect):
    """What the session had read before is not trusted."""
    with Session(engine) as session:
        before = session.get(Contact, 1)  # kept, so that the session keeps it, too
        assert 0 == before.score
        connect().execute("update contacts set score = 5 where id = 1")
        with Locks().row(session, Contact, 1) as contact:
            assert 5 == contact.score
            contact.score += 1
        session.commit()
    found = connect().execute("select score from contacts where id = 1").fetchone()
    assert (6,) == found


def test_a_session_locks_objects_in_the_order_of_their_keys(engine, connect, holding):
    """Several objects are had together, or those that are free."""
    locks = Locks(timeout_s=0.02)
    with Session(engine) as session, holding(connect(), 2):
        with locks.rows(session, Contact, [3, 2, 1], skip_locked=True) as contacts:
            assert [1, 3] == [contact.id for contact in contacts]
        with pytest.raises(AlreadyLocked):
            enter(locks.row(session, Contact, 2, nowait=True))
        with pytest.raises(RowMissing):
            enter(locks.row(session, Contact, 99))


def test_a_deadlock_over_a_class_is_counted_under_its_table(engine):
    """Where its waits are counted: one table has one label."""
    locks = Locks()
    deadlock = pytest.raises(Deadlock, match="'contacts'")
    with deadlock, Session(engine) as session, locks.row(session, Contact, 1):
        raise psycopg.errors.DeadlockDetected
    labels = {
        dict(sample.labels)["table"]
        for measure in locks.measures()
        for sample in measure.samples
    }
    assert {"contacts"} == labels


def test_a_class_with_a_key_of_two_columns_is_refused(engine):
    """What cannot be named by one key is said."""
    with Session(engine) as session, pytest.raises(InvalidSetting, match="primary key"):
        Locks().row(session, Pair, 1).__enter__()


def test_the_switch_turned_off_reads_objects_without_locking(engine, connect, holding):
    """Off is as if the lock were not there."""
    locks = Locks(switch=lambda: False)
    block = holding(connect())
    with block, Session(engine) as s, locks.row(s, Contact, 1) as contact:
        assert 1 == contact.id


def test_a_stale_object_is_a_stale_version(engine, connect):
    """SQLAlchemy's own version check has the kit's error."""
    locks = Locks()
    with Session(engine) as session:
        contact = session.get(Contact, 1)
        connect().execute("update contacts set version = 2 where id = 1")
        contact.name = "Ada"
        with pytest.raises(StaleVersion) as caught:
            enter(locks.flushing(session))
    assert "contacts" == caught.value.table
    stale = [s.value for m in locks.measures() for s in m.samples]
    assert [1] == stale


def test_a_fresh_object_is_flushed(engine, connect):
    """Without a change by others the block writes."""
    with Session(engine) as session:
        contact = session.get(Contact, 1)
        with Locks().flushing(session):
            contact.name = "Ada"
        session.commit()
    found = connect().execute("select name, version from contacts where id = 1")
    assert ("Ada", 2) == found.fetchone()


def test_a_version_is_updated_over_sqlalchemy(engine):
    """Colons and casts in the text survive SQLAlchemy's own placeholders."""
    with Session(engine) as session:
        changes = {"name": ":not %(a)s value"}
        assert 2 == Locks().update(session, "contacts", 1, changes, version=1)
        with Locks().advisory(session, "nightly"):
            assert ":not %(a)s value" == session.get(Contact, 1).name


def test_async_sessions_lock_as_well(address):
    """Rows, objects, names and versions, awaited."""
    locks = Locks(timeout_s=5)

    async def scenario():
        async with async_engine(address) as engine, AsyncSession(engine) as session:
            async with locks.row_async(session, Contact, 1) as contact:
                contact.score += 1
            async with locks.rows_async(session, "contacts", [2, 1]) as contacts:
                found = [(row["id"], row["score"]) for row in contacts]
            async with locks.advisory_async(session, "nightly"):
                pass
            changes = {"name": "Ada"}
            version = await locks.update_async(
                session, "contacts", 3, changes, version=1
            )
            contact = await session.get(Contact, 3)
            async with locks.flushing_async(session):
                contact.name = "Bob"
            return found, version, contact.version

    assert ([(1, 1), (2, 0)], 2, 3) == asyncio.run(scenario())


def test_async_connections_of_psycopg_lose_nothing(locks_url, connect):
    """Tasks that update one row at once are all counted."""
    connect()
    locks = Locks(timeout_s=30)

    async def scenario():
        connections = [
            await psycopg.AsyncConnection.connect(locks_url, autocommit=True)
            for _ in range(4)
        ]

        async def add(worker):
            async with locks.row_async(connections[worker], "contacts", 1) as contact:
                await connections[worker].execute(
                    "update contacts set score = %s where id = 1",
                    [contact["score"] + 1],
                )

        async def score():
            found = await connections[0].execute(
                "select score from contacts where id = 1"
            )
            return (await found.fetchone())[0]

        try:
            return await lose_updates_async(add, score, workers=4, rounds=15)
        finally:
            for connection in connections:
                await connection.close()

    losses = asyncio.run(scenario())
    assert (60, 60, 0) == (losses.made, losses.counted, losses.lost)


def test_an_async_connection_is_refused_where_a_sync_one_is_needed(locks_url):
    """The mistake is said by name."""

    async def scenario():
        connecting = psycopg.AsyncConnection.connect(locks_url, autocommit=True)
        async with await connecting as connection:
            with pytest.raises(UnknownConnection, match="a sync psycopg"):
                Locks().row(connection, "contacts", 1).__enter__()

    asyncio.run(scenario())


def test_a_sync_connection_is_refused_where_an_async_one_is_needed(connect):
    """The mistake is said by name."""

    async def scenario():
        async with Locks().row_async(connect(), "contacts", 1):
            pytest.fail("a sync connection was taken")

    with pytest.raises(UnknownConnection, match="an async psycopg"):
        asyncio.run(scenario())


@pytest.mark.parametrize("kind", [Session, lambda engine: engine.connect()])
@pytest.mark.parametrize("at", ["the engine", "the connection"])
def test_a_connection_that_commits_each_statement_is_refused(address, at, kind):
    """It would let go of the row at once, and protect nothing."""
    options = {"isolation_level": "AUTOCOMMIT"}
    made = {"poolclass": NullPool} | (options if at == "the engine" else {})
    engine = create_engine(address, **made)
    refused = pytest.raises(NoTransaction, match="AUTOCOMMIT")
    with kind(engine.execution_options(**options)) as connection, refused:
        Locks().row(connection, "contacts", 1).__enter__()
    engine.dispose()


def test_an_async_connection_that_commits_each_statement_is_refused(address):
    """The same, awaited, for connections and sessions."""

    async def scenario():
        engine = create_async_engine(
            address, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        async with engine.connect() as connection, AsyncSession(engine) as session:
            with pytest.raises(NoTransaction):
                await Locks().row_async(connection, "contacts", 1).__aenter__()
            with pytest.raises(NoTransaction):
                await Locks().row_async(session, "contacts", 1).__aenter__()
        await engine.dispose()

    asyncio.run(scenario())


def test_an_async_connection_of_sqlalchemy_locks_by_name(address):
    """SQL without the mapper is locked, too."""

    async def scenario():
        locks = Locks()
        async with (
            async_engine(address) as engine,
            engine.connect() as connection,
            locks.row_async(connection, "contacts", 7) as contact,
        ):
            return contact["id"]

    assert 7 == asyncio.run(scenario())
