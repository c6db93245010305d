"""Shares: how the false alarms that a plan allows are divided between its gates."""

from collections.abc import Sequence

from gonogo.model.judging import JudgeName
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Metric, Plan


def is_counted(plan: Plan) -> bool:
    """Tell whether anything of a plan is asked of a source of measurements."""
    return any(isinstance(metric.probe, Query) for metric in plan.metrics)


def by_evidence(gate: Gate, metric: Metric) -> bool:
    """Tell whether evidence is to judge a gate, if its limit can be tested so."""
    if gate.judge is not None:
        return gate.judge is JudgeName.EVIDENCE
    return isinstance(metric.probe, Query) and metric.counting is None


def most_together(plan: Plan) -> int:
    """Return how many gates by evidence may be in force at the same time, at most."""
    metrics = {metric.name: metric for metric in plan.metrics}

    def count(gates: Sequence[Gate]) -> int:
        return sum(by_evidence(gate, metrics[gate.metric]) for gate in gates)

    in_stages = (count(stage.gates) for stage in plan.stages)
    return max(count(plan.triggers) + max(in_stages, default=0), 1)


def share_of(plan: Plan) -> float:
    """Return the share of the false alarms that one gate may spend."""
    return plan.alpha / most_together(plan)
