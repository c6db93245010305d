"""Amendments: given these events, when the plan is changed, then these events."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.decision import replay
from gonogo.decision.alignment import same_within
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.model import event as events
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Purpose,
    Question,
    Soak,
    ValueSource,
)
from gonogo.model.sealing import sealed
from gonogo.testing.scenes import ADA, BEN, ERRORS, SAM, Scene, gate, kinds, plan, stage

MINUTE = timedelta(minutes=1)
SLOWER = replace(ERRORS, cadence=5 * MINUTE)


def action(name="act", **rest):
    """Return an action with an undo of its own, in the shell of its stage."""
    run = Shell(run=f"do {name}", session=rest.pop("session", None))
    back = Shell(run=f"undo {name}")
    return Action(
        id=StepId(name), line=1, title=rest.pop("title", name), apply=run, undo=back
    )


def check(name="look", run="look", line=1):
    """Return a check."""
    return Check(id=StepId(name), line=line, title="Look", probe=Shell(run=run))


def question(name="q", purpose=Purpose.VERIFY, title="Well?"):
    """Return a question."""
    return Question(id=StepId(name), line=2, title=title, purpose=purpose, why="")


def consent(name="ok", **rest):
    """Return an approval."""
    return Approval(id=StepId(name), line=3, title="May it?", role="Dev", **rest)


def soak(name="soak", gates=("gate",), duration=20 * MINUTE):
    """Return a soak."""
    return Soak(
        id=StepId(name),
        line=4,
        title="Hold",
        duration=duration,
        gates=tuple(GateId(each) for each in gates),
        limit=duration + 30 * MINUTE,
    )


FIRST = stage(question("one"), name="first")
SECOND = stage(check("two"), name="second")
THIRD = stage(check("three"), name="third")
CHANGED = stage(check("three", run="look closer"), name="third")
OLD = plan(FIRST, SECOND, THIRD)
NEW = plan(FIRST, SECOND, CHANGED)


def refused(told):
    """Return the reason why a command was refused, the only thing that happened."""
    (event,) = told
    assert isinstance(event, events.CommandRejected), event
    assert "amend" == event.command
    return event.reason


def amended(told):
    """Return the event of the amendment among those that happened."""
    return next(event for event in told if isinstance(event, events.PlanAmended))


def test_a_rollout_goes_over_to_the_changed_plan_and_ends_by_it():
    """From the stage on that was named, what runs is what the new document says."""
    scene = Scene(OLD)
    scene.amended(NEW, "third")
    scene.answered("one", "yes")
    scene.observed("two")
    (look,) = [e for e in scene.effects if hasattr(e, "operation")]
    assert "look closer" == look.operation.run
    scene.observed(look.step)
    assert Phase.COMPLETED is scene.state.phase
    assert scene.state == replay(scene.history)


def test_what_changed_has_a_name_that_was_never_used():
    """A report that still comes for the old step is not taken for the new one's."""
    scene = Scene(OLD)
    told = amended(scene.amended(NEW, "third"))
    assert ["one", "two", "three~2"] == [s.id for s in scene.state.plan_steps()]
    assert "third" == told.from_stage
    scene.answered("one", "yes")
    scene.observed("two")
    assert () == scene.observed("three")
    assert StepPhase.UNDER_WAY is scene.state.step(StepId("three~2")).phase


def test_what_a_second_amendment_brings_is_named_after_the_third_plan():
    """The same step, changed twice, has three names in one journal."""
    scene = Scene(OLD)
    scene.amended(NEW, "third")
    again = plan(FIRST, SECOND, stage(check("three", run="look once"), name="third"))
    scene.amended(again, "third")
    assert ["one", "two", "three~3"] == [s.id for s in scene.state.plan_steps()]
    assert 3 == scene.state.revision


def test_stages_that_stay_keep_their_names_though_lines_were_added():
    """A document with a line more on top gives other names; the rollout keeps its own."""
    moved = stage(replace(question("l9"), line=9), name="s8")
    renamed = plan(moved, replace(CHANGED, title="third"))
    scene = Scene(plan(FIRST, THIRD))
    scene.amended(replace_title(renamed, "first"), "third")
    kept = scene.state.plan.stages[0]
    assert ("first", "one", 9) == (kept.id, kept.steps[0].id, kept.steps[0].line)
    scene.answered("one", "yes")
    assert ["first"] == [
        e.stage for e in scene.history if isinstance(e, events.StagePromoted)
    ]


