"""The sweep: each gate broken in each stage, one at a time."""

from datetime import timedelta

import pytest

from gonogo.simulation import Ending, Terms
from gonogo.simulation.whatif import what_if
from gonogo.testing.laws import check_journal


@pytest.fixture(scope="module")
def swept():
    """Leave room for the one sweep of this file: it is made once."""
    return {}


@pytest.fixture
def cases(swept, plan):
    """Give the sweep of the plan, by stage and broken gate."""
    if not swept:
        base, found = what_if(plan, (), Terms(users_per_minute=1000))
        swept["base"] = base
        swept["cases"] = {
            (case.stage.stage, case.gate and case.gate.id): case for case in found
        }
    return swept["cases"]


def test_each_gate_is_broken_in_each_stage_that_it_watches(cases):
    """In a stage that nothing watches a person aborts; one without length is left out."""
    watched = [(stage, gate) for stage in ("canary", "all") for gate in ("g21", "g22")]
    assert [("deployed", None), *watched] == list(cases)


def test_a_broken_gate_turns_back_what_was_done_by_then(cases):
    """Newest first: more is undone the later it breaks."""
    undone = {key: len(case.found.undos) for key, case in cases.items()}
    assert [1, 2, 2, 3, 3] == list(undone.values())
    assert {Ending.ROLLED_BACK} == {case.found.ending for case in cases.values()}


def test_a_breach_right_after_a_look_goes_on_for_a_whole_cadence(cases):
    """It is the longest that it can go unnoticed: a minute here, 20 there."""
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    assert minute <= cases["canary", "g21"].noticed_after <= minute + 2 * second
    late = cases["canary", "g22"].noticed_after
    assert 20 * minute <= late <= 20 * minute + 2 * second


def test_more_users_are_hurt_the_later_it_breaks(cases):
    """5 % of the users at first, all of them later."""
    early, late = cases["canary", "g21"], cases["all", "g21"]
    assert (5.0, 100.0) == (early.exposure_pct, late.exposure_pct)
    hurt = [c.found.exposed_after_breach.user_minutes for c in (early, late)]
    assert hurt[0] < hurt[1]
    assert late.back_after < timedelta(minutes=2)


def test_every_case_holds_to_the_laws(cases):
    """A sweep is made of rollouts as they would run."""
    for case in cases.values():
        check_journal(case.found.journal)
