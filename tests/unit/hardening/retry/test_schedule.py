"""How long each schedule waits: at its edges, and within its bounds always."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.retry import (
    Decorrelated,
    FullJitter,
    Polynomial,
    Spread,
    delay_s,
)

ALMOST_ONE = 1 - 2**-53

CASES = {
    "full jitter may wait nothing": (FullJitter(1, 30), 1, 0, 0.0, 0.0),
    "full jitter starts from its base": (FullJitter(1, 30), 1, 0, 0.5, 0.5),
    "full jitter doubles its bound": (FullJitter(1, 30), 3, 0, 0.5, 2.0),
    "full jitter just below the cap": (FullJitter(1, 17), 5, 0, 0.5, 8.0),
    "full jitter exactly at the cap": (FullJitter(1, 16), 5, 0, 0.5, 8.0),
    "full jitter past the cap": (FullJitter(1, 15), 5, 0, 0.5, 7.5),
    "full jitter after very many attempts": (FullJitter(1, 30), 10_000, 0, 0.5, 15.0),
    "decorrelated waits its base first": (Decorrelated(1, 30), 1, 0, 0.9, 1.0),
    "decorrelated never waits less than its base": (
        Decorrelated(1, 30),
        2,
        0.1,
        0.0,
        1.0,
    ),
    "decorrelated grows to three times the last": (
        Decorrelated(1, 30),
        2,
        2.0,
        0.5,
        3.5,
    ),
    "decorrelated stops at its cap": (Decorrelated(1, 4), 2, 2.0, 0.9, 4.0),
    "spread may wait nothing": (Spread(0, 29), 1, 0, 0.0, 0.0),
    "spread ignores the attempt": (Spread(0, 29), 99, 7, 0.5, 14.5),
    "spread starts from its lower bound": (Spread(10, 20), 1, 0, 0.0, 10.0),
    "spread of equal bounds is fixed": (Spread(5, 5), 1, 0, 0.7, 5.0),
    "sidekiq, first, least": (Polynomial(), 1, 0, 0.0, 15),
    "sidekiq, first, most": (Polynomial(), 1, 0, ALMOST_ONE, 24),
    "sidekiq, just below the next whole number": (Polynomial(), 3, 0, 0.099, 31),
    "sidekiq, exactly at the next whole number": (Polynomial(), 3, 0, 0.1, 34),
    "sidekiq, 25th": (Polynomial(), 25, 0, ALMOST_ONE, 24**4 + 15 + 9 * 25),
}

chances = st.floats(0, 1, exclude_max=True)
attempts = st.integers(1, 10_000)
spans = st.floats(0.001, 10_000)


@pytest.mark.parametrize(
    ("schedule", "attempt", "previous_s", "chance", "expected"),
    CASES.values(),
    ids=CASES,
)
def test_a_schedule_waits_as_it_says(schedule, attempt, previous_s, chance, expected):
    """Each row reads: this schedule, after this attempt, waits this many seconds."""
    actual = delay_s(schedule, attempt=attempt, previous_s=previous_s, chance=chance)
    assert expected == pytest.approx(actual)


@given(base=spans, more=spans, attempt=attempts, chance=chances)
def test_full_jitter_stays_between_nothing_and_the_doubled_base(
    base, more, attempt, chance
):
    """'sleep = random_between(0, min(cap, base * 2 ** attempt))'."""
    schedule = FullJitter(base, base + more)
    actual = delay_s(schedule, attempt=attempt, previous_s=0, chance=chance)
    assert 0 <= actual <= min(base + more, base * 2 ** min(attempt - 1, 100))


@given(base=spans, more=spans, luck=st.lists(chances, min_size=1, max_size=50))
def test_decorrelated_stays_between_base_and_cap(base, more, luck):
    """'sleep = min(cap, random_between(base, sleep * 3))', over a whole run."""
    schedule, previous = Decorrelated(base, base + more), 0.0
    for attempt, chance in enumerate(luck, start=1):
        actual = delay_s(schedule, attempt=attempt, previous_s=previous, chance=chance)
        assert base <= actual <= min(base + more, max(base, 3 * previous))
        previous = actual


@given(low=spans, more=spans, attempt=attempts, chance=chances)
def test_spread_stays_between_its_bounds(low, more, attempt, chance):
    """Anything between two bounds, whatever the attempt."""
    actual = delay_s(
        Spread(low, low + more), attempt=attempt, previous_s=0, chance=chance
    )
    assert low <= actual <= low + more


def test_spread_keeps_the_busiest_second_under_a_twentieth():
    """Of 1,000 clients that fail at once, no second afterwards sees more than 5 %."""
    chances_of_all = [(client * 0.6180339887) % 1 for client in range(1000)]
    seconds = Counter(
        int(delay_s(Spread(), attempt=1, previous_s=0, chance=chance))
        for chance in chances_of_all
    )
    assert max(seconds.values()) <= 50


@pytest.mark.parametrize(
    ("make", "setting"),
    [
        (lambda: FullJitter(0, 30), "FullJitter.base_s"),
        (lambda: FullJitter(-1, 30), "FullJitter.base_s"),
        (lambda: FullJitter(float("nan"), 30), "FullJitter.base_s"),
        (lambda: FullJitter(2, 1.9), "FullJitter.cap_s"),
        (lambda: FullJitter(2, float("inf")), "FullJitter.cap_s"),
        (lambda: Decorrelated(0, 30), "Decorrelated.base_s"),
        (lambda: Decorrelated(2, 1.9), "Decorrelated.cap_s"),
        (lambda: Spread(-0.1, 1), "Spread.low_s"),
        (lambda: Spread(2, 1.9), "Spread.high_s"),
        (lambda: Spread(0, float("inf")), "Spread.high_s"),
        (lambda: Polynomial(-1), "Polynomial.offset_s"),
        (lambda: FullJitter("1", 30), "FullJitter.base_s"),
        (lambda: Decorrelated(1, None), "Decorrelated.cap_s"),
        (lambda: Spread("0", 1), "Spread.low_s"),
        (lambda: Spread(0, "1"), "Spread.high_s"),
        (lambda: Polynomial(None), "Polynomial.offset_s"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(make, setting):
    """What a schedule cannot work with is said where it is made."""
    with pytest.raises(InvalidSetting, match=setting) as caught:
        make()
    assert setting == caught.value.setting


@pytest.mark.parametrize(
    "make", [lambda: FullJitter(2, 2), lambda: Spread(0, 0), lambda: Polynomial(0)]
)
def test_a_setting_exactly_at_its_limit_is_taken(make):
    """The limits themselves belong to what is allowed."""
    assert make()
