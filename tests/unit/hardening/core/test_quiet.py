"""Of many things that repeat, one passes in a while, and the rest is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import OncePer
from hardening.core.quiet import _KEYS_MAX


@pytest.mark.parametrize(
    ("after_s", "passes"), [(59.9, None), (60.0, 0), (60.1, 0)], ids=str
)
def test_the_same_key_passes_again_when_the_span_is_over(after_s, passes):
    """One a minute means that the next one may come when the minute is over."""
    once = OncePer(60.0)
    assert 0 == once.passes("circuit", 0.0)
    assert passes == once.passes("circuit", after_s)


def test_whoever_passes_says_how_many_were_held_back():
    """Quiet is not silence: the number of repeats is not lost."""
    once = OncePer(60.0)
    times_s = (0.0, 1.0, 2.0, 60.0, 120.0)
    assert [0, None, None, 2, 0] == [once.passes("circuit", s) for s in times_s]


def test_keys_do_not_silence_each_other():
    """An outage of one circuit hides nothing of another."""
    once = OncePer(60.0)
    assert [0, 0] == [once.passes(key, 0.0) for key in ("twilio", "clearbit")]


def test_keys_made_from_data_do_not_fill_the_memory():
    """The key that was used longest ago is forgotten, and may pass again."""
    once = OncePer(60.0)
    for number in range(_KEYS_MAX + 1):
        once.passes(number, 0.0)
    assert (0, None) == (once.passes(0, 1.0), once.passes(_KEYS_MAX, 1.0))


@given(st.lists(st.floats(0, 30), max_size=40))
def test_nothing_is_lost_or_counted_twice(waits_s):
    """What passed and what was held back is, together, all there was."""
    once, now_s, passed = OncePer(60.0), 0.0, []
    for wait_s in waits_s:
        now_s += wait_s
        passed.append(once.passes("circuit", now_s))
    shown = [held for held in passed if held is not None]
    last = once.passes("circuit", now_s + 61)
    assert len(waits_s) == sum(1 + held for held in shown) + last
