"""The policy: wrong ones are refused where they are made; errors show what they show."""

from math import inf, nan

import pytest

from hardening.breaker import FailureRate, Outcome, Policy
from hardening.core import InvalidSetting


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"failures": 0}, "Policy.failures"),
        ({"failures": None}, "Policy.failures"),
        ({"cool_off_s": 0}, "Policy.cool_off_s"),
        ({"cool_off_s": inf}, "Policy.cool_off_s"),
        ({"cool_off_s": nan}, "Policy.cool_off_s"),
        ({"cool_off_s": ()}, "Policy.cool_off_s"),
        ({"cool_off_s": (60, -1)}, "Policy.cool_off_s"),
        ({"probes": 0}, "Policy.probes"),
        ({"probe_s": 0}, "Policy.probe_s"),
        ({"counts": ()}, "Policy.counts"),
        ({"counts": (KeyboardInterrupt,)}, "Policy.counts"),
        ({"counts": OSError}, "Policy.counts"),
        ({"ignores": ("OSError",)}, "Policy.ignores"),
        ({"failures": "5"}, "Policy.failures"),
        ({"failures": 2.5}, "Policy.failures"),
        ({"rate": "x"}, "Policy.rate"),
        ({"rate": 0.5}, "Policy.rate"),
        ({"cool_off_s": [60, 300]}, "Policy.cool_off_s"),
        ({"cool_off_s": "60"}, "Policy.cool_off_s"),
        ({"cool_off_s": (60, None)}, "Policy.cool_off_s"),
        ({"probes": 1.5}, "Policy.probes"),
        ({"probes": True}, "Policy.probes"),
        ({"probe_s": "1"}, "Policy.probe_s"),
    ],
    ids=str,
)
def test_wrong_settings_are_refused_by_name(settings, field):
    """A mistake is found when the service starts, not when the circuit should open."""
    with pytest.raises(InvalidSetting, match=field):
        Policy(**settings)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"share": 0}, "share"),
        ({"share": 1.01}, "share"),
        ({"calls": 0}, "calls"),
        ({"calls": 100_001}, "calls"),
        ({"within_s": 0}, "within_s"),
        ({"least": 0}, "least"),
        ({"least": 101}, "least"),
        ({"share": "0.5"}, "share"),
        ({"calls": 10.5}, "calls"),
        ({"within_s": None}, "within_s"),
        ({"least": 2.5}, "least"),
    ],
    ids=str,
)
def test_a_wrong_rate_is_refused_with_the_name_of_the_field(settings, field):
    """The same, for the share of failures."""
    with pytest.raises(InvalidSetting, match=f"FailureRate.{field}"):
        FailureRate(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"failures": 1},
        {"failures": None, "rate": FailureRate()},
        {"cool_off_s": (1.0,)},
        {"probes": 1, "probe_s": 0.001},
        {"rate": FailureRate(share=1, calls=1, least=1)},
    ],
    ids=str,
)
def test_a_policy_at_its_limits_is_taken(settings):
    """What is refused starts right behind."""
    assert Policy(**settings)


@pytest.mark.parametrize(("openings", "span_s"), [(1, 10), (2, 60), (3, 300), (9, 300)])
def test_the_cool_off_goes_by_the_openings_in_a_row(openings, span_s):
    """A service that stays unwell is asked less and less often; the last span stays."""
    assert span_s == Policy(cool_off_s=(10, 60, 300)).cool_off(openings)


def test_the_defaults_are_those_of_the_founding_plans():
    """Five in a row, sixty seconds, one trial call."""
    policy = Policy()
    assert (5, 60.0, 1) == (policy.failures, policy.cool_off(1), policy.probes)


@pytest.mark.parametrize(
    ("set_s", "patience_s"), [(None, 30.0), (5.0, 5.0)], ids=["default", "set"]
)
def test_a_trial_call_is_written_off_within_a_cool_off(set_s, patience_s):
    """Half of the cool-off, so that the next one starts before a second is over."""
    assert patience_s == Policy(probe_s=set_s).patience(1)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TimeoutError(), Outcome.FAILED),
        (ValueError(), Outcome.SUCCEEDED),
        (FileNotFoundError(), Outcome.IGNORED),
    ],
    ids=["counted", "another", "ignored"],
)
def test_an_error_shows_what_the_policy_says(error, outcome):
    """An error that is not counted is an answer; one that is ignored is nothing."""
    policy = Policy(counts=(OSError,), ignores=(FileNotFoundError,))
    assert outcome is policy.outcome(error)


@pytest.mark.parametrize(
    ("failures", "calls", "reached"),
    [(9, 19, False), (10, 20, True), (9, 20, False), (11, 20, True)],
)
def test_a_rate_needs_enough_calls_and_enough_failures(failures, calls, reached):
    """Half of twenty opens; half of nineteen says nothing yet."""
    assert reached is FailureRate().is_reached(failures, calls)
