"""A trial: what a gate's words mean to a test, and what is fixed beforehand."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.analysis.evidence import Null, Unfit, trial_of
from gonogo.analysis.evidence.trial import UNCALIBRATED, digest_of
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.judging import JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import Asked, Query, Shell
from gonogo.model.plan import Holds, Metric
from gonogo.model.sample import MetricKind, Tally
from gonogo.testing.scenes import gate

DAY = timedelta(hours=24)
CALM = Noise()
COUNT, QUANTILE = MetricKind.COUNT, MetricKind.QUANTILE
GAUGE, PROPORTION = MetricKind.GAUGE, MetricKind.PROPORTION


def metric(kind=PROPORTION, *, control=True, unit=None, judging=None, probe=None):
    """Return a metric that a source counts, with a control beside it."""
    asked = Asked(events="events")
    query = Query(
        source="prod",
        metric_kind=kind,
        canary=asked,
        control=asked if control else None,
    )
    known = judging or Judging(noise=CALM, extensions=0)
    return Metric(name="errors", probe=probe or query, unit=unit, judging=known)


def stated(comparator="<", value=5.0, unit="%", relative=Relative.CONTROL, **rest):
    """Return a gate: less than +5 % against the control, unless said."""
    own = {key: rest.pop(key) for key in ("holds", "judge") if key in rest}
    condition = Condition(
        comparator=Comparator(comparator),
        value=value,
        unit=unit,
        relative=relative,
        **rest,
    )
    return gate(condition=condition, **own)


def tried(a_gate=None, a_metric=None, *, duration=DAY, alpha=0.05, **rest):
    """Return the trial of a gate, or why there is none."""
    return trial_of(
        a_gate or stated(), a_metric or metric(), duration=duration, alpha=alpha, **rest
    )


LIMITS = {
    "a rise in percent": ({"value": 5.0, "unit": "%"}, 1.05),
    "a multiple": ({"value": 2.0, "unit": "x"}, 2.0),
    "no rise": ({"value": 0.0, "unit": "%"}, 1.0),
    "a fall in percent": ({"comparator": ">", "value": -10.0, "unit": "%"}, 0.9),
}


@pytest.mark.parametrize(("words", "limit"), LIMITS.values(), ids=LIMITS)
def test_a_relative_limit_is_a_ratio_to_the_control(words, limit):
    """'+5 %' is the ratio 1.05, not five points."""
    found = tried(stated(**words))
    assert (Null.RATIO, True) == (found.null, found.relative)
    assert limit == pytest.approx(found.limit)


DIRECTIONS = {
    "must be below": ("<", Holds.MUST, 1),
    "must be at most": ("<=", Holds.MUST, 1),
    "must be above": (">", Holds.MUST, -1),
    "must be at least": (">=", Holds.MUST, -1),
    "must not be above": (">", Holds.MUST_NOT, 1),
    "must not be at least": (">=", Holds.MUST_NOT, 1),
    "must not be below": ("<", Holds.MUST_NOT, -1),
    "must not be at most": ("<=", Holds.MUST_NOT, -1),
}


@pytest.mark.parametrize(
    ("comparator", "holds", "direction"), DIRECTIONS.values(), ids=DIRECTIONS
)
def test_harm_lies_where_the_gate_would_not_hold(comparator, holds, direction):
    """A criterion and a trigger of opposite words look for the same harm."""
    assert direction == tried(stated(comparator, holds=holds)).direction


FIXED = {
    "percent of requests": (PROPORTION, 1.0, "%", None, Null.FRACTION, 0.01),
    "a bare fraction": (PROPORTION, 0.02, None, None, Null.FRACTION, 0.02),
    "the probe's percent": (PROPORTION, 2.0, None, "%", Null.FRACTION, 0.02),
    "a count per hour": (COUNT, 4.0, "count", None, Null.RATE, 4.0),
}


@pytest.mark.parametrize(
    ("kind", "value", "unit", "of_probe", "null", "limit"), FIXED.values(), ids=FIXED
)
def test_a_fixed_limit_is_tested_on_the_canary_alone(
    kind, value, unit, of_probe, null, limit
):
    """'error rate < 1 %' is a test of one stream, with or without a control."""
    found = tried(
        stated(value=value, unit=unit, relative=None), metric(kind, unit=of_probe)
    )
    assert (null, False) == (found.null, found.relative)
    assert limit == pytest.approx(found.limit)


def test_a_count_stated_for_a_window_is_taken_by_the_hour():
    """'fewer than 2 in ten minutes' allows twelve an hour."""
    ten = timedelta(minutes=10)
    found = tried(
        stated(value=2.0, unit="count", relative=None, window=ten), metric(COUNT)
    )
    assert 12.0 == pytest.approx(found.limit)


UNFIT = {
    "words": (stated("words", None, words="stable"), metric(), "can be weighed"),
    "a range": (stated("between", (1.0, 2.0)), metric(), "can be weighed"),
    "an exact number": (stated("==", 0.0), metric(), "can be weighed"),
    "no event at all": (
        stated(value=0.0, unit="count", relative=None),
        metric(COUNT),
        "a limit of 0",
    ),
    "all requests": (
        stated(value=100.0, unit="%", relative=None),
        metric(),
        "a share of 1",
    ),
    "a difference": (stated(value=50.0, unit="ms"), metric(), "no ratio"),
    "less than nothing": (stated(">", -100.0), metric(), "less than -100 %"),
    "no quantile": (
        stated(),
        metric(QUANTILE, judging=Judging(quantile=1.0, noise=CALM)),
        "which quantile",
    ),
    "a plain number": (stated(), metric(probe=Shell(run="true")), "plain number"),
    "a level without a control": (
        stated(),
        metric(GAUGE, control=False),
        "a control beside it",
    ),
    "a quantile without a control": (
        stated(),
        metric(QUANTILE, control=False),
        "a control beside it",
    ),
    "a lower limit of a quantile": (stated(">"), metric(QUANTILE), "upper limit"),
    "a quantile that has to fall": (stated("<", -5.0), metric(QUANTILE), "has to fall"),
    "a level against a number": (
        stated(value=80.0, relative=None),
        metric(GAUGE),
        "look by look",
    ),
    "a time before without its traffic": (
        stated(relative=Relative.BASELINE),
        metric(control=False),
        "give its `traffic`",
    ),
}


@pytest.mark.parametrize(("a_gate", "a_metric", "why"), UNFIT.values(), ids=UNFIT)
def test_what_evidence_cannot_judge_says_why(a_gate, a_metric, why):
    """The reason is a sentence's end that a person can act on."""
    found = tried(a_gate, a_metric)
    assert isinstance(found, Unfit)
    assert why in found.reason


