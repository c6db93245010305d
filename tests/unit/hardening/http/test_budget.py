"""The budget: no span of its length ever holds more than its amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.http import Allowance, Budget
from hardening.testing import FakeClock

HOUR_S = 3600.0


def test_what_is_spent_is_not_there_any_more():
    """A cost is granted up to the last cent, and not beyond."""
    budget = Budget(Allowance(1.0, HOUR_S), clock=FakeClock())
    assert [None] * 10 == [budget.spend(0.1) for _ in range(10)]
    assert budget.left == pytest.approx(0, abs=1e-9)
    assert budget.spend(0.1) is not None


@pytest.mark.parametrize(("later_s", "granted"), [(3659.9, False), (3660.0, True)])
def test_money_comes_back_when_its_span_is_over(later_s, granted):
    """A call is forgotten with its slice, a sixtieth of the span: late, never early."""
    clock = FakeClock()
    budget = Budget(Allowance(1.0, HOUR_S), clock=clock)
    assert budget.spend(1.0) is None
    assert budget.spend(1.0) == 3660.0
    clock.advance(later_s)
    assert granted == (budget.spend(1.0) is None)


def test_every_allowance_must_have_room():
    """A day's limit holds when the hour's would allow more."""
    clock = FakeClock()
    budget = Budget(Allowance(2, HOUR_S), Allowance(3, 24 * HOUR_S), clock=clock)
    assert [None, None] == [budget.spend(1), budget.spend(1)]
    clock.advance(2 * HOUR_S)
    assert budget.spend(1) is None
    clock.advance(2 * HOUR_S)
    assert 0 == budget.left
    assert budget.spend(1) > 20 * HOUR_S - 4 * HOUR_S


def test_what_no_allowance_can_hold_is_never_granted():
    """A cost above the whole amount is refused for good, and says so."""
    budget = Budget(Allowance(2, HOUR_S), clock=FakeClock())
    assert float("inf") == budget.spend(2.5)


def test_a_refund_comes_back_at_once():
    """A call that was never sent costs nothing."""
    clock = FakeClock()
    budget = Budget(Allowance(2, HOUR_S), clock=clock)
    budget.spend(2)
    clock.advance(100)
    budget.refund(2, age_s=100)
    assert 2 == budget.left
    assert budget.spend(2) is None


def test_a_refund_after_the_span_gives_nothing_twice():
    """What came back with time does not come back again."""
    clock = FakeClock()
    budget = Budget(Allowance(2, HOUR_S), clock=clock)
    budget.spend(2)
    clock.advance(2 * HOUR_S)
    budget.refund(2, age_s=2 * HOUR_S)
    assert 2 == budget.left


@given(
    st.lists(
        st.tuples(st.floats(0, 90), st.sampled_from([0.5, 1, 3, 4]), st.booleans()),
        max_size=80,
    )
)
def test_no_span_holds_more_than_the_amount(steps):
    """
    The invariant: "no span of an allowance's length holds more than its amount".

    The model keeps every call that was paid for, and looks back over each span.
    """
    clock, paid = FakeClock(), []
    budget = Budget(Allowance(5, 60), clock=clock)
    for gap_s, cost, refunded in steps:
        clock.advance(gap_s)
        if budget.spend(cost) is None:
            if refunded:
                budget.refund(cost, age_s=0)
            else:
                paid.append((clock.monotonic_s(), cost))
        now_s = clock.monotonic_s()
        spent = sum(cost for at_s, cost in paid if now_s - at_s < 60)
        assert spent <= 5
        assert budget.left <= 5 - spent


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_a_wrong_allowance_is_refused(wrong):
    """What cannot work is refused where it is made, by its name."""
    with pytest.raises(InvalidSetting, match=r"Allowance\.amount"):
        Allowance(wrong, HOUR_S)
    with pytest.raises(InvalidSetting, match=r"Allowance\.per_s"):
        Allowance(1, wrong)
    with pytest.raises(InvalidSetting, match=r"Budget\.allowances"):
        Budget()
