"""Counters on a real server: nothing lost, nothing counted twice, bounded, typed."""

import asyncio
import json
import threading

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from hardening.core import InvalidSetting
from hardening.counters import (
    CounterBusy,
    CounterFailed,
    CounterNotInstalled,
    Counters,
    CounterSlow,
    InvalidCount,
    grants,
)
from hardening.testing.updates import lose_updates

ONE = {"total_violations": 1, "severity_counts.medium": 1}
NAMES = st.sampled_from(["a", "b", "nested.x", "nested.y.z"])


def test_counts_are_made_and_added_to(connect):
    """A name counts from zero; a dot leads into a counter of counters."""
    counters, connection = Counters("shield"), connect()
    first = counters.add(connection, "u1", ONE)
    assert {"total_violations": 1, "severity_counts": {"medium": 1}} == first.counts
    second = counters.add(connection, "u1", {"severity_counts.high": 2, "total": -1})
    assert {
        "total": -1,
        "total_violations": 1,
        "severity_counts": {"medium": 1, "high": 2},
    } == second.counts
    assert not second.repeated


def test_keys_and_scopes_are_apart(connect):
    """Counters of one use never mix with those of another."""
    connection = connect()
    Counters("shield").add(connection, "u1", {"n": 1})
    assert {"n": 1} == Counters("shield").add(connection, "u2", {"n": 1}).counts
    assert {"n": 1} == Counters("feed").add(connection, "u1", {"n": 1}).counts


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(NAMES, st.integers(-(10**20), 10**20)), max_size=5))
def test_counting_is_adding(connect, calls):
    """The counts are the sums of all increments, as a plain model has them."""
    connection = connect()
    connection.execute("truncate hardening_counters")
    sums, counted = {}, None
    for increments in calls:
        for name, amount in increments.items():
            sums[name] = sums.get(name, 0) + amount
        counted = Counters("model").add(connection, "u1", increments)
    flat = dict(flattened(counted.counts)) if counted else {}
    assert sums == flat


def flattened(counts, path=()):
    """Yield the counts of a document by their dotted names."""
    for name, content in counts.items():
        if isinstance(content, dict):
            yield from flattened(content, (*path, name))
        else:
            yield ".".join((*path, name)), content


def test_stamps_tell_when(connect):
    """A last-at time is the database's own, and never goes back."""
    counters, connection = Counters("shield"), connect()
    stamps = ["last_violation_at"]
    first = counters.add(connection, "u1", ONE, stamps=stamps).stamps
    second = counters.add(connection, "u1", ONE, stamps=stamps).stamps
    assert ["last_violation_at"] == list(second)
    assert first["last_violation_at"] < second["last_violation_at"]


def test_the_history_keeps_the_newest_actions(connect):
    """A key that is counted for years does not grow for years."""
    counters, connection = Counters("shield", history_max=3), connect()
    for number in range(5):
        counters.add(connection, "u1", ONE, action={"number": number})
    history = connection.execute("select history from hardening_counters").fetchone()[0]
    assert [2, 3, 4] == [entry["number"] for entry in history]
    assert all("at" in entry for entry in history)


def test_a_known_action_is_not_counted_again(connect):
    """A repeat, as queues and webhooks send it, changes nothing and says so."""
    counters, connection = Counters("shield"), connect()
    first = counters.add(connection, "u1", ONE, action_id="c1")
    again = counters.add(connection, "u1", ONE, action_id="c1")
    other = counters.add(connection, "u1", ONE, action_id="c2")
    assert [False, True, False] == [call.repeated for call in (first, again, other)]
    assert first.counts == again.counts
    assert 2 == other.counts["total_violations"]
    calls = {
        dict(sample.labels)["outcome"]: sample.value
        for measure in counters.measures()
        if measure.name == "hardening_counters_calls"
        for sample in measure.samples
    }
    assert {"counted": 2, "repeated": 1, "failed": 0} == calls


@pytest.mark.parametrize(
    ("increments", "options"),
    [
        ({"": 1}, {}),
        ({".": 1}, {}),
        ({"a..b": 1}, {}),
        ({"a.b.c.d.e.f": 1}, {}),
        ({"a": "1"}, {}),
        ({"a": None}, {}),
        ({"a": True}, {}),
        ({"a": 1}, {"action": {"text": "x" * 10_001}}),
        ({"a": 1}, {"action_id": "x" * 201}),
        ({"a\0b": 1}, {}),
        ({"ok": 1, "stamped.x.y": 1, "stamped": 1}, {}),
    ],
)
def test_what_cannot_be_counted_is_refused_and_changes_nothing(
    connect, increments, options
):
    """Bad input is typed, and never half a count."""
    events, connection = [], connect()
    counters = Counters("shield", listener=events.append)
    before = counters.add(connection, "u1", {"kept": 1}).counts
    with pytest.raises(InvalidCount) as caught:
        counters.add(connection, "u1", increments, **options)
    assert "shield" == caught.value.scope
    failures = [event for event in events if isinstance(event, CounterFailed)]
    assert [caught.value] == [failure.error for failure in failures]
    assert before == counters.add(connection, "u1", {}).counts


