"""
Metrics and gates: every threshold with its probe, or the reason why it has none.

A threshold without a probe is never a pass: the reason becomes a question to a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gonogo.analysis.evidence import Unfit, trial_of
from gonogo.document.bindings.bound import (
    Bindings,
    Bound,
    Look,
    MetricBinding,
    Place,
    Record,
    StepBinding,
)
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.bindings.names import folded
from gonogo.document.codes import Code
from gonogo.document.compiler.asked import Asking
from gonogo.document.compiler.operations import Operations
from gonogo.document.compiler.units import in_unit
from gonogo.document.reading import Gate as ReadGate
from gonogo.document.reading import Reading, Trigger
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.identifiers import GateId, MetricName
from gonogo.model.judging import JudgeName
from gonogo.model.operation import Operation, Query
from gonogo.model.plan import Gate, Holds, Metric

_ERRORS_BEFORE_CALL = 3
ALPHA = 0.05
"""How often a soak without fault may be turned back, where nothing is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A limit of the document: of a gate, or of a trigger."""

    line: int
    metric: str
    condition: Condition
    holds: Holds

    @property
    def numeric(self) -> bool:
        """Tell whether a number is compared, not words."""
        return self.condition.comparator is not Comparator.WORDS


@dataclass(slots=True, kw_only=True)
class Metrics:
    """The bound metrics; those that a gate or a baseline uses are the plan's."""

    bound: Mapping[str, Bound[MetricBinding]]
    problems: Problems
    operations: Operations
    every: timedelta
    units: dict[str, str] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    compared: dict[str, None] = field(default_factory=dict)

    def knows(self, metric: str) -> bool:
        """Tell whether a probe stands behind a metric."""
        return self._base(metric) is not None

    def gate(self, threshold: Threshold, identifier: str) -> Gate | str:
        """
        Return the gate of a threshold, or the reason, as a sentence, why it has none.

        What is wrong with it is reported.
        """
        base = self._base(threshold.metric)
        if base is None:
            return self._unbound(threshold)
        own = self.bound[folded(threshold.metric)].value
        condition = threshold.condition
        if own.measures_change:
            condition = replace(condition, relative=None)
        if not _comparable(condition.relative, base.value.probe):
            return self._incomparable(threshold)
        fitting = in_unit(condition, self._unit(base, condition))
        if fitting is None:
            return self._unfitting(threshold, base)
        self.use(base.name, compared=fitting.relative is Relative.BASELINE)
        made = Gate(
            id=GateId(identifier),
            line=threshold.line,
            title=threshold.metric,
            metric=MetricName(base.name),
            condition=fitting,
            holds=threshold.holds,
            consecutive=own.consecutive or base.value.consecutive or 1,
            floor=own.floor or base.value.floor or 0.0,
            judge=own.judge or base.value.judge,
            window=own.window or base.value.window,
            tolerance=own.tolerance or base.value.tolerance or 0.0,
        )
        self._say_if_plain(made, base)
        return made

    def _say_if_plain(self, gate: Gate, base: Bound[MetricBinding]) -> None:
        """Report a gate that asks for evidence where it cannot be judged so."""
        if gate.judge is not JudgeName.EVIDENCE or base.value.probe is None:
            return
        metric = self._metric(base, base.value.probe)
        found = trial_of(gate, metric, duration=None, alpha=ALPHA)
        if isinstance(found, Unfit):
            self.problems.at_line(
                Code.JUDGED_PLAINLY, gate.line, metric=gate.title, why=found.reason
            )

    def use(self, name: str, *, compared: bool = False) -> None:
        """Put a metric into the plan; `compared`: its baseline is needed."""
        self.used[name] = None
        if compared:
            self.compared[name] = None

    def probe(self, metric: str) -> Operation | None:
        """Return what measures a metric; None where nothing does."""
        base = self._base(metric)
        return base.value.probe if base else None

    def named(self, names: Iterable[str], at_line: int) -> tuple[MetricName, ...]:
        """Return the metrics that a baseline names; unknown ones are reported."""
        found: dict[MetricName, None] = {}
        for name in names:
            base = self._base(name)
            if base is None:
                near = hint(name, tuple(b.name for b in self.bound.values()))
                self.problems.at_line(
                    Code.UNKNOWN_METRIC, at_line, name=name, hint=near
                )
                continue
            self.use(base.name, compared=True)
            found[MetricName(base.name)] = None
        return tuple(found)

    def for_baseline(self) -> tuple[MetricName, ...]:
        """Return the metrics that relative gates need; all, where none does."""
        if self.compared:
            return tuple(MetricName(name) for name in self.compared)
        bases = {b.name: None for b in map(self._base, self.bound) if b is not None}
        for name in bases:
            self.use(name, compared=True)
        return tuple(MetricName(name) for name in bases)

    def plan(self) -> tuple[Metric, ...]:
        """Return the metrics in use, in the order of the bindings."""
        return tuple(
            self._metric(bound, bound.value.probe)
            for bound in self.bound.values()
            if bound.name in self.used and bound.value.probe is not None
        )

    def _metric(self, bound: Bound[MetricBinding], probe: Operation) -> Metric:
        value = bound.value
        return Metric(
            name=MetricName(bound.name),
            probe=probe,
            unit=value.unit or self.units.get(bound.name),
            cadence=value.every or self.every,
            baseline=bound.name in self.compared,
            errors=value.errors or _ERRORS_BEFORE_CALL,
            judging=value.judging,
            counting=value.counting,
        )

    def _base(self, metric: str) -> Bound[MetricBinding] | None:
        """Follow `same_as` to the metric that is measured; None where none is."""
        seen: set[str] = set()
        name = folded(metric)
        while name in self.bound and name not in seen:
            seen.add(name)
            bound = self.bound[name]
            if bound.value.same_as is None:
                return bound
            name = folded(bound.value.same_as)
        return None

    def _unit(self, base: Bound[MetricBinding], condition: Condition) -> str | None:
        """Return the probe's unit; where none is bound, that of its first limit."""
        if base.value.unit is not None:
            return base.value.unit
        stated = condition.unit
        if condition.relative is None and stated not in {None, "count"}:
            self.units.setdefault(base.name, str(stated))
        return self.units.get(base.name)

    def _unbound(self, threshold: Threshold) -> str:
        if threshold.holds is Holds.MUST or threshold.numeric:
            near = hint(threshold.metric, tuple(b.name for b in self.bound.values()))
            self.problems.at_line(
                Code.UNBOUND_METRIC, threshold.line, metric=threshold.metric, hint=near
            )
        return f"no probe is bound to '{threshold.metric}'"

    def _incomparable(self, threshold: Threshold) -> str:
        relative = str(threshold.condition.relative)
        self.problems.at_line(
            Code.NOTHING_TO_COMPARE,
            threshold.line,
            metric=threshold.metric,
            relative=relative,
        )
        return f"nothing measures the {relative} that it is compared with"

    def _unfitting(self, threshold: Threshold, base: Bound[MetricBinding]) -> str:
        unit = base.value.unit or self.units.get(base.name)
        self.problems.at_line(
            Code.UNITS_DIFFER,
            threshold.line,
            metric=threshold.metric,
            limit=threshold.condition.unit,
            probe=unit,
        )
        return f"its limit is in {threshold.condition.unit}, its probe gives {unit}"


