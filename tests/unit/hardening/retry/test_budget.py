"""The budget: few failures may be retried, a flood of them may not."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.retry import Budget


def spent(count, **settings):
    """Return a budget that this many failures were charged to."""
    budget = Budget(**settings)
    for _ in range(count):
        budget.failed()
    return budget


@pytest.mark.parametrize(("failures", "allowed"), [(4, True), (5, False), (6, False)])
def test_retries_stop_when_half_of_the_tokens_are_gone(failures, allowed):
    """'Only if token_count is more than maxTokens / 2' (gRPC A6) is a retry made."""
    assert allowed == spent(failures).allows_retry()


def test_successes_bring_the_retries_back():
    """Ten successes pay for one failure."""
    budget = spent(5)
    for _ in range(9):
        budget.succeeded()
    assert budget.allows_retry()


@given(st.lists(st.booleans(), max_size=200))
def test_the_tokens_stay_within_their_limits(outcomes):
    """The tokens stay between zero and the highest number, whatever happens."""
    budget = Budget(tokens=3, refund=0.5)
    for good in outcomes:
        (budget.succeeded if good else budget.failed)()
        assert 0 <= budget.tokens <= 3


def test_no_failure_is_lost_between_threads():
    """Eight threads that fail at once are all charged."""
    budget = Budget(tokens=100_000)
    threads = [
        threading.Thread(target=lambda: [budget.failed() for _ in range(5_000)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 60_000 == budget.tokens


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"tokens": 0}, "Budget.tokens"),
        ({"tokens": float("inf")}, "Budget.tokens"),
        ({"refund": 0}, "Budget.refund"),
        ({"tokens": 2, "refund": 2.1}, "Budget.refund"),
        ({"tokens": "10"}, "Budget.tokens"),
        ({"refund": None}, "Budget.refund"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings, name):
    """What a budget cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=name):
        Budget(**settings)
