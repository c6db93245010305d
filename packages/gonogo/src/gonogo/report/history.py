"""
The history: the records of one rollout, sorted by what happened, with the last state.

Every part of a report looks its facts up here, and keeps the `seq` of what it found:
that number is the evidence.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from gonogo.decision import RolloutState, replay
from gonogo.document.planfile.read import is_plan_file
from gonogo.model.event import Event, PlanAmended, RolloutStarted
from gonogo.model.plan import Plan
from gonogo.model.record import Record
from gonogo.report.checklist import checklist_of

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class EmptyJournal(ValueError):
    """A report was asked for, and the journal holds no record."""

    def __init__(self) -> None:
        """Compose the message."""
        super().__init__(
            "The journal holds no record of this rollout: there is nothing to report. "
            "Look at its name, or start it with `gonogo run`."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[E_co]):
    """One event of a known kind, with its number in the journal."""

    seq: int
    recorded_at: datetime
    event: E_co

    @property
    def at(self) -> datetime:
        """Return the instant in the time of the plan."""
        return self.event.at


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """
    A rollout's records, indexed.

    Attributes:
        records: Oldest first, non-empty.
        state: The fold of them all.
        text: The document to fill in: the one that was run, or the last that it was
            amended to; of a plan file, its checklist, whose lines the plan of the
            state has then.
    """

    records: tuple[Record, ...]
    state: RolloutState
    text: str
    by_kind: Mapping[type[Any], tuple[Entry[Any], ...]]

    @property
    def plan(self) -> Plan:
        """Return the plan that was run."""
        return self.state.plan

    @property
    def started(self) -> Entry[RolloutStarted]:
        """Return the first entry."""
        return self.of(RolloutStarted)[0]

    @property
    def document(self) -> str:
        """Return the document as the journal keeps it: the last, where it was amended."""
        amended = self.of(PlanAmended)
        return amended[-1].event.document if amended else self.started.event.document

    @property
    def last_at(self) -> datetime:
        """Return the instant of the last record."""
        return self.state.at

    def of(self, kind: type[E]) -> tuple[Entry[E], ...]:
        """Return the entries of one kind, oldest first."""
        return cast("tuple[Entry[E], ...]", self.by_kind.get(kind, ()))


def history_of(records: Sequence[Record]) -> History:
    """
    Index the records of one rollout.

    Raises:
        EmptyJournal: There are none.
        ValueError: They do not begin with the start of a rollout.
    """
    if not records:
        raise EmptyJournal
    told = [_to_fill_in(record.event) for record in records]
    state = replay(event for event, _ in told)
    assert state is not None  # noqa: S101  # there is a first event
    found: defaultdict[type[Any], list[Entry[Any]]] = defaultdict(list)
    for record in records:
        entry = Entry(
            seq=record.seq, recorded_at=record.recorded_at, event=record.event
        )
        found[type(record.event)].append(entry)
    return History(
        records=tuple(records),
        state=state,
        text=[text for _, text in told if text is not None][-1],
        by_kind={kind: tuple(entries) for kind, entries in found.items()},
    )


def _to_fill_in(event: Event) -> tuple[Event, str | None]:
    """Return an event, and the document that a report fills in where it brings one."""
    if not isinstance(event, RolloutStarted | PlanAmended):
        return event, None
    if not is_plan_file(event.document):
        return event, event.document
    text, plan = checklist_of(event.plan)
    return replace(event, plan=plan), text
