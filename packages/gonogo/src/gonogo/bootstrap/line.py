"""
The line in a journal: stopped and released for all rollouts, now and later.

What is written on the line comes first, then every rollout under way is told; one that
is begun meanwhile reads the line after its start was journaled. So each rollout hears
of each stop, from one side or from both; and whoever tells goes on until nothing new
stands on the line, so that the last word that a rollout hears is the line's last.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gonogo.adapters.clocks import SystemClock
from gonogo.decision.line import LineEvent, command_of, decide_line, stops_of
from gonogo.model.command import Freeze, Thaw
from gonogo.model.event import LineReleased, LineStopped
from gonogo.model.identifiers import THE_LINE, RolloutId
from gonogo.model.plan import Plan
from gonogo.model.record import Record
from gonogo.ports.journal import Journal, JournalConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What came of a word to the line.

    Attributes:
        already: The line was so before; the rollouts were told once more.
        rollouts: Who was told.
    """

    already: bool
    rollouts: tuple[RolloutId, ...]


class Line:
    """The line of a journal."""

    def __init__(self, journal: Journal) -> None:
        """Take the journal; nothing is read yet."""
        self._journal = journal

    def stops(self) -> tuple[LineStopped, ...]:
        """Return what stands on the line now, oldest first."""
        return stops_of(record.event for record in self._journal.read(THE_LINE))

    def take(self, word: Freeze | Thaw) -> Told:
        """
        Stop or release the line for a scope, and tell every rollout in it.

        The same word once more tells the rollouts again: whoever said it first may
        have died before everybody was told.

        Raises:
            NotStopped: It is a thaw, and the line was never stopped for its scope.
        """
        while True:
            records = self._journal.read(THE_LINE)
            event = decide_line((record.event for record in records), word)
            if event is None:
                before = _last_about(records, word) - 1
                return Told(already=True, rollouts=self._tell_all(after=before))
            try:
                self._append(event, after=len(records))
            except JournalConflict:
                continue  # somebody else wrote on the line: read it anew
            told = self._tell_all(after=len(records))
            return Told(already=False, rollouts=told)

    def standing_for(self, plan: Plan) -> tuple[tuple[Freeze, ...], int]:
        """Return the stops that a new rollout begins under, and how far was read."""
        records = self._journal.read(THE_LINE)
        stops = stops_of(record.event for record in records)
        words = (command_of(each) for each in stops)
        return tuple(
            word
            for word in words
            if isinstance(word, Freeze)
            and word.scope.covers(plan.service, plan.environment)
        ), len(records)

    def catch_up(self, rollout: RolloutId, plan: Plan, *, after: int) -> None:
        """Tell a rollout, whose start is journaled, what came on the line meanwhile."""
        while records := self._journal.read(THE_LINE, after=after):
            for event in _events(records):
                if event.scope.covers(plan.service, plan.environment):
                    self._journal.send(rollout, command_of(event))
            after = records[-1].seq

    def _append(self, event: LineEvent, *, after: int) -> None:
        wall = SystemClock().wall()
        self._journal.append(THE_LINE, (event,), after=after, recorded_at=wall)

    def _tell_all(self, *, after: int) -> tuple[RolloutId, ...]:
        """Tell the rollouts under way all that came on the line, to its end."""
        told: dict[RolloutId, None] = {}
        while records := self._journal.read(THE_LINE, after=after):
            for event in _events(records):
                told |= dict.fromkeys(self._tell(event))
            after = records[-1].seq
        return tuple(told)

    def _tell(self, event: LineEvent) -> Iterable[RolloutId]:
        for standing in self._journal.standings(under_way=True):
            if event.scope.covers(standing.service, standing.environment):
                self._journal.send(standing.rollout, command_of(event))
                yield standing.rollout


def _events(records: Iterable[Record]) -> Iterable[LineEvent]:
    for record in records:
        if isinstance(record.event, LineStopped | LineReleased):
            yield record.event


def _last_about(records: Iterable[Record], word: Freeze | Thaw) -> int:
    """Return the number of the last record about the scope of a word."""
    return max(
        record.seq
        for record in records
        if getattr(record.event, "scope", None) == word.scope
    )