def test_a_number_that_json_does_not_have_is_refused(connect):
    """Not a number is not a number in the database, either."""
    with pytest.raises(ValueError, match="JSON compliant"):
        Counters("shield").add(connect(), "u1", {"a": float("nan")})


def test_many_who_count_at_once_lose_nothing(connect):
    """The same row, from eight connections."""
    counters, connections = Counters("hot"), [connect() for _ in range(8)]

    def add(worker):
        counters.add(connections[worker], "u1", ONE)

    def total():
        counted = counters.add(connections[0], "u1", {}).counts
        return counted.get("total_violations", 0)

    losses = lose_updates(add, total, workers=8, rounds=25)
    assert (200, 0) == (losses.counted, losses.lost)


def test_a_repeat_that_arrives_at_the_same_instant_is_counted_once(connect):
    """Eight deliveries of one action at once are one violation."""
    counters, connections = Counters("hot"), [connect() for _ in range(8)]

    def add(worker):
        counters.add(connections[worker], "u1", ONE, action_id="c1")

    lose_updates(add, lambda: 0, workers=8, rounds=3)
    assert 1 == counters.add(connections[0], "u1", {}).counts["total_violations"]


def test_callers_of_several_keys_do_not_deadlock(connect):
    """Keys are taken in one order, in whatever order the callers name them."""
    counters, connections = Counters("pairs"), [connect() for _ in range(4)]
    keys = ["a", "b", "c", "d"]

    def add(worker):
        named = keys if worker % 2 else keys[::-1]
        counters.add_each(connections[worker], {key: {"n": 1} for key in named})

    def total():
        return counters.add(connections[0], "a", {}).counts.get("n", 0)

    assert 0 == lose_updates(add, total, workers=4, rounds=15).lost


def test_several_keys_are_all_or_none(connect):
    """A refused key takes the others with it."""
    counters, connection = Counters("pairs"), connect()
    with pytest.raises(InvalidCount):
        counters.add_each(connection, {"a": {"n": 1}, "b": {"..": 1}})
    assert {} == counters.add(connection, "a", {}).counts


def test_a_row_that_is_kept_too_long_is_busy(connect):
    """A call waits for a bounded time, and its error may be tried again."""
    counters, holder, other = Counters("hot"), connect(), connect()
    counters.add(holder, "u1", ONE)
    # The function's own limit is 5 s; a test does not wait for it.
    other.execute("alter function hardening_count set lock_timeout = '20ms'")
    try:
        with holder.transaction():
            counters.add(holder, "u1", ONE)
            with pytest.raises(CounterBusy) as caught:
                counters.add(other, "u1", ONE)
    finally:
        other.execute("alter function hardening_count set lock_timeout = '5s'")
    assert caught.value.retryable


def test_two_transactions_in_a_circle_are_busy(connect):
    """A deadlock that callers make by themselves is typed as well."""
    counters, both = Counters("circle"), threading.Barrier(2)
    raised = []

    def cross(connection, mine, theirs):
        connection.execute("set deadlock_timeout = '20ms'")
        try:
            with connection.transaction():
                counters.add(connection, mine, {"n": 1})
                both.wait(30)
                counters.add(connection, theirs, {"n": 1})
        except CounterBusy as error:
            raised.append(error)

    other = threading.Thread(target=cross, args=(connect(), "a", "b"))
    other.start()
    cross(connect(), "b", "a")
    other.join()
    assert 1 == len(raised)


def test_counting_takes_part_in_the_callers_transaction(connect):
    """What is rolled back was not counted."""
    counters, connection = Counters("shield"), connect(autocommit=False)
    counters.add(connection, "u1", ONE)
    connection.rollback()
    assert {} == counters.add(connection, "u1", {}).counts


