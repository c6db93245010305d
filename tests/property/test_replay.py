"""Law 8 and the generic laws of every decider: replay, determinism, totality."""

import json
from contextlib import suppress
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.decision import decide, evolve, replay
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import IllegalTransition
from gonogo.model import command as commands
from gonogo.model.command import Person
from gonogo.model.encoding import decode_event, encode_event
from gonogo.model.event import Event, LineReleased, LineStopped
from gonogo.model.record import FIRST_LINK, chained, link_of
from gonogo.model.sealing import canonical
from gonogo.testing.clock import NOON
from gonogo.testing.plans import Dice, draw_plan
from gonogo.testing.strategies import plans
from gonogo.testing.world import Weather, World, world_of

WANTED = settings().max_examples
BOUNDED = settings(max_examples=25 if WANTED == 100 else WANTED)
SEEDS = st.integers(0, 2**32)


def lived(plan, seed):
    """Return a world at its end, in which a little of everything goes wrong."""
    world = World(plan, seed, weather=Weather())
    world.run()
    return world


@BOUNDED
@given(plans(), SEEDS)
def test_law_8_the_journal_replays_to_the_same_state(plan, seed):
    """
    "The same journal replays to the same state": after every event, and through its
    written form.
    """
    world = lived(plan, seed)
    state = None
    for event in world.history:
        state = evolve(state, decode_event(json.loads(canonical(encode_event(event)))))
    assert world.state == state == replay(world.history)


@BOUNDED
@given(plans(), SEEDS, st.data())
def test_the_same_command_and_state_give_the_same_events(plan, seed, data):
    """Decide looks at nothing but its arguments."""
    history = lived(plan, seed).history
    state = replay(history[: data.draw(st.integers(1, len(history)))])
    for command in (
        commands.Tick(at=state.at),
        commands.Recover(at=state.at),
        commands.Abort(at=state.at, by=Person(name="ada")),
    ):
        assert decide(state, command) == decide(state, command)


@settings(BOUNDED, max_examples=max(BOUNDED.max_examples // 3, 8))
@given(plans(), SEEDS)
def test_evolve_knows_every_event_in_every_state(plan, seed):
    """Totality: an event gives a state, or is named as a move that is not legal."""
    history = lived(plan, seed).history
    for length in range(1, len(history), 11):
        state = replay(history[:length])
        for event in history[::3]:
            if names_another_plan(event, state):
                continue
            with suppress(IllegalTransition):
                assert isinstance(evolve(state, event), RolloutState)


def names_another_plan(event, state):
    """Tell whether an event is about a part that only an amended plan has, or had."""
    plan = state.plan
    stages = {stage.id for stage in plan.stages}
    metrics = {metric.name for metric in plan.metrics}
    return getattr(event, "stage", None) not in {None, *stages} or getattr(
        event, "metric", None
    ) not in {None, *metrics}


def test_the_simulation_reaches_every_kind_of_event():
    """What the properties say is said of the whole vocabulary."""
    seen = set()
    wild = Weather(probes=12, people=45, crashes=5, repeats=10, meddling=4)
    for seed in range(200):
        world = World(draw_plan(Dice("kinds", seed)), seed, weather=wild)
        world.run()
        seen |= {type(event) for event in world.history}
        if len(seen) == len(get_args(Event)):
            break
    # What stops the line stands in no rollout's journal, but in its own.
    wanted = set(get_args(Event)) - {LineStopped, LineReleased}
    assert {kind.__name__ for kind in wanted} == {kind.__name__ for kind in seen}


@BOUNDED
@given(plans(), SEEDS)
def test_every_event_survives_its_written_form(plan, seed):
    """What the journal gives back equals what was put in."""
    for event in lived(plan, seed).history:
        written = canonical(encode_event(event))
        read = decode_event(json.loads(written))
        assert event == read
        assert written == canonical(encode_event(read))


@BOUNDED
@given(SEEDS, st.data())
def test_a_chain_shows_every_change_of_a_record(seed, data):
    """No record can be changed, dropped from the middle, or moved without a trace."""
    world = world_of(seed % 50)
    world.run()
    records = chained(
        "r", world.history, after=0, previous=FIRST_LINK, recorded_at=NOON
    )
    assert [FIRST_LINK, *(r.link for r in records[:-1])] == [
        r.previous for r in records
    ]
    assert list(range(1, len(records) + 1)) == [r.seq for r in records]
    one = data.draw(st.sampled_from(records))
    body = canonical(encode_event(one.event))
    whole = ("r", one.seq, NOON, body, one.previous)
    assert one.link == link_of(*whole)
    spot = Dice(seed).number(len(body) - 1)
    changed = body[:spot] + bytes([body[spot] ^ 1]) + body[spot + 1 :]
    for different in (
        ("s", one.seq, NOON, body, one.previous),
        ("r", one.seq + 1, NOON, body, one.previous),
        ("r", one.seq, NOON.replace(microsecond=1), body, one.previous),
        ("r", one.seq, NOON, changed, one.previous),
        ("r", one.seq, NOON, body, "1" * 64),
    ):
        assert one.link != link_of(*different)
