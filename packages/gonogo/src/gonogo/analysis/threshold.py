"""
The plain threshold judge: one measurement against one limit.

It is the judge where a document gives only a number and a source gives only a number.
It says nothing about chance, and says in its reasons that it is the plain one: all it
has against noise is what its gate tells it, to look at a mean (`window`), to want several
bad looks in a row (`consecutive`), or to tolerate a little (`tolerance`).
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.plan import Gate, Holds
from gonogo.model.verdict import Measurement, Outcome, Verdict


def judge(
    gate: Gate,
    measurement: Measurement,
    baseline: float | None,
    *,
    seen: Sequence[float] = (),
    why: str = "",
) -> Verdict:
    """
    Judge one measurement.

    Args:
        gate: The condition, and whether it must hold or must not.
        measurement: Of the gate's metric.
        baseline: What a relative limit is held against: the metric's value before the
            change, or the control's; None when there is none.
        seen: The values of the gate's window, the measurement's last; its mean is
            judged. Empty: the measurement alone.
        why: Why evidence does not judge, as the end of a sentence; '' goes unsaid.

    Returns:
        `ERROR` when it could not be measured; `INCONCLUSIVE` without data, without
        the baseline that a relative limit needs, or when value and limit are of
        different kinds; else `PASS` or `FAIL`.
    """
    if measurement.error is not None:
        return _verdict(Outcome.ERROR, f"{gate.metric}: {measurement.error}")
    if measurement.value is None or _is_no_number(measurement.value):
        return _verdict(Outcome.INCONCLUSIVE, f"{gate.metric}: no data")
    if gate.condition.comparator is Comparator.WORDS:
        return _judge_words(gate, measurement.value)
    if isinstance(measurement.value, str):
        return _verdict(
            Outcome.INCONCLUSIVE,
            f"{gate.metric} is '{measurement.value}', which is no number",
        )
    if not _has_limit(gate.condition):
        return _verdict(Outcome.INCONCLUSIVE, f"{gate.metric}: no limit is stated")
    looked_back = gate.window is not None and bool(seen)
    value = sum(seen) / len(seen) if looked_back else measurement.value
    return _judge_number(gate, value, baseline, _plain(gate, seen, why))


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    The judge of one gate, for measurements one at a time; made by `prepared`.

    It says what `judge` says, and says it sooner: what does not change from look to
    look, as the words about a limit, is put together once.
    """

    gate: Gate
    limit: float | None
    said: str

    def __call__(self, measurement: Measurement, baseline: float | None) -> Verdict:
        """Judge one measurement; the arguments are those of `judge`."""
        gate, limit, value = self.gate, self.limit, measurement.value
        # A word, nothing, an error and what is not finite are told apart elsewhere.
        if limit is None or not isinstance(value, float):
            return judge(gate, measurement, baseline)
        if measurement.error is not None or not math.isfinite(value):
            return judge(gate, measurement, baseline)
        held = COMPARE[gate.condition.comparator](value, limit)
        reason = f"{gate.metric} is {_number(value)}{self.said}"
        return _verdict(_outcome(gate, held=held), reason)


def prepared(gate: Gate) -> Prepared:
    """Return the judge of a gate, at its quickest for one number held to one limit."""
    condition, limit = gate.condition, gate.condition.value
    if not isinstance(limit, float | int) or condition.comparator not in COMPARE:
        return Prepared(gate, None, "")
    if condition.relative or gate.tolerance or gate.window is not None:
        return Prepared(gate, None, "")
    return Prepared(gate, limit, f"{_wanted(gate)}{_plain(gate, (), '')}")


def _plain(gate: Gate, seen: Sequence[float], why: str) -> str:
    """Return which judge this is, and what it was told."""
    if gate.window is None and not gate.tolerance and not why:
        return ", by the plain limit"
    told = [f"mean of {len(seen) or 1} looks"] if gate.window is not None else []
    if gate.tolerance:
        told.append(f"with a tolerance of {_number(gate.tolerance)}")
    if why:
        told.append(why)
    return f", by the plain limit ({'; '.join(told)})"


def _is_no_number(value: float | str) -> bool:
    return not isinstance(value, str) and not math.isfinite(value)


def _has_limit(condition: Condition) -> bool:
    between = condition.comparator is Comparator.BETWEEN
    return condition.value is not None and between is isinstance(condition.value, tuple)


def limit_text(condition: Condition) -> str:
    """Return the condition as people write it: '< +5 % of baseline', '< 500 ms'."""
    if condition.comparator is Comparator.WORDS:
        return condition.words or "as the document says"
    if isinstance(condition.value, tuple):
        low, high = condition.value
        text = f"between {_number(low)} and {_number(high)}"
    else:
        sign = "+" if condition.relative and condition.unit == "%" else ""
        limit = 0.0 if condition.value is None else condition.value
        text = f"{condition.comparator} {sign}{_number(limit)}"
    return f"{text}{_unit(condition)}{_against(condition)}"


