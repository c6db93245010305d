"""A gate's limit as a test sees it: which way harm lies, and where it begins."""

import math
from dataclasses import dataclass

from gonogo.model.condition import Comparator, Condition
from gonogo.model.plan import Gate, Holds, Metric
from gonogo.model.sample import MetricKind

_PERCENT = frozenset({"%", "percent", "pct"})
_HOUR_S = 3600.0
_HARM_ABOVE = {
    Comparator.LESS: 1,
    Comparator.AT_MOST: 1,
    Comparator.MORE: -1,
    Comparator.AT_LEAST: -1,
}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Evidence cannot judge a gate; `reason` says why, as the end of a sentence."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """
    Where harm begins.

    Attributes:
        direction: 1 where more is worse, -1 where less is.
        limit: A ratio to the control (1.05 for '+5 %') where `relative`; else a
            fraction, events per hour, or a level in the metric's unit.
        relative: Whether it is a change against another series.
    """

    direction: int
    limit: float
    relative: bool


def stated(gate: Gate, metric: Metric, kind: MetricKind) -> Stated | Unfit:
    """Return the limit of a gate, or why it is none that evidence can be weighed on."""
    condition = gate.condition
    above = _HARM_ABOVE.get(condition.comparator)
    if above is None or not isinstance(condition.value, float | int):
        return Unfit("only 'below' and 'above' a number can be weighed")
    direction = above if gate.holds is Holds.MUST else -above
    value = float(condition.value)
    if condition.relative is not None:
        found = _ratio(value, condition.unit)
    else:
        found = _fixed(value, condition, metric, kind)
    if isinstance(found, Unfit):
        return found
    relative = condition.relative is not None
    return Stated(direction=direction, limit=found, relative=relative)


def _ratio(value: float, unit: str | None) -> float | Unfit:
    if unit in _PERCENT:
        value = 1 + value / 100
    elif unit != "x":
        return Unfit(
            f"a change in {unit or 'bare numbers'} is no ratio: state it in "
            "percent, or as a multiple"
        )
    return value if value > 0 else Unfit("nothing can be less than -100 %")


def _fixed(
    value: float, condition: Condition, metric: Metric, kind: MetricKind
) -> float | Unfit:
    if kind is MetricKind.PROPORTION:
        value = _fraction(value, condition.unit or metric.unit)
        if not 0 < value < 1:
            return Unfit(f"a share of {value:.4g} leaves nothing to weigh")
    elif kind is MetricKind.COUNT:
        value /= _hours(condition)
    if not (math.isfinite(value) and value > 0):
        return Unfit("a limit of 0 leaves nothing to weigh: one event breaks it")
    return value


def _fraction(value: float, unit: str | None) -> float:
    return value / 100 if unit in _PERCENT else value


def _hours(condition: Condition) -> float:
    """Return the hours that a count is stated for; without a window it is one."""
    window = condition.window
    return window.total_seconds() / _HOUR_S if window else 1.0
