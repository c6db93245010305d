"""Leaning: one copy of what is equal, and a state that equals what it was."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone

from gonogo.model.operation import Shell
from gonogo.model.plan import Action
from gonogo.runner.leaning import lean
from gonogo.runner.snapshots import snapshot_of, state_from
from gonogo.testing import scenes
from gonogo.testing.clock import NOON

BACK = Shell(run="helm rollback", idempotent=True)
ACTION = Action(id="deploy", line=1, title="Deploy", apply=Shell(run="helm upgrade"))


def begun(action, rollback=None, **prepared):
    """Return the state in which an action is under way."""
    scene = scenes.Scene(scenes.plan(scenes.stage(action, rollback=rollback)))
    scene.prepared("deploy", **prepared)
    return scene.state


def read_back(state):
    """Return a state as it is read from a snapshot."""
    return state_from(snapshot_of(state, 1), state.plan)


def test_an_actions_own_undo_is_the_one_that_the_plan_has():
    """Ten thousand rollouts of one plan hold one copy of each way back."""
    state = begun(replace(ACTION, undo=BACK))
    (undo,) = read_back(state).undos
    assert undo.operation is state.plan.stages[0].steps[0].undo


def test_a_stages_rollback_is_the_one_that_the_plan_has():
    """So is the way back that a stage has as a whole."""
    state = begun(ACTION, rollback=BACK)
    (undo,) = read_back(state).undos
    assert undo.operation is state.plan.stages[0].rollback.operation


def test_an_undo_that_the_plan_has_not_stays_as_it_was_recorded():
    """What the journal recorded is undone, whatever the plan says."""
    (undo,) = read_back(begun(ACTION, undo=BACK)).undos
    assert undo.operation == BACK


def test_equal_instants_are_one_and_in_utc():
    """They are most of a state, and each came with a time zone of its own."""
    state = read_back(begun(ACTION))
    assert state.at is state.started_at is state.steps["deploy"].started_at
    assert state.at.tzinfo is UTC


def test_an_instant_of_another_offset_keeps_it():
    """What somebody's clock said stays as they saw it, beside the same in UTC."""
    there = NOON.astimezone(timezone(timedelta(hours=2)))
    state = lean(replace(begun(ACTION), changed_at=there))
    assert (timedelta(hours=2), UTC) == (state.changed_at.utcoffset(), state.at.tzinfo)
