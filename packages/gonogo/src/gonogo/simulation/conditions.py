"""Whether a rule of the script is in force at an instant."""

from collections.abc import Sequence
from datetime import datetime

from gonogo.simulation.chronicle import Chronicle
from gonogo.simulation.script.rules import (
    Answers,
    Approver,
    ExposureIs,
    MetricReads,
    PersonActs,
    ProbeFails,
    Ramp,
    Rule,
    Traffic,
    WorkerDown,
    WorkGoes,
)
from gonogo.simulation.script.when import ALWAYS, Moment, When

Timed = (
    MetricReads
    | ProbeFails
    | WorkGoes
    | Approver
    | Answers
    | Traffic
    | ExposureIs
    | WorkerDown
)


class Conditions:
    """
    Knows which rules are in force.

    A 'for 10 minutes' without a 'from' begins when the rule first matters: when the
    thing that it speaks of is first asked for, and its other conditions hold.
    """

    def __init__(self, rules: Sequence[Rule], chronicle: Chronicle) -> None:
        """Take every rule, and what has happened so far."""
        self.rules = tuple(rules)
        self._chronicle = chronicle
        self._first_need: dict[int, datetime] = {}

    def begun(self, rule: Timed) -> datetime | None:
        """Return since when a rule is, or may be, in force; None for not yet."""
        if rule.when.start is not None:
            return self._chronicle.instant(rule.when.start)
        if rule.when.lasts is not None:
            return self._first_need.get(id(rule))
        return self._chronicle.started_at

    def hold(self, rule: Timed, at: datetime, *, asked: bool = True) -> bool:
        """
        Tell whether a rule is in force.

        Args:
            rule: One of the script's.
            at: Now, or an earlier instant.
            asked: What it speaks of is asked for now: a 'for' may begin to count.
        """
        when = rule.when
        if when is ALWAYS:
            return True
        if when.start is not None:
            start = self._chronicle.instant(when.start)
            if start is None or at < start:
                return False
        return self._here(when, at) and self._lasts(rule, at, asked=asked)

    def in_place(self, rule: Timed, at: datetime) -> bool:
        """Tell whether a rule's stage, share and end are as it says, however long."""
        return self._here(rule.when, at)

    def _here(self, when: When, at: datetime) -> bool:
        if when.end is not None:
            end = self._chronicle.instant(when.end)
            if end is not None and at >= end:
                return False
        if when.stage is not None and self._chronicle.stage_at(at) != when.stage:
            return False
        return when.share is None or when.share.holds(self._chronicle.exposure_at(at))

    def _lasts(self, rule: Timed, at: datetime, *, asked: bool) -> bool:
        if rule.when.lasts is None:
            return True
        if rule.when.start is None and asked:
            self._first_need.setdefault(id(rule), at)
        begun = self.begun(rule)
        return begun is not None and begun <= at < begun + rule.when.lasts

    def edges(self, rule: Timed) -> tuple[datetime, ...]:
        """Return the instants, as far as they are known, at which a rule changes."""
        when = rule.when
        known = [self._instant(when.start), self._instant(when.end)]
        begun = self.begun(rule)
        if when.lasts is not None and begun is not None:
            known.append(begun + when.lasts)
        if isinstance(rule, MetricReads) and isinstance(rule.reading, Ramp):
            known.append(self._instant(rule.reading.until))
            if rule.reading.over is not None and begun is not None:
                known.append(begun + rule.reading.over)
        return tuple(each for each in known if each is not None)

    def _instant(self, moment: Moment | None) -> datetime | None:
        return None if moment is None else self._chronicle.instant(moment)

    def changes_after(self, at: datetime) -> bool:
        """Tell whether any rule is still to begin or to end."""
        timed = (rule for rule in self.rules if isinstance(rule, Timed))
        acts = (rule for rule in self.rules if isinstance(rule, PersonActs))
        to_come = (self._instant(rule.moment) for rule in acts)
        return any(edge > at for rule in timed for edge in self.edges(rule)) or any(
            each is not None and each > at for each in to_come
        )
