"""The gate, on SQLAlchemy's own pool over SQLite: no server is needed to fill it."""

import logging
import pickle
from contextlib import ExitStack, contextmanager

import psycopg_pool
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.pool import NullPool, QueuePool

from hardening.core import InvalidSetting
from hardening.core.log import fields_of
from hardening.pool import Gate, PoolExhausted, PoolRecovered, PoolRejecting, Use
from hardening.testing import FakeClock, ScriptedEntropy


@pytest.fixture
def engine_of():
    """Give engines with a pool of so many connections; disposed of afterwards."""
    with ExitStack() as engines:

        def make(size, overflow=0):
            engine = sqlalchemy.create_engine(
                "sqlite://", poolclass=QueuePool, pool_size=size, max_overflow=overflow
            )
            engines.callback(engine.dispose)
            return engine

        yield make


@contextmanager
def borrowed(engine, count):
    """Hold so many connections."""
    with ExitStack() as held:
        for _ in range(count):
            held.enter_context(engine.connect())
        yield


def rejects(gate):
    """Tell whether a caller is rejected."""
    try:
        gate.check()
    except PoolExhausted:
        return True
    return False


@pytest.mark.parametrize(("count", "rejected"), [(16, False), (17, True), (18, True)])
@pytest.mark.parametrize("sizes", [(20, 0), (15, 5)], ids=["plain", "with overflow"])
def test_callers_are_rejected_from_85_percent_on(engine_of, sizes, count, rejected):
    """The last 15 % are kept free: of 20 connections the 17th is the last one lent."""
    engine = engine_of(*sizes)
    gate = Gate(engine)
    with borrowed(engine, count):
        assert rejected == rejects(gate)


@pytest.mark.parametrize(("count", "rejected"), [(6, False), (7, True)])
def test_a_threshold_means_what_it_says(count, rejected):
    """7 % of a hundred connections are seven, whatever 0.07 times 100 is in binary."""
    pool = psycopg_pool.ConnectionPool("", min_size=0, max_size=100, open=False)
    pool._nconns = count
    assert rejected == rejects(Gate(pool, threshold=0.07))


@given(size=st.integers(1, 60), percent=st.integers(1, 99))
def test_rejecting_begins_exactly_at_the_share(size, percent):
    """A pool is "used up to a share" when used * 100 >= percent * size, in integers."""
    pool = psycopg_pool.ConnectionPool("", min_size=0, max_size=size, open=False)
    gate = Gate(pool, threshold=percent / 100)
    for used in range(size + 1):
        pool._nconns = used
        assert (used * 100 >= percent * size) == rejects(gate)


def test_who_waits_in_the_pool_s_own_queue_counts():
    """A pool that still grows has free places, and callers who will take them."""
    pool = psycopg_pool.ConnectionPool("", min_size=0, max_size=10, open=False)
    gate = Gate(pool)
    pool._nconns = 5
    assert not rejects(gate)
    pool._waiting.extend([None] * 4)
    assert rejects(gate)
    assert Use(in_use=5, size=10, waiting=4) == gate.use()


def test_at_a_threshold_of_one_nobody_is_rejected(engine_of):
    """1.0 disables the gate, as the founding plan has it."""
    engine = engine_of(2)
    with borrowed(engine, 2):
        assert not rejects(Gate(engine, threshold=1.0))


def test_a_gate_that_is_switched_off_lets_everybody_in(engine_of):
    """The switch is asked at each call: a rollout is taken back without a restart."""
    engine, flag = engine_of(2), {"on": True}
    gate = Gate(engine, switch=lambda: flag["on"])
    with borrowed(engine, 2):
        assert rejects(gate)
        flag["on"] = False
        assert not rejects(gate)


def test_a_connection_that_comes_back_is_lent_at_once(engine_of):
    """There is no hysteresis: the gate has no memory."""
    engine = engine_of(1)
    gate = Gate(engine)
    for _ in range(3):
        with gate.admit(engine.connect) as connection:
            assert 1 == connection.scalar(sqlalchemy.text("SELECT 1"))
            with pytest.raises(PoolExhausted), gate.admit(engine.connect):
                pass


def test_the_gate_sees_the_pool_that_replaced_another(engine_of):
    """`Engine.dispose` makes a new pool, which the gate goes on to watch."""
    engine = engine_of(1)
    gate = Gate(engine)
    engine.dispose()
    with borrowed(engine, 1):
        assert Use(in_use=1, size=1) == gate.use()
        assert rejects(gate)


