"""The pool's gate: what looking costs, and what an overrun is like with and without."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median
from threading import Barrier

import sqlalchemy
from psycopg_pool import ConnectionPool

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from gonogo.testing.postgres import private_postgres
from hardening.pool import Gate, PoolExhausted

SIZE, CALLERS, HELD_S, ROUNDS = 20, 300, 0.05, 5
STATS = "psycopg_pool get_stats and a comparison"
WITHOUT = "300 callers of 20 connections, without a gate: p99"
WITH = "300 callers of 20 connections, Gate.admit: p99"


def measure() -> Iterator[Row]:
    """Yield the cost of a look, then the waits of an overrun, paired."""
    yield from _looks()
    with private_postgres() as server, _pool(server.url()) as pool:
        yield from _overruns(pool)


def _looks() -> Iterator[Row]:
    """Yield what a check costs, on pools that are open to all."""
    pool = ConnectionPool("", min_size=0, max_size=SIZE, open=False)
    address = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    engine = sqlalchemy.create_engine(address, pool_size=15, max_overflow=5)
    gate, of_engine = Gate(pool), Gate(engine)

    def by_stats() -> bool:
        stats = pool.get_stats()
        free, most = stats["pool_available"], stats["pool_max"]
        return stats["pool_size"] - free >= 0.85 * most

    calls: dict[str, Callable[[], object]] = {
        STATS: by_stats,
        "Gate.check, psycopg_pool": gate.check,
        "Gate.check, SQLAlchemy": of_engine.check,
    }
    taken = timings(calls, number=10_000)
    for name in calls:
        is_ours = name != STATS
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=STATS if is_ours else None,
            ratio=taken.ratio(name, STATS) if is_ours else None,
            bar=Bar(Of.VALUE, most=200) if is_ours else None,
        )


@contextmanager
def _pool(url: str) -> Iterator[ConnectionPool]:
    """Give an open pool, all of its connections made."""
    with ConnectionPool(url, min_size=SIZE, max_size=SIZE, open=False) as pool:
        pool.wait()
        yield pool


def _overruns(pool: ConnectionPool) -> Iterator[Row]:
    """Yield the 99th percentile of both ways, and how many were rejected."""
    gates = (Gate(pool, threshold=1.0), Gate(pool))
    rounds = [[_overrun(pool, gate) for gate in gates] for _ in range(ROUNDS)]
    p99s = [[_p99(waits) for waits in both] for both in rounds]
    without_s, with_s = (median(column) for column in zip(*p99s, strict=True))
    yield Row(figure=WITHOUT, value=without_s * 1e3, unit="ms")
    yield Row(
        figure=WITH,
        value=with_s * 1e3,
        unit="ms",
        against=WITHOUT,
        ratio=median(ours / theirs for theirs, ours in p99s),
        bar=Bar(Of.RATIO, most=0.15),
    )
    rejected = gates[1].rejections / ROUNDS
    yield Row(figure="of them rejected at once", value=rejected, unit="callers")


def _overrun(pool: ConnectionPool, gate: Gate) -> list[float]:
    """Let all callers come at once; return how long each took, in seconds."""
    barrier = Barrier(CALLERS)

    def call() -> float:
        barrier.wait()
        started_s = time.perf_counter()
        try:
            with gate.admit(pool.connection) as connection:
                connection.execute("SELECT pg_sleep(%s)", (HELD_S,))
        except PoolExhausted:
            pass
        return time.perf_counter() - started_s

    with ThreadPoolExecutor(CALLERS) as threads:
        callers = [threads.submit(call) for _ in range(CALLERS)]
        return [caller.result() for caller in callers]


def _p99(waits: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(waits)[len(waits) * 99 // 100 - 1]
