"""
The index of a plan: its parts by their names, gathered once for all its rollouts.

Nothing in it can be told from the plan otherwise; without it every decision would walk
the plan, and a long plan would cost more at each measurement than a short one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import ref

from gonogo.model.identifiers import GateId, MetricName, StageId, StepId
from gonogo.model.plan import Gate, Metric, Plan, Stage, Step

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanIndex:
    """
    The parts of a plan by name; of two with one name, the first.

    Attributes:
        order: The place of each step in the whole plan, from 0.
        stage_of: The stage that each step stands in.
        places: The place of each stage in the plan, from 0.
        gates: The triggers of the plan, and the gates of every stage.
        metrics: In the order of the plan.
    """

    steps: Mapping[StepId, Step]
    order: Mapping[StepId, int]
    stage_of: Mapping[StepId, Stage]
    places: Mapping[StageId, int]
    gates: Mapping[GateId, Gate]
    metrics: Mapping[MetricName, Metric]


def index_of(plan: Plan) -> PlanIndex:
    """Return the index of a plan; it is made once, and kept while the plan is."""
    name = id(plan)
    known = _indexes.get(name)
    if known is not None and known[0]() is plan:
        return known[1]
    index = _made(plan)
    _indexes[name] = (ref(plan, lambda _: _indexes.pop(name, None)), index)
    return index


# By identity: a plan is no key (it holds mappings), and comparing two takes longer
# than making an index.
_indexes: dict[int, tuple[Any, PlanIndex]] = {}


def _made(plan: Plan) -> PlanIndex:
    steps = [(step, stage) for stage in plan.stages for step in stage.steps]
    gates = (*plan.triggers, *(gate for stage in plan.stages for gate in stage.gates))
    return PlanIndex(
        steps=_firsts((step.id, step) for step, _ in steps),
        order=_firsts((step.id, place) for place, (step, _) in enumerate(steps)),
        stage_of=_firsts((step.id, stage) for step, stage in steps),
        places=_firsts((stage.id, place) for place, stage in enumerate(plan.stages)),
        gates=_firsts((gate.id, gate) for gate in gates),
        metrics=_firsts((metric.name, metric) for metric in plan.metrics),
    )


def _firsts(named: Iterable[tuple[K, V]]) -> Mapping[K, V]:
    found: dict[K, V] = {}
    for name, part in named:
        found.setdefault(name, part)
    return found
