"""Row locks on a real server: held, waited for, given up, released."""

import threading
from contextlib import ExitStack

import psycopg
import pytest
from psycopg.rows import tuple_row

from hardening.core import InvalidSetting, Kind
from hardening.core.database import UnknownConnection
from hardening.locks import (
    AlreadyLocked,
    Deadlock,
    DeadlockDetected,
    Locks,
    LockTimedOut,
    LockTimeout,
    LockWaitLong,
    RowMissing,
    StaleSnapshot,
)
from hardening.testing.updates import lose_updates

DEADLINE_S = 30


def enter(block):
    """Run an empty block."""
    with block:
        pass


def timeouts_of(connection):
    """Return both timeouts as the session has them."""
    found = connection.execute(
        "select current_setting('lock_timeout'), current_setting('statement_timeout')"
    )
    return found.fetchone()


def test_a_held_row_is_given_as_it_is_under_the_lock(connect):
    """The caller sees the row's columns, whatever kind of rows it usually reads."""
    connection = connect()
    connection.row_factory = tuple_row
    with Locks().row(connection, "contacts", 7) as contact:
        assert {"id": 7, "name": "", "score": 0, "version": 1} == contact


def test_a_schema_may_stand_before_the_table(connect):
    """Tables of another schema are locked by their full name."""
    with Locks().row(connect(), "public.contacts", 7) as contact:
        assert 7 == contact["id"]


def test_a_name_with_sql_in_it_is_a_name(connect):
    """A table's name is quoted; it cannot end the statement."""
    connection = connect()
    connection.execute('create table "odd "" :x %s" (id int primary key)')
    connection.execute('insert into "odd "" :x %s" values (1)')
    with Locks().row(connection, 'odd " :x %s', 1) as row:
        assert {"id": 1} == row


def test_who_waits_too_long_is_told_how_long_and_for_what(connect, holding):
    """A caller that cannot have the row hears so, within its timeout."""
    events = []
    locks = Locks(timeout_s=0.05, listener=events.append)
    with holding(connect()), pytest.raises(LockTimeout) as caught:
        enter(locks.row(connect(), "contacts", 1))
    assert ("contacts", (1,)) == (caught.value.table, caught.value.keys)
    assert 0.05 <= caught.value.waited_s < DEADLINE_S
    assert caught.value.retryable
    assert [LockTimedOut(table="contacts", waited_s=caught.value.waited_s)] == events


def test_a_call_may_have_a_timeout_of_its_own(connect, holding):
    """One impatient caller does not change the others."""
    with holding(connect()), pytest.raises(LockTimeout):
        enter(Locks(timeout_s=3600).row(connect(), "contacts", 1, timeout_s=0.02))


def test_a_wrong_timeout_of_a_call_is_refused(connect):
    """Zero would wait for ever."""
    with pytest.raises(InvalidSetting, match="timeout_s"):
        Locks().row(connect(), "contacts", 1, timeout_s=0).__enter__()


def test_the_timeout_is_for_all_rows_together(connect, holding):
    """Ten held rows do not make a wait of ten timeouts."""
    keys = range(1, 11)
    locks, others = Locks(timeout_s=0.2), [connect() for _ in keys]
    taken = threading.Event()
    given_up = threading.Event()

    def hold_in_turn():
        # Each row becomes free just before its own timeout would pass.
        with ExitStack() as stack:
            blocks = [
                holding(other, key) for other, key in zip(others, keys, strict=True)
            ]
            for block in blocks:
                stack.enter_context(block)
            taken.set()
            for other in others:
                if given_up.wait(0.12):
                    break
                other.execute("rollback")

    holder = threading.Thread(target=hold_in_turn)
    holder.start()
    assert taken.wait(DEADLINE_S)
    try:
        with (
            pytest.raises(LockTimeout) as caught,
            locks.rows(connect(), "contacts", list(keys)),
        ):
            pytest.fail("all rows were had")
    finally:
        given_up.set()
        holder.join()
    assert 0.2 <= caught.value.waited_s < 1.0


def test_the_timeout_is_for_the_lock_alone(connect):
    """What the block does afterwards keeps the session's own limits."""
    connection = connect()
    connection.execute("set lock_timeout = '7s'")
    connection.execute("set statement_timeout = '8s'")
    with Locks().row(connection, "contacts", 1):
        assert ("7s", "8s") == timeouts_of(connection)
    assert ("7s", "8s") == timeouts_of(connection)


