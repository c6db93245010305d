"""Journal: what one durable append costs, and how fast a journal is read and verified."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import Timings, timings
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.adapters.journals.sqlite import SqliteJournal
from gonogo.model.encoding import encode_event
from gonogo.model.event import StepStarted
from gonogo.model.identifiers import RolloutId, StepId
from gonogo.model.sealing import canonical
from gonogo.model.shard import SHARDS, Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.journal import Append, Journal
from gonogo.testing.postgres import private_postgres

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ROLLOUT = RolloutId("bench")
EVENT = StepStarted(at=NOON, step=StepId("stage-1/step-1"))
FLOOR = "sqlite3 insert and commit"
APPEND = "SqliteJournal.append, one event"
GROUP = "SqliteJournal.append, ten events"
STORED = 10_000
BATCH = 64


def measure() -> Iterator[Row]:
    """Yield appends beside a bare insert of the same bytes (WAL, FULL), then bulk."""
    # In build/, not in the system's temporary folder, which may be memory: a sync of
    # memory costs nothing, and the sync is what is measured here.
    build = Path(__file__).parents[1] / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        yield from _appends(Path(folder))
        yield from _bulk(Path(folder))
        with SqliteJournal(Path(folder) / "batch.db") as journal:
            yield from _batches("SqliteJournal", journal)
    with private_postgres() as server, PostgresJournal(server.url()) as shared:
        # Its commits wait for the log, which this server does not sync.
        yield from _batches("PostgresJournal, server without fsync", shared)


def _appends(folder: Path) -> Iterator[Row]:
    """Yield what durable appends cost."""
    with (
        SqliteJournal(folder / "one.db") as one,
        SqliteJournal(folder / "ten.db") as ten,
    ):
        taken = timings(
            {
                FLOOR: _floor(folder / "floor.db"),
                APPEND: _Append(one, 1),
                GROUP: _Append(ten, 10),
            },
            rounds=60,
            number=25,
        )
    yield Row(figure=FLOOR, value=taken.median_ns(FLOOR) / 1000, unit="µs")
    yield _append_row(taken, APPEND, Bar(Of.RATIO, most=1.5))
    yield _append_row(taken, GROUP, None)


def _append_row(taken: Timings, name: str, bar: Bar | None) -> Row:
    """Return the row of one kind of append."""
    ratio, value = taken.ratio(name, FLOOR), taken.median_ns(name) / 1000
    return Row(figure=name, value=value, unit="µs", against=FLOOR, ratio=ratio, bar=bar)


def _floor(path: Path) -> "_Insert":
    """Return an insert of the same bytes, written by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, body BLOB)")
    return _Insert(connection, canonical(encode_event(EVENT)))


class _Insert:
    """Inserts one row in a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, body: object) -> None:
        self._connection, self._body = connection, body

    def __call__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO record (body) VALUES (?)", (self._body,))
        self._connection.execute("COMMIT")


class _Append:
    """Appends a number of events behind those it appended before."""

    def __init__(self, journal: SqliteJournal, events: int) -> None:
        self._journal, self._events = journal, (EVENT,) * events
        self._after = count(0, events)

    def __call__(self) -> None:
        self._journal.append(
            ROLLOUT, self._events, after=next(self._after), recorded_at=NOON
        )


def _bulk(folder: Path) -> Iterator[Row]:
    """Yield how many records a second are read back, and verified."""
    with SqliteJournal(folder / "bulk.db") as journal:
        _Append(journal, STORED)()
        taken = timings(
            {
                "SqliteJournal.read": lambda: journal.read(ROLLOUT),
                "SqliteJournal.verify": lambda: journal.verify(ROLLOUT),
            },
            rounds=5,
            number=1,
        )
    for name in taken.rounds:
        rate = STORED / (taken.median_ns(name) / 1e9)
        yield Row(figure=f"{name}, {STORED:,} records", value=rate, unit="records/s")


def _batches(name: str, journal: Journal) -> Iterator[Row]:
    """Yield what one tick of many rollouts costs: an event and a standing each."""
    batch, rounds = _Batch(journal), 40
    batch()
    started, busy = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        batch()
    events = BATCH * rounds
    rate = events / (time.perf_counter() - started)
    cpu_us = (time.process_time() - busy) / events * 1e6
    figure = f"{name}, append_all of {BATCH} rollouts"
    bar = Bar(Of.VALUE, least=333)  # what 10,000 rollouts with a tick each 30 s need
    yield Row(figure=figure, value=rate, unit="appends/s", bar=bar)
    yield Row(figure=f"{figure}: own CPU", value=cpu_us, unit="µs an append")


class _Batch:
    """Appends an event to each of `BATCH` rollouts, fenced, with one commit."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._after = journal, count()
        self._rollouts = [RolloutId(f"bench-{number}") for number in range(BATCH)]
        taken = journal.next_epochs([Shard(number) for number in range(SHARDS)])
        self._fences = {fence.shard: fence for fence, _ in taken}

    def __call__(self) -> None:
        after = next(self._after)
        appends = [self._append(rollout, after) for rollout in self._rollouts]
        answers = self._journal.append_all(appends)
        assert all(isinstance(each, tuple) for each in answers)  # noqa: S101

    def _append(self, rollout: RolloutId, after: int) -> Append:
        standing = Standing(
            rollout=rollout,
            service=rollout,
            environment="production",
            title="Switch over",
            digest="sha256:0",
            phase="running",
            started_at=NOON,
            due=NOON + timedelta(seconds=after),
        )
        return Append(
            rollout=rollout,
            events=(EVENT,),
            after=after,
            recorded_at=NOON,
            standing=standing,
            fence=self._fences[shard_of(rollout)],
        )
