"""
The journal in PostgreSQL, for many machines: durable at every commit, fenced by shard.

A server that dies and comes back costs time and nothing else: every call goes on trying
for a while. An append whose commit was cut off looks, on the next connection, whether
it had gone through, so that it is never taken for failed when it was kept.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from psycopg import Connection, Pipeline
from psycopg.errors import UniqueViolation

from gonogo.adapters.journals import postgres_rows as rows
from gonogo.adapters.journals.chain import StoredRecord, damages
from gonogo.adapters.journals.judging import Held, Judged, Known, appended, judged
from gonogo.adapters.journals.postgres_connection import (
    PATIENCE_S,
    Overtaken,
    PostgresConnection,
)
from gonogo.adapters.journals.postgres_listening import Listening
from gonogo.adapters.journals.postgres_schema import CHANNEL, prepare
from gonogo.adapters.journals.stored import heard_of, readable, received_of, record_of
from gonogo.model.command import Sent
from gonogo.model.encoding import encode_command
from gonogo.model.identifiers import THE_LINE, RolloutId
from gonogo.model.record import Record
from gonogo.model.sealing import canonical
from gonogo.model.shard import Fence, Shard
from gonogo.model.standing import Standing
from gonogo.ports.journal import (
    Append,
    Appended,
    Damage,
    Journal,
    Received,
    Snapshot,
    Unread,
)

R = TypeVar("R")

# Whoever sends holds this advisory lock until the commit: numbers then come in the
# order of the commits, and a reader that goes on behind the last one misses none.
_SENDING = 0x676E6770


class PostgresJournal(Journal):
    """
    Implements `ports.journal.Journal`; thread-safe.

    Args:
        url: Of the database, as libpq takes it.
        schema: Where its tables are; one journal a schema.
        create: Whether a database without a journal gets one.
        patience_s: How long a call goes on trying while the server is away.

    Attributes:
        place: Names the database; never holds the password.

    Raises:
        JournalOutOfReach: The server cannot be reached now.
        JournalTooNew: A later version of gonogo made the tables.
        JournalUnusable: The address is none, or the server refuses.
    """

    def __init__(
        self,
        url: str,
        *,
        schema: str = "gonogo",
        create: bool = True,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._url, self._schema = url, schema
        self._connection = PostgresConnection(url, schema=schema, patience_s=patience_s)
        self.place = self._connection.place

        def prepared(connection: Connection) -> None:
            prepare(connection, place=self.place, schema=schema, create=create)

        try:
            self._connection.run(prepared)
        except BaseException:
            self.close()
            raise

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Add to many rollouts with one commit; durable on return."""
        if not appends:
            return ()
        return self._connection.run(_Batch(appends).run)

    def read(
        self, rollout: RolloutId, *, after: int = 0, most: int | None = None
    ) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first, at `most` so many."""

        def stored(connection: Connection) -> tuple[StoredRecord, ...]:
            return rows.records(connection, rollout, after=after, most=most)

        found = self._reading(stored)
        return tuple(record_of(self.place, rollout, each) for each in found)

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, or had one, oldest first."""
        return self._named("SELECT rollout FROM head ORDER BY number")

    def standings(
        self, *, under_way: bool = False, shard: Shard | None = None
    ) -> tuple[Standing, ...]:
        """Return the standings that were kept, by the age of their rollouts."""

        def stored(connection: Connection) -> Sequence[tuple[str, bytes]]:
            return rows.standings(connection, under_way=under_way, shard=shard)

        return tuple(self._standing(*row) for row in self._reading(stored))

    def without_standing(self) -> tuple[RolloutId, ...]:
        """Return the rollouts of which no standing was kept, oldest first."""
        return self._named(
            "SELECT rollout FROM head WHERE rollout NOT IN "
            "(SELECT rollout FROM standing) ORDER BY number"
        )

    def snapshot(self, rollout: RolloutId) -> Snapshot | None:
        """Return the last snapshot that was kept, or None."""

        def stored(connection: Connection) -> tuple[int, str, bytes] | None:
            query = "SELECT seq, form, body FROM snapshot WHERE rollout = %s"
            return connection.execute(query, (rollout,), binary=True).fetchone()

        row = self._reading(stored)
        return None if row is None else Snapshot(seq=row[0], form=row[1], body=row[2])

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """Take shards over: from now on only these fences, or later ones, hold."""

        def take(connection: Connection) -> tuple[tuple[Fence, bool], ...]:
            # Done twice after a broken commit, it says 'not clean', which is safe.
            with _committed(connection):
                return rows.next_epochs(connection, shards)

        return self._connection.run(take)

    def holds(self, fence: Fence) -> bool:
        """Return whether a fence is the last of its shard still."""

        def epoch(connection: Connection) -> tuple[int] | None:
            query = "SELECT epoch FROM shard WHERE shard = %s"
            return connection.execute(query, (fence.shard,)).fetchone()

        return self._reading(epoch) == (fence.epoch,)

    def left(self, fences: Sequence[Fence]) -> None:
        """Mark shards as left with nothing under way; one transaction."""

        def mark(connection: Connection) -> None:
            with _committed(connection):
                connection.execute(
                    "UPDATE shard SET clean = true FROM unnest(%s::smallint[], "
                    "%s::bigint[]) AS fence (shard, epoch) "
                    "WHERE shard.shard = fence.shard AND shard.epoch = fence.epoch",
                    ([each.shard for each in fences], [each.epoch for each in fences]),
                )

        self._connection.run(mark)

    def send(self, rollout: RolloutId, command: Sent) -> None:
        """Keep a person's command for the runner of a rollout; durable on return."""
        body = canonical(encode_command(command))
        token = uuid4()  # by which a command is known that is sent again after a loss

        def put(connection: Connection) -> None:
            with _committed(connection), connection.pipeline():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SENDING,))
                connection.execute(
                    "INSERT INTO inbox (rollout, body, token) VALUES (%s, %b, %s) "
                    "ON CONFLICT (token) DO NOTHING",
                    (rollout, body, token),
                )
                connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))

        self._connection.run(put)

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        found = self._waiting("rollout = %s", rollout)
        return tuple(received_of(self.place, *row) for row in found)

    def received_since(
        self, number: int, *, most: int
    ) -> tuple[Received | Unread, ...]:
        """Return the next commands not consumed yet, of all rollouts, behind `number`."""
        found = self._waiting("number > %s", number, most=most)
        return tuple(heard_of(self.place, *row) for row in found)

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""

        def found(connection: Connection) -> tuple[Damage, ...]:
            # Both reads of the same moment: a runner may be appending.
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            stored = rows.records(connection, rollout)
            last, link = rows.head(connection, rollout)
            return damages(rollout, stored, last=last, link=link)

        return self._reading(found)

    def listen(self, wake: Callable[[], None]) -> Listening:
        """
        Return what calls back whenever a command was sent, as long as it is entered.

        Args:
            wake: Called from a thread of its own, also when something may have been
                missed: after the connection was lost. Must not raise.
        """
        return Listening(self._url, schema=self._schema, place=self.place, wake=wake)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _reading(self, work: Callable[[Connection], R]) -> R:
        """Return what work reads, in a transaction of its own."""

        def read(connection: Connection) -> R:
            with _committed(connection):
                return work(connection)

        return self._connection.run(read)

    def _named(self, query: str) -> tuple[RolloutId, ...]:
        """Return the rollouts in the first column of what a query finds."""

        def named(connection: Connection) -> tuple[RolloutId, ...]:
            found = connection.execute(query)
            return tuple(RolloutId(row[0]) for row in found if row[0] != THE_LINE)

        return self._reading(named)

    def _waiting(
        self, which: str, value: str | int, *, most: int | None = None
    ) -> Sequence[tuple[int, RolloutId, bytes]]:
        """Return the commands of which a condition holds, at `most` so many."""

        def stored(connection: Connection) -> Sequence[tuple[int, RolloutId, bytes]]:
            query = (
                "SELECT number, rollout, body FROM inbox "  # noqa: S608  # ours, above
                f"WHERE NOT consumed AND {which} ORDER BY number LIMIT %s"
            )
            return connection.execute(query, (value, most), binary=True).fetchall()

        return self._reading(stored)

    def _standing(self, rollout: str, body: bytes) -> Standing:
        """Return a standing as a value."""
        what = "does not read as one"
        with readable(self.place, RolloutId(rollout), where="the standing", what=what):
            return rows.standing_of(body)


