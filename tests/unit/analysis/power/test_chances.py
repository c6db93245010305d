"""Chances: power and detection time against simulations, and how they must move."""

import math

import pytest

from gonogo.analysis.power.chances import (
    Terms,
    detection,
    power,
    power_final,
    power_within,
)
from gonogo.analysis.power.laws import Counted, Failing, Levels, TwoStreams

HALVES = Terms(anytime=0.025, final=0.025)
DAY_MIN = 1440

# Medians of 2,000 simulated soaks of a day, half a percent of errors, equal arms.
MEDIANS = {
    "1 a second, x1.5": (1, 1.5, 291),
    "1 a second, x2": (1, 2.0, 86),
    "1 a second, x10": (1, 10.0, 4),
    "10 a second, x1.2": (10, 1.2, 175),
    "10 a second, x1.5": (10, 1.5, 33),
    "10 a second, x2": (10, 2.0, 10),
    "100 a second, x1.05": (100, 1.05, 277),
    "100 a second, x1.2": (100, 1.2, 19),
    "100 a second, x1.5": (100, 1.5, 4),
}
POWERS = {
    "1 a second, x1.05": (1, 1, 1.05, 0.130),
    "1 a second, x1.2": (1, 1, 1.2, 0.825),
    "10 a second, x1.05": (10, 1, 1.05, 0.653),
    "1 a second against 19, x1.2": (1, 19, 1.2, 0.980),
}
PROVEN = {
    "25 % at 1 a second": (1, 1.25, 0.931),
    "10 % at 10 a second": (10, 1.10, 0.995),
    "5 % at 10 a second": (10, 1.05, 0.663),
}


@pytest.mark.parametrize(("per_s", "rise", "simulated"), MEDIANS.values(), ids=MEDIANS)
def test_time_to_find_is_that_of_the_simulation(streams, per_s, rise, simulated):
    """Half of all faults are found when the formula says, to a tenth or a minute."""
    found = math.ceil(detection(streams(per_s), HALVES, rise) * DAY_MIN)
    assert max(1, simulated / 10) >= abs(found - simulated)


@pytest.mark.parametrize(
    ("per_s", "control", "rise", "simulated"), POWERS.values(), ids=POWERS
)
def test_power_is_that_of_the_simulation(streams, per_s, control, rise, simulated):
    """A soak finds a rise as often as the formula says, to four points."""
    found = power(streams(per_s, control=control), HALVES, rise)
    assert simulated == pytest.approx(found, abs=0.04)


@pytest.mark.parametrize(("per_s", "limit", "simulated"), PROVEN.values(), ids=PROVEN)
def test_power_to_prove_is_that_of_the_simulation(streams, per_s, limit, simulated):
    """A harmless change is proven to be one as often as is said, or a bit more."""
    found = power_within(streams(per_s, limit=limit), HALVES)
    assert simulated - 0.05 <= found <= simulated


LAWS = {
    "two streams": TwoStreams(limit=1.05, canary=400, control=4_000),
    "counted": Counted(limit=1.5, canary=60),
    "failing": Failing(limit=2.0, requests=20_000, share=0.005),
    "levels": Levels(limit=1.1, looks=1440, variance=0.3),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_more_is_found_of_a_larger_rise_and_sooner(law):
    """A larger harm is never harder to find."""
    rises = [law.limit * step for step in (1.02, 1.1, 1.3, 2.0, 5.0)]
    powers = [power(law, HALVES, rise) for rise in rises]
    times = [detection(law, HALVES, rise) for rise in rises]
    assert (sorted(powers), sorted(times, reverse=True)) == (powers, times)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_a_longer_soak_finds_and_proves_more(law):
    """More data never shows less."""
    grown = [law.scaled(factor) for factor in (0.25, 1, 4, 16)]
    found = [power(each, HALVES, law.limit * 1.2) for each in grown]
    proven = [power_within(each, HALVES) for each in grown]
    assert (sorted(found), sorted(proven)) == (found, proven)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_at_the_limit_a_soak_turns_back_no_more_often_than_it_may(law):
    """Just at the limit the chance to be turned back is the final look's share."""
    assert power_final(law, HALVES, law.limit) == pytest.approx(0.025)
    assert power(law, HALVES, law.limit) == pytest.approx(0.025)
    assert math.isinf(detection(law, HALVES, law.limit))


def test_one_stream_is_two_with_an_endless_control():
    """Against a fixed limit counts tell as much as against a control without end."""
    one = Counted(limit=1.2, canary=400)
    two = TwoStreams(limit=1.2, canary=400, control=4e9)
    assert power(one, HALVES, 1.5) == pytest.approx(power(two, HALVES, 1.5), rel=1e-5)
    times = [detection(law, HALVES, 1.5) for law in (one, two)]
    assert times[0] == pytest.approx(times[1], rel=1e-4)


def test_rare_failures_are_counts():
    """Of few failures among many requests it does not matter how many succeeded."""
    counted = Counted(limit=2.0, canary=40)
    failing = Failing(limit=2.0, requests=4e7, share=1e-6)
    powers = [power(law, HALVES, 3.5) for law in (counted, failing)]
    assert powers[0] == pytest.approx(powers[1], abs=1e-4)


def test_a_fall_is_found_where_a_fall_is_harm():
    """Where less is worse, a fall beyond the limit is found, and a rise is not."""
    law = TwoStreams(limit=0.95, canary=4_000, control=4_000)
    falls = Terms(anytime=0.025, final=0.025, direction=-1)
    assert power(law, falls, 0.7) > 0.99
    assert power(law, falls, 1.2) < 0.03
    assert detection(law, falls, 0.7) < detection(law, falls, 0.85)


def test_without_a_final_look_nothing_is_proven_at_the_end():
    """A gate that no soak ends has only its looks on the way."""
    law, open_end = LAWS["two streams"], Terms(anytime=0.05, final=0.0)
    assert power_within(law, open_end) == 0
    assert 0 < power(law, open_end, 1.5) < 1
