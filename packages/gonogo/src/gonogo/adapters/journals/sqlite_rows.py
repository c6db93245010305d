"""
What the journal reads and writes in SQLite, row by row.

Each function works inside a transaction of its caller, and knows nothing of files.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from gonogo.adapters.journals.chain import StoredRecord
from gonogo.adapters.journals.judging import (
    NO_HEAD,
    Head,
    Held,
    Known,
    Place,
    place_of,
)
from gonogo.model.identifiers import RolloutId
from gonogo.model.shard import Fence, Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.journal import Append

StandingRow = tuple[str, str, str, str, str, str, str, str | None, str | None, int]
"""As `_STANDING` names the columns."""

_STANDING = (
    "rollout, service, environment, title, digest, phase, started_at, due, ended_at, "
    "soaking"
)

_PUT_RECORD = (
    "INSERT INTO record (rollout, seq, recorded_at, body, previous, link) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_PUT_HEAD = (
    "INSERT INTO head (rollout, seq, link) VALUES (?, ?, ?) ON CONFLICT (rollout) "
    "DO UPDATE SET seq = excluded.seq, link = excluded.link"
)
_PUT_STANDING = f"""
    INSERT INTO standing ({_STANDING}, shard)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (rollout) DO UPDATE SET service = excluded.service,
    environment = excluded.environment, title = excluded.title,
    digest = excluded.digest, phase = excluded.phase,
    started_at = excluded.started_at, due = excluded.due, ended_at = excluded.ended_at,
    soaking = excluded.soaking
"""  # noqa: S608  # a constant
_PUT_SNAPSHOT = (
    "INSERT INTO snapshot (rollout, seq, form, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (rollout) DO UPDATE SET seq = excluded.seq, form = excluded.form, "
    "body = excluded.body"
)
_PUT_EPOCH = (
    "INSERT INTO shard (shard, epoch, clean) VALUES (?, 1, 0) ON CONFLICT (shard) "
    "DO UPDATE SET epoch = epoch + 1, clean = 0 RETURNING epoch"
)


def known(connection: sqlite3.Connection, appends: Sequence[Append]) -> Known:
    """Return what the file holds of all that a batch touches."""
    return Known(
        heads={each.rollout: head(connection, each.rollout) for each in appends},
        epochs=_epochs(connection, appends),
        waiting=set(_waiting(connection, appends)),
        holders=dict(_holders(connection, appends)),
    )


def head(connection: sqlite3.Connection, rollout: RolloutId) -> Head:
    """Return number and link of a rollout's last record; of none, `NO_HEAD`."""
    query = "SELECT seq, link FROM head WHERE rollout = ?"
    row: Head | None = connection.execute(query, (rollout,)).fetchone()
    return NO_HEAD if row is None else row


def write(connection: sqlite3.Connection, held: Sequence[Held]) -> None:
    """Write what holds: its records behind the last ones, and all that goes along."""
    put, appends = connection.executemany, [each.append for each in held]
    put(_PUT_RECORD, _record_rows(held))
    put(_PUT_HEAD, _head_rows(held))
    put("DELETE FROM inbox WHERE number = ?", _consumed_rows(appends))
    put(_PUT_STANDING, _standing_rows(appends))
    put(_PUT_SNAPSHOT, _snapshot_rows(appends))


def records(
    connection: sqlite3.Connection,
    rollout: RolloutId,
    *,
    after: int = 0,
    most: int | None = None,
) -> tuple[StoredRecord, ...]:
    """Return the stored records behind `after`, oldest first, at `most` so many."""
    found = connection.execute(
        "SELECT seq, recorded_at, body, previous, link FROM record "
        "WHERE rollout = ? AND seq > ? ORDER BY seq LIMIT ?",
        (rollout, after, -1 if most is None else most),
    )
    return tuple(StoredRecord(*row) for row in found)


def standings(
    connection: sqlite3.Connection, *, under_way: bool, shard: Shard | None
) -> Sequence[StandingRow]:
    """Return the rows of standings, by the age of their rollouts."""
    conditions = ["ended_at IS NULL"] * under_way + ["shard = ?"] * (shard is not None)
    return connection.execute(
        f"SELECT {_STANDING} FROM standing LEFT JOIN head USING (rollout) "  # noqa: S608  # constants
        f"WHERE {' AND '.join(conditions) or 'true'} "
        "ORDER BY number IS NULL, number, rollout",
        () if shard is None else (shard,),
    ).fetchall()


