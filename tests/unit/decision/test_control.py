"""Control: freeze and thaw, change windows, retry, guided failure, and skip."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.decision import decide, next_wake, waits_for_people
from gonogo.model import command as commands
from gonogo.model.command import Freeze, Person, Retry, Skip, Start, Thaw
from gonogo.model.event import CommandRejected
from gonogo.model.identifiers import RolloutId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import (
    Action,
    Approval,
    Check,
    OnFailure,
    Purpose,
    Question,
    Soak,
)
from gonogo.model.scope import Scope
from gonogo.model.sealing import sealed
from gonogo.model.verdict import Observation
from gonogo.model.window import ChangeWindow
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import ADA, BEN, SAM, Scene, gate, kinds, plan, stage

EVERYTHING = Scope()
HOUR = timedelta(hours=1)
FAILED = Observation(exit_status=1, output="no")
CYD = Person(name="cyd")


def act(name="act", **changes):
    """An action with an undo of its own."""
    known = {"apply": Shell(run="do"), "undo": Shell(run="undo")}
    return Action(id=name, line=3, title=name, **(known | changes))


def look(name="look", **changes):
    """A check."""
    return Check(id=name, line=4, title=name, probe=Shell(run="look"), **changes)


def scene(*steps, on_failure=OnFailure.BACK, windows=(), own=(), gates=(), **changes):
    """A scene of one stage."""
    one = replace(stage(*steps, gates=gates), windows=own)
    made = plan(one, **changes)
    return Scene(sealed(replace(made, windows=windows, on_failure=on_failure)))


def freeze(one, scope=EVERYTHING, by=ADA):
    """Stop the line for a scope."""
    return one.take(Freeze(at=one.now, by=by, scope=scope, reason="incident"))


def thaw(one, scope=EVERYTHING, by=ADA):
    """Release the line for a scope."""
    return one.take(Thaw(at=one.now, by=by, scope=scope))


def retry(one, step, by=ADA):
    """Ask for a step to be tried again."""
    return one.take(Retry(at=one.now, by=by, step=StepId(step)))


def skip(one, step, by=ADA, reason="not needed"):
    """Ask for a step to be left out."""
    return one.take(Skip(at=one.now, by=by, step=StepId(step), reason=reason))


def refused(told):
    """The reason of the one refusal among events."""
    (one,) = (each for each in told if isinstance(each, CommandRejected))
    return one.reason


# -- freeze ----------------------------------------------------------------------

SCOPES = {
    "everything": (Scope(), True),
    "the service": (Scope(service="service"), True),
    "another service": (Scope(service="other"), False),
    "the environment": (Scope(environment="test"), True),
    "another environment": (Scope(environment="production"), False),
    "both": (Scope(service="service", environment="test"), True),
    "the service elsewhere": (Scope(service="service", environment="other"), False),
}


@pytest.mark.parametrize(("scope", "covers"), SCOPES.values(), ids=SCOPES)
def test_freeze_holds_the_rollouts_of_its_scope_and_no_other(scope, covers):
    """One service, one environment, both, or everything."""
    one = scene(act())
    told = kinds(freeze(one, scope))
    assert (["RolloutFrozen"] if covers else ["CommandRejected"]) == told
    assert covers == one.state.held


def test_freeze_begins_nothing_new_until_it_is_thawed():
    """What was prepared meanwhile waits, too."""
    one = scene(act())
    freeze(one)
    assert [] == kinds(one.prepared("act"))
    assert (["RolloutThawed"], ["Prepare"]) == (kinds(thaw(one)), kinds(one.effects))
    assert ["ActionIntended"] == kinds(one.prepared("act"))


def test_freeze_lets_what_is_under_way_end():
    """A running action goes on; the next one does not begin."""
    one = scene(act(), act("next"))
    one.prepared("act")
    freeze(one)
    assert ["ActionApplied", "StepCompleted"] == kinds(one.applied("act"))
    assert () == one.effects


def test_frozen_twice_is_frozen_once_and_each_scope_is_thawed_by_itself():
    """Two reasons to stop are two freezes."""
    one, service = scene(act()), Scope(service="service")
    freeze(one)
    assert [] == kinds(freeze(one, by=BEN))
    freeze(one, service)
    thaw(one)
    assert [service] == [each.scope for each in one.state.freezes]
    assert [] == kinds(thaw(one))
    thaw(one, service)
    assert not one.state.held


def test_resume_does_not_lift_a_freeze():
    """A pause and a freeze are two different things."""
    one = scene(act())
    freeze(one)
    assert "the rollout is not paused" == refused(one.resumed())
    one.paused()
    one.resumed()
    assert one.state.held


def test_rollout_begun_while_the_line_is_stopped_is_frozen_before_anything_else():
    """Nothing is prepared, and no stage entered."""
    stop = Freeze(at=NOON, by=ADA, scope=EVERYTHING)
    start = Start(
        at=NOON,
        rollout=RolloutId("r-1"),
        plan=plan(stage(act())),
        document="#",
        by=SAM,
        stops=(stop,),
    )
    decision = decide(None, start)
    assert ["RolloutStarted", "RolloutFrozen"] == kinds(decision.events)
    assert () == decision.effects
    assert waits_for_people(decision.state)


def test_freeze_never_blocks_a_trigger_or_the_way_back():
    """Law 3."""
    one = scene(act(), act("next"), gates=(gate(),))
    one.prepared("act")
    one.applied("act")
    freeze(one)
    assert "RolloutAborted" in kinds(one.measured(9.0))
    assert "UndoIntended" in kinds(one.history)
    assert () == one.state.freezes


def test_freeze_of_a_rollout_that_goes_back_is_nothing():
    """There is nothing forward left to hold."""
    one = scene(act(), act("next"))
    one.prepared("act")
    one.applied("act")
    one.aborted()
    assert ([], []) == (kinds(freeze(one)), kinds(thaw(one)))


# -- change windows --------------------------------------------------------------


def window(hour, hours=1):
    """A window of every day, in UTC; a scene begins at noon."""
    rule, span = f"FREQ=DAILY;BYHOUR={hour}", HOUR * hours
    return ChangeWindow(line=1, rule=rule, duration=span, zone="UTC")


def test_stage_is_not_entered_before_its_window_opens():
    """It says so once, is woken at the opening, and goes on then."""
    one = scene(act(), own=(window(13),))
    assert ["RolloutStarted", "WindowAwaited"] == kinds(one.history)
    assert NOON + HOUR == next_wake(one.state)
    assert [] == kinds(one.after(minutes=59, seconds=59).tick())
    told = kinds(one.after(seconds=1).tick())
    assert ["WindowOpened", "StageEntered"] == told
    assert ["Prepare"] == kinds(one.effects)


def test_next_action_is_not_begun_when_the_window_has_closed():
    """What is under way is ended; what only looks goes on."""
    one = scene(act(), look(), act("next"), windows=(window(12),))
    one.prepared("act")
    one.after(hours=1)
    assert ["ActionApplied", "StepCompleted", "StepStarted"] == kinds(
        one.applied("act")
    )
    assert ["CheckJudged", "StepCompleted", "WindowAwaited"] == kinds(
        one.observed("look")
    )
    assert NOON + 24 * HOUR == next_wake(one.state)


def test_action_prepared_in_time_is_not_begun_too_late():
    """The window may close while its way back is looked up."""
    one = scene(act(), windows=(window(12),))
    assert ["WindowAwaited"] == kinds(one.after(hours=1).prepared("act"))
    told = kinds(one.after(hours=23).tick())
    assert (["WindowOpened"], ["Prepare"]) == (told, kinds(one.effects))


def test_closed_window_never_blocks_a_trigger_or_the_way_back():
    """Law 3."""
    one = scene(act(), act("next"), gates=(gate(),), windows=(window(12),))
    one.prepared("act")
    one.after(hours=1).applied("act")
    assert one.state.awaited is not None
    told = kinds(one.measured(9.0))
    assert ["RolloutAborted", "UndoIntended"] == [k for k in told if k[0] in "RU"]
    assert one.state.awaited is None


def test_rollout_is_complete_though_the_window_has_closed():
    """To end is nothing new."""
    one = scene(act(), windows=(window(12),))
    one.prepared("act")
    assert "RolloutCompleted" in kinds(one.after(hours=5).applied("act"))


def test_deed_by_hand_waits_for_the_window_and_one_done_already_does_not():
    """A person is not sent to work outside it; what they did counts."""
    deed = Question(id="do", line=5, title="do", purpose=Purpose.DO, why="hands")
    one = scene(look(), deed, windows=(window(12),))
    one.after(hours=1).observed("look")
    assert {} == one.state.questions
    told = kinds(one.answered("do", "done"))
    assert "StepCompleted" in told
    assert one.state.awaited is None


def test_window_that_never_opens_again_is_said_and_wakes_nobody():
    """Somebody is told; nothing is tried in a circle."""
    used_up = replace(window(12), rule="FREQ=DAILY;COUNT=1")
    one = scene(act(), windows=(used_up,))
    assert (None, None) == (one.state.awaited.until, next_wake(one.state))
    assert ["Notify"] == kinds(one.effects)
    assert [] == kinds(one.after(days=1).tick())


def test_opening_wakes_nobody_while_a_consent_that_lapsed_is_waited_for():
    """Behind the consent the next stage is entered when its window is open."""
    consent = Approval(id="ok", line=2, title="ok", role="Ops", valid_for=HOUR / 2)
    later = replace(stage(look(), name="later"), windows=(window(13),))
    one = Scene(plan(stage(consent), later))
    one.approved("ok")
    assert NOON + HOUR == next_wake(one.state)
    assert "ApprovalLapsed" in kinds(one.after(hours=1, minutes=5).tick())
    assert None is next_wake(one.state)
    told = kinds(one.approved("ok", by=BEN))
    assert "StageEntered" in told


def test_step_that_may_be_left_out_is_not_woken_for():
    """Neither for its window nor for its next look: a person has the word."""
    one = scene(act(), own=(window(12),))
    one.after(hours=1).prepared("act")
    skip(one, "act")
    assert None is next_wake(one.state)
    two = scene(look(attempts=3, retry_delay=HOUR))
    two.observed("look", FAILED)
    skip(two, "look")
    assert None is next_wake(two.state)
    two.answered("look/skip", "no")
    assert NOON + HOUR == next_wake(two.state)


# -- guided failure and retry ----------------------------------------------------


def test_failing_step_turns_back_unless_the_plan_asks():
    """Back is the default; a step may say otherwise than its plan."""
    for on_failure, own, turned in (
        (OnFailure.BACK, None, True),
        (OnFailure.ASK, None, False),
        (OnFailure.BACK, OnFailure.ASK, False),
        (OnFailure.ASK, OnFailure.BACK, True),
    ):
        one = scene(act(on_failure=own), on_failure=on_failure)
        one.prepared("act")
        told = kinds(one.applied("act", FAILED))
        assert turned == ("RolloutAborted" in told)
        assert turned != ("QuestionAsked" in told)


def failed(*steps, **changes):
    """A scene whose action failed, and somebody is asked about it."""
    one = scene(*(steps or (act(),)), on_failure=OnFailure.ASK, **changes)
    one.prepared("act", undo=Shell(run="restore"))
    one.applied("act", FAILED)
    return one


def test_failed_action_is_tried_again_with_the_way_back_of_its_first_attempt():
    """The first attempt has seen the world as it was; the second has not."""
    one = failed(act(undo=None))
    told = kinds(one.answered("act/failed", "retry"))
    assert ["QuestionAnswered", "RetryAsked"] == told
    again = one.prepared("act", undo=Shell(run="wrong"))[0]
    assert (2, None, True) == (again.attempt, again.undo, again.covered)
    assert [Shell(run="restore")] == [undo.operation for undo in one.state.undos]
    assert "RolloutCompleted" in kinds(one.applied("act", attempt=2))


def test_answer_about_one_attempt_settles_no_other():
    """Each failure is a question of its own."""
    one = failed()
    one.answered("act/failed", "retry")
    one.prepared("act")
    one.applied("act", FAILED, attempt=2)
    assert ["act/failed-2"] == list(one.state.questions)
    assert "no question" in refused(one.answered("act/failed", "abort"))


def test_abort_of_a_failed_step_turns_back():
    """And undoes what was applied in part."""
    told = kinds(failed().answered("act/failed", "abort"))
    assert ["RolloutAborted", "UndoIntended"] == told[-2:]


def test_trigger_turns_back_at_once_though_a_failure_is_asked_about():
    """Guided failure guides failures of steps, not of gates."""
    one = failed(gates=(gate(),))
    told = kinds(one.measured(9.0))
    assert ["QuestionWithdrawn", "RolloutAborted"] == told[1:3]


def test_failing_check_is_asked_about_after_its_last_look():
    """Retried, it has all its looks again."""
    one = scene(look(attempts=2), on_failure=OnFailure.ASK)
    assert ["CheckJudged"] == kinds(one.observed("look", FAILED))
    one.after(seconds=10).tick()
    assert "QuestionAsked" in kinds(one.observed("look", FAILED, attempt=2))
    assert [] == kinds(one.after(hours=1).tick())
    assert ["RetryAsked", "QuestionWithdrawn", "StepStarted"] == kinds(
        retry(one, "look")
    )
    assert "QuestionAsked" not in kinds(one.observed("look", FAILED, attempt=3))


def test_check_that_waits_for_its_next_look_is_looked_at_now():
    """Whoever has repaired it need not wait."""
    one = scene(look(attempts=3, retry_delay=HOUR))
    one.observed("look", FAILED)
    assert ["RetryAsked", "StepStarted"] == kinds(retry(one, "look"))


def test_step_that_called_a_person_is_retried():
    """The call is over with that."""
    one = scene(look())
    for attempt in (1, 2, 3):
        one.observed("look", Observation(error="refused"), attempt=attempt)
        one.after(seconds=10).tick()
    assert ["look/attention"] == list(one.state.questions)
    told = kinds(retry(one, "look"))
    assert ["RetryAsked", "QuestionWithdrawn", "StepStarted"] == told


def test_retry_is_refused_with_the_reason_where_it_makes_no_sense():
    """Not begun, under way, done, unknown, in doubt."""
    one = scene(act(), act("next"))
    assert "has not been tried yet" in refused(retry(one, "act"))
    one.prepared("act")
    assert "is under way" in refused(retry(one, "act"))
    one.applied("act")
    assert "is done" in refused(retry(one, "act"))
    assert "no step 'gone'" in refused(retry(one, "gone"))
    one.prepared("next")
    one.recover()
    assert "in doubt" in refused(retry(one, "next"))
    one.aborted()
    assert "rolling_back" in refused(retry(one, "next"))


def two_undos():
    """A rollout on its way back: the newer undo is handed over, the older begins."""
    one = scene(act(), act("next"), act("last"))
    for step in ("act", "next"):
        one.prepared(step)
        one.applied(step)
    one.aborted()
    for attempt in (1, 2, 3):
        one.undone(2, FAILED, attempt=attempt)
        one.after(minutes=1).tick()
    assert ["undo-2"] == list(one.state.questions)
    return one


def test_undo_that_was_handed_over_is_tried_again_when_the_one_under_way_has_ended():
    """It has all its attempts anew, and its question is over."""
    one = two_undos()
    assert ["RetryAsked", "QuestionWithdrawn"] == kinds(retry(one, "undo-2"))
    told = one.undone(1)
    assert ["UndoApplied", "UndoIntended"] == kinds(told)
    assert (2, 4) == (told[1].undo, told[1].attempt)
    assert "RolledBack" in kinds(one.undone(2, attempt=4))
    assert ((1, 2), ()) == (one.history[-1].undone, one.history[-1].handed_over)


def test_only_the_undo_that_is_next_wakes_the_rollout():
    """An older one that failed waits for it, however long its own pause is over."""
    one = two_undos()
    retry(one, "undo-2")
    one.undone(1, FAILED)
    one.after(minutes=5).undone(2, FAILED, attempt=4)
    assert one.now < next_wake(one.state)


def test_undo_that_somebody_has_done_is_not_tried_again():
    """Nor one that nobody was handed."""
    one = two_undos()
    assert "was not handed" in refused(retry(one, "undo-1"))
    one.answered("undo-2", "done")
    assert "somebody has said" in refused(retry(one, "undo-2"))


# -- skip ------------------------------------------------------------------------


def test_skip_counts_when_a_second_person_agrees():
    """Until then the step waits; then it is done as skipped, and said so."""
    one = scene(look(), act())
    assert ["SkipAsked", "QuestionAsked"] == kinds(skip(one, "act"))
    assert ["CheckJudged", "StepCompleted"] == kinds(one.observed("look"))
    told = one.answered("act/skip", "yes", by=BEN)
    assert ["QuestionAnswered", "StepSkipped"] == kinds(told)[:2]
    assert (ADA, BEN, "not needed") == (
        told[1].asked_by,
        told[1].approved_by,
        told[1].reason,
    )
    assert one.state.step("act").skipped
    assert one.state.ended


AGREE = {
    "who asked": (ADA, {}, "of their own"),
    "who asked, in capitals": (Person(name="ADA"), {}, "of their own"),
    "who started": (SAM, {}, "a rollout of their own"),
    "who started, where that is allowed": (SAM, {"self_approval": True}, None),
    "anybody else": (BEN, {}, None),
}


@pytest.mark.parametrize(("by", "changes", "why"), AGREE.values(), ids=AGREE)
def test_nobody_skips_alone(by, changes, why):
    """Two persons, and neither is the starter unless the plan says so."""
    one = scene(look(), act(), **changes)
    skip(one, "act")
    told = one.answered("act/skip", "yes", by=by)
    if why is None:
        assert "StepSkipped" in kinds(told)
    else:
        assert why in refused(told)
        assert ["act/skip"] == list(one.state.questions)


def test_who_approves_the_stage_agrees_to_a_skip_in_it():
    """Where the plan names them, nobody else does."""
    named = Approval(id="ok", line=2, title="ok", role="Ops", people=("cyd",))
    one = scene(named, act())
    skip(one, "act")
    assert "only who approves" in refused(one.answered("act/skip", "yes", by=BEN))
    assert "StepSkipped" in kinds(one.answered("act/skip", "yes", by=CYD))


def test_refused_skip_lets_the_step_go_on():
    """Anybody may say no."""
    one = scene(look(), act())
    one.observed("look")
    skip(one, "act")
    assert [] == kinds(one.prepared("act"))
    one.answered("act/skip", "no", by=ADA)
    assert ["Prepare"] == kinds(one.effects)


def test_failed_step_is_left_out_by_two_and_stays_on_the_way_back():
    """It may have been applied in part."""
    one = failed(act(), act("next"))
    one.answered("act/failed", "skip")
    told = kinds(one.answered("act/skip", "no", by=BEN))
    assert ["QuestionAnswered", "QuestionAsked"] == told
    one.answered("act/failed", "skip")
    assert "StepSkipped" in kinds(one.answered("act/skip", "yes", by=BEN))
    one.aborted()
    assert ["UndoIntended"] == kinds(one.history[-1:])


PROOFS = {
    "a soak": Soak(id="x", line=1, title="x", duration=HOUR, limit=2 * HOUR),
    "a consent": Approval(id="x", line=1, title="x", role="Ops"),
    "a go": Question(id="x", line=1, title="x", purpose=Purpose.CHOOSE, why="go?"),
}


@pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS)
def test_proof_is_never_left_out(proof):
    """There is no fast-forward."""
    assert "fast-forward is forbidden" in refused(skip(scene(proof), "x"))


def test_skip_is_refused_with_the_reason_where_it_makes_no_sense():
    """No reason given, unknown, under way, done, asked already."""
    one = scene(act(), act("next"))
    assert "for a reason" in refused(skip(one, "act", reason=" "))
    assert "no step 'gone'" in refused(skip(one, "gone"))
    one.prepared("act")
    assert "under way" in refused(skip(one, "act"))
    one.applied("act")
    assert "done already" in refused(skip(one, "act"))
    skip(one, "next")
    assert "has asked to skip" in refused(skip(one, "next", by=BEN))
    one.aborted()
    assert "rolling_back" in refused(skip(one, "next"))


def test_no_command_shortens_a_soak():
    """A retry lets it go on for as long as it takes; it is not over any sooner."""
    soak = Soak(id="hold", line=1, title="hold", duration=HOUR, limit=HOUR)
    one = scene(soak)
    before = one.state.step("hold").since
    skip(one, "hold")
    retry(one, "hold")
    one.take(commands.Tick(at=one.now))
    assert (before, NOON + HOUR) == (one.state.step("hold").since, next_wake(one.state))
