"""Counting measurements as Argo Rollouts does: how many may go which way."""

import json
from pathlib import Path

import pytest

from gonogo.analysis.counting import (
    Counts,
    Limits,
    NothingDecides,
    Phase,
    assess,
    counted,
    verdict_of,
)
from gonogo.model.verdict import Outcome

PASS, FAIL = Outcome.PASS, Outcome.FAIL
INCONCLUSIVE, ERROR = Outcome.INCONCLUSIVE, Outcome.ERROR
VECTORS = Path(__file__).parents[4] / "shared/vectors/argo_assess_metric_status.json"
CASES = json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else []


def measured(*outcomes):
    """Return the counts after these measurements, oldest first."""
    counts = Counts()
    for outcome in outcomes:
        counts = counted(counts, outcome)
    return counts


def phase(limits, *outcomes, **state):
    """Return how a metric stands after these measurements."""
    return assess(limits, measured(*outcomes), **state).phase


def repeated(**limits):
    """Return limits of a metric that goes on until it is ended."""
    return Limits(repeats=True, **limits)


@pytest.mark.parametrize(
    ("failed", "expected"),
    [(1, Phase.RUNNING), (2, Phase.RUNNING), (3, Phase.FAILED)],
)
def test_a_metric_fails_when_more_fail_than_are_allowed(failed, expected):
    """The limit itself is still allowed."""
    assert expected == phase(repeated(failure=2), *[FAIL] * failed)


@pytest.mark.parametrize(
    ("undecided", "expected"),
    [(1, Phase.RUNNING), (2, Phase.RUNNING), (3, Phase.INCONCLUSIVE)],
)
def test_a_metric_is_undecided_when_more_are_than_allowed(undecided, expected):
    """What cannot be decided is for a person, never a pass."""
    limits = repeated(inconclusive=2)
    assert expected == phase(limits, *[INCONCLUSIVE] * undecided)


@pytest.mark.parametrize(
    ("errors", "expected"), [(3, Phase.RUNNING), (4, Phase.RUNNING), (5, Phase.ERROR)]
)
def test_four_errors_in_a_row_are_allowed_where_nothing_else_is_said(errors, expected):
    """A source may be away for a moment."""
    assert expected == phase(repeated(), *[ERROR] * errors)


@pytest.mark.parametrize("between", [PASS, FAIL, INCONCLUSIVE])
def test_only_errors_in_a_row_count(between):
    """Whatever could be measured ends the row, however it turned out."""
    limits = repeated(failure=9, inconclusive=9)
    outcomes = [*[ERROR] * 4, between, *[ERROR] * 4]
    assert Phase.RUNNING is phase(limits, *outcomes)


@pytest.mark.parametrize(
    ("passed", "expected"),
    [(2, Phase.RUNNING), (3, Phase.SUCCESSFUL), (4, Phase.SUCCESSFUL)],
)
def test_enough_in_a_row_pass_a_metric(passed, expected):
    """The number that is wanted is enough."""
    limits = repeated(consecutive_success=3)
    assert expected == phase(limits, *[PASS] * passed)


@pytest.mark.parametrize("between", [FAIL, INCONCLUSIVE, ERROR])
def test_whatever_does_not_pass_begins_the_row_anew(between):
    """Two and two with something else between them are not three."""
    limits = repeated(consecutive_success=3, failure=9, inconclusive=9)
    assert Phase.RUNNING is phase(limits, PASS, PASS, between, PASS, PASS)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [(2, Phase.RUNNING), (3, Phase.SUCCESSFUL), (4, Phase.SUCCESSFUL)],
)
def test_a_count_ends_a_metric_that_broke_no_limit(taken, expected):
    """The last of the measurements that were asked for decides."""
    assert expected == phase(Limits(count=3), *[PASS] * taken)


def test_without_interval_and_count_one_measurement_is_enough():
    """Nobody asked for a second."""
    assert Phase.SUCCESSFUL is phase(Limits(), PASS)


def test_an_error_is_no_measurement_that_a_count_waits_for():
    """A metric measured once is not successful because it could not be measured."""
    assert Phase.RUNNING is phase(Limits(), ERROR)


