"""
Shards shared out among many workers over PostgreSQL, by DBOS.

DBOS answers one question: who has the next turn at a shard. A turn is a workflow that
does nothing but wait; the rollouts are run by the engine's own thread, between `taken`
and `leave`. Turns wait in a queue with a partition for each shard, one at a time in
each, and each enqueues the next (see `chain`). The rest is ours: who is alive
(`workers`), and what happens to the turns of who is not (`care`).

Facts of DBOS 3.4 that shape this:

- It never recovers another worker's workflows by itself; `care` resumes them.
- After a lost connection its own calls wait and try again, for longer each time, up to
  a minute. Whatever must not wait goes through a client that does not try again.
- A turn that another worker has taken over keeps its thread here until it ends there.
- One instance a process, and 1 s at least to shut down.
- Its console logger is installed only where nobody has set up logging for it.
"""

import logging
import random
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event
from typing import TypeAlias, TypeVar
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig
from dbos import error as dbos_error

from gonogo.adapters.shards.care import Care, set_share
from gonogo.adapters.shards.chain import (
    APPLICATION,
    VERSION,
    WORKFLOW,
    Chain,
    create_turns,
)
from gonogo.adapters.shards.connection import connect, out_of_reach, unusable
from gonogo.adapters.shards.errors import ShardsUnusable
from gonogo.adapters.shards.held import HeldTurns, Turn
from gonogo.adapters.shards.watch import Watch
from gonogo.adapters.shards.workers import beat, create_workers
from gonogo.model.shard import SHARDS, Fence, Shard
from gonogo.ports.journal import JournalUnavailable
from gonogo.ports.shards import Epochs, Taker

_log = logging.getLogger("gonogo.shards")

_R = TypeVar("_R")

# Between two tries while the database is away, and between two questions whether an
# action has ended.
_AGAIN_S = 0.5
_ASK_AGAIN_S = 0.1

# How long a worker that ends waits for a database that is away. What it could not pass
# on is found by the others.
_PATIENCE_S = 10

# 'gngc': who holds this advisory lock creates the tables.
_CREATING = 0x676E6763

# DBOS asks for a few at a time: the queue, its background job, turns that end.
_POOL = 8

# A turn that was taken away while this worker stood still is parked by DBOS, on its
# thread, until whoever has it now ends it. Should that one die, all turns come back here
# and need a thread each beside those: so many times within a turn. They are begun only
# when needed.
_THREADS = 16 * SHARDS

# A worker that stands still while it joins has its session ended like any other, and a
# server may restart just then: so often is it tried before a person is told.
_TRIES = 3
_LOST = (psycopg.OperationalError, sa.exc.OperationalError)
_REFUSED = (psycopg.Error, sa.exc.DBAPIError, dbos_error.DBOSException)

