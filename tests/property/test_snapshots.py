"""Snapshots: a state that was written and read is the state that a replay gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.decision import evolve
from gonogo.runner.snapshots import snapshot_of, state_from
from gonogo.testing.strategies import plans
from gonogo.testing.world import WEATHERS, World

WANTED = settings().max_examples
BOUNDED = settings(max_examples=25 if WANTED == 100 else WANTED)


@BOUNDED
@given(plans(), st.integers(0, 2**32), st.sampled_from(WEATHERS))
def test_a_snapshot_after_any_event_gives_the_state_of_a_replay(plan, seed, weather):
    """Whoever goes on from a snapshot goes on as if they had read the whole journal."""
    world = World(plan, seed, weather=weather)
    world.run()
    state = None
    for seq, event in enumerate(world.history, start=1):
        state = evolve(state, event)
        assert state == state_from(snapshot_of(state, seq), state.plan)
