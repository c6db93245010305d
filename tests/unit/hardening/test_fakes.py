"""The public fakes behave as the real things, but for the time they take."""

import asyncio

import pytest

from hardening.core import InvalidSetting, SystemClock, SystemEntropy
from hardening.testing import FakeClock, ScriptedEntropy


def wait(clock, span_s):
    """Wait on a clock."""
    clock.wait(span_s)


def wait_async(clock, span_s):
    """Wait on a clock as a coroutine does."""
    asyncio.run(clock.wait_async(span_s))


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()], ids=["real", "fake"])
@pytest.mark.parametrize("way", [wait, wait_async])
def test_a_wait_returns_no_earlier_than_asked(clock, way):
    """The clock's promise, kept by the real one and by the fake."""
    before = clock.monotonic_s()
    way(clock, 0.01)
    assert clock.monotonic_s() - before >= 0.01


@pytest.mark.parametrize("entropy", [SystemEntropy(), ScriptedEntropy([0.0, 0.9])])
def test_a_chance_lies_between_zero_and_one(entropy):
    """Zero is included, one is not."""
    assert all(0 <= entropy.chance() < 1 for _ in range(100))


def test_a_clock_never_goes_back():
    """A test that moves time backwards has a mistake in it."""
    with pytest.raises(ValueError, match="never goes back"):
        FakeClock().advance(-0.1)


def test_a_script_repeats_its_last_chance():
    """A script is as long as the test needs it."""
    entropy = ScriptedEntropy([0.1, 0.2])
    assert [0.1, 0.2, 0.2] == [entropy.chance() for _ in range(3)]


@pytest.mark.parametrize("chances", [(), (0.5, 1.0), (-0.1,)])
def test_a_script_of_no_chances_is_refused(chances):
    """A test's mistake shows where it was made."""
    with pytest.raises(InvalidSetting, match=r"ScriptedEntropy\.chances"):
        ScriptedEntropy(chances)