def replace_title(what, title):
    """Return a plan whose first stage has a title."""
    first, *rest = what.stages
    return sealed(replace(what, stages=(replace(first, title=title), *rest)))


def test_the_new_plan_is_sealed_and_both_digests_are_kept():
    """Consents bind the plan that runs; the document's own digest finds it again."""
    scene = Scene(OLD)
    told = amended(scene.amended(NEW, "third", reason="look closer"))
    assert sealed(told.plan) == told.plan
    assert (OLD.digest, NEW.digest) == (told.before, told.document_plan)
    assert NEW.digest == scene.state.document_plan
    assert ("# Another scene", "look closer", ADA) == (
        told.document,
        told.reason,
        told.by,
    )


DIFFERS = "differs, and comes before the change: only what is still to come may change"
REFUSED = {
    "the same plan": (OLD, "third", "it is the plan that runs already"),
    "another place": (
        sealed(replace(NEW, service="other")),
        "third",
        "it is for other in test, another place",
    ),
    "an unknown stage": (NEW, "fourth", "the plan that runs has no stage 'fourth'"),
    "a change before it": (
        plan(FIRST, stage(check("two", run="x"), name="second"), CHANGED),
        "third",
        f"'second' (line 1) {DIFFERS}",
    ),
    "a stage less before it": (
        plan(FIRST),
        "third",
        "it has no stage 'second', which comes before the change",
    ),
    "a change behind the end": (
        NEW,
        None,
        f"'third' (line 1) {DIFFERS}",
    ),
}


@pytest.mark.parametrize(("new", "start", "why"), REFUSED.values(), ids=REFUSED)
def test_a_plan_that_does_not_fit_is_refused_with_the_reason(new, start, why):
    """Nothing changes, and who asked is told why."""
    scene = Scene(OLD)
    before = scene.state
    assert why == refused(scene.amended(new, start))
    assert before.plan is scene.state.plan


def test_of_two_amendments_of_one_plan_the_second_is_refused():
    """Who made the second had not seen the first."""
    scene = Scene(OLD)
    scene.amended(NEW, "third")
    late = plan(FIRST, SECOND, stage(check("three", run="late"), name="third"))
    told = scene.amended(late, "third", before=OLD.digest)
    assert "look at it anew" in refused(told)


def test_the_same_amendment_delivered_twice_counts_once():
    """The second finds another plan than the one that it was made for."""
    scene = Scene(OLD)
    scene.amended(NEW, "third", before=OLD.digest)
    refused(scene.amended(NEW, "third", before=OLD.digest))
    assert 2 == scene.state.revision


@pytest.mark.parametrize(
    ("begun", "why"),
    [
        (lambda s: s.aborted(), "the rollout is rolled_back, not running"),
        (
            lambda s: (s.answered("one", "yes"), s.observed("two")),
            "'Look' of 'third' has begun",
        ),
    ],
    ids=["it went back", "a step has begun"],
)
def test_it_is_too_late_once_something_has_begun(begun, why):
    """What is under way, or was turned back, is not exchanged."""
    scene = Scene(OLD)
    begun(scene)
    assert refused(scene.amended(NEW, "third")).startswith(why)


def test_a_stage_that_was_left_is_no_place_to_begin():
    """The rollout is behind it: the reason names where it is."""
    scene = Scene(OLD)
    scene.answered("one", "yes")
    other = plan(stage(question("one", title="No?"), name="first"), SECOND, THIRD)
    assert "the rollout is in 'second' already, behind 'first'" in refused(
        scene.amended(other, "first")
    )


def test_a_step_done_by_hand_before_it_was_asked_has_begun():
    """A deed of a person stands in the way back, under its name."""
    deed = stage(question("deed", purpose=Purpose.DO), name="third")
    scene = Scene(plan(FIRST, SECOND, deed))
    scene.answered("deed", "done")
    assert "'Well?' of 'third' has begun" in refused(scene.amended(NEW, "third"))


