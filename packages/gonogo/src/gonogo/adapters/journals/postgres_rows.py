"""
What the journal reads and writes in PostgreSQL: each statement takes a whole batch.

The reads and the writes of a batch are sent together, each in one go (pipeline mode).
Nothing is locked by reading but the fences: instead, each write says what it counts on,
and `write` raises `Overtaken` when another transaction came first.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg import Connection, Cursor, Pipeline

from gonogo.adapters.journals.chain import StoredRecord
from gonogo.adapters.journals.judging import (
    NO_HEAD,
    Head,
    Held,
    Known,
    place_of,
)
from gonogo.adapters.journals.postgres_connection import Overtaken
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.model.sealing import canonical
from gonogo.model.shard import Fence, Shard, shard_of
from gonogo.model.standing import Standing
from gonogo.ports.journal import Append

_FIELDS = tuple(field.name for field in fields(Standing))

# FOR SHARE: nobody takes a shard over between this look at its epoch and the commit.
_EPOCHS = (
    "SELECT shard, epoch FROM shard WHERE shard = ANY(%s) ORDER BY shard FOR SHARE"
)
_HEADS = "SELECT rollout, seq, link FROM head WHERE rollout = ANY(%s)"
_WAITING = "SELECT number, rollout FROM inbox WHERE number = ANY(%s) AND NOT consumed"
_HOLDERS = "SELECT place, rollout FROM standing WHERE under_way AND place = ANY(%b)"

_PUT_RECORDS = """
    INSERT INTO record (rollout, seq, recorded_at, body, previous, link)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %b::bytea[],
    %s::text[], %s::text[])
"""
_PUT_HEADS = """
    INSERT INTO head (rollout, seq, link)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[]) ON CONFLICT DO NOTHING
"""
_MOVE_HEADS = """
    UPDATE head SET seq = new.seq, link = new.link
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[])
    AS new (rollout, after, seq, link)
    WHERE head.rollout = new.rollout AND head.seq = new.after
"""
_CONSUME = "UPDATE inbox SET consumed = true WHERE number = ANY(%s) AND NOT consumed"
_PUT_STANDINGS = """
    INSERT INTO standing (rollout, shard, place, under_way, body)
    SELECT * FROM unnest(%s::text[], %s::smallint[], %b::bytea[], %s::boolean[],
    %b::bytea[])
    ON CONFLICT (rollout) DO UPDATE SET place = excluded.place,
    under_way = excluded.under_way, body = excluded.body
"""
_PUT_SNAPSHOTS = """
    INSERT INTO snapshot (rollout, seq, form, body)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %b::bytea[])
    ON CONFLICT (rollout) DO UPDATE SET seq = excluded.seq, form = excluded.form,
    body = excluded.body
"""
_NEVER_TAKEN = """
    INSERT INTO shard (shard, epoch, clean) SELECT *, 0, false
    FROM unnest(%s::smallint[]) ON CONFLICT DO NOTHING
"""
_TAKEN = (
    "SELECT shard, clean FROM shard WHERE shard = ANY(%s) ORDER BY shard FOR UPDATE"
)
_TAKE = """
    UPDATE shard SET epoch = epoch + 1, clean = false WHERE shard = ANY(%s)
    RETURNING shard, epoch
"""


def known(connection: Connection, appends: Sequence[Append]) -> Known:
    """Return what the database holds of all that a batch touches; in pipeline mode."""
    ask = connection.execute
    shards = [each.fence.shard for each in appends if each.fence is not None]
    consumed = [each.consumed for each in appends if each.consumed is not None]
    places = {
        place_key(each.standing): place_of(each.standing)
        for each in appends
        if each.standing is not None
    }
    epochs = ask(_EPOCHS, (sorted(set(shards)),)) if shards else None
    heads = ask(_HEADS, ([each.rollout for each in appends],))
    waiting = ask(_WAITING, (consumed,)) if consumed else None
    holders = ask(_HOLDERS, (list(places),)) if places else None
    return Known(
        epochs=dict(_rows(epochs)),
        heads={rollout: (seq, link) for rollout, seq, link in _rows(heads)},
        waiting=set(_rows(waiting)),
        holders={places[key]: rollout for key, rollout in _rows(holders)},
    )


def write(
    connection: Connection, pipeline: Pipeline, known: Known, held: Sequence[Held]
) -> None:
    """
    Write what holds, but for the commit.

    Raises:
        Overtaken: Another transaction wrote to one of the rollouts since `known` was read.
        psycopg.errors.UniqueViolation: Another one took a place since then.
    """
    counted = [*_write_records(connection, known, held), _consume(connection, held)]
    _write_standings(connection, held)
    _write_snapshots(connection, held)
    pipeline.sync()
    for count, cursor in counted:
        if cursor is not None and cursor.rowcount != count:
            raise Overtaken


def head(connection: Connection, rollout: RolloutId) -> Head:
    """Return number and link of a rollout's last record; of none, `NO_HEAD`."""
    query = "SELECT seq, link FROM head WHERE rollout = %s"
    row: Head | None = connection.execute(query, (rollout,)).fetchone()
    return NO_HEAD if row is None else row


def records(
    connection: Connection,
    rollout: RolloutId,
    *,
    after: int = 0,
    most: int | None = None,
) -> tuple[StoredRecord, ...]:
    """Return the stored records behind `after`, oldest first, at `most` so many."""
    found = connection.execute(
        "SELECT seq, recorded_at, body, previous, link FROM record "
        "WHERE rollout = %s AND seq > %s ORDER BY seq LIMIT %s",
        (rollout, after, most),
        binary=True,
    )
    return tuple(StoredRecord(*row) for row in found)


