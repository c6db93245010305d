"""A changed value is what `dataclasses.replace` gives."""

from dataclasses import FrozenInstanceError, replace

import pytest

from gonogo.decision.changing import changed
from gonogo.decision.transitions import Phase
from gonogo.testing.clock import NOON
from gonogo.testing.world import world_of


@pytest.fixture(scope="module")
def state():
    """Return the state of a rollout that has seen much."""
    return world_of("much").run()


def test_a_changed_value_is_what_replace_gives(state):
    """Every other field is as it was."""
    changes = {"phase": Phase.RUNNING, "ended_at": None, "changed_at": NOON}
    assert replace(state, **changes) == changed(state, **changes) != state


def test_the_value_itself_stays_as_it_was(state):
    """Whoever still holds it sees nothing of the change, nor may change it."""
    kept = replace(state)
    other = changed(state, phase=Phase.RUNNING)
    assert kept == state
    with pytest.raises(FrozenInstanceError):
        other.phase = Phase.COMPLETED


def test_a_field_that_is_not_there_is_an_error(state):
    """A typing mistake in a fold is found by the first test that reaches it."""
    with pytest.raises(KeyError, match="no_such_field"):
        changed(state, no_such_field=1)
