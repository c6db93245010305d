"""What a measurement costs does not depend on how long the plan is: counted, not timed."""

import sys
from datetime import timedelta

import pytest

from gonogo.decision import decide, next_wake
from gonogo.model import command as commands
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Soak
from gonogo.model.verdict import Measurement
from gonogo.testing import scenes

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def soaking(stages, steps):
    """Return a rollout of so many stages of so many steps, in the soak at its end."""
    parts = [stage_of(number, steps) for number in range(stages)]
    soak = Soak(
        id="soak", line=1, title="", duration=HOUR, gates=("gate",), limit=2 * HOUR
    )
    last = scenes.stage(soak, name="last", gates=[scenes.gate()])
    scene = scenes.Scene(scenes.plan(*parts, last, triggers=[scenes.gate("trigger")]))
    for part in parts:
        for action in part.steps:
            scene.prepared(action.id)
            scene.applied(action.id)
    scene.after(seconds=1).measured(1.0)
    assert scene.state.holding
    return scene.after(minutes=1)


def stage_of(number, steps):
    """Return a stage of actions; each brings a way back of its own."""
    ids = [f"{number}.{step}" for step in range(steps)]
    do, undo = Shell(run="do"), Shell(run="undo")
    return scenes.stage(
        *(Action(id=i, line=1, title=i, apply=do, undo=undo) for i in ids),
        name=f"stage-{number}",
    )


def instructions(work):
    """Return how many instructions of Python a piece of work takes."""
    counted = 0

    def trace(frame, event, _):
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted


def least(work):
    """Return the least of several counts: a first one may fill a cache of Python's."""
    return min(instructions(work) for _ in range(3))


def tick(scene):
    """Let time have passed, with a measurement due."""
    assert decide(scene.state, commands.Tick(at=scene.now)).effects


def measure(scene):
    """Report a measurement that passes."""
    seen = Measurement(at=scene.now, value=1.0)
    report = commands.ReportMeasured(at=scene.now, metric="errors", measurement=seen)
    assert decide(scene.state, report).events


def wake(scene):
    """Ask when the rollout has to be woken next."""
    assert next_wake(scene.state) is not None


@pytest.mark.parametrize("work", [tick, measure, wake])
@pytest.mark.parametrize(("stages", "steps"), [(1, 100), (50, 2)])
def test_a_long_plan_costs_no_more_than_a_short_one(work, stages, steps):
    """A hundred steps are measured with as few instructions as one."""
    short, long = soaking(1, 1), soaking(stages, steps)
    work(short), work(long)  # the first look is taken, and remembered
    assert least(lambda: work(short)) == least(lambda: work(long)) > 0