def test_a_stage_that_only_waits_for_consents_may_still_change():
    """To ask for a consent has changed nothing: it is asked for anew."""
    waits = stage(consent(), check("two"), name="second")
    scene = Scene(plan(FIRST, waits))
    scene.answered("one", "yes")
    now = stage(consent(), check("two", run="closer"), name="second")
    told = scene.amended(plan(FIRST, now), "second")
    assert ["PlanAmended", "ApprovalAsked"] == kinds(told)
    assert "second" == scene.state.current_stage.id
    scene.approved("ok~2", BEN, digest=scene.state.plan.digest)
    assert ["StepStarted"] == kinds(scene.history)[-1:]


def test_a_stage_that_the_rollout_stands_in_is_not_taken_away():
    """Without it nobody could tell where the rollout is."""
    waits = stage(consent(), name="second")
    scene = Scene(plan(FIRST, waits))
    scene.answered("one", "yes")
    assert "which the plan does not have" in refused(
        scene.amended(plan(FIRST), "second")
    )


def test_a_stage_to_come_may_be_taken_away():
    """The rollout is complete without it."""
    scene = Scene(OLD)
    scene.amended(plan(FIRST, SECOND), "third")
    scene.answered("one", "yes")
    scene.observed("two")
    assert Phase.COMPLETED is scene.state.phase


def test_stages_may_come_behind_the_last():
    """What runs stays word for word; more is to come."""
    scene = Scene(plan(FIRST))
    scene.amended(plan(FIRST, SECOND), None)
    scene.answered("one", "yes")
    assert StepPhase.UNDER_WAY is scene.state.step(StepId("two~2")).phase


def test_an_action_under_way_in_a_stage_that_stays_goes_on():
    """Its result comes under the name that it began with."""
    scene = Scene(plan(stage(action(), name="first"), THIRD))
    scene.prepared("act")
    scene.amended(plan(stage(action(), name="first"), CHANGED), "third")
    assert "ActionApplied" in kinds(scene.applied("act"))


def test_the_way_back_stays_as_it_was_recorded():
    """Law 2: what was done before is undone as the journal recorded it."""
    scene = Scene(plan(stage(action(), name="first"), THIRD))
    scene.prepared("act")
    scene.applied("act")
    scene.tick()
    new = plan(stage(action(), name="first"), CHANGED, SECOND)
    assert "has begun" in refused(scene.amended(new, "third"))
    scene.amended(plan(stage(action(), name="first"), THIRD, SECOND), None)
    scene.aborted()
    (undo,) = scene.effects[-1:]
    assert Shell(run="undo act") == undo.operation


@pytest.mark.parametrize("kind", ["values", "connections"])
def test_a_name_that_the_way_back_may_use_keeps_its_meaning(kind):
    """An undo says `$URL`: it has to reach what the action reached."""
    old = sealed(replace(OLD, **{kind: {"URL": ValueSource(env="URL")}}))
    other = sealed(replace(NEW, **{kind: {"URL": ValueSource(env="OTHER")}}))
    scene = Scene(old)
    assert "'URL' would stand for something else" in refused(
        scene.amended(other, "third")
    )
    more = sealed(replace(NEW, **{kind: {"MORE": ValueSource(env="MORE")}}))
    scene.amended(more, "third")
    assert {"URL", "MORE"} == set(getattr(scene.state.plan, kind))


def test_a_changed_stage_has_a_shell_of_its_own():
    """Variables of what ran under the same line of the old document are not handed on."""
    first = stage(action("act", session="s9"), name="first")
    other = stage(action("more", session="s9"), name="third")
    scene = Scene(plan(first, THIRD))
    scene.amended(plan(first, other), "third")
    sessions = [step.apply.session for step in scene.state.plan_steps()]
    assert ["s9", "s9~2"] == sessions


# -- consents ------------------------------------------------------------------

WITH_CONSENTS = plan(
    stage(consent("before"), question("one"), name="first"),
    stage(consent("behind"), check("two"), name="second"),
)
AFTER = plan(
    stage(consent("before"), question("one"), name="first"),
    stage(consent("behind"), check("two", run="closer"), name="second"),
)


def test_consents_for_stages_that_stay_are_carried_over_by_name():
    """They bound another digest; the event says which stand, and that they may."""
    scene = Scene(WITH_CONSENTS)
    scene.approved("before")
    told = amended(scene.amended(AFTER, "second"))
    assert ("before",) == told.kept
    scene.answered("one", "yes")
    assert "second" == scene.state.current_stage.id


