"""The index of a plan: its parts by name, made once for all its rollouts."""

import gc
from dataclasses import replace

from gonogo.decision import plan_index
from gonogo.decision.plan_index import index_of
from gonogo.testing import scenes
from gonogo.testing.plans import Dice, draw_plan


def test_every_part_is_found_by_its_name():
    """What the index says is what a walk over the plan finds."""
    for seed in range(20):
        plan = draw_plan(Dice("index", seed))
        index = index_of(plan)
        for stage in plan.stages:
            assert all(index.steps[step.id] is step for step in stage.steps)
            assert all(index.stage_of[step.id] is stage for step in stage.steps)
            assert all(index.gates[gate.id] is gate for gate in stage.gates)
        steps = [step.id for stage in plan.stages for step in stage.steps]
        assert steps == sorted(index.order, key=index.order.get) == list(index.steps)
        assert all(index.gates[gate.id] is gate for gate in plan.triggers)
        assert list(plan.metrics) == list(index.metrics.values())


def test_of_two_gates_of_one_name_the_first_counts():
    """The triggers of the plan stand before the gates of its stages."""
    first, second = scenes.gate("twice"), scenes.gate("twice", line=2)
    plan = scenes.plan(scenes.stage(gates=[second]), triggers=[first])
    assert index_of(plan).gates["twice"] is first


def test_the_index_of_a_plan_is_made_once():
    """A hundred thousand rollouts of one plan share it."""
    plan = draw_plan(Dice("index", "once"))
    assert index_of(plan) is index_of(plan)


def test_a_plan_that_was_changed_without_a_new_digest_has_its_own_index():
    """The index goes by the plan itself: no other name of it can mislead."""
    plan = draw_plan(Dice("index", "digest"))
    shorter = replace(plan, stages=plan.stages[:1])
    index_of(plan)
    assert len(shorter.stages[0].steps) == len(index_of(shorter).steps)


def test_an_index_goes_with_its_plan():
    """A worker that runs for months keeps no plan that nobody runs any more."""
    gc.collect()
    before = len(plan_index._indexes)
    plan = draw_plan(Dice("index", "gone"))
    index_of(plan)
    assert before + 1 == len(plan_index._indexes)
    del plan
    gc.collect()
    assert before == len(plan_index._indexes)