def holds(connection: Connection, record: Record) -> bool:
    """Return whether the very record was appended: its link is like no other."""
    row = connection.execute(
        "SELECT true FROM record WHERE rollout = %s AND seq = %s AND link = %s",
        (record.rollout, record.seq, record.link),
    ).fetchone()
    return row is not None


def standings(
    connection: Connection, *, under_way: bool, shard: Shard | None
) -> Sequence[tuple[str, bytes]]:
    """Return rollout and written form of standings, by the age of their rollouts."""
    return connection.execute(
        "SELECT rollout, body FROM standing LEFT JOIN head USING (rollout) "
        "WHERE (under_way OR NOT %s) AND (shard = %s OR %s) "
        "ORDER BY number NULLS LAST, rollout",
        (under_way, shard, shard is None),
        binary=True,
    ).fetchall()


def standing_of(body: bytes) -> Standing:
    """Return a standing as a value."""
    found = json.loads(body)
    # What a later version says beyond that is its own affair.
    known = {name: found[name] for name in _FIELDS if name in found}
    times = {
        name: datetime.fromisoformat(known[name])
        for name in ("started_at", "due", "ended_at")
        if known[name] is not None
    }
    return Standing(**(known | times))


def place_key(standing: Standing) -> bytes:
    """Return the place of a standing as it is stored."""
    return canonical(place_of(standing))


def next_epochs(
    connection: Connection, shards: Sequence[Shard]
) -> tuple[tuple[Fence, bool], ...]:
    """Take shards over; return their fences, and which had been left clean."""
    wanted = sorted(set(shards))
    connection.execute(_NEVER_TAKEN, (wanted,))
    clean: dict[Shard, bool] = dict(connection.execute(_TAKEN, (wanted,)).fetchall())
    epochs: dict[Shard, int] = dict(connection.execute(_TAKE, (wanted,)).fetchall())
    return tuple(
        (Fence(shard=shard, epoch=epochs[shard]), clean[shard]) for shard in shards
    )


_Counted = tuple[int, Cursor[Any] | None]
"""How many rows a statement has to touch, and the statement."""


def _rows(cursor: Cursor[Any] | None) -> Iterable[Any]:
    return () if cursor is None else cursor.fetchall()


def _write_records(
    connection: Connection, known: Known, held: Sequence[Held]
) -> tuple[_Counted, ...]:
    """Write the records, and where each rollout ends now."""
    # In one order, lest two transactions wait for each other's heads.
    inorder = sorted(held, key=lambda each: each.append.rollout)
    begun = [each for each in inorder if each.append.rollout in known.heads]
    new = [
        each
        for each in inorder
        if each.append.rollout not in known.heads and each.written
    ]
    moved = _put(connection, _MOVE_HEADS, [_move(each, known) for each in begun])
    added = _put(connection, _PUT_HEADS, [_end(each) for each in new])
    rows = [
        (
            one.record.rollout,
            one.record.seq,
            recorded_at,
            one.body,
            one.record.previous,
            one.record.link,
        )
        for each in held
        for recorded_at in (each.append.recorded_at.isoformat(),)
        for one in each.written
    ]
    # The heads come first: whoever loses the race for a head writes no records.
    _put(connection, _PUT_RECORDS, rows)
    return moved, added


def _end(held: Held) -> tuple[RolloutId, int, str]:
    """Return where a rollout ends with an append that added to it."""
    end = held.written[-1].record
    return end.rollout, end.seq, end.link


def _move(held: Held, known: Known) -> tuple[RolloutId, int, int, str]:
    """Return where a rollout ended, and where it ends now."""
    rollout, after = held.append.rollout, held.append.after
    if not held.written:
        return rollout, after, *known.heads[rollout]
    _, seq, link = _end(held)
    return rollout, after, seq, link


def _consume(connection: Connection, held: Sequence[Held]) -> _Counted:
    consumed = [each.append.consumed for each in held]
    numbers = [(number,) for number in consumed if number is not None]
    return _put(connection, _CONSUME, numbers)


def _write_standings(connection: Connection, held: Sequence[Held]) -> None:
    standings = [each.append.standing for each in held]
    # Ended ones first: they make room. The others in one order, lest two transactions
    # wait for each other's places.
    rows = sorted(
        (each.ended_at is None, place_key(each), each.rollout, _written(each))
        for each in standings
        if each is not None
    )
    _put(
        connection,
        _PUT_STANDINGS,
        [
            (rollout, shard_of(rollout), key, under_way, body)
            for under_way, key, rollout, body in rows
        ],
    )


def _written(standing: Standing) -> bytes:
    """Return the written form of a standing."""
    due, ended_at = standing.due, standing.ended_at
    return canonical(
        {
            "rollout": standing.rollout,
            "service": standing.service,
            "environment": standing.environment,
            "title": standing.title,
            "digest": standing.digest,
            "phase": standing.phase,
            "started_at": standing.started_at.isoformat(),
            "due": None if due is None else due.isoformat(),
            "ended_at": None if ended_at is None else ended_at.isoformat(),
            "soaking": standing.soaking,
        }
    )


def _write_snapshots(connection: Connection, held: Sequence[Held]) -> None:
    rows = [
        (each.append.rollout, kept.seq, kept.form, kept.body)
        for each in held
        if (kept := each.append.snapshot) is not None
    ]
    _put(connection, _PUT_SNAPSHOTS, rows)


def _put(
    connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]
) -> _Counted:
    """Send a statement that takes a list for each column; nothing for no rows."""
    if not rows:
        return 0, None
    columns = [list(column) for column in zip(*rows, strict=True)]
    return len(rows), connection.execute(statement, columns)
