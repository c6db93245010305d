"""Law 4: a gate in force is judged at every look, and one that trips turns back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.plan import Gate, Plan, Soak, Stage
from gonogo.model.verdict import GateVerdict, Outcome
from gonogo.testing.laws.law import hold, plans_of


@dataclass
class Watch:
    """Which gates are in force, by the history alone."""

    plan: Plan
    stage: Stage | None = None
    changed: list[StepId] = field(default_factory=list)
    soak: Soak | None = None
    bad: Counter[GateId] = field(default_factory=Counter)
    going: bool = True

    def in_force(self) -> dict[GateId, Gate]:
        """Return the gates that may end the rollout now, as law 4 wants them."""
        if not self.going:
            return {}
        every = (*self.plan.triggers, *(g for s in self.plan.stages for g in s.gates))
        found = [*self.plan.triggers] if self.changed else []
        if self.stage is not None:
            own = {step.id for step in self.stage.steps}
            found += self.stage.gates if own & set(self.changed) else ()
        if self.soak is not None:
            found += (gate for gate in every if gate.id in self.soak.gates)
        return {gate.id: gate for gate in found}

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        stages = {stage.id: stage for stage in self.plan.stages}
        match event:
            case events.StageEntered():
                self.stage = stages[event.stage]
            case events.PlanAmended():
                self._go_over(event.plan)
            case events.ActionIntended() | events.ActionByHand():
                # What is covered is harmless, or no first change of its stage.
                self.changed += () if event.covered else (event.step,)
            case events.ActionNotApplied():
                self.changed = [each for each in self.changed if each != event.step]
            case events.StepStarted():
                self.soak = self._soak(event.step)
            case events.StepCompleted():
                self.soak = None
            case events.RolloutAborted() | events.RolloutCompleted():
                self.going = False
            case events.MeasurementTaken():
                self._count(event.verdicts)
            case _:
                pass

    def _go_over(self, plan: Plan) -> None:
        """Look at the stage, and the soak, as the new plan has them."""
        self.plan = plan
        stages = {stage.id: stage for stage in plan.stages}
        self.stage = stages[self.stage.id] if self.stage else None
        self.soak = self._soak(self.soak.id) if self.soak else None

    def _soak(self, step: StepId) -> Soak | None:
        steps = self.stage.steps if self.stage else ()
        found = next(each for each in steps if each.id == step)
        return found if isinstance(found, Soak) else None

    def _count(self, verdicts: Sequence[GateVerdict]) -> None:
        for found in verdicts:
            if found.verdict.outcome is Outcome.FAIL:
                self.bad[found.gate] += 1
            elif found.verdict.outcome is Outcome.PASS:
                self.bad[found.gate] = 0


def a_bad_value_turns_back(history: Sequence[Event]) -> None:
    """Law 4: a gate in force that trips ends the way forward at that measurement."""
    watch = Watch(plans_of(history)[0])
    for index, event in enumerate(history):
        forcing = watch.in_force()
        watch.take(event)
        if not isinstance(event, events.MeasurementTaken):
            continue
        judged = {found.gate for found in event.verdicts}
        wanted = {g.id for g in forcing.values() if g.metric == event.metric}
        hold(judged >= wanted, f"{wanted - judged} in force, but not judged")
        proven = {f.gate for f in event.verdicts if f.finding is Finding.HARM}
        tripped = any(
            gate in proven or watch.bad[gate] >= forcing[gate].consecutive
            for gate in judged & forcing.keys()
        )
        turned = _follows(history[index + 1 :], events.RolloutAborted, event.at)
        hold(turned or not tripped, f"{judged} tripped, and nothing turned back")


def _follows(after: Sequence[Event], kind: type[Any], at: datetime) -> bool:
    """Tell whether a kind of event comes in the same turn."""
    between = (events.QuestionWithdrawn, events.BaselineCaptured, events.StepCompleted)
    for event in after:
        if isinstance(event, between):
            continue
        return isinstance(event, kind) and event.at == at
    return False
