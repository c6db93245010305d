"""The judge of Kayenta: High, Low or Pass, from the points of canary and control."""

import json
import math
from pathlib import Path

import pytest

from gonogo.analysis.kayenta import classify, judge_kayenta, options_of
from gonogo.analysis.kayenta_options import (
    Direction,
    Effect,
    Label,
    NanStrategy,
    Options,
    OutlierStrategy,
)
from gonogo.analysis.kayenta_points import cleaned
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.plan import Holds
from gonogo.model.verdict import Outcome
from gonogo.testing.scenes import gate

VECTORS = Path(__file__).parents[4] / "shared/vectors/kayenta_classifier_full.json"
CASES = json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else []

CONTROL = [100.0 + number % 7 for number in range(30)]
HIGHER = [each * 1.2 for each in CONTROL]
LOWER = [each * 0.8 for each in CONTROL]
ROUND = [CONTROL[(number + 3) % 30] for number in range(29)] + [104.5]
NAN = math.nan


def label(experiment, control=CONTROL, **options):
    """Return how points are classified."""
    return classify(experiment, control, Options(**options)).label


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [(HIGHER, Label.HIGH), (LOWER, Label.LOW), (ROUND, Label.PASS)],
    ids=["a fifth higher", "a fifth lower", "about the same"],
)
def test_a_metric_is_classified_by_where_its_points_lie(experiment, expected):
    """Thirty points each are enough for a shift of a fifth."""
    assert expected is label(experiment)


@pytest.mark.parametrize(
    ("experiment", "direction"),
    [(HIGHER, Direction.DECREASE), (LOWER, Direction.INCREASE)],
)
def test_what_moves_the_good_way_passes(experiment, direction):
    """Fewer errors are no harm."""
    assert Label.PASS is label(experiment, direction=direction)


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(1.19, Label.HIGH), (1.2, Label.HIGH), (1.21, Label.PASS)],
)
def test_an_increase_up_to_the_allowed_effect_passes(allowed, expected):
    """The effect that is named is already too much, as with Kayenta."""
    moved = [each * 1.2 for each in [100.0, 101.0] * 15]
    control = [100.0, 101.0] * 15
    assert expected is label(moved, control, allowed_increase=allowed)


@pytest.mark.parametrize(
    ("allowed", "expected"), [(0.81, Label.LOW), (0.79, Label.PASS)]
)
def test_a_decrease_down_to_the_allowed_effect_passes(allowed, expected):
    """It is the same the other way."""
    assert expected is label(LOWER, allowed_decrease=allowed)


@pytest.mark.parametrize(
    ("allowed", "expected"), [(0.9, Label.HIGH), (1.01, Label.PASS)]
)
def test_an_effect_may_be_told_by_who_wins_how_often(allowed, expected):
    """Here every point of the canary is above every one of the control."""
    options = {"effect": Effect.CLES, "allowed_increase": allowed}
    assert expected is label(HIGHER, **options)


def test_an_effect_that_cannot_be_told_counts_as_large():
    """Errors where there were none are not excused for want of a ratio."""
    risen = [1.0, 2.0, 1.5, 1.2, 1.1]
    assert Label.HIGH is label(risen, [0.0] * 5, allowed_increase=99)


@pytest.mark.parametrize(
    ("threshold", "expected"), [(1.1, True), (1.2, True), (1.3, False)]
)
def test_a_critical_metric_fails_everything_from_its_threshold_on(threshold, expected):
    """Below it the metric fails alone."""
    options = Options(critical=True, critical_increase=threshold)
    moved = [each * 1.2 for each in [100.0, 101.0] * 15]
    found = classify(moved, [100.0, 101.0] * 15, options)
    assert (Label.HIGH, expected) == (found.label, found.critical)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (Label.NODATA, False)),
        ({"critical": True}, (Label.NODATA, True)),
        ({"must_have_data": True}, (Label.NODATA_FAIL, False)),
        ({"must_have_data": True, "critical": True}, (Label.NODATA, True)),
        ({"nans": NanStrategy.REPLACE}, (Label.PASS, False)),
    ],
)
@pytest.mark.parametrize(
    ("experiment", "control"), [([], CONTROL), (CONTROL, []), ([], [])]
)
def test_no_data_is_classified_as_the_metric_says(
    experiment, control, options, expected
):
    """Only a metric whose missing points count as zero passes without any."""
    found = classify(experiment, control, Options(**options))
    assert expected == (found.label, found.critical)


