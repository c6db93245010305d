"""Advisory locks on a real server: in a transaction, over several, released always."""

import asyncio

import psycopg
import pytest

from hardening.locks import (
    AlreadyLocked,
    LockLost,
    LockMisuse,
    Locks,
    LockTimeout,
    advisory_key,
)

NAME = "nightly-import"
WAITING = "select 1 from pg_locks where locktype = 'advisory' and not granted"
HELD = "select count(*) from pg_locks where locktype = 'advisory' and granted"


def enter(block):
    """Run an empty block."""
    with block:
        pass


def held(connection):
    """Return how many advisory locks the server has given out."""
    return connection.execute(HELD).fetchone()[0]


def test_a_name_excludes_others_until_the_commit(connect):
    """Two programs that use the same name do not run at once."""
    locks, mine, other = Locks(timeout_s=0.02), connect(), connect()
    with locks.advisory(mine, NAME):
        with pytest.raises(LockTimeout) as caught:
            enter(locks.advisory(other, NAME))
        with locks.advisory(other, "another"):
            assert 2 == held(mine)
    assert NAME == caught.value.table
    assert 0 == held(mine)


def test_within_a_transaction_a_name_is_held_to_its_end(connect):
    """What the block wrote is committed before anybody else may enter."""
    connection = connect()
    with connection.transaction():
        with Locks().advisory(connection, NAME):
            pass
        assert 1 == held(connection)
    assert 0 == held(connection)


def test_a_name_is_not_waited_for_when_nobody_wants_to(connect):
    """A second nightly import ends at once."""
    locks = Locks(timeout_s=3600)
    with locks.advisory(connect(), NAME), pytest.raises(AlreadyLocked):
        enter(locks.advisory(connect(), NAME, nowait=True))
    waits, timeouts, *_ = locks.measures()
    labels = [sample.labels for sample in (*waits.samples, *timeouts.samples)]
    assert [(("table", "(advisory)"),)] * 2 == labels


def test_a_session_holds_a_name_over_commits(connect):
    """A long job commits on its way, and stays alone."""
    locks, mine, other = Locks(timeout_s=0.02), connect(), connect()
    with locks.session(mine, NAME):
        with mine.transaction():
            mine.execute("update contacts set score = 1 where id = 1")
        with pytest.raises(AlreadyLocked):
            enter(locks.session(other, NAME, nowait=True))
        with pytest.raises(LockTimeout):
            enter(locks.session(other, NAME))
    with locks.session(other, NAME):
        assert 1 == held(mine)
    assert 0 == held(mine)


def with_the_name(connection, work):
    """Do some work under a session's lock."""
    with Locks().session(connection, NAME):
        work(connection)


def fail(_connection):
    """Fail without asking the server."""
    raise ZeroDivisionError


def begin_and_update(connection):
    """Leave a transaction open."""
    connection.execute("begin")
    connection.execute("update contacts set score = 9 where id = 1")


def fail_in_a_transaction(connection):
    """Fail within a block that cleans up."""
    with connection.transaction():
        connection.execute("select 1 / 0")


def fail_in_a_transaction_by_hand(connection):
    """Fail, and leave a broken transaction behind."""
    connection.execute("begin")
    connection.execute("select 1 / 0")


@pytest.mark.parametrize(
    "work", [fail, fail_in_a_transaction, fail_in_a_transaction_by_hand]
)
def test_a_session_lets_go_however_its_block_fails(connect, work):
    """A failed job does not lock out the next one; its error is what is heard."""
    connection = connect()
    with pytest.raises((ZeroDivisionError, psycopg.errors.DivisionByZero)):
        with_the_name(connection, work)
    assert 0 == held(connect())
    assert not connection.closed


