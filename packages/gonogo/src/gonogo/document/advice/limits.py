"""Limits: do those of one metric agree with each other, and with the triggers?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.advice.interval import Interval, allowed, comparable
from gonogo.document.bindings.names import folded
from gonogo.document.kinds import GateContext
from gonogo.document.reading import Gate, Reading, Trigger
from gonogo.model.condition import Condition
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan


def limits(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield limits of one metric that no value, or only a tripping one, can hold."""
    del plan
    criteria = _by_metric(reading)
    for gates in criteria.values():
        for one, other in combinations(gates, 2):
            if _same_place(one, other) and _exclude(one.condition, other.condition):
                yield _contradiction(one, other)
    for trigger in reading.triggers:
        yield from _inside(trigger, criteria.get(folded(trigger.metric), ()))


def _by_metric(reading: Reading) -> Mapping[str, Sequence[Gate]]:
    found: dict[str, list[Gate]] = {}
    for gate in reading.gates:
        if _is_criterion(gate):
            found.setdefault(folded(gate.metric), []).append(gate)
    return found


def _is_criterion(gate: Gate) -> bool:
    return gate.context is GateContext.MUST_HOLD and gate.stage_line is not None


def _same_place(one: Gate, other: Gate) -> bool:
    here, there = ((g.stage_line, g.substage_line) for g in (one, other))
    return here == there


def _contradiction(one: Gate, other: Gate) -> Diagnostic:
    return diagnostic(
        Code.LIMITS_CONTRADICT, other.line, metric=other.metric, first=one.line
    )


def _exclude(one: Condition, other: Condition) -> bool:
    if one.window != other.window:
        return False
    pair = _intervals(one, other)
    return pair is not None and not pair[0].meets(pair[1])


def _inside(trigger: Trigger, criteria: Sequence[Gate]) -> Iterator[Diagnostic]:
    """Yield the trigger once, with the first limit that it contradicts."""
    condition = trigger.condition
    if condition is None or not trigger.metric:
        return
    for gate in criteria:
        if _apart(trigger, gate):
            continue
        pair = _intervals(gate.condition, condition)
        if pair is not None and pair[0].reaches_into(pair[1]):
            yield diagnostic(
                Code.TRIGGER_INSIDE_LIMIT,
                trigger.line,
                metric=trigger.metric,
                limit=gate.line,
            )
            return


def _apart(trigger: Trigger, gate: Gate) -> bool:
    """Tell whether the trigger is one of another stage than the limit."""
    return trigger.stage_line not in {None, gate.stage_line}


def _intervals(one: Condition, other: Condition) -> tuple[Interval, Interval] | None:
    fitting = comparable(one, other)
    if fitting is None:
        return None
    first, second = allowed(one), allowed(fitting)
    return (first, second) if first and second else None
