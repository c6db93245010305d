"""Healthy values: what a metric reads when all is well, derived from its gates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gonogo.analysis import threshold
from gonogo.model.condition import Comparator
from gonogo.model.identifiers import MetricName
from gonogo.model.plan import Gate, Holds, Plan
from gonogo.model.verdict import Measurement, Outcome
from gonogo.simulation.terms import MONDAY

Value = float | str
# Where all is well, a metric is far from its limit, but seldom at zero.
_FAR_BELOW = (0.2, 0.5, 0.8, 0.95)
_FAR_ABOVE = (1.25, 1.05, 2.0, 5.0)
_PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """
    The values of a metric when all is well.

    Attributes:
        before: Before the change, for its baseline.
        after: After it.
        proven: It passes every gate; else no value could be found that does.
    """

    before: Value
    after: Value
    proven: bool


def gates_of(plan: Plan, metric: MetricName) -> tuple[Gate, ...]:
    """Return every gate that judges a metric, once, in the order of the plan."""
    every = (*plan.triggers, *(gate for stage in plan.stages for gate in stage.gates))
    return tuple({gate.id: gate for gate in every if gate.metric == metric}.values())


def healthy(gates: Sequence[Gate]) -> Healthy:
    """Return values that pass every gate of one metric, as far as there are any."""
    absolute = [gate for gate in gates if gate.condition.relative is None]
    for before in _candidates(absolute, base=None):
        if not _pass(absolute, before, None):
            continue
        for after in (before, *_candidates(gates, base=before)):
            if _pass(gates, after, before):
                return Healthy(before=before, after=after, proven=True)
    before = next(_candidates(absolute, base=None))
    return Healthy(before=before, after=before, proven=False)


def unhealthy(gate: Gate, well: Healthy) -> Value | None:
    """Return a value that fails a gate, not far beyond its limit; None without one."""
    for value in (*_beyond(gate, well), *_candidates([gate], base=well.before)):
        if _outcome(gate, value, well.before) is Outcome.FAIL:
            return value
    return None


def _beyond(gate: Gate, well: Healthy) -> Iterator[Value]:
    limits = list(_limits([gate]))
    base = well.before
    words = (gate.condition.words or "").strip().strip("`'\"")
    if gate.condition.comparator is Comparator.WORDS:
        yield f"not {words}" if gate.holds is Holds.MUST else words
        return
    for factor in (2.0, 1.5, 1.1, 0.9, 0.5, 0.0):
        if gate.condition.relative is None:
            yield from (limit * factor for limit in limits)
        elif isinstance(base, float):
            change = limits[0] * factor if limits else 0.0
            ratio = gate.condition.unit == "x"
            yield base * change if ratio else base * (1 + change / _PERCENT)
            yield max(gate.floor, base) * (1 + change / _PERCENT)
            yield base + change


def judged(gates: Sequence[Gate], value: Value, baseline: Value) -> Iterator[Gate]:
    """Yield the gates that a value fails."""
    for gate in gates:
        if _outcome(gate, value, baseline) is Outcome.FAIL:
            yield gate


def _pass(gates: Sequence[Gate], value: Value, baseline: Value | None) -> bool:
    return all(_outcome(gate, value, baseline) is Outcome.PASS for gate in gates)


def _outcome(gate: Gate, value: Value, baseline: Value | None) -> Outcome:
    base = baseline if isinstance(baseline, float) else None
    taken = Measurement(at=MONDAY, value=value)
    return threshold.judge(gate, taken, base).outcome


def _candidates(gates: Sequence[Gate], *, base: Value | None) -> Iterator[Value]:
    """Yield values worth trying, the likeliest first; never none."""
    limits = list(_limits(gates))
    for gate in gates:
        yield from _wanted(gate, base)
    for scale in (*_FAR_BELOW, *_FAR_ABOVE, 1.0, -1.0):
        yield from (limit * scale for limit in limits)
    for low, high in pairwise(limits):
        yield (low + high) / 2
    yield from (limit + step for limit in limits for step in (-1.0, 1.0))
    yield from (1.0, 0.0, "ok")


def _wanted(gate: Gate, base: Value | None) -> Iterator[Value]:
    """Yield what a gate asks for by itself."""
    condition = gate.condition
    if condition.comparator is Comparator.WORDS:
        words = (condition.words or "").strip().strip("`'\"")
        yield words if gate.holds is Holds.MUST else "ok"
    elif condition.relative is not None and isinstance(base, float):
        yield from (base * (1 + step / _PERCENT) for step in (0, 1, -1, -50, 50, 200))
        yield from (base + step for step in (-1.0, 1.0))
        yield from (_PERCENT * base, 0.0)
    elif isinstance(condition.value, tuple):
        yield sum(condition.value) / 2
    elif condition.value is not None:
        yield from _single(gate, condition.value)


def _single(gate: Gate, limit: float) -> Iterator[float]:
    wants_less = gate.condition.comparator in {Comparator.LESS, Comparator.AT_MOST}
    if wants_less is (gate.holds is Holds.MUST):
        yield from (limit * share for share in _FAR_BELOW)
    elif gate.condition.unit == "%" and 0 < limit < _PERCENT:
        yield (limit + _PERCENT) / 2
    else:
        yield from (limit * share for share in _FAR_ABOVE)


def _limits(gates: Sequence[Gate]) -> Iterator[float]:
    for gate in gates:
        value = gate.condition.value
        if isinstance(value, tuple):
            yield from value
        elif value is not None:
            yield value
