"""
A record: one event as the journal keeps it, chained to the one before.

The hash of a record covers the hash of its predecessor, so that no record can be
changed, dropped from the middle, or put in another place without being seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gonogo.model.encoding import encode_event
from gonogo.model.event import Event
from gonogo.model.identifiers import RolloutId
from gonogo.model.sealing import canonical

FIRST_LINK = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """
    One entry of a journal.

    Attributes:
        seq: 1 for the first of its rollout, then without a gap.
        at: The instant in the time of the plan (the event's own).
        recorded_at: The instant of the wall clock; the same but for a paced run.
        previous: The `link` of the record before, or `FIRST_LINK`.
        link: 64 hexadecimal digits: the hash over all the others.
    """

    rollout: RolloutId
    seq: int
    recorded_at: datetime
    event: Event
    previous: str
    link: str

    @property
    def at(self) -> datetime:
        """Return the instant in the time of the plan."""
        return self.event.at


@dataclass(frozen=True, slots=True)
class Written:
    """A record and its event's stored form, of which the link was taken."""

    record: Record
    body: bytes


def chained(
    rollout: RolloutId,
    events: Sequence[Event],
    *,
    after: int,
    previous: str,
    recorded_at: datetime,
) -> tuple[Record, ...]:
    """Return the records of events that follow the record numbered `after`."""
    records = written(
        rollout, events, after=after, previous=previous, recorded_at=recorded_at
    )
    return tuple(each.record for each in records)


def written(
    rollout: RolloutId,
    events: Sequence[Event],
    *,
    after: int,
    previous: str,
    recorded_at: datetime,
) -> tuple[Written, ...]:
    """
    Return the records of events, and what a store has to keep of each.

    Args:
        rollout: Whose journal it is.
        events: Oldest first.
        after: The `seq` of the last record; 0 for an empty journal.
        previous: The `link` of the last record; `FIRST_LINK` for an empty journal.
        recorded_at: The wall clock, timezone-aware.
    """
    records: list[Written] = []
    for seq, event in enumerate(events, start=after + 1):
        body = canonical(encode_event(event))
        link = link_of(rollout, seq, recorded_at, body, previous)
        record = Record(
            rollout=rollout,
            seq=seq,
            recorded_at=recorded_at,
            event=event,
            previous=previous,
            link=link,
        )
        records.append(Written(record, body))
        previous = link
    return tuple(records)


def link_of(
    rollout: RolloutId, seq: int, recorded_at: datetime, body: bytes, previous: str
) -> str:
    """Return the hash of a record, over its stored form byte by byte."""
    head = f"{previous}\n{rollout}\n{seq}\n{recorded_at.isoformat()}\n".encode()
    return sha256(head + body).hexdigest()