def test_after_a_timeout_within_a_transaction_the_limits_are_as_before(
    connect, holding
):
    """A savepoint's rollback takes the timeout back, too."""
    connection = connect()
    with holding(connect()), connection.transaction():
        with pytest.raises(LockTimeout):
            enter(Locks(timeout_s=0.02).row(connection, "contacts", 1))
        assert ("0", "0") == timeouts_of(connection)
        with Locks().row(connection, "contacts", 2) as other:
            assert 2 == other["id"]


def test_a_stricter_limit_of_the_session_stays(connect, holding):
    """A statement timeout that is shorter is the user's own, and its error, too."""
    connection = connect()
    connection.execute("set statement_timeout = '20ms'")
    with holding(connect()), pytest.raises(psycopg.errors.QueryCanceled):
        enter(Locks(timeout_s=30).row(connection, "contacts", 1))


def test_who_does_not_want_to_wait_is_told_at_once(connect, holding):
    """NOWAIT answers, also when the timeout is long."""
    with holding(connect()), pytest.raises(AlreadyLocked):
        enter(Locks(timeout_s=3600).row(connect(), "contacts", 1, nowait=True))


def test_held_rows_can_be_skipped(connect, holding):
    """Workers that share a table take what nobody else has."""
    with (
        holding(connect(), 2),
        Locks().rows(connect(), "contacts", [3, 2, 1], skip_locked=True) as contacts,
    ):
        assert [1, 3] == [contact["id"] for contact in contacts]


def test_skipping_and_not_waiting_exclude_each_other(connect):
    """A contradiction is said, not resolved."""
    block = Locks().rows(connect(), "contacts", [1], nowait=True, skip_locked=True)
    with pytest.raises(InvalidSetting, match="skip_locked"):
        block.__enter__()


def test_a_missing_row_is_said_by_its_key(connect):
    """A key without a row is no empty result."""
    with pytest.raises(RowMissing) as caught:
        enter(Locks().rows(connect(), "contacts", [1, 99, 98]))
    assert (99, 98) == caught.value.keys


def test_a_missing_single_row_is_said(connect):
    """A row that is gone is an error of its own."""
    with pytest.raises(RowMissing, match="contacts 99 does not exist"):
        enter(Locks().row(connect(), "contacts", 99))


def test_rows_come_in_the_order_of_their_keys_each_once(connect):
    """The order in which the caller named them does not matter."""
    with Locks().rows(connect(), "contacts", [5, 2, 9, 2]) as contacts:
        assert [2, 5, 9] == [contact["id"] for contact in contacts]


