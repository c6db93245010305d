"""Breaches: since when a metric was really beyond its limit, and what came of it."""

from datetime import datetime, timedelta

from gonogo.analysis import threshold
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import UndoPhase
from gonogo.model import event as events
from gonogo.model.condition import Relative
from gonogo.model.event import Event
from gonogo.model.identifiers import GateId
from gonogo.model.plan import Gate
from gonogo.model.verdict import Measurement, Outcome
from gonogo.simulation.readings import Readings
from gonogo.simulation.result import Breach

# Finer than any cadence; a breach is searched for to this precision.
_PRECISION = timedelta(seconds=1)


class Breaches:
    """Watches the verdicts, and finds when each gate was first broken."""

    def __init__(self, readings: Readings, started_at: datetime) -> None:
        """Begin with every gate whole."""
        self._readings, self._started_at = readings, started_at
        self._since: dict[GateId, datetime] = {}
        self._passed: dict[GateId, datetime] = {}

    def take(self, event: events.MeasurementTaken, state: RolloutState) -> None:
        """Take note of what a measurement showed."""
        for found in event.verdicts:
            outcome = found.verdict.outcome
            if outcome is Outcome.PASS:
                self._since.pop(found.gate, None)
                self._passed[found.gate] = event.measurement.at
            elif outcome is Outcome.FAIL and found.gate not in self._since:
                gate = state.gate(found.gate)
                self._since[gate.id] = self._began(gate, event.measurement.at, state)

    def of(self, gate: GateId) -> datetime | None:
        """Return since when a gate is broken; None while it is whole."""
        return self._since.get(gate)

    def _began(self, gate: Gate, seen: datetime, state: RolloutState) -> datetime:
        """Search between the last look that passed and this one, which did not."""
        if not self._fails(gate, seen, state):
            return seen  # noise alone broke it
        low, high = self._passed.get(gate.id, self._started_at), seen
        if self._fails(gate, low, state):
            return low
        while high - low > _PRECISION:
            middle = low + (high - low) / 2
            low, high = (
                (low, middle) if self._fails(gate, middle, state) else (middle, high)
            )
        return high.replace(microsecond=0) if high.microsecond else high

    def _fails(self, gate: Gate, at: datetime, state: RolloutState) -> bool:
        value = self._readings.value(gate.metric, at)
        taken = Measurement(at=at, value=value)
        baseline = state.baselines.get(gate.metric)
        if gate.condition.relative is Relative.CONTROL:
            before = self._readings.well[gate.metric].before
            baseline = before if isinstance(before, float) else None
        return threshold.judge(gate, taken, baseline).outcome is Outcome.FAIL


def breach_of(
    journal: tuple[Event, ...], state: RolloutState, began: datetime | None
) -> Breach | None:
    """Return the breach that turned the rollout back; None where no gate did."""
    aborted = state.aborted
    if aborted is None or aborted.gate is None:
        return None
    gate = state.gate(aborted.gate)
    undos = (e.at for e in journal if isinstance(e, events.UndoIntended))
    return Breach(
        gate=gate.id,
        metric=gate.metric,
        title=gate.title,
        line=gate.line,
        reason=aborted.reason,
        began=began or aborted.at,
        tripped=aborted.at,
        undo_begun=next(undos, None),
        undo_finished=_finished(journal, state),
    )


def _finished(journal: tuple[Event, ...], state: RolloutState) -> datetime | None:
    """Return when the last undo was done; None while one is still a person's."""
    handed = {
        f"undo-{u.number}" for u in state.undos if u.phase is UndoPhase.HANDED_OVER
    }
    if handed & set(state.questions):
        return None
    ends = [
        event.at
        for event in journal
        if isinstance(event, events.UndoApplied)
        or (isinstance(event, events.QuestionAnswered) and event.question in handed)
    ]
    return max(ends, default=None)
