"""What if: the same rollout with each gate broken in each stage, one at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.model import event as events
from gonogo.model.identifiers import GateId
from gonogo.model.plan import Gate, Plan
from gonogo.simulation.healthy import gates_of, healthy, unhealthy
from gonogo.simulation.result import Level, Simulation, StageSpan
from gonogo.simulation.script.rules import Deed, Fixed, MetricReads, PersonActs, Rule
from gonogo.simulation.script.when import Moment, When
from gonogo.simulation.simulate import simulate
from gonogo.simulation.terms import Terms

JUST_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One thing that goes wrong, and what comes of it.

    Attributes:
        gate: None: nothing watches in this stage; there a person aborts.
        value: What the metric reads from `at` on.
        found: The rollout with that.
    """

    stage: StageSpan
    gate: Gate | None
    value: float | str | None
    at: datetime
    found: Simulation

    @property
    def noticed_after(self) -> timedelta | None:
        """Return how long the breach went on before it was acted on; None: never."""
        aborted = self.found.state.aborted
        if aborted is None or self.gate is None or aborted.gate is None:
            return None
        return aborted.at - self.at

    @property
    def back_after(self) -> timedelta | None:
        """Return how long until all was undone; None where something was left."""
        if self.found.state.aborted is None or self.found.left_exposed_pct:
            return None
        return max(self.found.ended_at, self._last_level()) - self.at

    @property
    def exposure_pct(self) -> float:
        """Return how many users met the change when it went wrong."""
        earlier = (
            each.pct for each in reversed(self.found.levels) if each.at <= self.at
        )
        return next(earlier, 0.0)

    def _last_level(self) -> datetime:
        levels: Sequence[Level] = self.found.levels
        return levels[-1].at


def what_if(
    plan: Plan,
    rules: Sequence[Rule],
    terms: Terms,
    progress: Callable[[datetime, int], None] | None = None,
) -> tuple[Simulation, tuple[Case, ...]]:
    """
    Return the rollout as scripted, and each case of something that goes wrong in it.

    In the middle of the time in which a gate is watched in a stage, its metric goes
    beyond the limit, right after a look: no breach goes unnoticed for longer. In a
    stage that nothing watches, a person aborts what was done by then.
    """
    base = simulate(plan, rules, terms, progress)
    cases = tuple(
        _case(plan, rules, terms, progress, stage=stage, gate=gate, at=at)
        for stage in base.stages
        for gate, at in _to_break(base, plan, stage)
    )
    return base, cases


def _to_break(
    base: Simulation, plan: Plan, stage: StageSpan
) -> Iterator[tuple[Gate | None, datetime]]:
    watched = _watched(base, stage)
    stages = (gate for each in plan.stages for gate in each.gates)
    gates = {gate.id: gate for gate in (*plan.triggers, *stages)}
    for gate, looks in watched.items():
        yield gates[gate], looks[len(looks) // 2] + JUST_AFTER
    end = stage.left or base.ended_at
    if not watched and end > stage.entered and _changed(base, end):
        yield None, stage.entered + (end - stage.entered) / 2


def _changed(base: Simulation, end: datetime) -> bool:
    """Tell whether anything was changed by an instant, so that it could be undone."""
    deeds = (events.ActionApplied, events.ActionByHand)
    return any(isinstance(e, deeds) and e.at <= end for e in base.journal)


def _watched(base: Simulation, stage: StageSpan) -> dict[GateId, list[datetime]]:
    """Return when each gate was looked at while the rollout was in a stage."""
    looks: dict[GateId, list[datetime]] = {}
    inside = False
    for event in base.journal:
        if isinstance(event, events.StageEntered):
            inside = event.stage == stage.stage
        if inside and isinstance(event, events.MeasurementTaken):
            for found in event.verdicts:
                looks.setdefault(found.gate, []).append(event.measurement.at)
    return looks


def _case(
    plan: Plan,
    rules: Sequence[Rule],
    terms: Terms,
    progress: Callable[[datetime, int], None] | None,
    *,
    stage: StageSpan,
    gate: Gate | None,
    at: datetime,
) -> Case:
    value, rule = _broken(plan, gate, at)
    found = simulate(plan, (*rules, rule), terms, progress)
    return Case(stage=stage, gate=gate, value=value, at=at, found=found)


def _broken(
    plan: Plan, gate: Gate | None, at: datetime
) -> tuple[float | str | None, Rule]:
    value = None
    if gate is not None:
        value = unhealthy(gate, healthy(gates_of(plan, gate.metric)))
    if gate is None or value is None:
        return None, PersonActs(name="somebody", deed=Deed.ABORT, moment=Moment(at=at))
    when = When(start=Moment(at=at))
    reading = Fixed(value=value)
    return value, MetricReads(metric=gate.metric, reading=reading, when=when)
