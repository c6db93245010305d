"""Healthy values: what a metric reads when nothing is scripted, and what breaks it."""

import pytest

from gonogo.analysis import expectation, threshold
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.plan import Gate, Holds
from gonogo.model.verdict import Measurement, Outcome
from gonogo.simulation.healthy import healthy, unhealthy
from gonogo.simulation.seen import failing, passing
from gonogo.simulation.terms import MONDAY


def gate(comparator, value=None, unit=None, **more):
    """Return a gate of one condition."""
    held = {key: more.pop(key) for key in ("holds", "floor") if key in more}
    condition = Condition(comparator=comparator, value=value, unit=unit, **more)
    return Gate(id="g", line=1, title="G", metric="M", condition=condition, **held)


NOT = Holds.MUST_NOT
GATES = {
    "below": [gate(Comparator.LESS, 1.0, "%")],
    "at most nothing": [gate(Comparator.AT_MOST, 0.0)],
    "below nothing": [gate(Comparator.LESS, 0.0)],
    "at least a share": [gate(Comparator.AT_LEAST, 99.9, "%")],
    "at least a number": [gate(Comparator.AT_LEAST, 300.0)],
    "equal": [gate(Comparator.EQUAL, 7.0)],
    "not equal": [gate(Comparator.NOT_EQUAL, 0.0)],
    "between": [gate(Comparator.BETWEEN, (3.0, 4.0))],
    "a trigger above": [gate(Comparator.MORE, 5.0, holds=NOT)],
    "a trigger below": [gate(Comparator.LESS, 95.0, "%", holds=NOT)],
    "two limits": [gate(Comparator.MORE, 10.0), gate(Comparator.LESS, 11.0)],
    "words": [gate(Comparator.WORDS, words="healthy")],
    "words of a trigger": [gate(Comparator.WORDS, words="red", holds=NOT)],
    "a change": [gate(Comparator.LESS, 5.0, "%", relative=Relative.BASELINE)],
    "a change with a floor": [
        gate(Comparator.LESS, 10.0, "%", relative=Relative.BASELINE, floor=5.0)
    ],
    "a multiple": [gate(Comparator.LESS, 2.0, "x", relative=Relative.BASELINE)],
    "an improvement": [gate(Comparator.LESS, -10.0, "%", relative=Relative.BASELINE)],
    "a limit and a change": [
        gate(Comparator.LESS, 1.0, "%"),
        gate(Comparator.LESS, 5.0, "%", relative=Relative.BASELINE),
    ],
}


def outcomes(gates, value, baseline):
    """Return what the judge of real rollouts says of a value."""
    base = baseline if isinstance(baseline, float) else None
    taken = Measurement(at=MONDAY, value=value)
    return [threshold.judge(each, taken, base).outcome for each in gates]


@pytest.mark.parametrize("name", GATES)
def test_a_healthy_value_passes_every_gate_of_its_metric(name):
    """It is derived from the limits, and judged as a measured one would be."""
    gates = GATES[name]
    found = healthy(gates)
    assert found.proven
    assert {Outcome.PASS} == set(outcomes(gates, found.after, found.before))


@pytest.mark.parametrize("name", GATES)
def test_an_unhealthy_value_fails_its_gate(name):
    """A sweep breaks each gate."""
    gates = GATES[name]
    found = healthy(gates)
    for each in gates:
        value = unhealthy(each, found)
        assert [Outcome.FAIL] == outcomes([each], value, found.before)


def test_gates_that_contradict_each_other_are_found_out():
    """No value is below 1 and above 2."""
    assert not healthy([gate(Comparator.LESS, 1.0), gate(Comparator.MORE, 2.0)]).proven


def test_a_metric_without_gates_has_some_value():
    """A baseline may be taken of it."""
    assert healthy([]).proven


EXPECTED = {
    "nothing": (),
    "a word": ((ExpectationKind.CONTAINS, "HEALTHY"),),
    "the whole": ((ExpectationKind.EXACT, "`ok`"),),
    "two words": ((ExpectationKind.CONTAINS, "UP"), (ExpectationKind.CONTAINS, "v2")),
    "more than": ((ExpectationKind.COMPARATOR, "> 0"),),
    "fewer than": ((ExpectationKind.NUMBER, "less than 10"),),
    "rows": ((ExpectationKind.ROWS, "1 row"),),
    "a status": ((ExpectationKind.HTTP_STATUS, "HTTP 204"),),
    "an absence": ((ExpectationKind.ABSENCE, "no errors"),),
    "JSON": ((ExpectationKind.JSON, '{"table":true, ...}'),),
    "JSON within": ((ExpectationKind.JSON, '{"m":{...}, ...}'),),
    "a status and a word": (
        (ExpectationKind.HTTP_STATUS, "200"),
        (ExpectationKind.CONTAINS, "ok"),
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_check_that_goes_well_gives_what_it_should(name):
    """What is made up is judged as a real output would be; a failing one likewise."""
    expected = [Expectation(line=1, kind=kind, value=v) for kind, v in EXPECTED[name]]
    good, bad = passing(expected), failing(expected)
    assert Outcome.PASS is expectation.judge(expected, good).outcome
    assert Outcome.FAIL is expectation.judge(expected, bad).outcome


def test_what_only_a_person_can_judge_is_left_to_a_person():
    """Nothing that is made up looks calm."""
    calm = Expectation(line=1, kind=ExpectationKind.HUMAN, value="looks calm")
    judged = expectation.judge([calm], passing([calm]))
    assert Outcome.INCONCLUSIVE is judged.outcome