def test_sessions_of_sqlalchemy_count_as_well(counters_url, connect):
    """Sync and async sessions see the same counters."""
    connect()
    counters = Counters("orm")
    address = counters_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, poolclass=NullPool)
    with Session(engine) as session:
        counters.add(session, "u1", ONE, stamps=["at"], action={"note": "100 % :x"})
        session.commit()
    engine.dispose()

    async def scenario():
        engine = create_async_engine(address, poolclass=NullPool)
        async with AsyncSession(engine) as session:
            await counters.add_each_async(session, {"u1": ONE, "u2": ONE})
            counted = await counters.add_async(session, "u1", ONE)
            await session.commit()
        await engine.dispose()
        return counted.counts

    assert 3 == asyncio.run(scenario())["total_violations"]


def test_async_connections_of_psycopg_count_as_well(counters_url, connect):
    """A JSON document is a document, whatever loads it."""
    connect()

    async def scenario():
        connecting = psycopg.AsyncConnection.connect(counters_url, autocommit=True)
        async with await connecting as connection:
            return await Counters("async").add_async(connection, "u1", ONE)

    assert 1 == asyncio.run(scenario()).counts["severity_counts"]["medium"]


def test_a_slow_call_is_told(connect):
    """The founding plans want 15 ms; here every call is slower than the limit."""
    events = []
    counters = Counters("shield", slow_s=0, listener=events.append)
    counters.add(connect(), "u1", ONE)
    [event] = events
    assert isinstance(event, CounterSlow)
    assert ("counter_slow", "shield") == (event.event, event.subject)


def test_the_switch_turned_off_leaves_the_old_way(connect):
    """Off counts nothing, and the caller can tell."""
    counters, connection = Counters("shield", switch=lambda: False), connect()
    assert counters.add(connection, "u1", ONE) is None
    assert counters.add_each(connection, {"u1": ONE}) is None
    found = connection.execute("select count(*) from hardening_counters")
    assert (0,) == found.fetchone()


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("scope", {"scope": ""}),
        ("history_max", {"history_max": -1}),
        ("history_max", {"history_max": 1001}),
        ("slow_s", {"slow_s": -0.001}),
    ],
)
def test_a_wrong_setting_is_said_with_its_name(field, options):
    """Wrong configuration fails where it is made."""
    with pytest.raises(InvalidSetting, match=rf"Counters\.{field}"):
        Counters(**({"scope": "shield"} | options))


def test_without_the_migration_a_call_says_what_to_do(database_url):
    """Code that was deployed before its migration names it."""
    refused = pytest.raises(CounterNotInstalled, match="Apply the migrations")
    with psycopg.connect(database_url) as connection, refused:
        Counters("shield").add(connection, "u1", ONE)


def test_only_granted_roles_may_count(connect):
    """Nobody counts by default; who is granted may, and no longer after the undo."""
    admin, step = connect(), grants(["stranger"])

    def count_as_stranger():
        connection = connect()
        connection.execute("set role stranger")
        return Counters("shield").add(connection, "u1", ONE)

    with pytest.raises(CounterNotInstalled, match="permission denied for function"):
        count_as_stranger()
    for text in (step.apply, step.apply):
        admin.execute(text)
    assert not count_as_stranger().repeated
    for text in (step.undo, step.undo):
        admin.execute(text)
    with pytest.raises(CounterNotInstalled, match="permission denied for function"):
        count_as_stranger()


def test_a_table_of_the_same_name_elsewhere_is_not_counted_in(connect):
    """The function writes where it was installed, whatever the caller's search path."""
    connection = connect()
    connection.execute("create schema other")
    connection.execute("create table other.hardening_counters (trap int)")
    connection.execute("set search_path = other, public")
    assert not Counters("shield").add(connection, "u1", ONE).repeated
    connection.execute("drop schema other cascade")


def test_documents_are_sent_as_json(connect):
    """What an action holds arrives as it was, also odd text."""
    action = {"text": "ä \\ ' \" %s :x {y}", "list": [1, {"n": None}]}
    connection = connect()
    Counters("shield").add(connection, "u1", ONE, action=action)
    history = connection.execute("select history from hardening_counters").fetchone()[0]
    assert action == {name: history[0][name] for name in json.loads(json.dumps(action))}


def test_an_action_that_no_history_would_know_again_is_refused(connect):
    """It promises that a repeat changes nothing, and could not keep that."""
    counters, connection = Counters("shield", history_max=0), connect()
    with pytest.raises(InvalidSetting, match=r"action_id .* history_max of 0"):
        counters.add(connection, "u1", ONE, action_id="c-1")
    counted = counters.add(connection, "u1", ONE, action={"n": 1})
    assert 1 == counted.counts["total_violations"]
