"""
Proving a chain: whether stored records are, byte for byte, what was appended.

Works on what lies in the store, before anything is decoded: a change that decodes to
an equal event is a change all the same.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gonogo.model.encoding import decode_event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import FIRST_LINK, link_of
from gonogo.model.sealing import canonical
from gonogo.ports.journal import Damage


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record's columns as they lie in the store."""

    seq: int
    recorded_at: str
    body: bytes
    previous: str
    link: str


def damages(
    rollout: RolloutId, records: Sequence[StoredRecord], *, last: int, link: str
) -> tuple[Damage, ...]:
    """
    Return everything by which a chain differs from one that was appended.

    Args:
        rollout: Whose journal it is.
        records: By rising number.
        last: The number of the record that was appended last; 0 for none.
        link: The link of that record, or `FIRST_LINK`.
    """
    found: list[Damage] = []
    seq, previous = 0, FIRST_LINK
    for record in records:
        whats = _of_record(rollout, record, seq=seq + 1, previous=previous)
        found += [Damage(rollout=rollout, seq=record.seq, what=each) for each in whats]
        seq, previous = record.seq, record.link
    whats = _of_end(seq, previous, last=last, link=link)
    found += [Damage(rollout=rollout, seq=seq, what=each) for each in whats]
    return tuple(found)


def _of_record(
    rollout: RolloutId, record: StoredRecord, *, seq: int, previous: str
) -> Iterator[str]:
    """Yield what is wrong with a record that follows one with the link `previous`."""
    if record.seq != seq:
        yield f"Record {seq} is missing: {record.seq} follows {seq - 1}."
    if record.previous != previous:
        yield "It does not name the record before it."
    recorded_at = _instant(record.recorded_at)
    if recorded_at is None:
        yield f"Its time is not as gonogo writes it: {record.recorded_at!r}."
    elif record.link != link_of(
        rollout, record.seq, recorded_at, record.body, record.previous
    ):
        yield "Its contents do not match its link: something in it was changed."
    if not _reads(record.body):
        yield "It does not read as an event."


def _of_end(seq: int, previous: str, *, last: int, link: str) -> Iterator[str]:
    """Yield what is wrong with where the chain ends."""
    if seq < last:
        yield f"Records {seq + 1} to {last} are missing at the end."
    elif seq > last:
        yield f"Records {last + 1} to {seq} were not appended by gonogo."
    elif previous != link:
        yield "The last record is not the one that was appended last."


def _instant(text: str) -> datetime | None:
    """Return an instant if it is written as `link_of` writes it."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.isoformat() == text else None


def _reads(body: bytes) -> bool:
    """Return whether a body is an event in its canonical form."""
    try:
        data = json.loads(body)
        decode_event(data)
        return canonical(data) == body
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
