"""The gates of a stage: each limit of the document with its gate, or why it has none."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.document.bindings.bound import Ignore
from gonogo.document.codes import Code
from gonogo.document.compiler.desk import Desk
from gonogo.document.compiler.elements import (
    Element,
    Item,
    Limits,
)
from gonogo.document.compiler.metrics import Threshold
from gonogo.document.compiler.placing import PlacedStage
from gonogo.document.kinds import GateContext
from gonogo.document.reading import Gate
from gonogo.model.condition import Comparator
from gonogo.model.plan import Gate as PlanGate
from gonogo.model.plan import Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A gate of the document with its gate in the plan, or why it has none."""

    gate: Gate
    plan: PlanGate | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGates:
    """All gates of a stage; `of` gives those of one element."""

    all: tuple[Judged, ...]

    @property
    def plan(self) -> tuple[PlanGate, ...]:
        """Return the gates that can be measured."""
        return tuple(one.plan for one in self.all if one.plan is not None)

    def of(self, gates: Sequence[Gate]) -> tuple[Judged, ...]:
        """Return the gates of one element."""
        return tuple(one for one in self.all if any(one.gate is g for g in gates))


def stage_gates(desk: Desk, placed: PlacedStage) -> StageGates:
    """Return the gates of a stage; those told for information are named."""
    found = []
    for element in placed.elements:
        gates = element.gates if isinstance(element, Item | Limits) else ()
        found += [_judged(desk, gate, element) for gate in gates]
    return StageGates(all=tuple(one for one in found if one is not None))


def _judged(desk: Desk, gate: Gate, element: Element) -> Judged | None:
    if gate.context is GateContext.INFO:
        desk.say(Code.FOR_INFORMATION, gate.line, text=gate.text or gate.metric)
        return None
    if _taken(desk, gate, element):
        return None
    threshold = Threshold(
        line=gate.line,
        metric=gate.metric,
        condition=gate.condition,
        holds=Holds(gate.context),
    )
    # Words in a checklist item are a person's to judge by nature: no probe is missing.
    spoken = isinstance(element, Item) and not threshold.numeric
    if spoken and not desk.metrics.knows(gate.metric):
        return Judged(gate=gate, plan=None)
    made = desk.metrics.gate(threshold, desk.name("g", gate.line))
    if isinstance(made, str):
        return Judged(gate=gate, plan=None, why=made)
    desk.ended(gate.line, made.id)
    return Judged(gate=gate, plan=made)


def _taken(desk: Desk, gate: Gate, element: Element) -> bool:
    """Tell whether a binding of the line stands in for the limit on it."""
    if isinstance(element, Limits):
        return gate.line in desk.steps
    bound = desk.steps.get(element.line)
    if bound is None:
        return False
    left_out = isinstance(bound.value.deed, Ignore)
    return left_out or not desk.metrics.knows(gate.metric)


def limit_of(gate: Gate) -> str:
    """Return a limit as people read it: 'must not be > 1 s'."""
    condition = gate.condition
    if condition.comparator is Comparator.WORDS:
        return condition.words or gate.text
    must = "must not be " if gate.context is GateContext.MUST_NOT else ""
    value = condition.value
    low_high = isinstance(value, tuple)
    number = f"{value[0]:g} to {value[1]:g}" if low_high else f"{value:g}"  # type: ignore[index]
    unit = "" if condition.unit in {None, "count"} else f" {condition.unit}"
    against = f" against {condition.relative}" if condition.relative else ""
    return f"{must}{condition.comparator} {number}{unit}{against}"
