"""
The judge of Kayenta, for teams that come from there: `judge: kayenta`.

It compares the points of the canary with those of the control, one a minute say, by the
Mann-Whitney test, and classifies the metric as Pass, High or Low. Two things to know,
and the reasons for the judge by evidence being the default: the tolerance widens with
the shift that was found, so it asks whether there is any shift at all; and each look is
a test of its own, so that many looks raise more false alarms than the confidence says.

Source: spinnaker/kayenta, NetflixACAJudge and its MannWhitneyClassifier. The one thing
done differently: where both sets are constant, Kayenta adds random noise; here the
points are spread by a fixed pattern of the same size, so that a verdict can be repeated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from gonogo.analysis.kayenta_options import (
    Direction,
    Effect,
    Label,
    NanStrategy,
    Options,
)
from gonogo.analysis.kayenta_points import cleaned, spread
from gonogo.analysis.kayenta_shift import AllTied, Shift, shift_between, wins_share
from gonogo.analysis.threshold import limit_text
from gonogo.model.condition import Comparator, Condition
from gonogo.model.plan import Gate, Holds
from gonogo.model.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """
    A classification, its reason and its numbers.

    Attributes:
        critical: It fails everything, not this metric alone.
        shift: By how much the canary lies above the control; None where nothing was
            compared.
        effect: The ratio of the means, or the share of wins; nan where it is none.
        points: Of the canary and of the control, as they were compared.
    """

    label: Label
    reason: str
    critical: bool = False
    shift: Shift | None = None
    effect: float = math.nan
    points: tuple[int, int] = (0, 0)


def classify(
    experiment: Sequence[float],
    control: Sequence[float],
    options: Options | None = None,
) -> Classified:
    """
    Classify a metric as Kayenta does.

    Args:
        experiment: The canary's points, oldest first; `nan` is no point.
        control: The control's, of the same time; as many or not.
        options: None: Kayenta's defaults.
    """
    options = options or Options()
    x, y = cleaned(experiment, options), cleaned(control, options)
    if not x or not y:
        return _no_data(x, y, options)
    points = len(x), len(y)
    if sorted(x) == sorted(y) or len({*x, *y}) == 1:
        same = "the canary's and the control's points are the same"
        return Classified(label=Label.PASS, reason=same, points=points)
    if len(set(x)) == 1 and len(set(y)) == 1:
        x, y = spread(x), spread(y)
    try:
        shift = shift_between(x, y, options.confidence)
    except AllTied as error:
        return Classified(label=Label.ERROR, reason=str(error), points=points)
    return _compared(shift, _effect(x, y, options), options, points)


def judge_kayenta(
    gate: Gate, canary_points: Sequence[float], control_points: Sequence[float]
) -> Verdict:
    """
    Judge a gate that compares with the control.

    Args:
        gate: Its limit says which way the metric must not move, and how large a ratio
            of the means is allowed: '< +5 %' is 1.05.
        canary_points: Of the time that one judgement looks back over, oldest first.
        control_points: Of the same time.

    Returns:
        `FAIL` for High and Low; `PASS`; `INCONCLUSIVE` without data, with too little
        of it, or for a limit that is not one against the control.
    """
    options = options_of(gate)
    if options is None:
        return _verdict(
            Outcome.INCONCLUSIVE,
            f"{gate.metric}: the Kayenta judge compares with the control and cannot "
            f"check '{limit_text(gate.condition)}'; state the limit as a change, such "
            f"as '< +5 %', or leave the judge out",
        )
    found = classify(canary_points, control_points, options)
    outcome = _OUTCOMES[found.label]
    return _verdict(outcome, f"{gate.metric}: {found.reason}{_numbers(found)}")


def options_of(gate: Gate) -> Options | None:
    """Return what a gate's limit means to Kayenta; None for one against no control."""
    condition = gate.condition
    if condition.comparator is Comparator.WORDS:
        return Options()
    direction = _direction(gate)
    ratios = _ratios(condition)
    if condition.relative is None or direction is None or ratios is None:
        return None
    low, high = ratios
    return Options(direction=direction, allowed_decrease=low, allowed_increase=high)