def test_callers_of_the_same_rows_in_opposite_orders_do_not_deadlock(connect):
    """Rows locked by one call are locked in one order."""
    locks, connections = Locks(timeout_s=DEADLINE_S), [connect() for _ in range(4)]
    keys = list(range(1, 9))

    def move(worker):
        order = keys if worker % 2 else keys[::-1]
        with locks.rows(connections[worker], "contacts", order):
            connections[worker].execute(
                "update contacts set score = score + 1 where id = any(%s)", [keys]
            )

    def total():
        return connections[0].execute("select sum(score) from contacts").fetchone()[0]

    losses = lose_updates(move, lambda: total() // 8, workers=4, rounds=15)
    assert (60, 0) == (losses.counted, losses.lost)


def crossed(connect, locks):
    """Let two transactions wait for each other; return what one of them raised."""
    first, second = connect(), connect()
    for connection in (first, second):
        connection.execute("set deadlock_timeout = '20ms'")
    both = threading.Barrier(2)
    raised = []

    def cross(connection, mine, theirs):
        try:
            with locks.row(connection, "contacts", mine):
                both.wait(DEADLINE_S)
                connection.execute(
                    "update contacts set score = 1 where id = %s", [theirs]
                )
        except Exception as error:  # noqa: BLE001 - looked at by the test
            raised.append(error)

    other = threading.Thread(target=cross, args=(first, 1, 2))
    other.start()
    cross(second, 2, 1)
    other.join()
    return raised


def test_a_deadlock_in_the_block_is_typed_and_retryable(connect):
    """A retry policy has one error to name, wherever the deadlock showed."""
    events = []
    locks = Locks(timeout_s=DEADLINE_S, listener=events.append)
    [error] = crossed(connect, locks)
    assert isinstance(error, Deadlock)
    assert error.retryable
    assert isinstance(error.__cause__, psycopg.errors.DeadlockDetected)
    deadlocks = [event for event in events if isinstance(event, DeadlockDetected)]
    assert [DeadlockDetected(table="contacts")] == deadlocks


def update_and_fail(connection):
    """Change a held row, then fail."""
    with Locks().row(connection, "contacts", 1):
        connection.execute("update contacts set score = 5 where id = 1")
        raise ZeroDivisionError


def test_an_error_of_the_block_passes_and_undoes_it(connect):
    """The lock adds no meaning to other errors."""
    connection = connect()
    with pytest.raises(ZeroDivisionError):
        update_and_fail(connection)
    with Locks().row(connection, "contacts", 1, nowait=True) as contact:
        assert 0 == contact["score"]


def test_a_row_that_changed_after_the_snapshot_is_typed(connect):
    """Under repeatable read the change of another is said as what it is."""
    connection = connect()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        connection.execute("select 1 from contacts")
        connect().execute("update contacts set score = 1 where id = 1")
        with pytest.raises(StaleSnapshot):
            enter(Locks().row(connection, "contacts", 1))


def test_a_long_wait_is_told_and_a_short_one_is_not(connect):
    """The limit of the founding plans is 0.1 s; here all waits are longer, or none."""
    events = []
    with Locks(long_s=0, listener=events.append).row(connect(), "contacts", 1):
        [event] = events
    assert isinstance(event, LockWaitLong)
    assert "lock_wait_long" == event.event
    assert "contacts" == event.subject
    with Locks(long_s=60, listener=events.append).row(connect(), "contacts", 1):
        assert [event] == events


def test_waits_are_counted_by_table(connect, holding):
    """The histogram of the founding plans: p95 below 100 ms, none above 1 s."""
    locks = Locks(timeout_s=0.02)
    with locks.row(connect(), "contacts", 1):
        pass
    with holding(connect()), pytest.raises(LockTimeout):
        enter(locks.row(connect(), "contacts", 1))
    waits, timeouts, *_ = locks.measures()
    assert ("hardening_locks_wait_seconds", Kind.HISTOGRAM) == (waits.name, waits.kind)
    [sample] = waits.samples
    assert (("table", "contacts"),) == sample.labels
    assert 2 == sample.value.count
    assert [1] == [sample.value for sample in timeouts.samples]


def test_the_switch_turned_off_reads_without_locking(connect, holding):
    """Off is as if the lock were not there."""
    locks = Locks(switch=lambda: False)
    with holding(connect()), locks.row(connect(), "contacts", 1) as contact:
        assert 1 == contact["id"]


def test_no_connection_at_all_is_refused():
    """What cannot lock says so, with what could."""
    with pytest.raises(UnknownConnection, match=r"builtins\.str"):
        Locks().row("postgresql://", "contacts", 1).__enter__()


def test_an_unlocked_update_loses_and_a_locked_one_does_not(connect):
    """A team can show that its code loses updates, and that the repair holds."""
    locks, connections = Locks(timeout_s=DEADLINE_S), [connect() for _ in range(8)]

    def add(connection, score):
        connection.execute("update contacts set score = %s where id = 1", [score + 1])

    def unlocked(worker):
        connection = connections[worker]
        found = connection.execute("select score from contacts where id = 1")
        add(connection, found.fetchone()[0])

    def locked(worker):
        with locks.row(connections[worker], "contacts", 1) as contact:
            add(connections[worker], contact["score"])

    def score():
        found = connections[0].execute("select score from contacts where id = 1")
        return found.fetchone()[0]

    assert lose_updates(unlocked, score, rounds=25).lost > 0
    assert 0 == lose_updates(locked, score, rounds=25).lost


def test_a_lock_is_gone_with_its_connection(connect):
    """A client that dies holds nothing."""
    dying = connect()
    block = Locks().row(dying, "contacts", 1)
    block.__enter__()
    dying.close()
    with Locks(timeout_s=DEADLINE_S).row(connect(), "contacts", 1) as contact:
        assert 1 == contact["id"]
    block.__exit__(None, None, None)
