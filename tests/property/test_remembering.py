"""What is remembered of a state is what a fresh look at it gives."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.decision import evolve, gate, hold, schedule
from gonogo.decision.evolving import measuring
from gonogo.decision.remembering import RESTLESS
from gonogo.decision.state import RolloutState
from gonogo.testing.strategies import plans
from gonogo.testing.world import Weather, World, world_of

WANTED = settings().max_examples
BOUNDED = settings(max_examples=25 if WANTED == 100 else WANTED)

LOOKS = (
    vars(RolloutState)["current_step"].fget,
    vars(RolloutState)["_actions_open"].fget,
    gate._watch,
    hold._looked_at_end,
    measuring._looking_back,
    schedule._undo_wakes,
)


class Untouchable:
    """Whatever is asked of it fails."""

    def __getattribute__(self, name):
        """Fail: nobody may look."""
        raise AssertionError(name)

    __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = __iter__ = None
    __contains__ = __len__ = __sub__ = __rsub__ = None
    __eq__: Any = None
    __hash__: Any = None


def states(history):
    """Yield the state after each event, as the machine has it: with what it remembers."""
    state = None
    for event in history:
        state = evolve(state, event)
        for look in LOOKS:
            look(state)
        yield state


@BOUNDED
@given(plans(), st.integers(0, 2**32))
def test_what_is_remembered_is_what_a_fresh_look_gives(plan, seed):
    """After any event, whatever happened since the look was taken."""
    world = World(plan, seed, weather=Weather())
    world.run()
    for state in states(world.history):
        fresh = replace(state)
        assert [look.__wrapped__(fresh) for look in LOOKS] == [
            look(state) for look in LOOKS
        ]


@pytest.mark.parametrize("seed", range(10))
def test_no_remembered_look_rests_on_what_a_measurement_changes(seed):
    """Else a rollout would go by an old measurement, and nobody would see it."""
    for state in states(history_of(seed)):
        blind = replace(state, **dict.fromkeys(RESTLESS, Untouchable()))
        for look in LOOKS:
            look(blind)


def history_of(seed):
    """Return the journal of a seed's world."""
    world = world_of(seed)
    world.run()
    return world.history


def test_every_remembered_look_is_tested_here():
    """A new one is added to `LOOKS`: its name says where it is to be found."""
    state = None
    for event in history_of(0):
        state = evolve(state, event)
        list(state.actions_under_way())
        schedule.next_wake(state)
        taken = getattr(state, "remembered_looks", {})
        assert taken.keys() <= {look.__wrapped__ for look in LOOKS}
