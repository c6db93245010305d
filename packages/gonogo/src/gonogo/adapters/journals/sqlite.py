"""
The journal in one SQLite file: write-ahead log, synced to disk at every append.

Any number of threads and processes may use one file. A transaction writes only what
was decided already, so that it lasts about as long as one sync of the disk.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from gonogo.adapters.journals.chain import StoredRecord, damages
from gonogo.adapters.journals.errors import JournalDamaged
from gonogo.adapters.journals.schema import open_journal, transaction, usable
from gonogo.model.command import PeoplesCommand
from gonogo.model.encoding import (
    UnknownEvent,
    decode_command,
    decode_event,
    encode_command,
    encode_event,
)
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import FIRST_LINK, Record, chained
from gonogo.model.sealing import canonical
from gonogo.ports.journal import Damage, JournalConflict, Received

_COLUMNS = "rollout, seq, recorded_at, body, previous, link"


class SqliteJournal:
    """
    Implements `ports.journal.Journal`; thread-safe.

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

    def append(
        self,
        rollout: RolloutId,
        events: Sequence[Event],
        *,
        after: int,
        recorded_at: datetime,
        consumed: int | None = None,
    ) -> tuple[Record, ...]:
        """Add events behind the record numbered `after`; durable on return."""
        connection = self._connection
        with self._lock, usable(self.path), transaction(connection):
            last, previous = _head(connection, rollout)
            if last != after:
                raise JournalConflict(rollout, expected=after, found=last)
            if consumed is not None:
                _consume(connection, rollout, consumed, last=last)
            records = chained(
                rollout,
                events,
                after=after,
                previous=previous,
                recorded_at=recorded_at,
            )
            _insert(connection, records)
        return records

    def read(self, rollout: RolloutId, *, after: int = 0) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first; empty when none."""
        stored = self._stored(rollout, after=after)
        return tuple(self._decoded(rollout, each) for each in stored)

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, or had one, oldest first."""
        with self._lock, usable(self.path):
            rows = self._connection.execute(
                "SELECT rollout, number FROM head UNION ALL "
                "SELECT DISTINCT rollout, 9e999 FROM record "
                "WHERE rollout NOT IN (SELECT rollout FROM head) ORDER BY 2, 1"
            ).fetchall()
        return tuple(RolloutId(name) for name, _ in rows)

    def send(self, rollout: RolloutId, command: PeoplesCommand) -> None:
        """Keep a person's command for the runner of a rollout; durable on return."""
        body = canonical(encode_command(command))
        with self._lock, usable(self.path):
            self._connection.execute(
                "INSERT INTO inbox (rollout, body) VALUES (?, ?)", (rollout, body)
            )

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        with self._lock, usable(self.path):
            rows = self._connection.execute(
                "SELECT number, body FROM inbox WHERE rollout = ? ORDER BY number",
                (rollout,),
            ).fetchall()
        return tuple(self._received(rollout, number, body) for number, body in rows)

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        try:
            with self._lock:
                stored = _read(self._connection, rollout, after=0)
                last, link = _head(self._connection, rollout)
                torn = _torn(self._connection)
        except sqlite3.DatabaseError as error:
            what = f"The file cannot be read any further: {error}."
            return (Damage(rollout=rollout, seq=0, what=what),)
        found = damages(rollout, stored, last=last, link=link)
        file = (Damage(rollout=rollout, seq=0, what=each) for each in torn)
        return (*file, *found)

    def close(self) -> None:
        """Close the file; it can be copied then as one piece."""
        with self._lock:
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

    def _stored(self, rollout: RolloutId, *, after: int) -> tuple[StoredRecord, ...]:
        with self._lock, usable(self.path):
            return _read(self._connection, rollout, after=after)

    def _decoded(self, rollout: RolloutId, stored: StoredRecord) -> Record:
        """Return a record as a value."""
        try:
            return Record(
                rollout=rollout,
                seq=stored.seq,
                recorded_at=datetime.fromisoformat(stored.recorded_at),
                event=decode_event(json.loads(stored.body)),
                previous=stored.previous,
                link=stored.link,
            )
        except UnknownEvent:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise JournalDamaged(
                self.path,
                rollout,
                where=f"record {stored.seq}",
                what="does not read as an event",
            ) from error

    def _received(self, rollout: RolloutId, number: int, body: bytes) -> Received:
        """Return a person's command as a value."""
        try:
            return Received(number=number, command=decode_command(json.loads(body)))
        except (ValueError, KeyError, TypeError) as error:
            raise JournalDamaged(
                self.path,
                rollout,
                where=f"received command {number}",
                what="does not read as a command",
            ) from error


def _head(connection: sqlite3.Connection, rollout: RolloutId) -> tuple[int, str]:
    """Return number and link of a rollout's last record; of none: 0, `FIRST_LINK`."""
    row = connection.execute(
        "SELECT seq, link FROM head WHERE rollout = ?", (rollout,)
    ).fetchone()
    return (0, FIRST_LINK) if row is None else (int(row[0]), str(row[1]))


def _consume(
    connection: sqlite3.Connection, rollout: RolloutId, number: int, *, last: int
) -> None:
    """Drop a received command, which has to be there: it counts exactly once."""
    deleted = connection.execute(
        "DELETE FROM inbox WHERE number = ? AND rollout = ?", (number, rollout)
    )
    if deleted.rowcount != 1:
        raise JournalConflict(rollout, expected=last, found=last)


def _insert(connection: sqlite3.Connection, records: Sequence[Record]) -> None:
    """Write records behind the last one, and remember where they end."""
    if not records:
        return
    connection.executemany(
        f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        [_row(record) for record in records],
    )
    end = records[-1]
    connection.execute(
        "INSERT INTO head (rollout, seq, link) VALUES (?, ?, ?) ON CONFLICT (rollout) "
        "DO UPDATE SET seq = excluded.seq, link = excluded.link",
        (end.rollout, end.seq, end.link),
    )


def _row(record: Record) -> tuple[str, int, str, bytes, str, str]:
    """Return a record as it is stored; its link was taken over the very same bytes."""
    return (
        record.rollout,
        record.seq,
        record.recorded_at.isoformat(),
        canonical(encode_event(record.event)),
        record.previous,
        record.link,
    )


def _read(
    connection: sqlite3.Connection, rollout: RolloutId, *, after: int
) -> tuple[StoredRecord, ...]:
    """Return the stored records behind `after`, oldest first."""
    rows = connection.execute(
        "SELECT seq, recorded_at, body, previous, link FROM record "
        "WHERE rollout = ? AND seq > ? ORDER BY seq",
        (rollout, after),
    )
    return tuple(StoredRecord(*row) for row in rows)


def _torn(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return what SQLite itself finds wrong with the file's structure."""
    rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
    lines = (str(row[0]) for row in rows)
    return tuple(f"The file is damaged: {line}." for line in lines if line != "ok")
