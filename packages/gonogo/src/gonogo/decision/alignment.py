"""
The names of a changed plan: what stays keeps its own, what is new gets new ones.

The identifiers of a document's parts follow from its lines, so that one added line
renames half of a plan. A rollout that goes on with a changed plan needs the other
rule: a name means one thing for the whole of its journal. What stays as it was keeps
its name, so that its events, and reports that are still to come, fit; what changed or
came gets a name that this rollout never had (`l24~2`, or `Error rate (plan 2)`: brought by the
second plan), so that nothing said or measured of the old is taken for the new.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from gonogo.model.identifiers import GateId, MetricName, QuestionId, StageId, StepId
from gonogo.model.plan import (
    Baseline,
    Gate,
    IncidentTask,
    Metric,
    Plan,
    Soak,
    Stage,
    Step,
)
from gonogo.model.sealing import sealed

T = TypeVar("T")

_PLACE = frozenset({"id", "line"})
_REVISION = re.compile(r" \(plan \d+\)$")


def same_within(one: tuple[Plan, object], other: tuple[Plan, object]) -> bool:
    """
    Tell whether two stages or steps, each with its plan, say the same.

    Their lines and names do not count, and neither does how a metric is measured; the
    gates that a soak names count as what they are.
    """
    return bool(_Bare(one[0]).of(one[1]) == _Bare(other[0]).of(other[1]))


def same(one: object, other: object) -> bool:
    """Tell whether two parts of plans say the same, wherever they stand."""
    nothing = _Bare(None)
    return bool(nothing.of(one) == nothing.of(other))


def plain(metric: MetricName) -> str:
    """Return the name of a metric as its document has it."""
    return _REVISION.sub("", metric)


class _Bare:
    """Takes from values what only says where they stand and how they are called."""

    def __init__(self, plan: Plan | None) -> None:
        self._gates = {gate.id: gate for gate in every_gate(plan)} if plan else {}
        self._sessions: dict[str | None, int] = {}

    def of(self, value: Any) -> Any:  # noqa: ANN401  # any part of a plan
        if is_dataclass(value):
            kept = (f.name for f in fields(value) if f.name not in _PLACE)
            return (
                type(value).__name__,
                *((name, self._field(value, name)) for name in kept),
            )
        if isinstance(value, tuple):
            return tuple(self.of(each) for each in value)
        if isinstance(value, Mapping):
            return {key: self.of(each) for key, each in value.items()}
        return value

    def _field(self, owner: Any, name: str) -> Any:  # noqa: ANN401
        """Return a field; a name in it stands for what it names."""
        value = getattr(owner, name)
        if name == "session":
            # Which blocks share a shell counts, not how it is called.
            return self._sessions.setdefault(value, len(self._sessions))
        if isinstance(owner, Soak) and name == "gates" and self._gates:
            return tuple(self.of(self._gates[gate]) for gate in owner.gates)
        if isinstance(owner, Gate) and name == "metric":
            return plain(owner.metric)
        if isinstance(owner, Baseline) and name == "metrics":
            return tuple(plain(metric) for metric in owner.metrics)
        return self.of(value)


def every_gate(plan: Plan) -> Iterable[Gate]:
    """Yield the triggers of a plan, and the gates of its stages."""
    return chain(plan.triggers, *(stage.gates for stage in plan.stages))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """
    Where a rollout goes over from one plan to the next.

    Attributes:
        kept: So many stages stay as they were.
        left: So many of them have been left for good.
        revision: 2 for what the second plan brings.
    """

    kept: int
    left: int
    revision: int


def aligned(old: Plan, new: Plan, cut: Cut) -> Plan:
    """
    Return the new plan under the names of a rollout that runs the old one; sealed.

    Args:
        old: As it runs.
        new: As its document compiles to; its first stages say the same as the old's.
        cut: Where the change begins.
    """
    return _Alignment(old, new, cut).plan()


class _Alignment:
    """One alignment; each table leads from a name of the new plan to the one it gets."""

    def __init__(self, old: Plan, new: Plan, cut: Cut) -> None:
        self._old, self._new, self._cut = old, new, cut
        self._taken = set(_names(old))
        self._metrics = self._named_metrics()
        self._gates = self._named_gates()

    def plan(self) -> Plan:
        old, new = self._old, self._new
        stages = tuple(self._stage(n, stage) for n, stage in enumerate(new.stages))
        return sealed(
            replace(
                new,
                stages=stages,
                metrics=(*self._measured(), *self._measured_before(stages)),
                triggers=tuple(self._gate(gate) for gate in new.triggers),
                incident=tuple(self._task(task) for task in new.incident),
                values={**old.values, **new.values},
                connections={**old.connections, **new.connections},
            )
        )

    def _fresh(self, name: str) -> str:
        """Return a name that the rollout never had."""
        fresh = f"{name}~{self._cut.revision}"
        while fresh in self._taken:
            fresh += "~"
        self._taken.add(fresh)
        return fresh

    # -- metrics and gates -----------------------------------------------------

    def _named_metrics(self) -> dict[MetricName, MetricName]:
        # The newest first: an older one is there only for the stages that are left.
        before = list(self._old.metrics)
        found: dict[MetricName, MetricName] = {}
        for metric in self._new.metrics:
            match = next((m for m in before if _same_metric(m, metric)), None)
            if match is not None:
                before.remove(match)
            brought = f"{plain(metric.name)} (plan {self._cut.revision})"
            found[metric.name] = match.name if match else MetricName(brought)
        return found

    def _measured(self) -> Iterable[Metric]:
        for metric in self._new.metrics:
            yield replace(metric, name=self._metrics[metric.name])

    def _measured_before(self, stages: Sequence[Stage]) -> Iterable[Metric]:
        """Yield the metrics that the stages left behind were judged by, and no more."""
        gone = {m.name: m for m in self._old.metrics}
        for name in self._metrics.values():
            gone.pop(name, None)
        wanted = {gate.metric for stage in stages for gate in stage.gates}
        steps = (step for stage in stages for step in stage.steps)
        wanted |= {m for s in steps if isinstance(s, Baseline) for m in s.metrics}
        return (metric for name, metric in gone.items() if name in wanted)

    def _named_gates(self) -> dict[GateId, GateId]:
        found = dict(self._named_triggers())
        for number, stage in enumerate(self._new.stages):
            before = self._old.stages[number].gates if number < self._cut.kept else ()
            for place, gate in enumerate(stage.gates):
                was = before[place] if before else None
                stays = was is not None and (
                    number < self._cut.left or was.metric == self._metrics[gate.metric]
                )
                name = was.id if was and stays else self._fresh(gate.id)
                found[gate.id] = GateId(name)
        return found

    def _named_triggers(self) -> Iterable[tuple[GateId, GateId]]:
        before = list(self._old.triggers)
        for gate in self._new.triggers:
            named = replace(gate, metric=self._metrics[gate.metric])
            match = next((g for g in before if _same_gate(g, named)), None)
            if match is not None:
                before.remove(match)
            yield gate.id, GateId(match.id if match else self._fresh(gate.id))

    def _gate(self, gate: Gate) -> Gate:
        return replace(gate, id=self._gates[gate.id], metric=self._metrics[gate.metric])

    # -- stages ----------------------------------------------------------------

    def _stage(self, number: int, stage: Stage) -> Stage:
        if number < self._cut.kept:
            return self._kept(number, stage)
        return replace(
            self._under_new_sessions(stage),
            id=self._stage_id(number, stage),
            steps=tuple(self._new_step(step) for step in stage.steps),
            gates=tuple(self._gate(gate) for gate in stage.gates),
        )

    def _kept(self, number: int, stage: Stage) -> Stage:
        """Return a stage as it was, on the lines that it has now."""
        before = relined(self._old.stages[number], stage)
        pairs = zip(before.steps, stage.steps, strict=True)
        left = number < self._cut.left
        gates = before.gates if left else tuple(self._gate(g) for g in stage.gates)
        steps = tuple(self._referring(was, now, left=left) for was, now in pairs)
        return replace(before, gates=gates, steps=steps)

    def _referring(self, step: Step, now: Step, *, left: bool) -> Step:
        """Return a step with the names of what it refers to."""
        if isinstance(step, Soak) and isinstance(now, Soak):
            return replace(step, gates=tuple(self._gates[g] for g in now.gates))
        if isinstance(step, Baseline) and isinstance(now, Baseline) and not left:
            return replace(step, metrics=tuple(self._metrics[m] for m in now.metrics))
        return step

    def _new_step(self, step: Step) -> Step:
        named = replace(self._under_new_sessions(step), id=StepId(self._fresh(step.id)))
        return self._referring(named, step, left=False)

    def _stage_id(self, number: int, stage: Stage) -> StageId:
        """Return a new name; the rollout may stand in the first: that keeps its own."""
        old = self._old.stages
        if number == self._cut.kept and number < len(old):
            return old[number].id
        return StageId(self._fresh(stage.id))

    def _under_new_sessions(self, value: T) -> T:
        """Return a part whose blocks share no shell with what ran before."""
        if not is_dataclass(value) or isinstance(value, type):
            if isinstance(value, tuple):
                return tuple(map(self._under_new_sessions, value))  # type: ignore[return-value]
            return value
        changed = {
            f.name: self._new_session(f.name, getattr(value, f.name))
            for f in fields(value)
        }
        return replace(value, **changed)

    def _new_session(self, name: str, value: Any) -> Any:  # noqa: ANN401
        if name == "session" and isinstance(value, str):
            return f"{value}~{self._cut.revision}"
        return self._under_new_sessions(value)

    def _task(self, task: IncidentTask) -> IncidentTask:
        match = next((t for t in self._old.incident if same(t, task)), None)
        return replace(task, id=QuestionId(match.id if match else self._fresh(task.id)))


def relined(old: T, new: T) -> T:
    """Return a part as it was, on the lines of the one that says the same."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        pairs = zip(old, new, strict=True)
        return tuple(relined(*pair) for pair in pairs)  # type: ignore[return-value]
    if not is_dataclass(old) or isinstance(old, type):
        return old
    lines = {
        f.name: getattr(new, f.name)
        if f.name == "line"
        else relined(getattr(old, f.name), getattr(new, f.name))
        for f in fields(old)
    }
    return replace(old, **lines)


def _same_metric(old: Metric, new: Metric) -> bool:
    named_alike = plain(old.name) == plain(new.name)
    return named_alike and same(replace(old, name=new.name), new)


def _same_gate(old: Gate, new: Gate) -> bool:
    return old.metric == new.metric and same(old, new)


def _names(plan: Plan) -> Iterable[str]:
    """Yield every name of a plan; one that two kinds of parts share is taken for both."""
    yield from (metric.name for metric in plan.metrics)
    yield from (gate.id for gate in every_gate(plan))
    yield from (task.id for task in plan.incident)
    for stage in plan.stages:
        yield stage.id
        yield from (step.id for step in stage.steps)
