"""Locks and counters: what 16 processes lose on one row, and what a lock costs."""

from collections.abc import Iterator
from statistics import mean, quantiles
from typing import Any

import psycopg
from psycopg.rows import dict_row

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening.updaters import run_together
from benchmarks.paired import timings
from gonogo.testing.postgres import private_postgres
from hardening.counters import migrations
from hardening.locks import Locks

PROCESSES, UPDATES = 16, 100_000
UNLOCKED_UPDATES = 1_600
NONE_LOST = Bar(Of.VALUE, most=0)
# The alarm that the roll-outs of this feature set.
WAITED = Bar(Of.VALUE, most=100)
TABLE = "create table contacts (id int primary key, score int not null default 0)"
BY_HAND = "psycopg by hand: begin, lock_timeout, for update, commit"
OURS = "Locks.row"


def measure() -> Iterator[Row]:
    """Yield what is lost without a lock, with one, and by the counter function."""
    with private_postgres() as server:
        url = server.url()
        with psycopg.connect(url, autocommit=True) as connection:
            _prepare(connection)
            yield from _without(connection, url)
            yield from _with_lock(connection, url)
            yield from _with_counter(connection, url)
            yield from _overhead(connection)


def _prepare(connection: "psycopg.Connection[Any]") -> None:
    """Make the tables."""
    connection.execute(TABLE)
    connection.execute("insert into contacts values (1)")
    for step in migrations():
        connection.execute(step.apply)


def _without(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what is lost without a lock: that the load is one that loses."""
    each = UNLOCKED_UPDATES // PROCESSES
    run_together(url, "unlocked", processes=PROCESSES, times=each)
    lost = UNLOCKED_UPDATES - _score(connection)
    yield Row(
        figure="read, change, write without a lock: lost",
        value=100 * lost / UNLOCKED_UPDATES,
        unit="%",
    )


def _with_lock(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what is lost under a row lock, and how long it is waited for."""
    connection.execute("update contacts set score = 0")
    each = UPDATES // PROCESSES
    waits = run_together(url, "locked", processes=PROCESSES, times=each)
    yield Row(
        figure="Locks.row, 16 processes, one row: lost of 100,000",
        value=UPDATES - _score(connection),
        unit="updates",
        bar=NONE_LOST,
    )
    yield Row(
        figure="Locks.row, 16 processes, one row: wait, p95",
        value=1e3 * quantiles(waits, n=20)[-1],
        unit="ms",
        bar=WAITED,
    )
    yield Row(
        figure="Locks.row, 16 processes, one row: wait, longest",
        value=1e3 * max(waits),
        unit="ms",
    )


def _with_counter(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what the counter function loses, and how long a call takes."""
    each = UPDATES // PROCESSES
    calls = run_together(url, "counted", processes=PROCESSES, times=each)
    found = connection.execute(
        "select (counts ->> 'total_violations')::int, "
        "(counts #>> '{severity_counts,medium}')::int from hardening_counters"
    ).fetchone()
    yield Row(
        figure="Counters.add, 16 processes, one key: lost of 100,000",
        value=UPDATES - min(found or (0,)),
        unit="updates",
        bar=NONE_LOST,
    )
    yield Row(
        figure="Counters.add, 16 processes, one key: a call, mean",
        value=1e3 * mean(calls),
        unit="ms",
    )


def _overhead(connection: "psycopg.Connection[Any]") -> Iterator[Row]:
    """Yield what a lock that nobody else wants costs, beside the same by hand."""
    locks = Locks()

    def ours() -> None:
        with locks.row(connection, "contacts", 1):
            pass

    def by_hand() -> None:
        with connection.transaction():
            connection.execute("select set_config('lock_timeout', '5s', true)")
            with connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute("select * from contacts where id = %s for update", [1])
                cursor.fetchone()

    taken = timings({BY_HAND: by_hand, OURS: ours}, rounds=15, number=100)
    for name in (BY_HAND, OURS):
        peer = None if name == BY_HAND else BY_HAND
        yield Row(
            figure=f"an uncontended lock: {name}",
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=peer,
            ratio=taken.ratio(name, peer) if peer else None,
        )


def _score(connection: "psycopg.Connection[Any]") -> int:
    """Return the number that was counted."""
    found = connection.execute("select score from contacts").fetchone()
    return int(found[0]) if found else 0