def _judge_words(gate: Gate, value: float | str) -> Verdict:
    wanted = (gate.condition.words or "").strip().strip("`'\"")
    seen = str(value).strip()
    if not wanted or (isinstance(value, float | int) and not _is_number(wanted)):
        reason = f"{gate.metric} is {seen}; '{wanted}' cannot be compared with it"
        return _verdict(Outcome.INCONCLUSIVE, reason)
    same = seen.casefold() == wanted.casefold() or _same_number(value, wanted)
    reason = f"{gate.metric} is '{seen}', {_has_to(gate)} '{wanted}'"
    return _verdict(_outcome(gate, held=same), reason)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text) is not None


def _same_number(value: float | str, wanted: str) -> bool:
    return not isinstance(value, str) and value == float(wanted)


def _judge_number(
    gate: Gate, value: float, baseline: float | None, plain: str
) -> Verdict:
    compared = _compared_value(gate, value, baseline)
    if isinstance(compared, str):
        return _verdict(Outcome.INCONCLUSIVE, f"{gate.metric}: {compared}")
    condition = _tolerant(gate) if gate.tolerance else gate.condition
    held = compares(condition, compared)
    reason = _reason(gate, value, compared, baseline)
    return _verdict(_outcome(gate, held=held), f"{reason}{plain}")


def _tolerant(gate: Gate) -> Condition:
    """Return the condition with what the gate tolerates: a fail is so much farther."""
    condition, limit = gate.condition, gate.condition.value
    slack = gate.tolerance if gate.holds is Holds.MUST else -gate.tolerance
    if limit is None:
        return condition
    if isinstance(limit, tuple):
        return replace(condition, value=(limit[0] - slack, limit[1] + slack))
    if condition.comparator in _UPPER:
        return replace(condition, value=limit + slack)
    return replace(
        condition, value=limit - slack if condition.comparator in _LOWER else limit
    )


_UPPER = frozenset({Comparator.LESS, Comparator.AT_MOST})
_LOWER = frozenset({Comparator.MORE, Comparator.AT_LEAST})


COMPARE: Mapping[Comparator, Callable[[float, float], bool]] = {
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
    Comparator.EQUAL: operator.eq,
    Comparator.NOT_EQUAL: operator.ne,
}


def compares(condition: Condition, value: float) -> bool:
    """Tell whether a number satisfies a condition that has numbers."""
    limit = condition.value
    if isinstance(limit, tuple):
        return limit[0] <= value <= limit[1]
    return limit is not None and COMPARE[condition.comparator](value, limit)


def _compared_value(gate: Gate, value: float, baseline: float | None) -> float | str:
    """Return what is held against the limit, or why nothing can be."""
    relative = gate.condition.relative
    if relative is None:
        return value
    if relative is Relative.PREVIOUS:
        return f"no {relative} is bound to compare with"
    if baseline is None and relative is Relative.CONTROL:
        return "no control is there to compare with"
    if baseline is None:
        return "no baseline was taken before the change"
    return _change(gate, value, baseline)


def _change(gate: Gate, value: float, baseline: float) -> float | str:
    if gate.condition.unit not in {"%", "x"}:
        return value - baseline
    base = max(baseline, gate.floor)
    if base == 0:
        same = 1.0 if gate.condition.unit == "x" else 0.0
        base_name = gate.condition.relative
        return (
            same if value == 0 else f"the {base_name} is 0: bind a `floor` for changes"
        )
    ratio = max(value, gate.floor) / base
    return ratio if gate.condition.unit == "x" else (ratio - 1) * 100


def _outcome(gate: Gate, *, held: bool) -> Outcome:
    wanted = gate.holds is Holds.MUST
    return Outcome.PASS if held is wanted else Outcome.FAIL


def _reason(gate: Gate, value: float, compared: float, baseline: float | None) -> str:
    unit = _unit(gate.condition)
    if gate.condition.relative is None:
        return f"{gate.metric} is {_number(value)}{_wanted(gate)}"
    sign = "+" if compared >= 0 and gate.condition.unit != "x" else ""
    return (
        f"{gate.metric} is {_number(value)}, {sign}{_number(compared)}{unit} against "
        f"a {gate.condition.relative} of {_number(baseline or 0.0)}"
        f"{_raised(gate, baseline)}, "
        f"{_has_to(gate)} {limit_text(gate.condition)}"
    )


def _wanted(gate: Gate) -> str:
    """Return what follows a number, up to the limit: ' ms, has to be < 500 ms'."""
    return f"{_unit(gate.condition)}, {_has_to(gate)} {limit_text(gate.condition)}"


def _raised(gate: Gate, baseline: float | None) -> str:
    """Say so where the floor stood in for a smaller baseline."""
    lifted = gate.condition.unit in {"%", "x"} and (baseline or 0.0) < gate.floor
    return f" (counted as {_number(gate.floor)}, its floor)" if lifted else ""


def _has_to(gate: Gate) -> str:
    return "has to be" if gate.holds is Holds.MUST else "must not be"


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.0f}"  # noqa: PLR2004


def _unit(condition: Condition) -> str:
    unit = condition.unit
    if unit is None or unit == "count":
        return ""
    return f"{unit}" if unit == "x" else f" {unit}"


def _against(condition: Condition) -> str:
    if condition.relative is None:
        return ""
    return (
        f" of {condition.relative}"
        if condition.unit == "x"
        else (f" against {condition.relative}")
    )


def _verdict(outcome: Outcome, reason: str) -> Verdict:
    return Verdict(outcome=outcome, reasons=(reason,))
