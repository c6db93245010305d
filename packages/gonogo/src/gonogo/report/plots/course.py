"""
The course of a gate: from what the journal says of it to what is drawn.

The value of a look is what its verdict was given on. A limit against a control moves
with that control; one against a baseline stands where the baseline puts it.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from gonogo.analysis.evidence.stated import Stated, stated
from gonogo.analysis.reducing import shown
from gonogo.analysis.threshold import limit_text
from gonogo.model.condition import Relative
from gonogo.model.evidence import Finding
from gonogo.model.operation import Query
from gonogo.model.plan import Gate, Holds, Metric
from gonogo.model.sample import MetricKind
from gonogo.model.verdict import GateVerdict, Measurement
from gonogo.report.plots.plot import Look, Moment, Plot, Stretch
from gonogo.report.wording import bound_of, unit_of

# A proportion is shown in percent, whatever its limit is stated in.
_PERCENT = 100.0


def look_of(
    gate: Gate,
    metric: Metric | None,
    taken: Measurement,
    found: GateVerdict,
    bars: Mapping[str, float] = MappingProxyType({}),
) -> Look:
    """
    Return one look as it is drawn.

    Args:
        gate: That was judged.
        metric: Its metric, where the plan still has it.
        taken: What was measured.
        found: What it was found to be; without data it brings no evidence.
        bars: By the digest of a test, what its evidence has to reach.
    """
    control, evidence = _control(metric, taken), found.evidence
    return Look(
        at=taken.at,
        outcome=found.verdict.outcome,
        value=None if isinstance(taken.value, str) else taken.value,
        control=control,
        limit=_moved(gate, control),
        against=_against(found),
        cleared=evidence.safe.now if evidence else None,
        bar=bars.get(evidence.test) if evidence else None,
    )


def plot_of(
    gate: Gate,
    metric: Metric | None,
    looks: Sequence[Look],
    *,
    baseline: float | None = None,
    holds: Sequence[Stretch] = (),
    moment: Moment | None = None,
) -> Plot:
    """
    Return the plot of a gate.

    Args:
        gate: The limit.
        metric: Its metric, where the plan still has it.
        looks: Of `look_of`, oldest first, non-empty.
        baseline: The metric's value before the change.
        holds: When a soak held that the gate is part of, oldest first.
        moment: When the gate decided something.
    """
    against_it = gate.condition.relative is Relative.BASELINE
    words = "must not be " if gate.holds is Holds.MUST_NOT else ""
    return Plot(
        title=gate.title,
        unit=unit_of(gate, metric),
        limit_text=f"{words}{limit_text(gate.condition)}",
        looks=tuple(looks),
        limits=limits_of(gate, metric, baseline),
        baseline=baseline if against_it else None,
        holds=tuple(holds),
        moment=moment,
    )


def limits_of(
    gate: Gate, metric: Metric | None, baseline: float | None
) -> tuple[float, ...]:
    """
    Return where a limit lies that does not move, in the unit that values are shown in.

    Returns:
        None for words, for a limit against a control, and without a baseline.
    """
    condition = gate.condition
    if condition.relative is Relative.BASELINE and baseline is not None:
        return tuple(
            _changed(gate, baseline, bound) for bound in bound_of(gate.condition)
        )
    if condition.relative is not None:
        return ()
    counted = metric.probe if metric and isinstance(metric.probe, Query) else None
    limit = stated(gate, metric, counted.metric_kind) if counted and metric else None
    if counted is None or not isinstance(limit, Stated):
        return bound_of(condition)
    share = counted.metric_kind is MetricKind.PROPORTION
    return (limit.limit * (_PERCENT if share else 1.0),)


def _against(found: GateVerdict) -> float | None:
    """Return the evidence of harm as the verdict tells it: what is proven stays so."""
    if found.evidence is None:
        return None
    harm = found.evidence.harm
    return harm.best if found.finding is Finding.HARM else harm.now


def _control(metric: Metric | None, taken: Measurement) -> float | None:
    probe, sample = metric.probe if metric else None, taken.sample
    if sample is None or not isinstance(probe, Query):
        return None
    return shown(probe.metric_kind, sample.control, quantile=probe.quantile)


def _moved(gate: Gate, control: float | None) -> float | None:
    """Return where a limit against the control lies while the control is there."""
    bounds = bound_of(gate.condition)
    if control is None or gate.condition.relative is not Relative.CONTROL or not bounds:
        return None
    return _changed(gate, control, bounds[-1])


def _changed(gate: Gate, base: float, bound: float) -> float:
    raised = max(base, gate.floor)
    match gate.condition.unit:
        case "%":
            return raised * (1 + bound / 100)
        case "x":
            return raised * bound
        case _:
            return base + bound
