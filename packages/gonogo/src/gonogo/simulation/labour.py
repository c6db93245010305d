"""Labour: how long each piece of work takes in the simulated world, and what it gives."""

import json
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gonogo.model.effect import Apply, Observe, Undo
from gonogo.model.identifiers import StepId
from gonogo.model.operation import (
    KillFlags,
    Migrate,
    Operation,
    RestoreFlag,
    SetFlag,
)
from gonogo.model.plan import Action, Check, Plan, Step
from gonogo.model.verdict import Observation
from gonogo.simulation.conditions import Conditions
from gonogo.simulation.script.rules import Kind, WorkGoes
from gonogo.simulation.seen import SAYS_SO, failing, passing

LOOK = timedelta(seconds=1)
"""A look at the world: what a query over a network takes, rounded up."""
DEED = timedelta(seconds=10)
"""An action or an undo: what a flag, a restart or a small migration takes."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a piece of work ends, and after how long."""

    seen: Observation
    takes: timedelta


class Labour:
    """
    The work of a plan, as the script has it; everything else goes well.

    Attributes:
        applied: The actions that stand in the world, whoever knows of it.
    """

    def __init__(self, plan: Plan, conditions: Conditions) -> None:
        """Take the plan; nothing is done yet."""
        self.applied: set[StepId] = set()
        self._steps: Mapping[StepId, Step] = {
            step.id: step for stage in plan.stages for step in stage.steps
        }
        self._conditions = conditions
        self._rules = [
            rule for rule in reversed(conditions.rules) if isinstance(rule, WorkGoes)
        ]
        self._failed: Counter[Hashable] = Counter()
        self._flags: dict[tuple[str, str], float] = {}

    def look_takes(self, at: datetime) -> timedelta:
        """Return how long a look takes."""
        return self._takes(Kind.LOOK, None, at, LOOK)

    def prepare(self, operation: Operation) -> Operation | None:
        """Return what reverses an operation, as the simulated world stands."""
        match operation:
            case SetFlag(file=file, flag=flag):
                now = self._flags.get((file, flag))
                kept = None if now is None else json.dumps({"percentage": now})
                return RestoreFlag(file=file, flag=flag, definition=kept)
            case Migrate(down=str(down)):
                return Migrate(up=down, connection=operation.connection)
            case _:
                return None

    def apply(self, effect: Apply, at: datetime) -> Result:
        """Return how an action goes that is begun now."""
        return self._goes(Kind.ACTION, effect.step, effect.operation, at)

    def undo(self, effect: Undo, step: StepId | None, at: datetime) -> Result:
        """Return how an undo goes that is begun now."""
        return self._goes(Kind.UNDO, step, effect.operation, at)

    def done(self, operation: Operation, step: StepId | None) -> None:
        """Let an action take effect."""
        if step is not None:
            self.applied.add(step)
        match operation:
            case SetFlag(file=file, flag=flag, percentage=percentage):
                self._flags[file, flag] = percentage
            case RestoreFlag(file=file, flag=flag, definition=kept):
                self._flags[file, flag] = _percentage(kept)
            case KillFlags(file=file, flags=flags):
                self._flags |= {(file, flag): 0.0 for flag in flags}
            case _:
                pass

    def undone(self, operation: Operation, step: StepId | None) -> None:
        """Let an undo take effect."""
        self.done(operation, None)
        self.applied.discard(StepId(step or ""))

    def undone_by_hand(self, operation: Operation, step: StepId) -> None:
        """Let a person undo an action: a flag goes to nobody."""
        self.applied.discard(step)
        if isinstance(operation, SetFlag):
            self._flags[operation.file, operation.flag] = 0.0

    def flags(self) -> Mapping[tuple[str, str], float]:
        """Return the percentage of each flag, by its file and name."""
        return self._flags

    def look(self, effect: Observe, at: datetime) -> Result:
        """Return what the check of a step, or of an action in doubt, sees."""
        step = self._steps[effect.step]
        took = self._takes(Kind.CHECK, effect.step, at, self.look_takes(at))
        if isinstance(step, Action):
            return Result(self._in_doubt(step), took)
        expected = step.expectations if isinstance(step, Check) else ()
        rule = self._rule(Kind.CHECK, effect.step, at)
        if rule is not None and rule.hangs:
            error = "it hung until its deadline (simulated)"
            return Result(Observation(error=error), effect.operation.deadline)
        if self._fails(rule, (Kind.CHECK, effect.step)):
            return Result(failing(expected), took)
        return Result(passing(expected) or Observation(), took)

    def _in_doubt(self, step: Action) -> Observation:
        """Return what an action's own check sees: whether it stands in the world."""
        expected = (step.check_expects,) if step.check_expects else ()
        if step.id in self.applied:
            return passing(expected) or Observation()
        return failing(expected)

    def _goes(
        self, kind: Kind, step: StepId | None, operation: Operation, at: datetime
    ) -> Result:
        takes = self._takes(kind, step, at, DEED)
        rule = self._rule(kind, step, at)
        if rule is not None and rule.hangs:
            error = "it hung until its deadline (simulated)"
            return Result(Observation(error=error), operation.deadline)
        if takes > operation.deadline:
            error = "it was not done by its deadline (simulated)"
            return Result(Observation(error=error), operation.deadline)
        seen = Observation(took_s=takes.total_seconds())
        if self._fails(rule, (kind, step)):
            seen = replace(seen, error=SAYS_SO)
        return Result(seen, takes)

    def _fails(self, rule: WorkGoes | None, key: Hashable) -> bool:
        if rule is None or rule.fails is None or self._failed[key] >= rule.fails:
            return False
        self._failed[key] += 1
        return True

    def _rule(self, kind: Kind, step: StepId | None, at: datetime) -> WorkGoes | None:
        """Return the last rule that says how work ends, not only how long it takes."""
        for rule in self._rules:
            speaks = rule.hangs or rule.fails is not None
            fits = rule.kind is kind and rule.step in {None, step} and speaks
            if fits and self._conditions.hold(rule, at):
                return rule
        return None

    def _takes(
        self, kind: Kind, step: StepId | None, at: datetime, normal: timedelta
    ) -> timedelta:
        for rule in self._rules:
            fits = rule.kind is kind and rule.step in {None, step}
            if fits and rule.takes is not None and self._conditions.hold(rule, at):
                return rule.takes
        return normal


def _percentage(definition: str | None) -> float:
    """Return the percentage of a definition that `Labour.prepare` wrote."""
    return 0.0 if definition is None else float(json.loads(definition)["percentage"])