def test_consents_for_what_changes_lapse_and_are_asked_for_anew():
    """An early word was about the old stage: it counts for nothing."""
    scene = Scene(WITH_CONSENTS)
    scene.approved("behind")
    told = scene.amended(AFTER, "second")
    assert ["ApprovalLapsed", "PlanAmended"] == kinds(told)
    assert "the plan was amended from its stage on" == told[0].reason
    assert () == told[1].kept
    scene.approved("before", BEN, digest=scene.state.plan.digest)
    asked = scene.answered("one", "yes")
    assert "behind~2" in [e.step for e in asked if isinstance(e, events.ApprovalAsked)]


def test_a_consent_to_the_old_digest_is_refused_and_asked_for_again():
    """Who answers a prompt that was opened before has seen another plan."""
    scene = Scene(WITH_CONSENTS)
    scene.amended(AFTER, "second")
    assert "AskApproval" in kinds(scene.effects)
    (told,) = scene.approved("before", digest=WITH_CONSENTS.digest)
    assert "it is for another plan: the digest differs" == told.reason
    assert ["AskApproval"] == kinds(scene.effects)
    (given,) = [
        e
        for e in scene.approved("before", BEN, digest=scene.state.plan.digest)
        if isinstance(e, events.ApprovalGiven)
    ]
    assert scene.state.plan.digest == given.digest


def test_a_consent_to_a_step_that_is_no_more_is_refused_for_its_digest():
    """The reason is the plan, not a name that the person cannot know of."""
    scene = Scene(WITH_CONSENTS)
    scene.amended(AFTER, "second")
    (told,) = scene.approved("behind", digest=WITH_CONSENTS.digest)
    assert "it is for another plan: the digest differs" == told.reason


@pytest.mark.parametrize(("by", "may"), [(ADA, False), (SAM, False), (BEN, True)])
def test_nobody_approves_an_amendment_of_their_own(by, may):
    """Sam began the rollout and Ada changed it: it takes a third to consent."""
    scene = Scene(WITH_CONSENTS)
    scene.amended(AFTER, "second", by=ADA)
    told = scene.approved("before", by=by, digest=scene.state.plan.digest)
    assert may is ("ApprovalGiven" in kinds(told))


def test_early_answers_to_what_changed_are_named_and_count_for_nothing():
    """The question of the new plan is asked, whatever was answered to the old."""
    old = plan(FIRST, stage(question("two"), name="second"))
    new = plan(FIRST, stage(question("two", title="Really?"), name="second"))
    scene = Scene(old)
    scene.answered("two", "yes")
    assert ("two",) == amended(scene.amended(new, "second")).unanswered
    scene.answered("one", "yes")
    assert ["two~2"] == list(scene.state.questions)


# -- gates and metrics ---------------------------------------------------------


def holding(**rest):
    """Return a scene that holds in a soak of its first stage, one gate measured."""
    first = stage(soak(), name="first", gates=(gate(),))
    scene = Scene(plan(first, THIRD, **rest))
    scene.after(minutes=1)
    scene.measured(1.0)
    assert scene.state.holding
    return scene, first


def test_a_soak_whose_metric_changed_holds_anew():
    """What was held was measured otherwise: it proves nothing of the new gate."""
    scene, first = holding()
    told = scene.amended(plan(first, CHANGED, metrics=(SLOWER,)), "third")
    assert ["SoakReset", "PlanAmended"] == kinds(told)
    assert not scene.state.holding
    assert {} == scene.state.gates
    assert ["errors (plan 2)"] == [
        e.metric for e in scene.effects if hasattr(e, "metric")
    ]
    assert () == scene.measured(1.0)
    assert "SoakStarted" in kinds(scene.measured(1.0, metric="errors (plan 2)"))


def test_a_soak_whose_gates_stay_holds_on():
    """A change of later stages costs no time that was held."""
    scene, first = holding()
    since = scene.state.step(StepId("soak")).since
    assert ["PlanAmended"] == kinds(scene.amended(plan(first, CHANGED), "third"))
    assert since == scene.state.step(StepId("soak")).since


def test_a_broken_metric_can_be_mended():
    """Who was called because it cannot be read is sent home: the new one is measured."""
    scene, first = holding()
    for minute in range(2, 5):
        scene.after(minutes=minute)
        scene.measured(error="refused")
    assert "errors/attention" in scene.state.questions
    told = scene.amended(plan(first, THIRD, metrics=(SLOWER,)), None)
    assert "QuestionWithdrawn" in kinds(told)
    assert not scene.state.held


