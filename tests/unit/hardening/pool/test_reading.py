"""Reading: quick while the fields are what they were, right when they are not."""

import asyncio
from types import SimpleNamespace

import psycopg_pool
import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool

from hardening.pool import Gate, PoolExhausted, PoolReadSlowly, Use
from hardening.pool.reading import find_reader


class Renamed:
    """psycopg_pool after a release that renamed its fields: only the methods stayed."""

    name, max_size = "orders", 4

    def __init__(self, **stats):
        self.stats = {"pool_max": 4, "pool_size": 4, "pool_available": 4} | stats

    def get_stats(self):
        """Return what the public method returns."""
        return self.stats


class Misleading(Renamed):
    """Fields of the old names that now mean something else."""

    _nconns, _max_size, _pool, _waiting = 1, 4, (), ()


@pytest.mark.parametrize("pool", [Renamed(), Misleading()], ids=["gone", "misleading"])
def test_fields_that_do_not_agree_are_not_read(pool):
    """A new release of a library makes the gate slower, never wrong; and it says so."""
    events = []
    gate = Gate(pool, listener=events.append)
    assert [PoolReadSlowly(pool="orders", library="psycopg_pool")] == events
    gate.check()
    pool.stats |= {"pool_available": 1, "requests_waiting": 1}
    assert Use(3, 4, 1) == gate.use()
    with pytest.raises(PoolExhausted):
        gate.check()


def test_sqlalchemy_is_read_by_its_methods_too():
    """Without its fields an engine's pool is asked by `checkedout`."""
    pool = SimpleNamespace(checkedout=lambda: 4, size=lambda: 4)
    engine, events = SimpleNamespace(pool=pool), []
    gate = Gate(engine, name="orders", listener=events.append)
    assert [PoolReadSlowly(pool="orders", library="sqlalchemy")] == events
    assert Use(4, 4) == gate.use()
    with pytest.raises(PoolExhausted):
        gate.check()


def test_every_supported_pool_is_read_quickly():
    """Today's releases of both libraries, sync and async, are read by their fields."""
    engine = sqlalchemy.create_engine("sqlite://", poolclass=QueuePool)
    later = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert isinstance(later.pool, AsyncAdaptedQueuePool)
    kinds = (psycopg_pool.ConnectionPool, psycopg_pool.NullConnectionPool)
    pools = [kind("", min_size=0, max_size=3, open=False) for kind in kinds]

    async def of_asyncio():
        kind = psycopg_pool.AsyncConnectionPool
        return find_reader(kind("", min_size=0, max_size=3, open=False))

    found = [find_reader(pool) for pool in (*pools, engine, later)]
    found.append(asyncio.run(of_asyncio()))
    assert [True] * 5 == [one.quick for one in found]
    assert [3, 3, 15, 15, 3] == [one.reader.use().size for one in found]


def test_a_pool_that_is_resized_is_measured_by_its_new_size():
    """`resize` moves the limit: the share is taken of what may be had now."""
    pool = psycopg_pool.ConnectionPool("", min_size=0, max_size=4, open=False)
    gate = Gate(pool)
    pool._nconns = 4
    with pytest.raises(PoolExhausted):
        gate.check()
    pool._max_size = 8
    gate.check()
