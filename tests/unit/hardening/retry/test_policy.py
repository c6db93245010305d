"""Whether to try again: given this failure, under this policy, then this decision."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.retry import (
    Failure,
    GiveUp,
    GiveUpReason,
    Policy,
    Spread,
    Wait,
    decide,
)

FIXED = Spread(2, 2)


class TooBusy(Exception):
    """An error that says when to come back."""

    def __init__(self, after_s=None):
        self.after_s = after_s


def policy(**settings):
    """Return a policy that waits two seconds."""
    base = {"on": (TooBusy,), "attempts": 3, "schedule": FIXED}
    return Policy(**(base | settings), retry_after=lambda error: error.after_s)


def failure(*, attempt=1, elapsed=0.0, after=None):
    """Return a failed attempt."""
    return Failure(error=TooBusy(after), attempt=attempt, elapsed_s=elapsed)


CASES = {
    "the last attempt but one": (policy(), failure(attempt=2), Wait(2)),
    "the last attempt": (policy(), failure(attempt=3), GiveUp(GiveUpReason.ATTEMPTS)),
    "past the last attempt": (
        policy(),
        failure(attempt=4),
        GiveUp(GiveUpReason.ATTEMPTS),
    ),
    "a single attempt is never repeated": (
        policy(attempts=1),
        failure(),
        GiveUp(GiveUpReason.ATTEMPTS),
    ),
    "the wait ends just before the deadline": (
        policy(deadline_s=10),
        failure(elapsed=7.999),
        Wait(2),
    ),
    "the wait ends exactly at the deadline": (
        policy(deadline_s=10),
        failure(elapsed=8),
        GiveUp(GiveUpReason.DEADLINE),
    ),
    "the wait ends past the deadline": (
        policy(deadline_s=10),
        failure(elapsed=8.001),
        GiveUp(GiveUpReason.DEADLINE),
    ),
    "asked to wait less than planned": (policy(), failure(after=1.9), Wait(2)),
    "asked to wait longer than planned": (policy(), failure(after=2.1), Wait(2.1)),
    "asked to wait exactly as long as allowed": (
        policy(asked_max_s=60),
        failure(after=60),
        Wait(60),
    ),
    "asked to wait longer than allowed": (
        policy(asked_max_s=60),
        failure(after=60.1),
        GiveUp(GiveUpReason.ASKED_TOO_LONG),
    ),
    "asked to wait for ever": (
        policy(),
        failure(after=float("inf")),
        GiveUp(GiveUpReason.ASKED_TOO_LONG),
    ),
    "asked to wait past the deadline": (
        policy(deadline_s=10),
        failure(after=10),
        GiveUp(GiveUpReason.DEADLINE),
    ),
}


@pytest.mark.parametrize(("rules", "when", "then"), CASES.values(), ids=CASES)
def test_the_policy_decides(rules, when, then):
    """Each row reads: under these rules, after this failure, then this."""
    assert then == decide(rules, when, chance=0.5, affordable=True)


def test_an_empty_budget_forbids_the_retry():
    """Without a budget's leave the error goes to the caller."""
    decision = decide(policy(), failure(), chance=0.5, affordable=False)
    assert GiveUp(GiveUpReason.BUDGET) == decision


@given(
    attempts=st.integers(1, 20),
    deadline=st.floats(0.1, 100),
    attempt=st.integers(1, 25),
    elapsed=st.floats(0, 200),
    after=st.none() | st.floats(0, 100),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_no_attempt_starts_at_or_after_the_deadline(
    attempts, deadline, attempt, elapsed, after, chance
):
    """Whatever is decided keeps the deadline, the attempts and the asked-for wait."""
    rules = policy(attempts=attempts, deadline_s=deadline, schedule=Spread())
    decision = decide(
        rules,
        failure(attempt=attempt, elapsed=elapsed, after=after),
        chance=chance,
        affordable=True,
    )
    if isinstance(decision, Wait):
        assert attempt < attempts
        assert elapsed + decision.delay_s < deadline
        assert decision.delay_s >= (after or 0)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"on": ()}, "Policy.on"),
        ({"on": (KeyboardInterrupt,)}, "Policy.on"),
        ({"on": ("TimeoutError",)}, "Policy.on"),
        ({"on": KeyboardInterrupt}, "Policy.on"),
        ({"on": "TimeoutError"}, "Policy.on"),
        ({"asked_max_s": -0.1}, "Policy.asked_max_s"),
        ({"asked_max_s": float("inf")}, "Policy.asked_max_s"),
        ({"attempts": 0}, "Policy.attempts"),
        ({"deadline_s": 0}, "Policy.deadline_s"),
        ({"deadline_s": float("nan")}, "Policy.deadline_s"),
        ({"deadline_s": "10"}, "Policy.deadline_s"),
        ({"attempts": "3"}, "Policy.attempts"),
        ({"attempts": 2.5}, "Policy.attempts"),
        ({"attempts": None}, "Policy.attempts"),
        ({"asked_max_s": None}, "Policy.asked_max_s"),
        ({"schedule": 5}, "Policy.schedule"),
        ({"schedule": Spread}, "Policy.schedule"),
    ],
)
def test_wrong_settings_are_refused_by_name(settings, name):
    """What a policy cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        policy(**settings)


def test_a_retry_after_that_cannot_be_called_is_refused_by_name():
    """The seconds themselves are not what reads them from an error."""
    with pytest.raises(InvalidSetting, match=r"Policy\.retry_after"):
        Policy(on=TooBusy, retry_after=5)


WORTH = {
    "a class": (TooBusy, TooBusy(), True),
    "a class, another error": (TooBusy, ValueError(), False),
    "several classes": ((OSError, TooBusy), TimeoutError(), True),
    "several classes, another error": ((OSError, TooBusy), ValueError(), False),
    "a function that says yes": (lambda error: error.after_s == 1, TooBusy(1), True),
    "a function that says no": (lambda error: error.after_s == 1, TooBusy(2), False),
    "a function is not asked about an interrupt": (
        lambda _: True,
        KeyboardInterrupt(),
        False,
    ),
}


@pytest.mark.parametrize(("on", "error", "worth"), WORTH.values(), ids=WORTH)
def test_only_named_errors_are_worth_another_attempt(on, error, worth):
    """A class, several, or a function that looks at the error."""
    assert worth == policy(on=on).names(error)