def test_points_that_are_no_numbers_are_left_out():
    """Gaps of the source change nothing."""
    gaps = [part for each in HIGHER for part in (each, NAN)]
    assert classify(HIGHER, CONTROL) == classify(gaps, CONTROL)


def test_only_gaps_are_no_data():
    """No data is never a pass."""
    assert Label.NODATA is label([NAN, NAN])


def test_missing_points_may_count_as_zero():
    """For a metric that exists only while something goes wrong."""
    assert (0.0, 5.0) == cleaned([NAN, 5.0], Options(nans=NanStrategy.REPLACE))


@pytest.mark.parametrize("endless", [math.inf, -math.inf])
def test_points_without_end_are_left_out(endless):
    """A division by nothing is no measurement."""
    assert (5.0,) == cleaned([endless, 5.0], Options())


@pytest.mark.parametrize(("factor", "kept"), [(1.2, False), (1.5, True), (1.8, True)])
def test_outliers_are_those_beyond_the_fences(factor, kept):
    """Of 0 to 100 the quartiles are 25 and 75; at the fence a point still counts."""
    remove = Options(outliers=OutlierStrategy.REMOVE, outlier_factor=factor)
    points = [*[0.0] * 2, *[25.0] * 50, *[75.0] * 50, *[150.0] * 2]
    assert kept is (150.0 in cleaned(points, remove))


def test_a_nearly_constant_metric_keeps_its_few_other_values():
    """A hundredth of the points on either side is never an outlier."""
    remove = Options(outliers=OutlierStrategy.REMOVE)
    points = [*[1.0] * 97, *[9.0] * 3]
    assert tuple(points) == cleaned(points, remove)


def test_outliers_are_kept_where_nothing_else_is_said():
    """It is Kayenta's default."""
    points = [*[1.0] * 997, 9.0]
    assert tuple(points) == cleaned(points, Options())


def test_constant_sets_are_compared_the_same_way_every_time():
    """A verdict can be repeated: nothing in it is drawn by lot."""
    found = [classify([10.0] * 5, [1.0] * 5) for _ in range(2)]
    assert found[0] == found[1]
    assert Label.HIGH is found[0].label


@pytest.mark.parametrize("experiment", [CONTROL, list(reversed(CONTROL))])
def test_the_same_points_pass_whatever_their_order(experiment):
    """Nothing differs."""
    assert Label.PASS is label(experiment)


def test_one_point_against_one_is_an_error():
    """Kayenta cannot compare them, and says so."""
    assert Label.ERROR is label([5.0], [3.0])


def limit(comparator, value=None, unit="%", holds=Holds.MUST, **rest):
    """Return a gate with a limit against the control."""
    against = {"relative": Relative.CONTROL} | rest
    condition = Condition(
        comparator=Comparator(comparator), value=value, unit=unit, **against
    )
    return gate(condition=condition, holds=holds)


DIRECTIONS = {
    "< +5 %": (limit("<", 5.0), HIGHER, LOWER),
    "<= 1.05x": (limit("<=", 1.05, "x"), HIGHER, LOWER),
    "> -5 %": (limit(">", -5.0), LOWER, HIGHER),
    "not > +5 %": (limit(">", 5.0, holds=Holds.MUST_NOT), HIGHER, LOWER),
    "not < -5 %": (limit("<", -5.0, holds=Holds.MUST_NOT), LOWER, HIGHER),
}


