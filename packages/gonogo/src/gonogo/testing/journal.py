"""A journal in memory, with every guarantee of the real one but durability."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from gonogo.model.command import PeoplesCommand
from gonogo.model.encoding import (
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


class MemoryJournal:
    """
    Implements `ports.journal.Journal`; thread-safe.

    What is read back went through its written form, as with a real journal: an event
    that does not survive that is found by the first test that appends it.

    Attributes:
        records: By rollout; a test may damage them for `verify` to find.
    """

    def __init__(self) -> None:
        self.records: dict[RolloutId, list[Record]] = {}
        self._inbox: dict[int, tuple[RolloutId, PeoplesCommand]] = {}
        self._sent = 0
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
        """Add events behind the record numbered `after`."""
        with self._lock:
            kept = self.records.get(rollout, [])
            if len(kept) != after or not self._waits(rollout, consumed):
                raise JournalConflict(rollout, expected=after, found=len(kept))
            previous = kept[-1].link if kept else FIRST_LINK
            records = chained(
                rollout,
                events,
                after=after,
                previous=previous,
                recorded_at=recorded_at,
            )
            written = [_written(record) for record in records]
            if written:
                self.records[rollout] = [*kept, *written]
            if consumed is not None:
                del self._inbox[consumed]
        return records

    def read(self, rollout: RolloutId, *, after: int = 0) -> tuple[Record, ...]:
        """Return the records behind `after`, oldest first; empty when none."""
        with self._lock:
            return tuple(self.records.get(rollout, ())[after:])

    def rollouts(self) -> tuple[RolloutId, ...]:
        """Return every rollout that has a record, oldest first."""
        with self._lock:
            return tuple(self.records)

    def send(self, rollout: RolloutId, command: PeoplesCommand) -> None:
        """Keep a person's command for the runner of a rollout."""
        written = decode_command(json.loads(canonical(encode_command(command))))
        with self._lock:
            self._sent += 1
            self._inbox[self._sent] = (rollout, written)

    def received(self, rollout: RolloutId) -> tuple[Received, ...]:
        """Return the commands not consumed yet, in the order they were sent."""
        with self._lock:
            return tuple(
                Received(number=number, command=command)
                for number, (to, command) in self._inbox.items()
                if to == rollout
            )

    def verify(self, rollout: RolloutId) -> tuple[Damage, ...]:
        """Return where the chain of a rollout is broken; empty when it holds."""
        found: list[Damage] = []
        previous = FIRST_LINK
        for seq, record in enumerate(self.read(rollout), start=1):
            (expected,) = chained(
                rollout,
                [record.event],
                after=seq - 1,
                previous=previous,
                recorded_at=record.recorded_at,
            )
            if record != expected:
                what = "It is not what was appended here."
                found.append(Damage(rollout=rollout, seq=record.seq, what=what))
            previous = record.link
        return tuple(found)

    def _waits(self, rollout: RolloutId, number: int | None) -> bool:
        """Return whether a command, if one is named, has not been consumed."""
        return number is None or self._inbox.get(number, (None,))[0] == rollout


def _written(record: Record) -> Record:
    """Return a record as it reads after it was written."""
    body = json.loads(canonical(encode_event(record.event)))
    return replace(record, event=decode_event(body))