def test_a_block_that_leaves_a_transaction_open_is_refused(connect):
    """Its commit would come without the lock."""
    connection = connect()
    with pytest.raises(LockMisuse, match="rolled back"):
        with_the_name(connection, begin_and_update)
    assert 0 == held(connect())
    found = connection.execute("select score from contacts where id = 1")
    assert 0 == found.fetchone()[0]


@pytest.mark.parametrize("autocommit", [True, False])
def test_a_session_lock_within_a_transaction_is_refused(connect, autocommit):
    """It would be released before the commit."""
    connection = connect(autocommit=autocommit)
    if autocommit:
        connection.execute("begin")
    with pytest.raises(LockMisuse, match="autocommit"):
        Locks().session(connection, NAME).__enter__()


def test_a_connection_takes_a_name_once(connect):
    """A second time would need a second release; the mistake is said."""
    connection, locks = connect(), Locks()
    refused = pytest.raises(LockMisuse, match="already")
    with locks.session(connection, NAME), refused:
        locks.session(connection, NAME).__enter__()
    assert 0 == held(connection)


def test_a_session_lock_that_was_lost_is_said(connect):
    """Work that was not protected to its end must not pass for protected."""
    connection = connect()
    with pytest.raises(LockLost), Locks().session(connection, NAME):
        connection.execute("select pg_advisory_unlock_all()")


def test_a_connection_that_dies_loses_its_lock_and_says_so(connect):
    """The server released it; the block did not stay alone."""
    connection = connect()
    with pytest.raises(LockLost), Locks().session(connection, NAME):
        connect().execute(
            "select pg_terminate_backend(%s)", [connection.info.backend_pid]
        )
    assert connection.closed


def test_a_name_of_the_same_key_by_hand_is_the_same_lock(connect):
    """A program without the kit can take part: the key is published."""
    by_hand = connect()
    by_hand.execute("select pg_advisory_lock(%s)", [advisory_key(NAME)])
    with pytest.raises(AlreadyLocked):
        enter(Locks().advisory(connect(), NAME, nowait=True))


def test_the_switch_turned_off_runs_at_once(connect):
    """Off is as if there were no lock."""
    locks = Locks(switch=lambda: False)
    first, second, third = connect(), connect(), connect()
    with locks.advisory(first, NAME), locks.session(second, NAME):
        enter(locks.session(third, NAME))
        assert 0 == held(third)


def test_a_cancelled_wait_leaves_nothing_behind(connect, locks_url):
    """Who gives up waiting neither holds the name later nor breaks the connection."""
    locks, other = Locks(timeout_s=30), connect()

    async def give_up(connection, block):
        waiting = asyncio.create_task(enter(block))
        # The server has no event to wait for.
        while not other.execute(WAITING).fetchone():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with locks.session_async(connection, "another"):
            pass

    async def enter(block):
        async with block:
            pytest.fail("two held the name")

    async def scenario():
        connecting = psycopg.AsyncConnection.connect(locks_url, autocommit=True)
        async with await connecting as connection:
            await give_up(connection, locks.session_async(connection, NAME))
            await give_up(connection, locks.advisory_async(connection, NAME))

    with locks.session(other, NAME):
        asyncio.run(scenario())
        assert 1 == held(other)
    assert 0 == held(other)


def test_a_cancelled_block_lets_go(connect, locks_url):
    """A task that is cancelled in its block holds nothing afterwards."""

    async def scenario():
        connecting = psycopg.AsyncConnection.connect(locks_url, autocommit=True)
        async with await connecting as connection:
            inside = asyncio.Event()
            task = asyncio.create_task(sit(connection, inside))
            await inside.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not connection.closed
            return held(connect())

    async def sit(connection, inside):
        async with Locks().session_async(connection, NAME):
            inside.set()
            await asyncio.Event().wait()

    assert 0 == asyncio.run(scenario())


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_has_a_size(connect, name):
    """An empty name is a mistake; a very long one is data."""
    with pytest.raises(ValueError, match="name"):
        Locks().advisory(connect(), name).__enter__()