@pytest.mark.parametrize(("stated", "bad", "good"), DIRECTIONS.values(), ids=DIRECTIONS)
def test_a_gate_fails_when_its_metric_moves_the_bad_way(stated, bad, good):
    """The limit says which way that is, of a trigger the other way round."""
    found = [judge_kayenta(stated, points, CONTROL).outcome for points in (bad, good)]
    assert [Outcome.FAIL, Outcome.PASS] == found


@pytest.mark.parametrize("moved", [HIGHER, LOWER])
@pytest.mark.parametrize(
    "stated",
    [limit("between", (-5.0, 5.0)), limit("==", 0.0), limit("words", words="stable")],
    ids=["between", "no change", "words"],
)
def test_a_gate_that_wants_no_change_fails_either_way(stated, moved):
    """'stable' is broken by a fall as well as by a rise."""
    assert Outcome.FAIL is judge_kayenta(stated, moved, CONTROL).outcome


@pytest.mark.parametrize(
    ("allowed", "expected"), [(19.0, Outcome.FAIL), (21.0, Outcome.PASS)]
)
def test_a_rise_within_the_limit_of_a_gate_passes(allowed, expected):
    """The ratio of the means is what is compared with the limit."""
    assert expected is judge_kayenta(limit("<", allowed), HIGHER, CONTROL).outcome


UNFIT = {
    "a number alone": limit("<", 5.0, relative=None),
    "points, not shares": limit("<", 5.0, "ms"),
    "not equal": limit("!=", 5.0),
    "no number": limit("<"),
    "outside a range": limit("between", (-5.0, 5.0), holds=Holds.MUST_NOT),
}


@pytest.mark.parametrize("stated", UNFIT.values(), ids=UNFIT)
def test_a_limit_that_kayenta_cannot_check_is_never_passed(stated):
    """A team is told what to write instead."""
    verdict = judge_kayenta(stated, CONTROL, CONTROL)
    assert options_of(stated) is None
    assert Outcome.INCONCLUSIVE is verdict.outcome
    assert "state the limit as a change" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("canary", "control", "words"),
    [
        ([], CONTROL, "no data of the canary"),
        (CONTROL, [], "no data of the control"),
        ([], [], "no data of the canary and the control"),
        ([5.0], [3.0], "all points are the same"),
    ],
)
def test_a_gate_without_enough_data_decides_nothing(canary, control, words):
    """No data is never a pass, and never a reason to turn back."""
    verdict = judge_kayenta(limit("<", 5.0), canary, control)
    assert Outcome.INCONCLUSIVE is verdict.outcome
    assert words in verdict.reasons[0]


def test_the_reason_of_a_verdict_has_its_numbers():
    """Whoever is woken up sees how much it is, and of how many points."""
    (reason,) = judge_kayenta(limit("<", 5.0), HIGHER, CONTROL).reasons
    expected = (
        "errors: the canary is higher than the control (shift 20.4, between 19 and 22, "
        "ratio of the means 1.2; 30 points against 30)"
    )
    assert expected == reason


def options_in(case):
    """Return the options of a vector."""
    stated = case["args"]
    low, high = stated.get("effect", (None, None))
    critical_low, critical_high = stated.get("crit", (None, None))
    return Options(
        direction=Direction(stated["direction"]),
        nans=NanStrategy(stated["nan"]),
        critical=stated["critical"],
        tolerance=stated["tolerance"],
        confidence=stated["conf"],
        effect=Effect(stated.get("measure", "meanRatio")),
        allowed_decrease=low,
        allowed_increase=high,
        critical_decrease=critical_low,
        critical_increase=critical_high,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_case_of_kayentas_own_tests_agrees(case):
    """Teams that come from there find what they had; None: the case is silent on it."""
    found = classify(case["experiment"], case["control"], options_in(case))
    assert case["expect"] in {None, found.label}
    assert case["critical"] in {None, found.critical}
