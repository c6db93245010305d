"""Stored rows as values: what lies in a store is read here, whichever store it is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gonogo.adapters.journals.chain import StoredRecord
from gonogo.adapters.journals.errors import JournalDamaged
from gonogo.model.encoding import UnknownEvent, decode_command, decode_event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.ports.journal import Received, Unread


def record_of(place: Path | str, rollout: RolloutId, stored: StoredRecord) -> Record:
    """
    Return a record as a value.

    Args:
        place: Where the journal is, for the error.
        rollout: Whose record it is.
        stored: Its columns.

    Raises:
        JournalDamaged: It does not read as an event.
        UnknownEvent: A later version of gonogo wrote it.
    """
    where = f"record {stored.seq}"
    with readable(place, rollout, where=where, what="does not read as an event"):
        return Record(
            rollout=rollout,
            seq=stored.seq,
            recorded_at=datetime.fromisoformat(stored.recorded_at),
            event=decode_event(json.loads(stored.body)),
            previous=stored.previous,
            link=stored.link,
        )


def received_of(
    place: Path | str, number: int, rollout: RolloutId, body: bytes
) -> Received:
    """
    Return a person's command as a value.

    Raises:
        JournalDamaged: It does not read as a command.
    """
    where = f"received command {number}"
    with readable(place, rollout, where=where, what="does not read as a command"):
        command = decode_command(json.loads(body))
        return Received(number=number, rollout=rollout, command=command)


def heard_of(
    place: Path | str, number: int, rollout: RolloutId, body: bytes
) -> Received | Unread:
    """Return a person's command; or that it does not read, which is no other's fault."""
    try:
        return received_of(place, number, rollout, body)
    except JournalDamaged as damaged:
        return Unread(number=number, rollout=rollout, why=damaged)


@contextmanager
def readable(
    place: Path | str, rollout: RolloutId, *, where: str, what: str
) -> Iterator[None]:
    """Turn what reading a row can raise into the error that names the row."""
    try:
        yield
    except UnknownEvent:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise JournalDamaged(place, rollout, where=where, what=what) from error