def test_a_quantile_against_a_number_is_the_share_of_slower_requests():
    """'p99 < 500 ms' allows one request in a hundred above 500 ms."""
    judging = Judging(quantile=0.99, noise=CALM)
    found = tried(
        stated(value=500.0, unit="ms", relative=None), metric(QUANTILE, judging=judging)
    )
    assert (Null.FRACTION, 500.0) == (found.null, found.at)
    assert 0.01 == pytest.approx(found.limit)


def test_a_quantile_against_the_control_is_tested_on_equal_shares_of_slow_requests():
    """'p99 < +10 %': beyond 1.1 x the canary has no more than the control beyond x."""
    found = tried(stated(value=10.0), metric(QUANTILE))
    assert (Null.RATIO, 1.1, 1.0) == (
        found.null,
        pytest.approx(found.limit),
        found.tested,
    )


def test_a_level_with_known_noise_is_tested_look_by_look():
    """A calibrated gauge needs no blocks."""
    judging = Judging(noise=Noise(lrv=0.4))
    assert Null.GAUSS is tried(a_metric=metric(GAUGE, judging=judging)).null


def test_a_level_with_unknown_noise_is_tested_on_hours():
    """A gauge that was never calibrated is judged by means over an hour."""
    assert Null.BLOCKS is tried(a_metric=metric(GAUGE, judging=Judging())).null


@pytest.mark.parametrize(
    ("minutes", "fits"), [(299, False), (300, True), (301, True)], ids=str
)
def test_hours_need_a_soak_of_five_of_them(minutes, fits):
    """Fewer than five hours of an uncalibrated level say nothing."""
    found = tried(
        a_metric=metric(GAUGE, judging=Judging()), duration=timedelta(minutes=minutes)
    )
    assert fits is not isinstance(found, Unfit)