def test_triggers_of_the_new_plan_hold_at_once():
    """Those that stay keep what is known of them; a new one is measured now."""
    first = stage(action(), question("one"), name="first")
    old, strict = gate("t1"), gate("t2", condition=LESS_THAN_2)
    scene = Scene(plan(first, THIRD, triggers=(old,)))
    scene.prepared("act")
    scene.applied("act")
    scene.measured(3.0)
    scene.amended(plan(first, THIRD, triggers=(old, strict)), None)
    assert {"t1", "t2~2"} == {t.id for t in scene.state.plan.triggers}
    assert {"t1"} == set(scene.state.gates)
    told = scene.after(minutes=1).measured(3.0)
    assert "t2~2" == next(e for e in told if isinstance(e, events.RolloutAborted)).gate


LESS_THAN_2 = Condition(comparator=Comparator.LESS, value=2.0)
RELATIVE = Condition(
    comparator=Comparator.LESS, value=10.0, unit="%", relative=Relative.BASELINE
)


def compared(**rest):
    """Return a plan: a baseline is taken, then a gate compares with it."""
    taken = Baseline(id=StepId("base"), line=1, title="Measure", metrics=(ERRORS.name,))
    judged = stage(
        soak("hold", ("rel",)), name="third", gates=(gate("rel", condition=RELATIVE),)
    )
    last = rest.pop("last", judged)
    return plan(
        stage(taken, question("one"), name="first"), *rest.pop("more", ()), last, **rest
    )


def test_a_baseline_stays_while_its_metric_is_measured_as_before():
    """It is the same series, before and after."""
    scene = Scene(compared())
    scene.measured(1.0)
    scene.amended(compared(more=(SECOND,)), "third")
    assert {ERRORS.name: 1.0} == scene.state.baselines


def test_a_gate_whose_baseline_would_be_lost_is_refused():
    """It could never be judged: nobody would take the value before the change again."""
    scene = Scene(compared())
    scene.measured(1.0)
    told = scene.amended(compared(metrics=(SLOWER,)), "third")
    assert "compares 'errors' with its baseline, which was measured" in refused(told)


def test_a_gate_may_compare_anew_when_a_baseline_is_to_come():
    """The value before is taken once more, in a stage to come."""
    again = Baseline(id=StepId("b2"), line=1, title="Again", metrics=(ERRORS.name,))
    judged = stage(
        again,
        soak("hold", ("rel",)),
        name="third",
        gates=(gate("rel", condition=RELATIVE),),
    )
    scene = Scene(compared())
    scene.measured(1.0)
    told = scene.amended(compared(metrics=(SLOWER,), last=judged), "third")
    assert "PlanAmended" in kinds(told)


# -- what counts as the same ---------------------------------------------------


def test_two_stages_say_the_same_wherever_they_stand():
    """Lines and names do not count; a word, a gate and a shared shell do."""
    one = stage(soak(), name="s", gates=(gate(),))
    moved = replace(
        one,
        line=40,
        steps=(replace(soak(gates=("g7",)), id=StepId("l9"), line=9),),
        gates=(gate("g7", line=8, title="gate"),),
    )
    stricter = replace(one, gates=(gate(condition=LESS_THAN_2),))
    assert same_within((plan(one), one), (plan(moved), moved))
    assert not same_within((plan(one), one), (plan(stricter), stricter))


@pytest.mark.parametrize(
    ("sessions", "same"), [(("s4", "s4"), True), (("s4", "s5"), False)]
)
def test_which_steps_share_a_shell_counts_but_not_its_name(sessions, same):
    """Two blocks of one section hand variables on; of two sections they do not."""
    one = stage(action("a", session="s1"), action("b", session="s1"), name="s")
    first, second = sessions
    other = stage(action("a", session=first), action("b", session=second), name="s")
    assert same is same_within((plan(one), one), (plan(other), other))


def test_a_consent_too_old_by_now_does_not_take_a_soak_from_its_gates():
    """Law 4: given anew in the middle of the soak, it leaves the gates in force."""
    waits = stage(consent(valid_for=MINUTE), soak(), name="first", gates=(gate(),))
    scene = Scene(plan(waits))
    scene.approved("ok")
    scene.after(minutes=2).paused()
    assert ["CommandRejected"] == kinds(scene.approved("ok"))
    assert "soak" == scene.state.current_step.id
