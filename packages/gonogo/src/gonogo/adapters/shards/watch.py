"""
A worker's watch: says that it lives, and looks after the turns of those that do not.

One thread, one connection of its own, one round a second. When the database is away
the rounds fail, and go on as soon as it is back.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

import psycopg
import sqlalchemy as sa
from dbos import error as dbos_error

from gonogo.adapters.shards.care import Care, share
from gonogo.adapters.shards.chain import turn_id
from gonogo.adapters.shards.connection import connect, place
from gonogo.adapters.shards.held import HeldTurns
from gonogo.adapters.shards.workers import (
    DEAD_AFTER_S,
    Worker,
    beat,
    remove,
    workers,
)
from gonogo.model.shard import Shard

_log = logging.getLogger("gonogo.shards")

_ROUND_S = 1.0
_CARE_EVERY_S = 5.0
_CLEAR_EVERY_S = 60.0

# A round that came this late tells that this worker itself stood still, or that the
# database did: the silence of others says nothing until they had time to speak.
_STEADY_S = 2.5

# 'gngt': who holds this advisory lock looks after the turns.
_CARING = 0x676E6774

_TURNS = "SELECT shard, number, epoch FROM gonogo.turn"


@dataclass(slots=True)
class _Times:
    """When what was done last, by the monotonic clock."""

    round: float
    steady_since: float = 0.0
    care: float = 0.0
    clear: float = 0.0


class Watch:
    """
    The watch of one worker, from `start` to `stop`.

    Args:
        url: Of the database.
        name: The worker's.
        held: Its turns; those that others have taken over are lost here.
        care: Puts right what went astray.
        limit: Sets how many shards a worker may hold at most.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        held: HeldTurns,
        care: Care,
        limit: Callable[[int], None],
    ) -> None:
        self._url, self._name = url, name
        self._held, self._care, self._limit = held, care, limit
        self._connection: psycopg.Connection | None = None
        self._closing, self._stopped = Event(), Event()
        self._away = False
        self._limited_to: int | None = None
        self._times = _Times(round=time.monotonic())
        self._thread = Thread(target=self._watch, name="gonogo-watch", daemon=True)

    def start(self) -> None:
        """Begin the rounds."""
        self._thread.start()

    def closing(self) -> None:
        """Go on saying that this worker lives, but that it takes no more turns."""
        self._closing.set()

    def stop(self) -> None:
        """End the rounds, and take the worker off the list."""
        self._stopped.set()
        self._thread.join()
        if self._connection is not None and not self._away:
            try:
                remove(self._connection, self._name)
            except psycopg.Error as error:
                # The others find out by its silence.
                _log.warning("The worker stays on the list: %s", error)
        self._hang_up()

    def alive(self) -> bool:
        """Return whether the rounds go on."""
        return self._thread.is_alive()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                self._round()
            except (
                psycopg.Error,
                sa.exc.SQLAlchemyError,
                dbos_error.DBOSException,
            ) as error:
                self._lost(error)
            else:
                self._found()
            self._stopped.wait(_ROUND_S)

    def _round(self) -> None:
        connection = self._connected()
        known = beat(connection, self._name, closing=self._closing.is_set())
        self._note_time(known=known)
        self._lose_turns(connection)
        if not self._closing.is_set():
            self._look_after_others(connection)

    def _note_time(self, *, known: bool) -> None:
        """Note when this worker began to be steady: not before it was last late."""
        now = time.monotonic()
        late = now - self._times.round > _STEADY_S
        if not known:
            _log.warning("This worker stood still and was passed over; it goes on.")
        if late:
            self._times.steady_since = now
        self._times.round = now

    def _lose_turns(self, connection: psycopg.Connection) -> None:
        """Lose the turns that somebody else has taken over."""
        mine = [turn for turn in self._held.running() if turn.fence is not None]
        if not mine:
            return
        rows = connection.execute(_TURNS).fetchall()
        present = {Shard(shard): (number, epoch) for shard, number, epoch in rows}
        for turn in mine:
            # The fence is read once: a turn that just ends has none any more.
            fence = turn.fence
            if fence and present.get(turn.shard, (0, 0)) > (turn.number, fence.epoch):
                turn.lose()

    def _look_after_others(self, connection: psycopg.Connection) -> None:
        present = workers(connection)
        dead = [worker.name for worker in present if self._gives_up(worker)]
        alive = [worker for worker in present if worker.name not in dead]
        self._share_out(sum(not worker.closing for worker in alive))
        if dead or time.monotonic() - self._times.care > _CARE_EVERY_S:
            self._look(connection, dead=dead, alive=[worker.name for worker in alive])

    def _gives_up(self, worker: Worker) -> bool:
        """Return whether a worker is dead, and this one fit to say so."""
        steady_s = time.monotonic() - self._times.steady_since
        return worker.dead and steady_s > DEAD_AFTER_S and worker.name != self._name

    def _share_out(self, takers: int) -> None:
        limit = share(takers)
        if limit != self._limited_to:
            self._limit(limit)
            self._limited_to = limit

    def _look(
        self, connection: psycopg.Connection, *, dead: list[str], alive: list[str]
    ) -> None:
        """Put right what went astray, unless another worker is about it."""
        with connection.transaction():
            held = "SELECT pg_try_advisory_xact_lock(%s)"
            if connection.execute(held, (_CARING,)).fetchone() != (True,):
                return
            running = {turn_id(t.shard, t.number) for t in self._held.running()}
            self._care.look(alive=alive, running=running)
            if dead:
                _log.warning("Taken over from dead workers: %s", ", ".join(dead))
                remove(connection, *dead)
        self._times.care = now = time.monotonic()
        if now - self._times.clear > _CLEAR_EVERY_S:
            self._care.clear(datetime.now(UTC))
            self._times.clear = now

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = connect(self._url, autocommit=True)
        return self._connection

    def _lost(self, error: Exception) -> None:
        """Say once that the database is away; the next round connects anew."""
        self._hang_up()
        if not self._away:
            _log.warning("%s is out of reach: %s", place(self._url), error)
        self._away = True

    def _found(self) -> None:
        if self._away:
            _log.warning("%s is back.", place(self._url))
        self._away = False

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
