"""The wall clock tells the time of day; it may jump, and spans do not notice."""

import time

import pytest

from hardening.core import SystemClock
from hardening.testing import FakeClock


@pytest.mark.parametrize("jump_s", [3_600.0, -3_600.0], ids=["ahead", "back"])
def test_a_jump_of_the_wall_clock_leaves_spans_alone(jump_s):
    """Setting a machine's clock makes no cool-off shorter or longer."""
    clock = FakeClock(start_s=5.0, unix_s=1_000.0)
    clock.jump(jump_s)
    assert (5.0, 1_000.0 + jump_s) == (clock.monotonic_s(), clock.unix_s())


def test_a_wait_moves_both_clocks():
    """A minute is a minute on either."""
    clock = FakeClock(start_s=5.0, unix_s=1_000.0)
    clock.wait(60)
    assert (65.0, 1_060.0) == (clock.monotonic_s(), clock.unix_s())


def test_the_wall_clock_starts_where_the_test_says():
    """The two clocks count from different starts."""
    assert 1_000.0 == FakeClock(start_s=77.0, unix_s=1_000.0).unix_s()


def test_the_system_tells_the_time_of_the_machine():
    """Seconds since 1970, as everybody else's."""
    before, told, after = time.time(), SystemClock().unix_s(), time.time()
    assert before <= told <= after