@contextmanager
def _committed(connection: Connection) -> Iterator[None]:
    """Commit at the end; what fails is rolled back by who owns the connection."""
    yield
    connection.commit()


class _Batch:
    """
    Appends that go into one transaction, and into one only.

    Run again after a loss, it looks first whether the run before had been committed
    after all. Should that run still be under way on the server, the writes of this one
    wait for it, find the rows changed, and everything is looked at once more.
    """

    def __init__(self, appends: Sequence[Append]) -> None:
        self._appends = appends
        self._sent: tuple[Judged, ...] | None = None

    def run(self, connection: Connection) -> tuple[Appended, ...]:
        """Return what became of each append, after the commit."""
        with connection.pipeline() as pipeline:
            judgements = self._kept(connection)
            if judgements is None:
                judgements = self._written(connection, pipeline)
                self._sent = judgements  # from here on it may be kept
            connection.commit()
        return appended(judgements)

    def _kept(self, connection: Connection) -> tuple[Judged, ...] | None:
        """Return what the run before came to, when its commit had gone through."""
        records = self._records_sent()
        if records and rows.holds(connection, records[-1]):
            return self._sent
        return None

    def _written(
        self, connection: Connection, pipeline: Pipeline
    ) -> tuple[Judged, ...]:
        """Write what holds, but for the commit."""
        known = rows.known(connection, self._appends)
        judgements = judged(self._wanted(known), known)
        held = [each for each in judgements if isinstance(each, Held)]
        try:
            rows.write(connection, pipeline, known, held)
        except UniqueViolation as error:
            raise Overtaken from error
        return judgements

    def _wanted(self, known: Known) -> Sequence[Append]:
        """
        Return the appends that are still to be made.

        Without a record there is nothing to tell whether a run was committed. A command
        that is gone since then, with no event of anybody's, was consumed by that run.
        """
        if self._sent is None or self._records_sent():
            return self._appends
        held = {each.append.rollout for each in self._sent if isinstance(each, Held)}
        return [
            replace(each, consumed=None)
            if each.rollout in held
            and (each.consumed, each.rollout) not in known.waiting
            else each
            for each in self._appends
        ]

    def _records_sent(self) -> Sequence[Record]:
        """Return the records that the run before wrote."""
        held = (each for each in self._sent or () if isinstance(each, Held))
        return [record for each in held for record in each.records]
