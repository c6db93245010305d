"""The rise of a counter: given its readings, then what was counted between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.analysis.rises import Rise, rise


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param([], None, id="nothing was read"),
        pytest.param([7], None, id="one reading says nothing"),
        pytest.param([7, 7], Rise(0), id="nothing was counted"),
        pytest.param([7, 8], Rise(1), id="one more"),
        pytest.param([7, 6], Rise(6, 1), id="one less is a restart"),
        pytest.param([7, 0], Rise(0, 1), id="restarted, and nothing since"),
        pytest.param([7, 9, 2, 5, 1], Rise(2 + 2 + 3 + 1, 2), id="two restarts"),
    ],
)
def test_a_drop_is_a_restart_and_never_a_negative_count(levels, expected):
    """What a counter shows after a drop was counted since it began anew."""
    assert expected == rise(levels)


@given(st.lists(st.integers(0, 50), min_size=1), st.sets(st.integers(0, 60)))
def test_nothing_is_counted_that_was_not_there(steps, restarts):
    """However often a counter restarts, its rise is at most what really happened."""
    levels, level = [0], 0
    for place, step in enumerate(steps):
        level = step if place in restarts else level + step
        levels.append(level)
    found = rise(levels)
    assert 0 <= found.amount <= sum(steps)
    assert restarts or sum(steps) == found.amount