def test_a_level_against_a_number_is_tested_where_its_gate_asks_for_it():
    """`judge: evidence` is taken at its word."""
    a_gate = stated(value=80.0, relative=None, judge=JudgeName.EVIDENCE)
    found = tried(a_gate, metric(GAUGE, judging=Judging()))
    assert (Null.BLOCKS, 80.0, False) == (found.null, found.at, found.relative)


def test_a_time_before_is_weighed_with_how_much_days_differ():
    """Without a control, what was counted before says what is expected of today."""
    noise = Noise(tau=0.1)
    before = Tally(events=10_000.0, exposure=2_000_000.0)
    found = tried(
        stated(relative=Relative.BASELINE),
        metric(control=False, judging=Judging(noise=noise)),
        baseline=before,
    )
    assert (Null.PREDICTIVE, 0.005) == (found.null, pytest.approx(found.day.rate))
    expected = math.sqrt(1.3 * 2 * 0.1**2 + 1 / 10_000)
    assert expected == pytest.approx(found.day.spread)


def test_a_control_is_preferred_to_a_time_before():
    """'against baseline' with a control beside the canary is tested against that."""
    traffic = Traffic(rate=0.005, canary_per_s=1.0, control_per_s=1.0)
    judging = Judging(noise=CALM, traffic=traffic)
    found = tried(stated(relative=Relative.BASELINE), metric(judging=judging))
    assert Null.RATIO is found.null


def test_noise_nobody_measured_is_assumed_and_said():
    """Bursts of two, and arms that differ by 5 %."""
    found = tried(stated(value=50.0), metric(judging=Judging()))
    assert (UNCALIBRATED, False) == (found.noise, found.calibrated)
    assert ("never calibrated" in found.assumed[0]) is True


ALLOWANCE = math.exp(2.33 * 0.02) - 1


@pytest.mark.parametrize(
    ("percent", "checkable"),
    [
        (ALLOWANCE * 100 - 0.01, False),
        (ALLOWANCE * 100 + 0.01, True),
        (50.0, True),
    ],
    ids=["below what arms differ by", "above it", "far above"],
)
def test_a_limit_that_equal_arms_may_break_is_not_checkable(percent, checkable):
    """Arms that differ by 2 % make a limit of +4 % meaningless."""
    judging = Judging(noise=Noise(tau=0.02))
    found = tried(stated(value=percent), metric(judging=judging))
    assert checkable is (found.unchecked is None)


def test_the_limit_is_widened_by_what_equal_arms_differ():
    """Harm is proven beyond the limit and the noise, safety short of both."""
    judging = Judging(noise=Noise(tau=0.02))
    found = tried(stated(value=50.0), metric(judging=judging))
    wider = math.exp(2.33 * 0.02)
    assert 1.5 * wider == pytest.approx(found.harm_from)
    assert 1.5 / wider == pytest.approx(found.safe_from)


def test_a_lower_limit_is_widened_downwards():
    """A throughput that may fall by half has to fall by more to be harm."""
    judging = Judging(noise=Noise(tau=0.02))
    found = tried(stated(">", -50.0), metric(judging=judging))
    assert 0.5 / math.exp(2.33 * 0.02) == pytest.approx(found.harm_from)


def test_a_fixed_limit_is_not_widened():
    """What arms differ by is no matter of a limit that has no arms."""
    judging = Judging(noise=Noise(tau=0.1))
    found = tried(stated(value=1.0, relative=None), metric(judging=judging))
    assert (found.limit, found.limit) == (found.harm_from, found.safe_from)


def test_half_of_alpha_is_kept_for_the_end():
    """Without extensions the looks and the final look have a half each."""
    found = tried(alpha=0.04)
    assert (0.02, 0.02, 0.0) == (
        found.alpha_anytime,
        found.alpha_final(0),
        found.alpha_final(1),
    )


def test_extensions_halve_what_each_final_look_may_spend():
    """However often a soak is extended, its final looks spend no more than a half."""
    judging = Judging(noise=CALM, extensions=2)
    found = tried(a_metric=metric(judging=judging), alpha=0.04)
    spent = [found.alpha_final(taken) for taken in range(40)]
    assert [0.01, 0.005, 0.0025] == pytest.approx(spent[:3])
    assert sum(spent) + found.alpha_anytime <= 0.04