def standing_of(row: StandingRow) -> Standing:
    """Return a standing as a value."""
    rollout, service, environment, title, digest, phase = row[:6]
    started_at, due, ended_at, soaking = row[6:]
    return Standing(
        rollout=RolloutId(rollout),
        service=service,
        environment=environment,
        title=title,
        digest=digest,
        phase=phase,
        started_at=datetime.fromisoformat(started_at),
        due=None if due is None else datetime.fromisoformat(due),
        ended_at=None if ended_at is None else datetime.fromisoformat(ended_at),
        soaking=bool(soaking),
    )


def next_epoch(connection: sqlite3.Connection, shard: Shard) -> tuple[Fence, bool]:
    """Take a shard over; return its fence, and whether it had been left clean."""
    query = "SELECT clean FROM shard WHERE shard = ?"
    clean = connection.execute(query, (shard,)).fetchone() == (1,)
    (epoch,) = connection.execute(_PUT_EPOCH, (shard,)).fetchone()
    return Fence(shard=shard, epoch=epoch), clean


def torn(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return what SQLite itself finds wrong with the file's structure."""
    rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
    lines = (str(row[0]) for row in rows)
    return tuple(f"The file is damaged: {line}." for line in lines if line != "ok")


def _epochs(
    connection: sqlite3.Connection, appends: Sequence[Append]
) -> dict[Shard, int]:
    """Return the last epochs of the shards that are fenced."""
    shards = {each.fence.shard for each in appends if each.fence is not None}
    query = "SELECT shard, epoch FROM shard WHERE shard = ?"
    found = (connection.execute(query, (shard,)).fetchone() for shard in shards)
    return dict(row for row in found if row is not None)


def _waiting(
    connection: sqlite3.Connection, appends: Sequence[Append]
) -> Iterator[tuple[int, RolloutId]]:
    """Yield the commands that are to be consumed, and were not yet."""
    query = "SELECT number, rollout FROM inbox WHERE number = ?"
    for append in appends:
        if append.consumed is not None:
            yield from connection.execute(query, (append.consumed,))


def _holders(
    connection: sqlite3.Connection, appends: Sequence[Append]
) -> Iterator[tuple[Place, RolloutId]]:
    """Yield who is under way at the places of a batch."""
    query = (
        "SELECT rollout FROM standing "
        "WHERE service = ? AND environment = ? AND ended_at IS NULL"
    )
    for append in appends:
        if append.standing is not None:
            place = place_of(append.standing)
            for (holder,) in connection.execute(query, place):
                yield place, RolloutId(holder)


def _record_rows(
    held: Sequence[Held],
) -> Iterator[tuple[str, int, str, bytes, str, str]]:
    for each in held:
        recorded_at = each.append.recorded_at.isoformat()
        for one in each.written:
            record = one.record
            previous, link = record.previous, record.link
            yield record.rollout, record.seq, recorded_at, one.body, previous, link


def _head_rows(held: Sequence[Held]) -> Iterator[tuple[str, int, str]]:
    for each in held:
        if each.written:
            end = each.written[-1].record
            yield end.rollout, end.seq, end.link


def _consumed_rows(appends: Sequence[Append]) -> Iterator[tuple[int]]:
    return ((each.consumed,) for each in appends if each.consumed is not None)


def _standing_rows(
    appends: Sequence[Append],
) -> Iterator[tuple[str | int | None, ...]]:
    for append in appends:
        if (standing := append.standing) is not None:
            yield (
                standing.rollout,
                standing.service,
                standing.environment,
                standing.title,
                standing.digest,
                standing.phase,
                standing.started_at.isoformat(),
                None if standing.due is None else standing.due.isoformat(),
                None if standing.ended_at is None else standing.ended_at.isoformat(),
                int(standing.soaking),
                shard_of(standing.rollout),
            )


def _snapshot_rows(appends: Sequence[Append]) -> Iterator[tuple[str, int, str, bytes]]:
    for append in appends:
        if (kept := append.snapshot) is not None:
            yield append.rollout, kept.seq, kept.form, kept.body
