"""The threshold judge: one measurement against one limit, in every way it is stated."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.analysis.threshold import judge, limit_text, prepared
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.plan import Holds
from gonogo.model.verdict import Measurement, Outcome
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import gate

PASS, FAIL = Outcome.PASS, Outcome.FAIL
INCONCLUSIVE, ERROR = Outcome.INCONCLUSIVE, Outcome.ERROR


def against(comparator, value=None, **rest):
    """Return a gate with this condition; `holds` and `floor` are the gate's own."""
    own = {key: rest.pop(key) for key in ("holds", "floor") if key in rest}
    condition = Condition(comparator=Comparator(comparator), value=value, **rest)
    return gate(condition=condition, **own)


def judged(stated, value, baseline=None):
    """Return the outcome for one measured value."""
    return judge(stated, Measurement(at=NOON, value=value), baseline).outcome


COMPARED = {
    "<": {4.9: PASS, 5.0: FAIL, 5.1: FAIL},
    "<=": {4.9: PASS, 5.0: PASS, 5.1: FAIL},
    ">": {4.9: FAIL, 5.0: FAIL, 5.1: PASS},
    ">=": {4.9: FAIL, 5.0: PASS, 5.1: PASS},
    "==": {4.9: FAIL, 5.0: PASS, 5.1: FAIL},
    "!=": {4.9: PASS, 5.0: FAIL, 5.1: PASS},
}
ROWS = [
    (sign, value, is_) for sign, row in COMPARED.items() for value, is_ in row.items()
]


@pytest.mark.parametrize(("comparator", "value", "outcome"), ROWS)
def test_a_value_just_below_at_and_above_the_limit(comparator, value, outcome):
    """Each comparator decides as it reads, at the limit too."""
    assert outcome == judged(against(comparator, 5.0), value)


@pytest.mark.parametrize(("comparator", "value", "outcome"), ROWS)
def test_what_must_not_hold_is_judged_the_other_way_round(comparator, value, outcome):
    """A trigger fires exactly where a criterion of the same words would hold."""
    opposite = {PASS: FAIL, FAIL: PASS}[outcome]
    stated = against(comparator, 5.0, holds=Holds.MUST_NOT)
    assert opposite == judged(stated, value)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(0.9, FAIL), (1.0, PASS), (2.0, PASS), (3.0, PASS), (3.1, FAIL)],
)
def test_between_includes_both_ends(value, outcome):
    """A range holds from its low end to its high end."""
    assert outcome == judged(against("between", (1.0, 3.0)), value)


CHANGES = {
    "just below +5 %": (104.9, 100.0, {"value": 5.0, "unit": "%"}, PASS),
    "at +5 %": (105.0, 100.0, {"value": 5.0, "unit": "%"}, FAIL),
    "above +5 %": (105.1, 100.0, {"value": 5.0, "unit": "%"}, FAIL),
    "an improvement": (50.0, 100.0, {"value": 5.0, "unit": "%"}, PASS),
    "below twice as much": (199.0, 100.0, {"value": 2.0, "unit": "x"}, PASS),
    "twice as much": (200.0, 100.0, {"value": 2.0, "unit": "x"}, FAIL),
    "more than twice": (201.0, 100.0, {"value": 2.0, "unit": "x"}, FAIL),
    "below +50 ms": (149.0, 100.0, {"value": 50.0, "unit": "ms"}, PASS),
    "at +50 ms": (150.0, 100.0, {"value": 50.0, "unit": "ms"}, FAIL),
    "above +50 ms": (151.0, 100.0, {"value": 50.0, "unit": "ms"}, FAIL),
    "a difference without a unit": (107.0, 100.0, {"value": 5.0}, FAIL),
    "noise under the floor": (
        0.9,
        0.1,
        {"value": 5.0, "unit": "%", "floor": 1.0},
        PASS,
    ),
    "more than the floor": (1.1, 0.1, {"value": 5.0, "unit": "%", "floor": 1.0}, FAIL),
    "a baseline of 0, with a floor": (
        3.0,
        0.0,
        {"value": 2.0, "unit": "x", "floor": 1.0},
        FAIL,
    ),
    "a baseline of 0 without a floor": (
        0.1,
        0.0,
        {"value": 5.0, "unit": "%"},
        INCONCLUSIVE,
    ),
    "still 0": (0.0, 0.0, {"value": 5.0, "unit": "%"}, PASS),
    "still 0, as a ratio": (0.0, 0.0, {"value": 1.0, "unit": "x"}, FAIL),
    "no baseline": (1.0, None, {"value": 5.0, "unit": "%"}, INCONCLUSIVE),
}