_AWAY = (sa.exc.DBAPIError, sa.exc.TimeoutError, psycopg.Error, JournalUnavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    How quickly turns change hands; both in seconds.

    Attributes:
        turn_s: A turn, more or less by a fifth so that not all change at once. Each
            change of hands costs the states of the rollouts; a new worker waits about
            as long for its share.
        poll_s: Between two looks at the queue: how long a shard is in nobody's hands
            when its turn changes.
    """

    turn_s: float = 60.0
    poll_s: float = 0.25


@dataclass(frozen=True, slots=True)
class _Opened:
    """What there is from `open` to `close`."""

    dbos: DBOS
    engine: sa.Engine
    client: DBOSClient
    chain: Chain
    held: HeldTurns
    watch: Watch


# What a turn waits for that is handed out early; None: it came to nothing.
_Opening: TypeAlias = Future[_Opened | None]


class DbosShards:
    """
    Implements `ports.shards.Shards` for one of many workers of a database.

    Args:
        url: Of the database, as libpq takes it. DBOS keeps its tables in the schema
            `dbos`, this adapter its own in `gonogo`.
        epochs: The journal in the same database; used by one thread at a time.
        pace: How quickly turns change hands.
    """

    def __init__(self, url: str, epochs: Epochs, *, pace: Pace | None = None) -> None:
        self._url, self._epochs = url, epochs
        self._pace = pace or Pace()
        self._name = f"{socket.gethostname()}-{uuid4().hex[:8]}"
        self._closing, self._pause = Event(), Event()
        self._failed = False
        self._opened: _Opened | None = None

    def open(self, taker: Taker) -> None:
        """
        Create what is missing in the database, and join the workers there.

        Raises:
            ShardsUnusable: The database cannot be reached or written.
        """
        self._opened = self._tried(taker)
        self._opened.watch.start()

    def fenced_off(self, fence: Fence) -> None:
        """End the turn of a fence that no longer holds."""
        if self._opened is not None:
            self._opened.held.drop(fence)

    def close(self) -> None:
        """End every turn as soon as nothing is under way in it, and pass it on."""
        if self._opened is None or self._closing.is_set():
            return
        self._closing.set()
        opened = self._opened
        # What `DBOS.destroy` begins with, done early: a turn that was passed on here
        # must not be handed straight back.
        for stop in opened.dbos.background_thread_stop_events:
            stop.set()
        opened.watch.closing()
        opened.held.end_all()
        opened.held.wait_for_none()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_PATIENCE_S)
        opened.watch.stop()
        opened.client.destroy()
        opened.engine.dispose()

    def alive(self) -> bool:
        """Return whether turns are given, be it only when the database is back."""
        opened = self._opened
        return opened is not None and not self._failed and opened.watch.alive()

    def _tried(self, taker: Taker) -> _Opened:
        """Join, again and again if the connection is lost on the way."""
        tried = 0
        while True:
            try:
                return self._joined(taker)
            except _REFUSED as error:
                tried += 1
                if tried == _TRIES or not isinstance(error, _LOST):
                    raise _told(self._url, error) from error

    def _joined(self, taker: Taker) -> _Opened:
        """Create what is missing and start DBOS, or leave nothing of it behind."""
        engine, opening = _engine(self._url), _Opening()
        try:
            with connect(self._url, autocommit=True) as connection:
                _prepare(connection, self._name)
            opened = self._launch(engine, HeldTurns(taker), opening)
        except BaseException:
            opening.set_result(None)
            DBOS.destroy(destroy_registry=True)
            engine.dispose()
            raise
        opening.set_result(opened)
        return opened

    def _launch(self, engine: sa.Engine, held: HeldTurns, opening: _Opening) -> _Opened:
        """Start DBOS, and return what stands around it."""
        _quieten()
        dbos = DBOS(config=_config(engine, self._name))
        workflow = self._workflow(opening)
        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(workflow)
        DBOS.launch()
        client = DBOSClient(
            system_database_engine=engine,
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        chain = Chain(engine, client, self._epochs)
        watch = Watch(
            self._url,
            self._name,
            held=held,
            care=Care(self._name, client, chain),
            limit=lambda limit: set_share(
                client, limit=limit, poll_s=self._pace.poll_s
            ),
        )
        return _Opened(dbos, engine, client, chain, held, watch)

    def _workflow(self, opening: _Opening) -> Callable[[int, int], None]:
        """Return what DBOS calls for each turn, on a thread of its own."""

        def turn(shard: int, number: int) -> None:
            try:
                # DBOS hands out turns while it is still being launched. Should that
                # fail, the others find a chain that broke off.
                opened = opening.result()
                if opened is not None:
                    self._turn(opened, Shard(shard), number)
            except Exception:
                # A taker that fails is a defect: whoever started this worker ends it.
                _log.exception("A turn at shard %d failed.", shard)
                self._failed = True
                raise

        return turn

    def _turn(self, opened: _Opened, shard: Shard, number: int) -> None:
        """Take a shard, wait, let it go, and pass it on: whoever may have it next."""
        turn = opened.held.begin(shard, number)
        try:
            fence = None if self._closing.is_set() else self._take(opened, turn)
            if fence is not None:
                turn.wait(self._length_s())
                self._let_go(opened, turn, fence)
            # Also of a turn that was lost: the chain knows whose it is to move on.
            self._persist(lambda: opened.chain.pass_on(shard, number, fence))
        finally:
            opened.held.done(turn)

    def _take(self, opened: _Opened, turn: Turn) -> Fence | None:
        """Take the shard over; return None when the turn is past."""
        claimed = self._persist(lambda: opened.chain.claim(turn.shard, turn.number))
        if claimed is None:
            return None
        fence, clean = claimed
        opened.held.take(turn, fence, clean=clean)
        return fence

    def _let_go(self, opened: _Opened, turn: Turn, fence: Fence) -> None:
        """Ask the taker until nothing is under way, and say that it was left clean."""
        while not opened.held.leave(turn):
            self._pause.wait(_ASK_AGAIN_S)
        if not turn.lost:
            self._persist(lambda: opened.chain.left(fence))

    def _persist(self, attempt: Callable[[], _R]) -> _R | None:
        """Do what needs the database as soon as it can be done; None when given up."""
        ends = float("inf")
        while True:
            try:
                return attempt()
            except _AWAY as error:
                if self._closing.is_set():
                    ends = min(ends, time.monotonic() + _PATIENCE_S)
                if time.monotonic() >= ends:
                    _log.warning("A turn was left to the other workers: %s", error)
                    return None
                self._pause.wait(_AGAIN_S)

    def _length_s(self) -> float:
        return self._pace.turn_s * random.uniform(0.8, 1.2)  # noqa: S311


def _told(url: str, error: Exception) -> ShardsUnusable:
    """Return the error for a person."""
    if isinstance(error, _LOST):
        return out_of_reach(url, error)
    remedy = "Check that the role may create schemas and tables there."
    return unusable(url, error, remedy)


def _prepare(connection: psycopg.Connection, name: str) -> None:
    """Create what is ours, once however many workers begin, and join them."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_CREATING,))
        connection.execute("CREATE SCHEMA IF NOT EXISTS gonogo")
        create_workers(connection)
        create_turns(connection)
    beat(connection, name, closing=False)


def _engine(url: str) -> sa.Engine:
    """Return a pool of connections with limits on every wait."""
    return sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url, autocommit=False),
        pool_size=_POOL,
        max_overflow=0,
    )


def _config(engine: sa.Engine, name: str) -> DBOSConfig:
    """Return how DBOS is run: as a part, which tells nobody outside and logs to us."""
    return DBOSConfig(
        name=APPLICATION,
        system_database_engine=engine,
        executor_id=name,
        application_version=VERSION,
        max_executor_threads=_THREADS,
        # Nothing here waits for a notification; its thread would wake 100 times a second.
        use_listen_notify=False,
        notification_listener_polling_interval_sec=0.5,
        scheduler_polling_interval_sec=3600.0,
        enable_otlp=False,
        # Below that it repeats for each poll that the database is away; we say so once.
        log_level="ERROR",
    )


def _quieten() -> None:
    """Let DBOS log where this process does; it would set up the console otherwise."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