_OUTCOMES = {
    Label.PASS: Outcome.PASS,
    Label.HIGH: Outcome.FAIL,
    Label.LOW: Outcome.FAIL,
    Label.NODATA: Outcome.INCONCLUSIVE,
    Label.NODATA_FAIL: Outcome.INCONCLUSIVE,
    Label.ERROR: Outcome.INCONCLUSIVE,
}

_UPPER = {Comparator.LESS, Comparator.AT_MOST}
_LOWER = {Comparator.MORE, Comparator.AT_LEAST}


def _direction(gate: Gate) -> Direction | None:
    """Return which way is bad; a trigger's words say it the other way round."""
    comparator, must = gate.condition.comparator, gate.holds is Holds.MUST
    if comparator in _UPPER | _LOWER:
        rising = (comparator in _UPPER) is must
        return Direction.INCREASE if rising else Direction.DECREASE
    either = comparator in {Comparator.BETWEEN, Comparator.EQUAL} and must
    return Direction.EITHER if either else None


def _ratios(condition: Condition) -> tuple[float, float] | None:
    """Return the allowed ratios of the means, down and up; None: it states none."""
    if condition.value is None or condition.unit not in {"%", "x"}:
        return None
    value = condition.value
    low, high = value if isinstance(value, tuple) else (value, value)
    if condition.unit == "x":
        return low, high
    return 1 + low / 100, 1 + high / 100


def _no_data(x: Sequence[float], y: Sequence[float], options: Options) -> Classified:
    points = len(x), len(y)
    if options.nans is NanStrategy.REPLACE:
        # Kayenta's rule for metrics that exist only while something goes wrong.
        reason = "no points, and a missing one is to count as 0"
        return Classified(label=Label.PASS, reason=reason, points=points)
    arms = [name for name, arm in (("canary", x), ("control", y)) if not arm]
    required = options.must_have_data and not options.critical
    return Classified(
        label=Label.NODATA_FAIL if required else Label.NODATA,
        reason=f"no data of the {' and the '.join(arms)}",
        critical=options.critical,
        points=points,
    )


def _compared(
    shift: Shift, effect: float, options: Options, points: tuple[int, int]
) -> Classified:
    """Return what a shift and an effect come to."""
    label = _label(shift, effect, options)
    return Classified(
        label=label,
        reason=_REASONS[label],
        critical=options.is_critical(label, effect),
        shift=shift,
        effect=effect,
        points=points,
    )


_REASONS = {
    Label.PASS: "the canary is not told apart from the control",
    Label.HIGH: "the canary is higher than the control",
    Label.LOW: "the canary is lower than the control",
}


def _label(shift: Shift, effect: float, options: Options) -> Label:
    bound = options.tolerance * abs(shift.estimate)
    may_rise = options.direction is not Direction.DECREASE
    if may_rise and shift.low > bound and options.reached(Label.HIGH, effect):
        return Label.HIGH
    may_fall = options.direction is not Direction.INCREASE
    if may_fall and shift.high < -bound and options.reached(Label.LOW, effect):
        return Label.LOW
    return Label.PASS


def _effect(x: Sequence[float], y: Sequence[float], options: Options) -> float:
    if options.effect is Effect.CLES:
        return wins_share(x, y)
    above, below = fmean(x), fmean(y)
    return above / below if above and below else math.nan


def _numbers(found: Classified) -> str:
    """Return the numbers behind a classification, in brackets."""
    if found.shift is None:
        return ""
    shift = found.shift
    ratio = (
        "" if math.isnan(found.effect) else f", ratio of the means {found.effect:.3g}"
    )
    return (
        f" (shift {shift.estimate:.3g}, between {shift.low:.3g} and {shift.high:.3g}"
        f"{ratio}; {found.points[0]} points against {found.points[1]})"
    )


def _verdict(outcome: Outcome, reason: str) -> Verdict:
    return Verdict(outcome=outcome, reasons=(reason,))