def test_a_gate_that_no_soak_ends_may_spend_all_of_its_alpha_on_the_way():
    """A trigger has a day as its horizon, and no final look."""
    judging = Judging(noise=CALM, share_pct=5.0)
    found = tried(a_metric=metric(judging=judging), duration=None, alpha=0.04)
    assert (1440, False, None) == (found.looks, found.final, found.share)
    assert (0.04, 0.0) == (found.alpha_anytime, found.alpha_final(0))


def test_the_looks_are_those_of_the_metric_s_cadence():
    """A look every five minutes makes 288 a day."""
    a_metric = replace(metric(), cadence=timedelta(minutes=5))
    assert 288 == tried(a_metric=a_metric).looks


PROMISES = {
    "as far beyond as it allows": ({"value": 10.0}, 1.21),
    "a fifth where no rise is allowed": ({"value": 0.0}, 1.2),
    "half as much again of a fixed limit": (
        {"value": 1.0, "relative": None},
        0.015,
    ),
}


@pytest.mark.parametrize(("words", "promised"), PROMISES.values(), ids=PROMISES)
def test_what_a_soak_has_to_find_follows_from_the_limit(words, promised):
    """A pass without proof excludes twice what the limit allows."""
    assert promised == pytest.approx(tried(stated(**words)).promised)


def test_traffic_says_how_much_the_soak_will_know():
    """432 expected errors of each arm, at a limit of no rise, weigh 216."""
    traffic = Traffic(rate=0.005, canary_per_s=1.0, control_per_s=1.0)
    judging = Judging(noise=CALM, traffic=traffic)
    found = tried(stated(value=0.0), metric(judging=judging))
    assert 216.0 == pytest.approx(found.information)


INFORMED = {
    "a fixed limit": (stated(value=1.0, relative=None), metric(), 864.0),
    "a time before": (
        stated(relative=Relative.BASELINE),
        metric(control=False),
        432.0,
    ),
    "a quantile": (
        stated(value=10.0),
        metric(QUANTILE),
        432.0,
    ),
}


@pytest.mark.parametrize(
    ("a_gate", "a_metric", "events"), INFORMED.values(), ids=INFORMED
)
def test_what_a_soak_will_know_is_that_of_its_own_test(a_gate, a_metric, events):
    """Events at the limit, events before, slow requests of both arms."""
    traffic = Traffic(rate=0.005, canary_per_s=1.0, control_per_s=1.0)
    judging = Judging(noise=CALM, traffic=traffic, extensions=0)
    found = tried(a_gate, replace(a_metric, judging=judging))
    assert events == pytest.approx(found.information)


def test_without_the_control_s_traffic_nothing_is_known_of_the_soak():
    """A control that sends nothing leaves the plan unknown, not without end."""
    traffic = Traffic(rate=0.005, canary_per_s=1.0)
    found = tried(a_metric=metric(judging=Judging(noise=CALM, traffic=traffic)))
    assert found.information is None


def test_the_day_before_may_be_known_from_its_traffic_alone():
    """A rate of the plan stands in for a baseline that was counted."""
    traffic = Traffic(rate=0.005, canary_per_s=10.0)
    judging = Judging(noise=CALM, traffic=traffic)
    found = tried(
        stated(relative=Relative.BASELINE), metric(control=False, judging=judging)
    )
    expected = math.sqrt(1.3 * 2 * 0.03**2 + 1 / 4320)
    assert (0.005, expected) == pytest.approx((found.day.rate, found.day.spread))


def test_the_share_of_a_stage_goes_before_that_of_the_metric():
    """A ramp has another share in each stage."""
    judging = Judging(noise=CALM, share_pct=5.0)
    found = tried(a_metric=metric(judging=judging), share_pct=50.0)
    assert 0.5 == found.share


def test_another_definition_is_another_test():
    """A state is continued by its own test alone."""
    one = tried()
    same, wider = tried(), tried(stated(value=10.0))
    assert digest_of(one) == digest_of(same)
    assert digest_of(one) != digest_of(wider)