def test_the_error_says_what_was_seen_and_what_to_do(engine_of):
    """Whoever reads the log at night knows which pool, how full, and what now."""
    engine = engine_of(2)
    gate = Gate(engine, name="orders", entropy=ScriptedEntropy([0.25]))
    with borrowed(engine, 2), pytest.raises(PoolExhausted) as raised:
        gate.check()
    assert 1.5 == raised.value.retry_after_s
    assert 503 == raised.value.status
    assert (
        "Pool 'orders' has 2 of 2 connections out and 0 callers waiting. Come back in "
        "1.5 s; if this lasts, look for slow queries, or give the pool more connections."
    ) == str(raised.value)
    copy = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own
    assert str(raised.value) == str(copy)


def test_rejecting_is_told_at_its_beginning_and_at_its_end(engine_of):
    """Two events frame an overload, however many callers it turned away."""
    engine, clock, events = engine_of(1), FakeClock(), []
    gate = Gate(engine, name="orders", clock=clock, listener=events.append)
    with borrowed(engine, 1):
        for _ in range(3):
            assert rejects(gate)
            clock.advance(1)
    clock.advance(8.5)
    gate.check()
    assert gate.is_rejecting
    clock.advance(0.5)
    gate.check()
    gate.check()
    assert [
        PoolRejecting(pool="orders", use=Use(1, 1), rejected=1),
        PoolRecovered(pool="orders", rejected=3, rejecting_s=2.0),
    ] == events
    assert not gate.is_rejecting


def test_events_fit_the_log():
    """An event names itself, its level and its subject, as every listener expects."""
    events = (
        PoolRejecting(pool="orders", use=Use(17, 20, 3), rejected=1),
        PoolRecovered(pool="orders", rejected=3, rejecting_s=2.0),
    )
    names = [(e.event, e.level, e.subject) for e in events]
    warning, info = logging.WARNING, logging.INFO
    assert [
        ("pool_rejecting", warning, "orders"),
        ("pool_recovered", info, "orders"),
    ] == names
    assert Use(17, 20, 3) == fields_of(events[0])["use"]


def test_measures_show_use_rejections_and_waits(engine_of):
    """A dashboard sees how full the pool is, whom it rejected, and who waited."""
    engine, clock = engine_of(2), FakeClock()
    gate = Gate(engine, name="orders", clock=clock)

    def slowly():
        clock.advance(0.2)
        return engine.connect()

    with gate.admit(slowly), borrowed(engine, 1):
        assert rejects(gate)
        read = {m.name: m.samples[0] for m in gate.measures()}
    assert all((("pool", "orders"),) == sample.labels for sample in read.values())
    values = {name.removeprefix("hardening_pool_"): s.value for name, s in read.items()}
    waits = values.pop("wait_seconds")
    assert (1, 0.2) == (waits.count, waits.total)
    assert {
        "connections_in_use": 2,
        "connections_max": 2,
        "waiting": 0,
        "rejections": 1,
    } == values
    assert 1 == gate.rejections


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("threshold", 0),
        ("threshold", 1.01),
        ("threshold", "0.85"),
        ("retry_after_s", None),
        ("retry_spread_s", "2"),
        ("threshold", float("nan")),
        ("retry_after_s", 0),
        ("retry_after_s", float("inf")),
        ("retry_spread_s", -1),
    ],
)
def test_wrong_settings_are_refused_by_name(engine_of, setting, value):
    """What cannot work is refused where it is made."""
    with pytest.raises(InvalidSetting, match=rf"Gate\.{setting} must be"):
        Gate(engine_of(1), **{setting: value})


def test_a_pool_without_a_limit_is_refused(engine_of):
    """A share of infinity is reached by nobody; a gate there would be a promise."""
    unbounded = engine_of(5, overflow=-1)
    null = sqlalchemy.create_engine("sqlite://", poolclass=NullPool)
    for pool in (unbounded, null, object()):
        with pytest.raises(InvalidSetting, match=r"Gate\.pool must be a pool"):
            Gate(pool)


def test_a_refused_pool_does_not_show_its_address():
    """An engine's text holds its address; the error names the class alone."""
    engine = sqlalchemy.create_engine("sqlite:///secret-place", poolclass=NullPool)
    with pytest.raises(InvalidSetting) as raised:
        Gate(engine)
    assert "secret-place" not in str(raised.value)
    assert "sqlalchemy.engine.base.Engine" in str(raised.value)