def test_too_few_in_a_row_at_the_end_are_inconclusive_where_failed_ones_count_too():
    """Neither limit was reached: a person decides."""
    limits = Limits(count=3, consecutive_success=2, failure=1)
    assert Phase.INCONCLUSIVE is phase(limits, PASS, FAIL, PASS)


def test_too_few_in_a_row_at_the_end_fail_where_only_they_count():
    """With failureLimit off, passing in a row is all there is."""
    limits = Limits(count=3, consecutive_success=2, failure=-1)
    assert Phase.FAILED is phase(limits, PASS, FAIL, PASS)


def test_of_several_limits_error_comes_before_inconclusive_before_failed():
    """It is Argo's order, and teams that come from there rely on it."""
    limits = repeated(consecutive_error=0)
    worst = [FAIL, INCONCLUSIVE, ERROR]
    found = [phase(limits, *worst[:taken]) for taken in (1, 2, 3)]
    assert [Phase.FAILED, Phase.INCONCLUSIVE, Phase.ERROR] == found


def test_nothing_measured_is_pending():
    """No data is no pass."""
    assert Phase.PENDING is phase(repeated())


def test_what_is_ended_without_a_broken_limit_is_successful():
    """Argo ends a run so when nobody needs its answer any more."""
    ended = [phase(repeated(), *taken, terminating=True) for taken in ([], [PASS])]
    assert [Phase.SUCCESSFUL] * 2 == ended


def test_a_broken_limit_outlives_the_end():
    """Ending the analysis does not forgive what it saw."""
    assert Phase.FAILED is phase(repeated(), FAIL, terminating=True)


def test_nothing_is_decided_while_a_measurement_is_being_taken():
    """The one under way may be the one that decides."""
    assert Phase.RUNNING is phase(Limits(), PASS, in_flight=True)


DECIDED = {
    Phase.SUCCESSFUL: ([PASS] * 3, PASS),
    Phase.FAILED: ([FAIL], FAIL),
    Phase.INCONCLUSIVE: ([INCONCLUSIVE], INCONCLUSIVE),
    Phase.ERROR: ([ERROR] * 5, ERROR),
}


@pytest.mark.parametrize(("outcomes", "expected"), DECIDED.values(), ids=DECIDED)
def test_a_decided_metric_has_a_verdict_with_its_reason(outcomes, expected):
    """The numbers stand in it, for whoever is woken up."""
    verdict = verdict_of(assess(Limits(count=3), measured(*outcomes)))
    assert verdict is not None
    assert expected is verdict.outcome
    assert str(len(outcomes)) in verdict.reasons[0]


def test_an_undecided_metric_has_no_verdict():
    """Neither before the first measurement nor between two."""
    limits = Limits(count=3)
    found = [verdict_of(assess(limits, measured(*taken))) for taken in ([], [PASS])]
    assert [None, None] == found


@pytest.mark.parametrize(
    "limits",
    [
        {"failure": -1},
        {"inconclusive": -1},
        {"consecutive_error": -1},
        {"consecutive_success": -1},
        {"count": -1},
    ],
)
def test_limits_that_nothing_could_reach_are_refused(limits):
    """A metric that cannot fail guards nothing."""
    with pytest.raises(NothingDecides):
        Limits(**limits)


def limits_of(stated):
    """Return the limits of a vector's metric."""
    names = {
        "failure": "FailureLimit",
        "inconclusive": "InconclusiveLimit",
        "consecutive_success": "ConsecutiveSuccessLimit",
        "count": "Count",
    }
    known = {ours: stated[name] for ours, name in names.items() if name in stated}
    return Limits(repeats="Interval" in stated, **known)


def counts_of(found):
    """Return the counts of a vector's result."""
    return Counts(
        count=found.get("Count", 0),
        successful=found.get("Successful", 0),
        failed=found.get("Failed", 0),
        inconclusive=found.get("Inconclusive", 0),
        consecutive_error=found.get("ConsecutiveError", 0),
        consecutive_success=found.get("ConsecutiveSuccess", 0),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["test"])
def test_every_case_of_argos_own_tests_agrees(case):
    """Teams that come from there find what they had."""
    found = assess(
        limits_of(case["metric"]),
        counts_of(case["result"]),
        in_flight=case["lastMeasurement"] == "Running",
        terminating=case["terminating"],
    )
    assert case["expect"] == found.phase