def metrics(
    reading: Reading, bindings: Bindings, operations: Operations, problems: Problems
) -> Metrics:
    """Return the metrics of the bindings, checked against the document."""
    bound = {folded(one.name): one for one in bindings.metrics}
    for one in bindings.metrics:
        _check_chain(one, bound, problems)
    _check_named(reading, bindings, bound, problems)
    asking = Asking(bindings=bindings, problems=problems)
    complete = {
        name: replace(one, value=_completed(one, operations, asking))
        for name, one in bound.items()
    }
    complete |= _by_words(reading, bindings, complete, asking)
    every = bindings.every or timedelta(minutes=1)
    return Metrics(
        bound=complete, problems=problems, operations=operations, every=every
    )


def _completed(
    one: Bound[MetricBinding], operations: Operations, asking: Asking
) -> MetricBinding:
    value = asking.completed(one.value, one.at)
    if value.probe is None:
        return value
    return replace(value, probe=operations.complete(value.probe, one.at))


def _by_words(
    reading: Reading,
    bindings: Bindings,
    bound: Mapping[str, Bound[MetricBinding]],
    asking: Asking,
) -> dict[str, Bound[MetricBinding]]:
    """Return the metrics that bind themselves: their words are a ready metric's."""
    found: dict[str, Bound[MetricBinding]] = {}
    if not any(source.value.canary for source in bindings.sources.values()):
        return found
    limits: list[ReadGate | Trigger] = [*reading.gates, *reading.triggers]
    for limit in limits:
        name = folded(limit.metric or "")
        if not name or name in bound or name in found:
            continue
        value = asking.by_words(str(limit.metric))
        if value is not None and value.ready is not None:
            at = Place(line=limit.line, column=1, path="")
            found[name] = Bound(name=str(limit.metric), at=at, value=value)
            asking.problems.at_line(
                Code.BOUND_BY_WORDS,
                limit.line,
                metric=limit.metric,
                ready=value.ready.name,
                source=value.ready.source,
            )
    return found


def _comparable(relative: Relative | None, probe: Operation | None) -> bool:
    """Tell whether there is what a limit is compared with."""
    if relative is Relative.CONTROL:
        return isinstance(probe, Query) and probe.control is not None
    return relative in {None, Relative.BASELINE}


def _check_chain(
    one: Bound[MetricBinding],
    bound: Mapping[str, Bound[MetricBinding]],
    problems: Problems,
) -> None:
    seen = {folded(one.name)}
    value = one.value
    while value.same_as is not None:
        name = folded(value.same_as)
        if name in seen or name not in bound:
            near = "" if name in seen else hint(value.same_as, _names(bound.values()))
            if name in seen:
                near = " It leads back to itself."
            problems.add(Code.UNKNOWN_METRIC, one.at, name=value.same_as, hint=near)
            return
        seen.add(name)
        value = bound[name].value


def _check_named(
    reading: Reading,
    bindings: Bindings,
    bound: Mapping[str, Bound[MetricBinding]],
    problems: Problems,
) -> None:
    """Report metrics that are neither the document's nor used by another binding."""
    said = {g.metric: None for g in reading.gates}
    said |= {t.metric: None for t in reading.triggers if t.metric}
    known = {folded(name) for name in said}
    known |= {folded(b.value.same_as) for b in bound.values() if b.value.same_as}
    for step in bindings.steps:
        known |= {folded(name) for name in _looked_at(step.value)}
    for name, one in bound.items():
        if name not in known:
            problems.add(
                Code.BINDS_NOTHING,
                one.at,
                what="metric",
                name=one.name,
                hint=hint(one.name, tuple(said)),
            )


def _looked_at(step: StepBinding) -> Sequence[str]:
    match step.deed:
        case Record(metrics=names):
            return names
        case Look(metric=name):
            return (name,)
        case _:
            return ()


def _names(bound: Iterable[Bound[MetricBinding]]) -> Sequence[str]:
    return tuple(one.name for one in bound)
