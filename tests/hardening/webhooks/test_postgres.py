"""Deliveries in PostgreSQL: the work and its memory are one transaction."""

import asyncio
import subprocess
import sys
import threading

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from hardening.core import InvalidSetting
from hardening.webhooks import (
    AsyncPostgresStore,
    InProgress,
    PostgresStore,
    Replayed,
    migrations,
)

PAYMENTS = "create table payments (id text)"


@pytest.fixture(scope="session")
def webhooks_url(postgres):
    """Give the address of a database with the migration and a table of payments."""
    url = postgres.create_database("webhooks")
    with psycopg.connect(url) as connection:
        for step in migrations():
            connection.execute(step.apply)
        connection.execute(PAYMENTS)
    yield url
    postgres.drop_database("webhooks")


@pytest.fixture
def pool(webhooks_url):
    """Give a pool; the tables are empty."""
    with ConnectionPool(webhooks_url, min_size=1, max_size=8, open=True) as made:
        with made.connection() as connection:
            connection.execute("truncate webhook_events, payments")
        yield made


def pay(connection):
    """Do what a handler does."""
    connection.execute("insert into payments values ('p')")


def payments(pool):
    """Return how many payments there are."""
    with pool.connection() as connection:
        return connection.execute("select count(*) from payments").fetchone()[0]


def test_the_work_is_committed_with_its_memory(pool):
    """After a success both are there, and a repeat is told."""
    store = PostgresStore(pool.connection, source="payments")
    with store.claimed("evt_1") as connection:
        pay(connection)
    with pytest.raises(Replayed), store.claimed("evt_1"):
        pytest.fail("processed twice")
    assert 1 == payments(pool)


def pay_and_fail(store, error):
    """Do the work, and fail before the end."""
    with store.claimed("evt_1") as connection:
        pay(connection)
        raise error


def test_the_work_is_undone_with_its_memory(pool):
    """After a failure neither is there, and the next attempt does it all."""
    store = PostgresStore(pool.connection, source="payments")
    for error in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(error):
            pay_and_fail(store, error)
    assert 0 == payments(pool)
    with store.claimed("evt_1") as connection:
        pay(connection)
    assert 1 == payments(pool)


def test_senders_do_not_share_their_identifiers(pool):
    """Two senders may both call an event evt_1."""
    for source in ("payments", "mail"):
        with PostgresStore(pool.connection, source=source).claimed("evt_1"):
            pass


def test_of_many_at_once_exactly_one_works(pool):
    """The others are told at once, and do not wait for its end."""
    store = PostgresStore(pool.connection, source="payments")
    ready, results = threading.Barrier(8), []

    def deliver():
        ready.wait(30)
        try:
            with store.claimed("evt_1") as connection:
                pay(connection)
                # Until the others were told: they need not wait for this commit.
                while len(results) < 7 and not timeout.wait(0.005):
                    pass
            results.append("processed")
        except (InProgress, Replayed) as told:
            results.append(told.reason)

    timeout = threading.Event()
    watchdog = threading.Timer(30, timeout.set)
    watchdog.start()
    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watchdog.cancel()
    watchdog.join()
    assert ["in_progress"] * 7 + ["processed"] == results
    assert 1 == payments(pool)


DIE_IN_THE_MIDDLE = """
import os, sys, psycopg
from hardening.webhooks import PostgresStore
store = PostgresStore(lambda: psycopg.connect(sys.argv[1]), source="payments")
with store.claimed("evt_1") as connection:
    connection.execute("insert into payments values ('p')")
    os.kill(os.getpid(), 9)
"""


def test_a_process_that_is_killed_leaves_the_delivery_to_the_next(pool, webhooks_url):
    """The sender's next attempt is processed, and nothing was done twice."""
    command = [sys.executable, "-c", DIE_IN_THE_MIDDLE, webhooks_url]
    assert -9 == subprocess.run(command, check=False, timeout=60).returncode
    store = PostgresStore(pool.connection, source="payments")
    waiting = threading.Event()
    for _ in range(2000):
        try:
            with store.claimed("evt_1") as connection:
                pay(connection)
            break
        except InProgress:  # the server has not noticed yet
            waiting.wait(0.005)
    assert 1 == payments(pool)