@pytest.mark.parametrize(
    ("value", "baseline", "stated", "outcome"), CHANGES.values(), ids=CHANGES
)
def test_a_change_against_the_baseline(value, baseline, stated, outcome):
    """A relative limit is about the change, taken against at least the floor."""
    relative = against("<", relative=Relative.BASELINE, **stated)
    assert outcome == judged(relative, value, baseline)


@pytest.mark.parametrize(
    ("other", "known"), [(Relative.CONTROL, None), (Relative.PREVIOUS, 1.0)], ids=str
)
def test_a_comparison_that_is_not_bound_is_never_a_pass(other, known):
    """Without the series to compare with, nobody can judge."""
    stated = against("<", 5.0, unit="%", relative=other)
    assert INCONCLUSIVE == judged(stated, 1.0, known)


@pytest.mark.parametrize(
    ("value", "outcome"), [(10.4, PASS), (10.5, FAIL), (10.6, FAIL)], ids=str
)
def test_a_change_against_the_control(value, outcome):
    """A control beside the canary is compared with as a baseline is."""
    stated = against("<", 5.0, unit="%", relative=Relative.CONTROL)
    assert outcome == judged(stated, value, 10.0)


TOLERATED = {
    "at most, within": ("<=", 5.0, Holds.MUST, 5.5, PASS),
    "at most, beyond": ("<=", 5.0, Holds.MUST, 5.6, FAIL),
    "at least, within": (">=", 5.0, Holds.MUST, 4.5, PASS),
    "at least, beyond": (">=", 5.0, Holds.MUST, 4.4, FAIL),
    "between, within": ("between", (1.0, 5.0), Holds.MUST, 0.5, PASS),
    "between, beyond": ("between", (1.0, 5.0), Holds.MUST, 5.6, FAIL),
    "a trigger, within": (">", 5.0, Holds.MUST_NOT, 5.5, PASS),
    "a trigger, beyond": (">", 5.0, Holds.MUST_NOT, 5.6, FAIL),
}


@pytest.mark.parametrize(
    ("sign", "limit", "holds", "value", "outcome"), TOLERATED.values(), ids=TOLERATED
)
def test_a_limit_may_be_overstepped_by_what_is_tolerated(
    sign, limit, holds, value, outcome
):
    """A little beyond the limit is no fail; more is."""
    stated = replace(against(sign, limit, holds=holds), tolerance=0.5)
    verdict = judge(stated, Measurement(at=NOON, value=value), None)
    assert outcome == verdict.outcome
    assert verdict.reasons[0].endswith("by the plain limit (with a tolerance of 0.5)")


@pytest.mark.parametrize(
    ("window", "outcome"), [(None, FAIL), (timedelta(minutes=3), PASS)], ids=str
)
def test_a_window_judges_the_mean_of_its_looks(window, outcome):
    """Noise evens out; without a window the last look counts."""
    stated = replace(against("<", 5.0), window=window)
    verdict = judge(stated, Measurement(at=NOON, value=6.0), None, seen=(4.0, 4.0, 6.0))
    assert outcome == verdict.outcome


def test_it_says_why_evidence_does_not_judge():
    """Whoever reads the verdict knows which judge it was, and why."""
    verdict = judge(
        against("<", 5.0), Measurement(at=NOON, value=1.0), None, why="too few blocks"
    )
    assert verdict.reasons[0].endswith("by the plain limit (too few blocks)")


WORDS = {
    "the same word": ("stable", "stable", PASS),
    "in other letters": (" Stable ", "`STABLE`", PASS),
    "another word": ("unstable", "stable", FAIL),
    "a number for a word": (3.0, "stable", INCONCLUSIVE),
    "the same number": (200.0, "200", PASS),
    "another number": (500.0, "200", FAIL),
    "a number of a version": (1.2, "1.20", PASS),
    "no word stated": ("stable", " ", INCONCLUSIVE),
}


@pytest.mark.parametrize(("value", "wanted", "outcome"), WORDS.values(), ids=WORDS)
def test_words_are_compared_whole(value, wanted, outcome):
    """A word has to be the word; what is of another kind does not decide."""
    assert outcome == judged(against("words", words=wanted), value)


NEVER_A_PASS = {
    "no data": (None, against("<", 5.0)),
    "not a number": (float("nan"), against("<", 5.0)),
    "infinity": (float("inf"), against(">", 5.0)),
    "a word for a number": ("fine", against("<", 5.0)),
    "no limit": (1.0, against("<")),
    "one limit for a range": (1.0, against("between", 5.0)),
    "a range for one limit": (1.0, against("<", (1.0, 2.0))),
}


