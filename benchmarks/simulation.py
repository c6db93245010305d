"""Simulation: how fast the machine lives in virtual time, and what a state weighs."""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from gonogo.decision import Decision, decide, next_wake
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command
from gonogo.model.effect import Effect
from gonogo.model.identifiers import GateId, MetricName, StepId
from gonogo.model.operation import Http, Shell
from gonogo.model.plan import Action, Gate, Metric, Plan, Soak
from gonogo.model.verdict import Measurement, Observation
from gonogo.runner.snapshots import snapshot_of, state_from
from gonogo.testing import scenes
from gonogo.testing.world import world_of

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
EVENTS = 100
"""So many events are lived through in one round."""
MILLION = Bar(Of.VALUE, least=1_000_000)
STATES = 2_000
WORLDS = 20


def measure() -> Iterator[Row]:
    """Yield soaking rollouts of several sizes, whole worlds, and states at rest."""
    yield from _soaking()
    yield from _worlds()
    yield from _codec()
    yield _weight()


def _soaking() -> Iterator[Row]:
    """Yield how many events a soak makes: due, asked, measured, judged, and folded."""
    sizes = ((1, 10), (5, 100), (20, 100))
    calls = {
        f"a soak with {gates} gates in a plan of {steps} steps": _Soaking(gates, steps)
        for gates, steps in sizes
    }
    taken = timings(calls, rounds=15, number=1)
    for name in calls:
        rate = 60e9 * EVENTS / taken.median_ns(name)
        yield Row(figure=name, value=rate, unit="events/min", bar=MILLION)


def _worlds() -> Iterator[Row]:
    """Yield whole worlds, in which every law is checked at each turn."""
    seeds, lived = count(), count()

    def live() -> None:
        for _ in range(WORLDS):
            world = world_of(next(seeds))
            world.run()
            for _ in world.history:
                next(lived)

    taken = timings({"worlds": live}, rounds=10, number=1)
    worlds = 60e9 * WORLDS / taken.median_ns("worlds")
    yield Row(figure="drawn worlds, every law checked", value=worlds, unit="worlds/min")
    rate = worlds * next(lived) / next(seeds)
    yield Row(figure="the same, by their events", value=rate, unit="events/min")


def _codec() -> Iterator[Row]:
    """Yield what it takes to write a state down, and to read it."""
    state = _Soaking(3, 10).state
    kept = snapshot_of(state, 1)
    calls = {
        "snapshot_of, 3 gates, 10 steps": lambda: snapshot_of(state, 1),
        "state_from, 3 gates, 10 steps": lambda: state_from(kept, state.plan),
    }
    taken = timings(calls, rounds=30, number=100)
    for name in calls:
        value = taken.median_ns(name) / 1000
        yield Row(figure=name, value=value, unit="µs", bar=Bar(Of.VALUE, most=150))


def _weight() -> Row:
    """Return what each of many states of one plan takes, read from its snapshot."""
    state = _Soaking(3, 10).state
    kept = snapshot_of(state, 1)
    gc.collect()
    tracemalloc.start()
    held = [state_from(kept, state.plan) for _ in range(STATES)]
    gc.collect()
    weight = tracemalloc.get_traced_memory()[0] / len(held)
    tracemalloc.stop()
    figure = "a state at rest, 3 gates, 10 steps"
    return Row(figure=figure, value=weight, unit="bytes", bar=Bar(Of.VALUE, most=6144))


class _Soaking:
    """A rollout that soaks, and is measured whenever it says that it wants to be."""

    def __init__(self, gates: int, steps: int) -> None:
        """Bring a rollout to the soak that ends its plan."""
        scene = scenes.Scene(_plan(gates, steps))
        todo = list(scene.effects)
        while not scene.state.holding:
            scene.after(milliseconds=1)
            scene.take(_done(todo.pop(0), scene))
            todo += (each for each in scene.effects if each not in todo)
        self.state = scene.state

    def __call__(self) -> None:
        """Live through so many events."""
        events = 0
        while events < EVENTS:
            events += self._tick()

    def _tick(self) -> int:
        at = next_wake(self.state)
        if at is None:
            message = "a soak has to be woken"
            raise RuntimeError(message)
        wanted = self._take(commands.Tick(at=at)).effects
        seen = Measurement(at=at, value=1.0)
        return sum(
            len(self._take(_measured(each, seen)).events)
            for each in wanted
            if isinstance(each, effects.Measure)
        )

    def _take(self, command: Command) -> Decision:
        decision = decide(self.state, command)
        self.state = decision.state
        return decision


def _done(effect: Effect, scene: scenes.Scene) -> Command:
    """Return the report that an effect went well."""
    match effect:
        case effects.Prepare(step=step):
            return commands.ReportPrepared(at=scene.now, step=step)
        case effects.Apply(step=step, attempt=attempt):
            seen = Observation(exit_status=0)
            return commands.ReportApplied(
                at=scene.now, step=step, attempt=attempt, observation=seen
            )
        case effects.Measure():
            return _measured(effect, Measurement(at=scene.now, value=1.0))
        case _:
            return commands.Tick(at=scene.now)


def _measured(effect: effects.Measure, seen: Measurement) -> commands.ReportMeasured:
    return commands.ReportMeasured(at=seen.at, metric=effect.metric, measurement=seen)


def _plan(gates: int, steps: int) -> Plan:
    """Return a plan of actions in stages of ten, with a soak over its gates at its end."""
    names = [MetricName(f"metric-{number}") for number in range(min(gates, 5))]
    judges = tuple(_gate(number, names) for number in range(gates))
    parts = [_action(StepId(f"step-{number}")) for number in range(1, steps)]
    soak = Soak(
        id=StepId("soak"),
        line=1,
        title="Soak",
        duration=365 * DAY,
        gates=tuple(gate.id for gate in judges),
        limit=400 * DAY,
    )
    firsts = range(0, len(parts), 10)
    stages = [scenes.stage(*parts[n : n + 10], name=f"stage-{n}") for n in firsts]
    last = scenes.stage(soak, name="last")
    return scenes.plan(
        *stages,
        last,
        metrics=[
            Metric(name=name, probe=Http(url=f"$URL/{name}"), cadence=30 * SECOND)
            for name in names
        ],
        triggers=judges,
    )


def _gate(number: int, names: list[MetricName]) -> Gate:
    name = f"gate-{number}"
    return scenes.gate(name, id=GateId(name), metric=names[number % len(names)])


def _action(step: StepId) -> Action:
    undo = Shell(run=f"undo {step}")
    return Action(id=step, line=1, title=step, apply=Shell(run=f"do {step}"), undo=undo)