def test_sessions_of_sqlalchemy_are_connections_too(pool, webhooks_url):
    """The handler works through the session that remembers."""
    address = webhooks_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, poolclass=NullPool)
    store = PostgresStore(sessionmaker(engine), source="payments")
    with store.claimed("evt_1") as session:
        session.execute(text("insert into payments values ('p')"))
    with pytest.raises(Replayed), store.claimed("evt_1"):
        pytest.fail("processed twice")
    engine.dispose()
    assert 1 == payments(pool)


def test_async_pools_and_sessions_process_once_as_well(pool, webhooks_url):
    """Awaited, with psycopg's pool and with SQLAlchemy."""
    address = webhooks_url.replace("postgresql://", "postgresql+psycopg://", 1)

    async def process(store, identifier):
        async with store.claimed_async(identifier):
            pass
        try:
            async with store.claimed_async(identifier):
                pytest.fail("processed twice")
        except Replayed:
            return "replayed"

    async def scenario():
        async with AsyncConnectionPool(webhooks_url, min_size=1, open=False) as made:
            store = AsyncPostgresStore(made.connection, source="payments")
            first = await process(store, "evt_1")
            async with store.unclaimed_async() as connection:
                await connection.execute("insert into payments values ('p')")
            purged = await store.purge_async()
        engine = create_async_engine(address, poolclass=NullPool)
        store = AsyncPostgresStore(async_sessionmaker(engine), source="payments")
        second = await process(store, "evt_2")
        await engine.dispose()
        return first, second, purged

    assert ("replayed", "replayed", 0) == asyncio.run(scenario())
    assert 1 == payments(pool)


def test_old_deliveries_are_purged_and_recent_ones_are_not(pool):
    """A table that is written for ever is emptied from its old end."""
    store = PostgresStore(pool.connection, source="payments")
    for identifier in ("old", "recent"):
        with store.claimed(identifier) as connection:
            age = "31 days" if identifier == "old" else "29 days"
            connection.execute(
                "update webhook_events set processed_at = now() - %s::interval "
                "where id = %s",
                [age, identifier],
            )
    other = PostgresStore(pool.connection, source="mail")
    assert (0, 1, 0) == (
        other.purge(days=30),
        store.purge(days=30),
        store.purge(days=30),
    )
    with pytest.raises(Replayed), store.claimed("recent"):
        pytest.fail("processed twice")


def test_a_purge_of_what_may_still_come_is_refused(pool):
    """A day is the least: senders repeat for hours."""
    with pytest.raises(InvalidSetting, match="days"):
        PostgresStore(pool.connection, source="payments").purge(days=0.5)


def test_without_verification_nothing_is_remembered(pool):
    """What the switch lets pass is not marked as processed."""
    store = PostgresStore(pool.connection, source="payments")
    with store.unclaimed() as connection:
        pay(connection)
    with store.claimed("evt_1"):
        pass
    assert 1 == payments(pool)


def test_a_source_has_a_name(pool):
    """Without one, senders would share their identifiers."""
    with pytest.raises(InvalidSetting, match="source"):
        PostgresStore(pool.connection, source="")


def test_the_migration_can_be_undone_and_applied_again(database_url):
    """Each step is idempotent, and the way back leaves nothing."""
    [step] = migrations()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for script, expected in (
            (step.apply, True),
            (step.apply, True),
            (step.undo, False),
            (step.undo, False),
            (step.apply, True),
        ):
            with connection.transaction():
                connection.execute(script)
            found = connection.execute("select to_regclass('webhook_events')")
            assert expected == (found.fetchone()[0] is not None)