@pytest.mark.parametrize("holds", Holds)
@pytest.mark.parametrize(("value", "stated"), NEVER_A_PASS.values(), ids=NEVER_A_PASS)
def test_what_does_not_decide_is_never_a_pass(value, stated, holds):
    """No data, and data of another kind, decide nothing: not even for a trigger."""
    condition = stated.condition
    assert INCONCLUSIVE == judged(gate(condition=condition, holds=holds), value)


def test_what_could_not_be_measured_is_an_error():
    """An error is its own outcome, with the reason."""
    verdict = judge(against("<", 5.0), Measurement(at=NOON, error="refused"), None)
    assert (ERROR, ("errors: refused",)) == (verdict.outcome, verdict.reasons)


REASONS = {
    "a limit": (
        "errors is 7 %, has to be < 5 %",
        against("<", 5.0, unit="%"),
        7.0,
        None,
    ),
    "a trigger": (
        "errors is 7, must not be > 5",
        against(">", 5.0, holds=Holds.MUST_NOT, unit="count"),
        7.0,
        None,
    ),
    "a change": (
        "errors is 7, +40 % against a baseline of 5, has to be < +5 % against baseline",
        against("<", 5.0, unit="%", relative=Relative.BASELINE),
        7.0,
        5.0,
    ),
    "a change from below the floor": (
        (
            "errors is 2, +300 % against a baseline of 0 (counted as 0.5, its floor), "
            "has to be < +5 % against baseline"
        ),
        against("<", 5.0, unit="%", relative=Relative.BASELINE, floor=0.5),
        2.0,
        0.0,
    ),
    "a ratio": (
        "errors is 10, 2x against a baseline of 5, has to be < 2x of baseline",
        against("<", 2.0, unit="x", relative=Relative.BASELINE),
        10.0,
        5.0,
    ),
    "a fall": (
        "errors is 4, -1 ms against a baseline of 5, has to be < 1 ms against baseline",
        against("<", 1.0, unit="ms", relative=Relative.BASELINE),
        4.0,
        5.0,
    ),
    "a large number": (
        "errors is 12345678, has to be between 1 and 2",
        against("between", (1.0, 2.0)),
        12345678.0,
        None,
    ),
    "words": (
        "errors is 'bad', has to be 'good'",
        against("words", words="'good'"),
        "bad",
        None,
    ),
}


@pytest.mark.parametrize(
    ("reason", "stated", "value", "baseline"), REASONS.values(), ids=REASONS
)
def test_a_verdict_gives_its_reason_in_numbers(reason, stated, value, baseline):
    """A verdict says what was measured and what the limit is."""
    verdict = judge(stated, Measurement(at=NOON, value=value), baseline)
    plain = "" if isinstance(value, str) else ", by the plain limit"
    assert (f"{reason}{plain}",) == verdict.reasons


LIMITS = {
    "'good'": against("words", words="'good'"),
    "as the document says": against("words"),
    "< 0": against("<"),
}


@pytest.mark.parametrize(("text", "stated"), LIMITS.items(), ids=LIMITS)
def test_a_limit_reads_as_people_write_it(text, stated):
    """Also a limit without numbers can be shown."""
    assert text == limit_text(stated.condition)


def _numbers():
    return st.floats() | st.integers(-9, 9) | st.just("5") | st.none()


@given(
    comparator=st.sampled_from(Comparator),
    limit=st.sampled_from((None, 0.0, 5.0, (1.0, 5.0))),
    relative=st.sampled_from((None, *Relative)),
    unit=st.sampled_from((None, "%", "ms", "x", "count")),
    holds=st.sampled_from(Holds),
    tolerance=st.sampled_from((0.0, 0.5)),
    value=st.just(5.0) | _numbers(),
    error=st.sampled_from((None, "", "timed out")),
    baseline=st.none() | st.floats(0, 9),
)
def test_a_prepared_judge_says_what_the_judge_says(
    comparator, limit, relative, unit, holds, tolerance, value, error, baseline
):
    """Whatever is measured against whatever limit, sooner is not otherwise."""
    condition = Condition(
        comparator=comparator, value=limit, relative=relative, unit=unit, words="5"
    )
    stated = gate(condition=condition, holds=holds, tolerance=tolerance)
    seen = Measurement(at=NOON, value=value, error=error)
    assert judge(stated, seen, baseline) == prepared(stated)(seen, baseline)
