"""Shared looks: identical questions of one second are asked once, and never too old."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.decision.evolve import evolve
from gonogo.model.event import RolloutStarted
from gonogo.model.operation import Http, ReadFlag, Shell, Sql
from gonogo.model.plan import ValueSource
from gonogo.model.verdict import Observation
from gonogo.runner.looks import SharedLooks
from gonogo.testing.clock import FakeClock
from tests.unit.runner.fleet import ADA, plan_of

QUERY = Http(url="$PROMETHEUS/query?q=errors", json="$.value")


@pytest.fixture
def clock():
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def looks(clock):
    """Looks that may be shared."""
    return SharedLooks(clock)


class Source:
    """Counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        """Answer."""
        self.asked += 1
        return Observation(value=self.asked)


def state_of(clock, rollout, *, folder="/shop", **values):
    """A rollout that has just begun."""
    values = {name: ValueSource(literal=text) for name, text in values.items()}
    plan = replace(plan_of(rollout), values=values)
    at = clock.now()
    return evolve(
        None,
        RolloutStarted(
            at=at, rollout=rollout, plan=plan, document="", by=ADA, folder=folder
        ),
    )


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (QUERY, 1),
        (Sql(query="select 1", connection="main"), 1),
        (ReadFlag(file="flags.json", flag="cart"), 1),
        (Shell(run="curl health"), 2),
        (replace(QUERY, method="POST"), 2),
        (replace(QUERY, url="$PROMETHEUS/query?q=$GONOGO_ROLLOUT"), 2),
        (replace(QUERY, url="$PROMETHEUS/query?q=${GONOGO_SERVICE}"), 2),
    ],
)
def test_two_rollouts_share_a_look_that_is_the_same_for_both(
    looks, clock, operation, asked
):
    """What names the rollout, changes something or has a session is never shared."""
    source = Source()
    for rollout in ("a", "b"):
        looks.take(operation, state_of(clock, rollout, PROMETHEUS="http://p"), source)
    assert asked == source.asked


def test_the_same_name_with_another_meaning_is_another_look(looks, clock):
    """Two teams may both say $PROMETHEUS."""
    source = Source()
    looks.take(QUERY, state_of(clock, "a", PROMETHEUS="http://one"), source)
    looks.take(QUERY, state_of(clock, "b", PROMETHEUS="http://two"), source)
    assert 2 == source.asked


def test_a_file_of_another_folder_is_another_look(looks, clock):
    """A relative path means another file there."""
    source, read = Source(), ReadFlag(file="flags.json", flag="cart")
    looks.take(read, state_of(clock, "a", folder="/one"), source)
    looks.take(read, state_of(clock, "b", folder="/two"), source)
    assert 2 == source.asked


def test_a_look_is_shared_within_its_second_and_not_beyond(looks, clock):
    """The next second asks anew, however shortly after."""
    source, a = Source(), state_of(clock, "a")
    _, first = looks.take(QUERY, a, source)
    clock.advance(timedelta(seconds=0.999))
    _, shared = looks.take(QUERY, a, source)
    clock.advance(timedelta(seconds=0.001))
    _, later = looks.take(QUERY, a, source)
    assert (2, first, first) == (source.asked, shared, later - timedelta(seconds=1))


def test_a_shared_look_counts_as_of_when_it_began(looks, clock):
    """One begun before a soak's end does not prove it."""
    began = clock.now()
    looks.take(QUERY, state_of(clock, "a"), Source())
    clock.advance(timedelta(seconds=0.5))
    assert began == looks.take(QUERY, state_of(clock, "b"), Source())[1]


def test_who_asks_while_a_look_is_under_way_waits_for_it(looks, clock):
    """A slow source is asked once, and all get its answer."""
    source, go = Source(), threading.Event()

    def slow():
        assert go.wait(30)
        return source()

    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(looks.take, QUERY, state_of(clock, f"r{n}"), slow)
            for n in range(8)
        ]
        go.set()
        seen = {each.result(30)[0].value for each in asked}
    assert ({1}, 1) == (seen, source.asked)
