"""
The journal in one SQLite file: a write-ahead log, synced to disk at every append.

Any number of threads and processes may use one file. A transaction writes only what
was decided already. The log is synced after it, so that nobody waits for the lock of
the file while the disk is slow.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from gonogo.adapters.journals import sqlite_rows as rows
from gonogo.adapters.journals.chain import damages
from gonogo.adapters.journals.judging import Held, appended, judged
from gonogo.adapters.journals.sqlite_log import WriteAheadLog
from gonogo.adapters.journals.sqlite_schema import open_journal, transaction, usable
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


class SqliteJournal(Journal):
    """
    Implements `ports.journal.Journal` and `SyncedBehind`; thread-safe.

    Args:
        path: The file; its folder has to be there.
        create: Whether a missing file becomes an empty journal.

    Raises:
        JournalTooNew: A later version of gonogo wrote the file.
        JournalUnusable: It cannot be opened, or is no journal.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._connection = open_journal(path, create=create)
        self._lock = Lock()
        self._log = WriteAheadLog(path)
        # Of its own, so that nobody waits for it; see `carry_over`.
        self._carrying: sqlite3.Connection | None = None

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Add to many rollouts with one commit; durable on return."""
        answers = self.write_all(appends)
        if appends:
            self.sync()
        return answers

    def write_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Add to many rollouts with one commit; durable after the next `sync`."""
        if not appends:
            return ()
        connection = self._connection
        with self._lock, usable(self.path), transaction(connection):
            judgements = judged(appends, rows.known(connection, appends))
            held = [each for each in judgements if isinstance(each, Held)]
            rows.write(connection, held)
        return appended(judgements)

    def sync(self) -> None:
        """Make durable whatever was written before this call."""
        self._log.sync()

    def carry_over(self) -> None:
        """
        Carry the log over into the file, beside those who write; call it now and then.

        Once called, no commit does it any more: it takes as long as the disk likes.
        """
        with usable(self.path):
            if self._carrying is None:
                self._carrying = open_journal(self.path, create=False)
                with self._lock:
                    self._connection.execute("PRAGMA wal_autocheckpoint=0")
            # The second time only what was written during the first is left, and the
            # third time next to nothing: then nobody writes, and the log begins anew.
            _carry_over(self._carrying)
            if _carry_over(self._carrying):
                with self._lock:
                    _carry_over(self._carrying)

    def read(
        self, rollout: RolloutId, *, after: int = 0, most: int | None = None
    ) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first, at `most` so many."""
        with self._lock, usable(self.path):
            stored = rows.records(self._connection, rollout, after=after, most=most)
        return tuple(record_of(self.path, rollout, each) for each in stored)

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, or had one, oldest first."""
        return self._named(
            "SELECT rollout, number FROM head UNION ALL "
            "SELECT DISTINCT rollout, 9e999 FROM record "
            "WHERE rollout NOT IN (SELECT rollout FROM head) ORDER BY 2, 1"
        )

    def standings(
        self, *, under_way: bool = False, shard: Shard | None = None
    ) -> tuple[Standing, ...]:
        """Return the standings that were kept, by the age of their rollouts."""
        with self._lock, usable(self.path):
            found = rows.standings(self._connection, under_way=under_way, shard=shard)
        return tuple(self._standing(row) for row in found)

    def without_standing(self) -> tuple[RolloutId, ...]:
        """Return the rollouts of which an earlier version kept none, oldest first."""
        return self._named(
            "SELECT rollout FROM head WHERE rollout NOT IN "
            "(SELECT rollout FROM standing) ORDER BY number"
        )

    def snapshot(self, rollout: RolloutId) -> Snapshot | None:
        """Return the last snapshot that was kept, or None."""
        with self._lock, usable(self.path):
            row = self._connection.execute(
                "SELECT seq, form, body FROM snapshot WHERE rollout = ?", (rollout,)
            ).fetchone()
        return None if row is None else Snapshot(seq=row[0], form=row[1], body=row[2])

    def next_epochs(self, shards: Sequence[Shard]) -> tuple[tuple[Fence, bool], ...]:
        """Take shards over: from now on only these fences, or later ones, hold."""
        with self._lock, usable(self.path), transaction(self._connection):
            fences = tuple(rows.next_epoch(self._connection, each) for each in shards)
        self.sync()
        return fences

    def holds(self, fence: Fence) -> bool:
        """Return whether a fence is the last of its shard still."""
        with self._lock, usable(self.path):
            row = self._connection.execute(
                "SELECT epoch FROM shard WHERE shard = ?", (fence.shard,)
            ).fetchone()
        return row is not None and int(row[0]) == fence.epoch

    def left(self, fences: Sequence[Fence]) -> None:
        """Mark shards as left with nothing under way; one transaction."""
        with self._lock, usable(self.path), transaction(self._connection):
            self._connection.executemany(
                "UPDATE shard SET clean = 1 WHERE shard = ? AND epoch = ?",
                [(fence.shard, fence.epoch) for fence in fences],
            )
        self.sync()

    def send(self, rollout: RolloutId, command: Sent) -> None:
        """Keep a person's command for the runner of a rollout; durable on return."""
        body = canonical(encode_command(command))
        with self._lock, usable(self.path), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO inbox (rollout, body) VALUES (?, ?)", (rollout, body)
            )
        # A runner sees it already: nobody waits for two syncs, one after the other.
        self.sync()

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        found = self._waiting("rollout = ?", rollout)
        return tuple(received_of(self.path, *row) for row in found)

    def received_since(
        self, number: int, *, most: int
    ) -> tuple[Received | Unread, ...]:
        """Return the next commands not consumed yet, of all rollouts, behind `number`."""
        # The lock of the file orders the numbers as the commits, so that none turns up
        # behind a later one. The look-up costs about as much as asking SQLite whether
        # anything was written at all, so that nothing is asked first.
        found = self._waiting("number > ?", number, most=most)
        return tuple(heard_of(self.path, *row) for row in found)

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        try:
            with self._lock, transaction(self._connection, "DEFERRED"):
                stored = rows.records(self._connection, rollout)
                last, link = rows.head(self._connection, rollout)
                torn = rows.torn(self._connection)
        except sqlite3.DatabaseError as error:
            what = f"The file cannot be read any further: {error}."
            return (Damage(rollout=rollout, seq=0, what=what),)
        found = damages(rollout, stored, last=last, link=link)
        file = (Damage(rollout=rollout, seq=0, what=each) for each in torn)
        return (*file, *found)

    def close(self) -> None:
        """Close the file; it can be copied then as one piece."""
        with self._lock:
            for connection in (self._carrying, self._connection):
                if connection is not None:
                    connection.close()
            self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _named(self, query: str) -> tuple[RolloutId, ...]:
        """Return the rollouts in the first column of what a query finds."""
        with self._lock, usable(self.path):
            found: Iterable[tuple[str]] = self._connection.execute(query).fetchall()
        return tuple(RolloutId(row[0]) for row in found if row[0] != THE_LINE)

    def _waiting(
        self, which: str, value: str | int, *, most: int = -1
    ) -> Sequence[tuple[int, RolloutId, bytes]]:
        """Return the first commands of which a condition holds; -1 for all."""
        query = (
            f"SELECT number, rollout, body FROM inbox WHERE {which} "  # noqa: S608  # ours, above
            "ORDER BY number LIMIT ?"
        )
        with self._lock, usable(self.path):
            found = self._connection.execute(query, (value, most)).fetchall()
        return tuple(found)

    def _standing(self, row: rows.StandingRow) -> Standing:
        """Return a standing as a value."""
        rollout = RolloutId(row[0])
        what = "does not read as one"
        with readable(self.path, rollout, where="the standing", what=what):
            return rows.standing_of(row)


def _carry_over(connection: sqlite3.Connection) -> bool:
    """Carry over what may be, and return whether something is left."""
    row = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    _, logged, carried = row
    return bool(logged > carried)
