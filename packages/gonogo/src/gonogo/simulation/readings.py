"""Readings: what a metric really is at an instant, and what its probe says of it."""

from datetime import datetime, timedelta
from hashlib import sha256

from gonogo.model.identifiers import MetricName
from gonogo.model.operation import Operation, Query
from gonogo.model.plan import Plan
from gonogo.model.sample import Sample
from gonogo.model.verdict import Measurement
from gonogo.simulation.chronicle import Chronicle
from gonogo.simulation.conditions import Conditions
from gonogo.simulation.healthy import Healthy, Value, gates_of, healthy
from gonogo.simulation.sampled import Stretch, sampled
from gonogo.simulation.script.rules import (
    Fault,
    Fixed,
    MetricReads,
    ProbeFails,
    Ramp,
    Reading,
    Scaled,
)

_HALF = 2**63


class Readings:
    """
    The metrics of a plan, as the script has them.

    Attributes:
        well: The healthy values of each.
        changed: Whether the change has begun: until then metrics read as before it.
    """

    def __init__(
        self, plan: Plan, conditions: Conditions, chronicle: Chronicle, seed: str
    ) -> None:
        """Take the script; nothing has changed yet."""
        self.well: dict[MetricName, Healthy] = {
            metric.name: healthy(gates_of(plan, metric.name)) for metric in plan.metrics
        }
        self._metrics = {metric.name: metric for metric in plan.metrics}
        self.changed = False
        self._conditions, self._chronicle, self._seed = conditions, chronicle, seed
        rules = conditions.rules
        self._values = [r for r in reversed(rules) if isinstance(r, MetricReads)]
        self._faults = [r for r in reversed(rules) if isinstance(r, ProbeFails)]

    def measured(
        self,
        metric: MetricName,
        at: datetime,
        probe: Operation,
        since: datetime | None = None,
    ) -> tuple[Measurement, timedelta | None]:
        """
        Return what a look begun now gives, and how long it hangs; None: it doesn't.

        Args:
            metric: Looked at.
            at: Now.
            probe: Of the metric.
            since: Where the stretch begins that a source is asked about.
        """
        fault = self._fault(metric, at)
        if fault is Fault.HANGS:
            error = "its probe hung until its deadline (simulated)"
            return Measurement(at=at, error=error), probe.deadline
        if fault is Fault.DOWN:
            return Measurement(at=at, error="its probe is down (simulated)"), None
        if fault is Fault.NO_DATA:
            return Measurement(at=at), None
        value = self._noisy(metric, at)
        sample = self._sample(metric, at, probe, since, value)
        if sample is not None and sample.canary is None:
            return Measurement(at=at, sample=sample), None
        return Measurement(at=at, value=value, sample=sample), None

    def _sample(
        self,
        metric: MetricName,
        at: datetime,
        probe: Operation,
        since: datetime | None,
        value: Value,
    ) -> Sample | None:
        """Return what a source counts of a number; None: the probe is no query."""
        beside = self.well[metric].before
        if not isinstance(probe, Query) or since is None:
            return None
        if isinstance(value, str) or isinstance(beside, str):
            return None
        began = min(self._chronicle.started_at, since)
        return sampled(
            self._metrics[metric],
            probe,
            value=value,
            beside=beside,
            stretch=Stretch(began=began, since=since, until=at),
        )

    def value(self, metric: MetricName, at: datetime, *, asked: bool = False) -> Value:
        """Return what a metric really is, without noise."""
        normal = self._normal(metric)
        rule = self._rule(metric, at, asked=asked, noise=False)
        if rule is None or rule.reading is None:
            return normal
        return self._read(rule, rule.reading, normal, at)

    def scripted(self, metric: MetricName, at: datetime) -> bool:
        """Tell whether the script gives a metric a value at an instant."""
        return self._rule(metric, at, asked=False, noise=False) is not None

    def _normal(self, metric: MetricName) -> Value:
        well = self.well[metric]
        return well.after if self.changed else well.before

    def _fault(self, metric: MetricName, at: datetime) -> Fault | None:
        for rule in self._faults:
            if rule.metric in {None, metric} and self._conditions.hold(rule, at):
                return rule.fault
        return None

    def _rule(
        self, metric: MetricName, at: datetime, *, asked: bool, noise: bool
    ) -> MetricReads | None:
        for rule in self._values:
            speaks = rule.noise if noise else rule.reading is not None
            if rule.metric != metric or not speaks:
                continue
            if self._conditions.hold(rule, at, asked=asked):
                return rule
        return None

    def _read(
        self, rule: MetricReads, reading: Reading, normal: Value, at: datetime
    ) -> Value:
        match reading:
            case Fixed(value=value):
                return value
            case Scaled(factor=factor):
                return normal * factor if isinstance(normal, float) else normal
            case Ramp():
                return self._on_ramp(rule, reading, normal, at)

    def _on_ramp(
        self, rule: MetricReads, ramp: Ramp, normal: Value, at: datetime
    ) -> Value:
        begun = self._conditions.begun(rule) or self._chronicle.started_at
        end = begun + ramp.over if ramp.over is not None else None
        if ramp.until is not None:
            end = self._chronicle.instant(ramp.until)
        first = ramp.first if ramp.first is not None else normal
        if not isinstance(first, float) or end is None:
            return ramp.last if end is not None else first
        share = (at - begun) / (end - begun) if end > begun else 1.0
        return first + (ramp.last - first) * min(max(share, 0.0), 1.0)

    def _noisy(self, metric: MetricName, at: datetime) -> Value:
        value = self.value(metric, at, asked=True)
        rule = self._rule(metric, at, asked=True, noise=True)
        if rule is None or not isinstance(value, float):
            return value
        moved = value + rule.noise * self._drawn(metric, at)
        # What is a count or a share does not fall below zero for noise alone.
        return max(moved, 0.0) if value >= 0 else moved

    def _drawn(self, metric: MetricName, at: datetime) -> float:
        """Return a number from -1 to 1: the same for one seed, metric and instant."""
        text = f"{self._seed}/{metric}/{at.isoformat()}".encode()
        return int.from_bytes(sha256(text).digest()[:8], "big") / _HALF - 1
