"""Amendments over random plans: what runs afterwards is whole, and the laws hold."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.decision.alignment import Cut, aligned, every_gate, same_within
from gonogo.model import event as events
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Baseline, Purpose, Question, Soak
from gonogo.model.sealing import sealed
from gonogo.testing import laws
from gonogo.testing.plans import Dice, draw_amendment
from gonogo.testing.scenes import Scene, stage
from gonogo.testing.scenes import plan as plan_of_stages
from gonogo.testing.strategies import plans
from gonogo.testing.world import CALM, World

WANTED = settings().max_examples
BOUNDED = settings(max_examples=40 if WANTED == 100 else WANTED)
SEEDS = st.integers(0, 2**32)


def lived(plan, seed, **weather):
    """Return a world at its end in which people change the plan, all laws checked."""
    world = World(plan, seed, weather=replace(CALM, meddling=12, **weather))
    world.run()
    return world


@BOUNDED
@given(plans(), SEEDS)
def test_the_laws_hold_while_people_change_the_plan(plan, seed):
    """Laws 1, 2, 7 and 8 follow the plan that is in force."""
    laws.check_journal(lived(plan, seed, probes=8, actions=8, undos=20).history)


@BOUNDED
@given(plans(), SEEDS)
def test_an_amendment_survives_crashes(plan, seed):
    """It is journaled, or it never was: the runner after the crash has that plan."""
    world = lived(plan, seed, crashes=8, repeats=10)
    amended = [e for e in world.history if isinstance(e, events.PlanAmended)]
    assert 1 + len(amended) == world.state.revision
    if amended:
        assert amended[-1].plan == world.state.plan


def cuts(kept):
    """Yield every place that a rollout may stand at when its plan changes."""
    for left in range(kept + 1):
        yield Cut(kept=kept, left=left, revision=2)


@BOUNDED
@given(plans(), SEEDS, st.integers(0, 3))
def test_an_amended_plan_is_whole(plan, seed, least):
    """Names are given once, everything referred to is there, and it is sealed."""
    new, kept = draw_amendment(Dice("amendment", seed), plan, least)
    for cut in cuts(kept):
        found = aligned(plan, new, cut)
        steps = [step for stage in found.stages for step in stage.steps]
        gates, metrics = list(every_gate(found)), {m.name for m in found.metrics}
        names = Counter([*(s.id for s in steps), *(g.id for g in gates)])
        assert {1} == set(names.values())
        assert {gate.metric for gate in gates} <= metrics
        known = {gate.id for gate in gates}
        for step in steps:
            if isinstance(step, Soak):
                assert set(step.gates) <= known
            if isinstance(step, Baseline):
                assert set(step.metrics) <= metrics
        assert sealed(found) == found


@BOUNDED
@given(plans(), SEEDS, st.integers(0, 3))
def test_stages_that_stay_say_what_they_said_under_their_own_names(plan, seed, least):
    """Only their lines are new; what is behind shares no name with what was."""
    new, kept = draw_amendment(Dice("amendment", seed), plan, least)
    for cut in cuts(kept):
        found = aligned(plan, new, cut)
        assert len(new.stages) == len(found.stages)
        for was, now in zip(plan.stages[:kept], found.stages, strict=False):
            assert same_within((plan, was), (found, now))
            assert [s.id for s in was.steps] == [s.id for s in now.steps]
        before = {step.id for stage in plan.stages for step in stage.steps}
        behind = {step.id for stage in found.stages[kept:] for step in stage.steps}
        assert before.isdisjoint(behind)


@BOUNDED
@given(plans(), SEEDS)
def test_a_plan_that_only_moved_is_the_plan_that_was(plan, seed):
    """Lines were added, nothing was changed: every name is the one that was."""
    new, kept = draw_amendment(Dice("amendment", seed), plan, len(plan.stages))
    assert kept <= len(plan.stages)
    moved = replace(new, stages=new.stages[:kept], incident=plan.incident)
    cut = Cut(kept=kept, left=kept, revision=2)
    found = aligned(replace(plan, stages=plan.stages[:kept]), moved, cut)
    assert [s.id for s in plan.stages[:kept]] == [s.id for s in found.stages]
    stay = {t.id for t in plan.triggers if not _changed(t, plan, new)}
    assert stay <= {gate.id for gate in every_gate(found)}


def _changed(trigger, plan, new):
    """Tell whether a trigger's metric is measured otherwise in the new plan."""
    was = next(m for m in plan.metrics if m.name == trigger.metric)
    now = next(m for m in new.metrics if m.name == trigger.metric)
    return was != now


def changed(what, was, now):
    """Return a history in which the amendment has another value of a field."""
    return [
        replace(event, **{what: now(getattr(event, what))})
        if isinstance(event, events.PlanAmended)
        else event
        for event in was
    ]


def with_other_step(plan):
    """Return a plan in which the first step says something else under its name."""
    first, *rest = plan.stages
    step = replace(first.steps[0], title="Something else")
    return replace(plan, stages=(replace(first, steps=(step,)), *rest))


@pytest.mark.parametrize(
    ("what", "now"),
    [
        ("before", lambda _: "sha256:other"),
        ("plan", lambda plan: replace(plan, stages=plan.stages[1:])),
        ("plan", with_other_step),
    ],
    ids=["of another plan", "without a stage that was entered", "a name given twice"],
)
def test_the_law_sees_an_amendment_that_changes_what_was(what, now):
    """A law that cannot be broken proves nothing."""
    last = Question(
        id=StepId("two"), line=2, title="Well?", purpose=Purpose.VERIFY, why=""
    )
    first = replace(last, id=StepId("one"), line=1)
    old = plan_of_stages(stage(first, name="first"))
    scene = Scene(old)
    scene.amended(plan_of_stages(*old.stages, stage(last, name="second")), None)
    laws.an_amendment_changes_what_is_to_come(scene.history)
    with pytest.raises(laws.LawBroken):
        laws.an_amendment_changes_what_is_to_come(changed(what, scene.history, now))
