"""The window: how many of the latest calls failed, by number and by age."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.breaker import FailureRate
from hardening.breaker.window import Rate, Window

LIMIT = FailureRate(calls=10, within_s=60.0, least=1)


def window_after(calls, limit=LIMIT):
    """Return a window, the time and the number after calls: (seconds before, failed)."""
    window, now_s, count = Window(limit, 0.0), 0.0, 0
    for wait_s, failed in calls:
        now_s += wait_s
        window.note(now_s, count)
        count += 1
        if failed:
            window.failed(count)
    return window, now_s, count


def test_calls_that_are_too_many_ago_are_forgotten():
    """Of twelve calls, the ten last ones count."""
    calls = [(0, True), (0, True), *[(0, False)] * 9, (0, True)]
    window, now_s, count = window_after(calls)
    assert Rate(failures=1, calls=10) == window.rate(now_s, count)


@pytest.mark.parametrize(("after_s", "calls"), [(59.9, 3), (66.1, 0)], ids=str)
def test_calls_that_are_too_old_are_forgotten(after_s, calls):
    """A minute ago still counts; a minute and a tenth does not."""
    window, now_s, count = window_after([(0, True)] * 3)
    window.note(6.0, count)
    window.note(now_s + after_s, count)
    assert Rate(calls, calls) == window.rate(now_s + after_s, count)


def test_what_was_cleared_does_not_come_back():
    """A circuit that closed again starts from nothing."""
    window, now_s, count = window_after([(0, True)] * 3)
    window.clear(now_s, count)
    assert Rate(0, 0) == window.rate(now_s, count)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 3.0, 6.0, 20.0]), st.booleans()),
        max_size=80,
    )
)
def test_the_window_agrees_with_a_list_of_all_calls(calls):
    """
    All calls younger than the span count, none older than the span and a tenth, and
    never more than the last ten.
    """
    window, now_s, count = window_after(calls)
    rate = window.rate(now_s, count)
    at_s, ages = now_s, []
    for wait_s, _ in reversed(calls):
        ages.append(now_s - at_s)
        at_s -= wait_s
    least = min(10, sum(age < 60 for age in ages))
    most = min(10, sum(age <= 66 for age in ages))
    assert least <= rate.calls <= most
    latest = [failed for _, failed in calls][len(calls) - rate.calls :]
    assert sum(latest) == rate.failures


def test_a_flood_of_failures_stays_small():
    """No more failures are remembered than calls are looked at."""
    window, now_s, count = window_after([(0, True)] * 1_000)
    assert Rate(10, 10) == window.rate(now_s, count)
    assert 10 == len(window._failures)
