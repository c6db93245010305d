"""Deciders at their boundaries: just below, exactly at, just above."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.decision import evolve, next_wake
from gonogo.decision.gate import in_force
from gonogo.decision.schedule import waits_for_people
from gonogo.model.command import Person
from gonogo.model.event import QuestionAnswered
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.identifiers import MetricName, QuestionId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Approval, Baseline, Check, Purpose, Question, Soak
from gonogo.model.verdict import Observation
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import (
    ERRORS,
    SAM,
    Scene,
    gate,
    kinds,
    plan,
    stage,
)

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
FAILED = Observation(exit_status=1)


def soak(duration=30, limit=60, **rest):
    """Return a soak of so many minutes on the gate 'gate'."""
    return Soak(
        id=StepId("soak"),
        line=1,
        title="Soak",
        duration=MINUTE * duration,
        gates=("gate",),
        limit=MINUTE * limit,
        **rest,
    )


def check(**rest):
    """Return a check."""
    return Check(id=StepId("look"), line=1, title="Look", probe=Shell(run="x"), **rest)


def question(purpose=Purpose.VERIFY, name="q"):
    """Return a question."""
    return Question(id=StepId(name), line=1, title="Well?", purpose=purpose, why="")


def consent(name="ok", **rest):
    """Return an approval by the role 'Dev'."""
    return Approval(id=StepId(name), line=1, title="OK?", role="Dev", **rest)


def action(name="act", **rest):
    """Return an action with an undo of its own."""
    undo = rest.pop("undo", Shell(run="back"))
    return Action(
        id=StepId(name),
        line=1,
        title="Act",
        apply=rest.pop("apply", Shell(run="go")),
        undo=undo,
        **rest,
    )


def scene(*steps, **rest):
    """Return a scene of one stage with the gate 'gate', and a question behind it."""
    gates = rest.pop("gates", (gate(),))
    return Scene(plan(stage(*steps, question(name="end"), gates=gates), **rest))


def holding():
    """Return a scene whose soak of 30 minutes has held since noon."""
    held = scene(soak())
    assert ["MeasurementTaken", "SoakStarted"] == kinds(held.measured(1.0))
    return held


# -- soak ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_s", "done"), [(29 * 60 + 59, False), (30 * 60, True), (30 * 60 + 1, True)]
)
def test_a_soak_is_over_when_its_time_is_and_it_passed_once_more(at_s, done):
    """The last look has to be at or after the end."""
    held = holding().after(seconds=at_s)
    assert done is ("StepCompleted" in kinds(held.measured(1.0)))


def test_a_soak_without_a_look_at_its_end_is_not_over():
    """Time alone proves nothing: the end asks for one more look."""
    held = holding().after(minutes=30)
    assert [] == kinds(held.tick())
    assert ["Measure"] == kinds(held.effects)


def test_a_look_before_the_end_does_not_prove_it_though_it_is_told_later():
    """What counts is when the world was looked at, not when the report came."""
    held = holding().after(minutes=30)
    told = held.measured(1.0, at=NOON + MINUTE * 30 - SECOND)
    assert ["MeasurementTaken"] == kinds(told)


@pytest.mark.parametrize(
    ("value", "error"), [(None, None), (None, "refused"), ("fine", None)]
)
def test_a_soak_begins_anew_after_any_verdict_but_a_pass(value, error):
    """What could not be read interrupts the hold."""
    held = holding().after(minutes=29)
    told = held.measured(value, error=error)
    assert ["MeasurementTaken", "SoakReset"] == kinds(told)[:2]
    held.after(minutes=1)
    assert ["MeasurementTaken", "SoakStarted"] == kinds(held.measured(1.0))
    held.after(minutes=29)
    assert "StepCompleted" not in kinds(held.measured(1.0))
    held.after(minutes=1)
    assert "StepCompleted" in kinds(held.measured(1.0))


@pytest.mark.parametrize(
    ("at_s", "called"),
    [(3600 - 1, False), (3600, True), (3600 + 1, True)],
)
def test_a_soak_that_does_not_come_to_its_end_calls_a_person(at_s, called):
    """Not completed within its limit, it is a person's to decide."""
    late = scene(soak()).after(seconds=at_s)
    assert called is ("QuestionAsked" in kinds(late.tick()))


def test_a_person_lets_a_late_soak_go_on_and_its_limit_counts_anew():
    """Each call extends the patience by the whole limit."""
    late = scene(soak()).after(minutes=60)
    late.tick()
    assert ["QuestionAnswered", "SoakExtended"] == kinds(
        late.answered("soak/attention", "continue")
    )
    late.after(minutes=59)
    assert "QuestionAsked" not in kinds(late.tick())
    late.after(minutes=1)
    assert "QuestionAsked" in kinds(late.tick())


def test_a_late_soak_may_be_ended_by_the_person_called():
    """'abort' turns back."""
    late = scene(soak()).after(minutes=60)
    late.tick()
    assert "RolloutAborted" in kinds(late.answered("soak/attention", "abort"))


def test_a_paused_soak_calls_nobody_but_goes_on_holding():
    """A pause starts nothing new; what is under way goes on."""
    held = holding()
    held.paused()
    held.after(minutes=61)
    assert ["MeasurementTaken", "StepCompleted"] == kinds(held.measured(1.0))


@pytest.mark.parametrize(("gap_s", "lost"), [(179, False), (180, False), (181, True)])
def test_time_that_nobody_watched_is_not_held(gap_s, lost):
    """A gate that was not looked at for longer than three of its looks was unwatched."""
    held = holding().after(seconds=gap_s)
    assert lost is ("WatchInterrupted" in kinds(held.recover()))


def test_a_soak_begins_anew_when_the_runner_was_away():
    """The looks before and after an absence do not prove what was between them."""
    held = holding().after(minutes=40)
    held.recover()
    assert ["MeasurementTaken", "SoakStarted"] == kinds(held.measured(1.0))
    held.after(minutes=30)
    assert "StepCompleted" in kinds(held.measured(1.0))


def test_time_held_before_the_runner_was_away_does_not_count_either():
    """'Healthy for 30 minutes' needs 30 minutes that somebody looked at."""
    counting = scene(action(), question(), soak(counts_held=True))
    counting.prepared("act")
    counting.applied("act")
    counting.measured(1.0)
    counting.after(minutes=40).recover()
    counting.answered("q", "yes")
    assert "StepCompleted" not in kinds(counting.measured(1.0))


def test_a_soak_without_duration_judges_its_gates_once():
    """All have to pass, from a look of its own."""
    judged = scene(soak(duration=0))
    told = kinds(judged.measured(1.0))
    assert ["MeasurementTaken", "SoakStarted", "StepCompleted"] == told[:3]


@pytest.mark.parametrize(("waited", "done"), [(29, False), (30, True), (31, True)])
def test_time_held_since_the_last_change_counts_where_the_plan_says_so(waited, done):
    """'Healthy for 30 minutes' is proven by 30 minutes that have passed already."""
    counting = scene(action(), question(), soak(counts_held=True))
    counting.prepared("act")
    counting.applied("act")
    counting.measured(1.0)
    counting.after(minutes=waited)
    counting.answered("q", "yes")
    assert done is ("StepCompleted" in kinds(counting.measured(1.0)))


# -- approvals -----------------------------------------------------------------


@pytest.mark.parametrize(("at_s", "out"), [(59, False), (60, True), (61, True)])
def test_silence_is_timed_out_at_its_instant(at_s, out):
    """An approval nobody gave in time turns back, and says so."""
    silent = scene(consent(timeout=MINUTE)).after(seconds=at_s)
    assert out is ("ApprovalTimedOut" in kinds(silent.tick()))


@pytest.mark.parametrize(
    ("at_s", "first"),
    [(59, "ApprovalGiven"), (60, "CommandRejected"), (61, "CommandRejected")],
)
def test_a_consent_that_comes_too_late_is_refused(at_s, first):
    """Whether a tick came before it makes no difference."""
    late = scene(consent(timeout=MINUTE)).after(seconds=at_s)
    assert first == kinds(late.approved("ok"))[0]


@pytest.mark.parametrize(("age_s", "holds"), [(59, True), (60, True), (61, False)])
def test_a_consent_older_than_it_may_be_has_to_be_given_again(age_s, holds):
    """It counts up to its validity, at the promotion as well."""
    valid = scene(consent(valid_for=MINUTE), gates=())
    valid.approved("ok")
    valid.after(seconds=age_s)
    told = kinds(valid.answered("end", "yes"))
    assert holds is ("StagePromoted" in told)
    assert holds is not ("ApprovalLapsed" in told)


@pytest.mark.parametrize(("age_s", "begins"), [(60, True), (61, False)])
def test_nothing_begins_on_a_consent_that_lapsed(age_s, begins):
    """The action behind a slow question waits for a fresh consent."""
    slow = scene(consent(valid_for=MINUTE), question(), action())
    slow.approved("ok")
    slow.after(seconds=age_s)
    slow.answered("q", "yes")
    assert begins is ("Prepare" in kinds(slow.effects))
    assert begins is not ("AskApproval" in kinds(slow.effects))


def test_a_consent_given_early_counts_once_and_is_not_asked_for():
    """Early, it is marked as such; when its turn comes nobody is asked again."""
    early = scene(question(), consent())
    (given,) = early.approved("ok")
    assert given.early
    assert [] == kinds(early.approved("ok"))
    told = kinds(early.answered("q", "yes"))
    assert ["ApprovalAsked", "StepCompleted"] == told[2:4]
    assert "AskApproval" not in kinds(early.effects)
    assert ["CommandRejected"] == kinds(early.approved("ok", granted=False))


def test_a_consent_that_lapsed_before_it_was_asked_may_be_given_anew():
    """The fresh one counts; the old one is in nobody's way."""
    early = scene(question(), consent(valid_for=MINUTE))
    early.approved("ok")
    early.after(seconds=61)
    assert ["ApprovalLapsed", "ApprovalGiven"] == kinds(early.approved("ok"))


def test_a_consent_given_anew_counts_though_nobody_noticed_that_it_had_lapsed():
    """It comes while something else is waited for, behind a consent too old by now."""
    slow = scene(consent(valid_for=MINUTE), gates=())
    slow.approved("ok")
    slow.after(seconds=61)
    told = kinds(slow.approved("ok"))
    assert ["ApprovalLapsed", "ApprovalGiven"] == told[:2]
    assert "StagePromoted" in kinds(slow.answered("end", "yes"))


@pytest.mark.parametrize("second", ["two", "one"])
def test_a_refusal_turns_back_whoever_else_is_still_to_answer(second):
    """Consents are asked for together, and one refusal is enough."""
    both = scene(consent("one"), consent("two"))
    told = kinds(both.approved(second, granted=False))
    assert ["ApprovalRefused", "RolloutAborted"] == told[:2]


def test_a_later_consent_times_out_though_an_earlier_one_is_still_open():
    """Each has its own time, from when it was asked for; the machine wakes for it."""
    both = scene(consent("one"), consent("two", timeout=MINUTE))
    assert NOON + MINUTE == next_wake(both.state)
    both.after(minutes=1)
    assert ["ApprovalTimedOut", "RolloutAborted"] == kinds(both.tick())[:2]


def test_a_refusal_may_be_repeated_and_be_taken_back_before_it_counts():
    """The last word before its turn counts, and the same word twice counts once."""
    early = scene(question(), consent())
    early.approved("ok", granted=False)
    assert [] == kinds(early.approved("ok", granted=False))
    assert ["ApprovalGiven"] == kinds(early.approved("ok"))


REFUSED = {
    "another plan": ({"digest": "sha256:1"}, "it is for another plan"),
    "somebody else": ({"by": Person(name="eve")}, "only ada, sam may approve as Dev"),
    "one's own": ({"by": SAM}, "nobody approves a rollout of their own"),
    "one's own, in capitals": ({"by": Person(name="SAM")}, "only ada, sam"),
}


@pytest.mark.parametrize(("how", "why"), REFUSED.values(), ids=REFUSED)
def test_a_consent_binds_a_person_and_a_plan(how, why):
    """Who may not approve is refused with a reason, and nothing changes."""
    asked = scene(consent(people=("ada", "sam")))
    (refused,) = asked.approved("ok", **how)
    assert "CommandRejected" == type(refused).__name__
    assert refused.reason.startswith(why)


def test_ones_own_approval_counts_where_the_plan_says_so():
    """And one may always refuse one's own rollout."""
    own = scene(consent(), self_approval=True)
    assert "StepCompleted" in kinds(own.approved("ok", by=SAM))
    assert "RolloutAborted" in kinds(
        scene(consent()).approved("ok", by=SAM, granted=False)
    )


def test_a_consent_for_what_is_no_approval_or_is_over_is_refused():
    """There has to be something to approve."""
    over = scene(consent())
    assert ["CommandRejected"] == kinds(over.approved("end"))
    over.aborted()
    assert ["CommandRejected"] == kinds(over.approved("ok"))


# -- checks --------------------------------------------------------------------


@pytest.mark.parametrize(("attempts", "looks"), [(1, 1), (2, 2), (3, 3)])
def test_a_check_fails_at_its_last_attempt(attempts, looks):
    """Fewer failed looks than attempts only lead to the next look."""
    failing = scene(check(attempts=attempts))
    for attempt in range(1, looks):
        assert ["CheckJudged"] == kinds(
            failing.observed("look", FAILED, attempt=attempt)
        )
        failing.after(seconds=9.999)
        assert [] == kinds(failing.tick())
        assert NOON + SECOND * 10 * attempt == next_wake(failing.state)
        failing.after(seconds=0.001)
        assert ["StepStarted"] == kinds(failing.tick())
    told = kinds(failing.observed("look", FAILED, attempt=looks))
    assert ["CheckJudged", "RolloutAborted", "RolledBack"] == told


def blind_check():
    """Return a scene in which a person was called because a check cannot look."""
    blind = scene(check())
    error = Observation(error="refused")
    for attempt in range(1, 4):
        told = kinds(blind.observed("look", error, attempt=attempt))
        assert (attempt == 3) is ("QuestionAsked" in told)
        blind.after(seconds=10)
        blind.tick()
    return blind


def test_a_check_that_cannot_look_calls_a_person_at_the_third_time():
    """Nothing looks meanwhile, and nothing is due but the person's answer."""
    blind = blind_check()
    assert "Observe" not in kinds(blind.effects)
    assert next_wake(blind.state) is None


def test_a_check_begins_anew_when_a_person_says_so_and_knows_late_reports():
    """A report of a look before the call is not taken for one after it."""
    blind = blind_check()
    assert ["QuestionAnswered", "StepStarted"] == kinds(
        blind.answered("look/attention", "continue")
    )
    assert [] == kinds(blind.observed("look", FAILED, attempt=1))
    error = Observation(error="refused")
    for attempt in (4, 5):
        assert ["CheckJudged"] == kinds(blind.observed("look", error, attempt=attempt))
        blind.after(seconds=10)
        blind.tick()
    assert "QuestionAsked" in kinds(blind.observed("look", error, attempt=6))


def test_a_check_a_person_judges_is_judged_once():
    """While the question is open, a look told twice changes nothing."""
    human = Expectation(line=1, kind=ExpectationKind.HUMAN, value="calm")
    judged = scene(check(expectations=(human,)))
    assert ["CheckJudged", "QuestionAsked"] == kinds(judged.observed("look"))
    assert [] == kinds(judged.observed("look"))
    assert "StepCompleted" in kinds(judged.answered("look", "YES"))


# -- measuring -----------------------------------------------------------------


@pytest.mark.parametrize(("at_s", "due"), [(59, False), (60, True), (61, True)])
def test_a_metric_is_due_by_its_cadence(at_s, due):
    """Not before, and at the instant itself."""
    held = holding().after(seconds=at_s)
    held.tick()
    assert due is ("Measure" in kinds(held.effects))


@pytest.mark.parametrize(("times", "called"), [(2, False), (3, True)])
@pytest.mark.parametrize("value", [None, "N/A"])
def test_a_metric_that_stays_unread_calls_a_person(times, called, value):
    """No data, and a word where a number is meant, so many times in a row."""
    blind = holding()
    for _ in range(times):
        blind.after(minutes=1)
        told = kinds(blind.measured(value))
    assert called is ("QuestionAsked" in told)


def test_a_metric_that_can_be_read_again_sends_the_person_home():
    """The question is withdrawn."""
    blind = holding()
    for _ in range(3):
        blind.after(minutes=1)
        blind.measured(error="refused")
    blind.after(minutes=1)
    assert "QuestionWithdrawn" in kinds(blind.measured(1.0))


def test_a_metric_counts_anew_after_the_person_lets_it_go_on():
    """It takes the whole number of unread looks to call again."""
    blind = holding()
    for _ in range(3):
        blind.after(minutes=1)
        blind.measured()
    blind.answered("errors/attention", "continue")
    for times in (1, 2, 3):
        blind.after(minutes=1)
        assert (times == 3) is ("QuestionAsked" in kinds(blind.measured()))


@pytest.mark.parametrize(
    ("values", "turned"),
    [
        ((9, 1, 9), False),
        ((9, 9), True),
        ((9, None, 9), True),
        ((9, "fine", 9), True),
        ((9,), False),
    ],
)
def test_so_many_fails_since_the_last_pass_trip_a_gate(values, turned):
    """A look that shows nothing between two fails does not hide them."""
    tripping = scene(soak(), gates=(gate(consecutive=2),))
    for value in values:
        tripping.measured(value)
        tripping.after(minutes=1)
    assert turned is (tripping.state.aborted is not None)


@pytest.mark.parametrize("earlier", [0, 1])
def test_the_same_look_or_an_earlier_one_told_late_counts_for_nothing(earlier):
    """A fail told twice is one fail."""
    tripping = scene(soak(), gates=(gate(consecutive=2),)).after(seconds=5)
    tripping.measured(9)
    looked_at = tripping.now - SECOND * earlier
    tripping.after(minutes=1)
    assert [] == kinds(tripping.measured(9, at=looked_at))


def test_a_metric_nobody_asked_for_is_not_taken():
    """There is no gate in force that wants it."""
    assert [] == kinds(scene(question()).measured(9))


def test_a_baseline_takes_the_first_number_and_completes_its_step():
    """A word is no baseline: a person is called for it in the end."""
    step = Baseline(id=StepId("b"), line=1, title="Before", metrics=(ERRORS.name,))
    before = scene(step)
    for _ in range(3):
        told = kinds(before.measured("N/A"))
        before.after(minutes=1)
    assert ["MeasurementTaken", "QuestionAsked"] == told
    told = kinds(before.measured(2))
    assert ["BaselineCaptured", "StepCompleted"] == told[1:3]
    assert {"errors": 2.0} == before.state.baselines
    again = Scene(plan(stage(step), stage(replace(step, id=StepId("c")), name="two")))
    assert "RolloutCompleted" in kinds(again.measured(2))


# -- law 4, directly -----------------------------------------------------------


def applied(*steps, **rest):
    """Return a scene whose first action is applied, one minute on."""
    after = scene(action(), *steps, **rest)
    after.prepared("act")
    after.applied("act")
    return after.after(minutes=1)


def in_the_middle_of_an_action(**rest):
    """Return a scene with an action under way."""
    acting = scene(action(), **rest)
    acting.prepared("act")
    return acting


def paused(**rest):
    """Return a scene that is paused behind an action."""
    held = applied(question(), **rest)
    held.paused()
    return held


BUSY = {
    "waiting for an approval": lambda **rest: applied(consent(), **rest),
    "waiting for an answer": lambda **rest: applied(question(), **rest),
    "in the middle of an action": in_the_middle_of_an_action,
    "in a check": lambda **rest: applied(check(), **rest),
    "in a soak": lambda **rest: applied(soak(), **rest),
    "paused": paused,
    "to confirm": lambda **rest: applied(action("more", confirm=True), **rest),
}


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY)
@pytest.mark.parametrize(
    "where", [{}, {"gates": (), "triggers": (gate(),)}], ids=["gate", "trigger"]
)
def test_law_4_abort_is_decided_at_the_next_measurement(busy, where):
    """A bad value turns back whatever the rollout is doing."""
    assert "RolloutAborted" in kinds(busy(**where).measured(9))


def test_a_gate_of_a_soak_is_in_force_beside_those_of_its_stage():
    """Also when it belongs to another stage, or to the plan."""
    other = replace(soak(), gates=("foreign",))
    both = Scene(
        plan(
            stage(question(), name="one", gates=(gate("foreign"),)),
            stage(action(), other, name="two", gates=(gate("own", consecutive=9),)),
        )
    )
    both.answered("q", "yes")
    both.prepared("act")
    both.applied("act")
    assert "RolloutAborted" in kinds(both.measured(9))


def test_an_action_is_not_begun_when_its_preparation_comes_after_the_abort():
    """What reverses it was being looked up when somebody turned back."""
    turning = scene(action())
    assert ["Prepare"] == kinds(turning.effects)
    turning.aborted()
    assert [] == kinds(turning.prepared("act"))


def test_the_second_person_to_abort_is_told_that_it_is_under_way():
    """Abort, pause and resume are refused once there is nothing to hold."""
    turning = applied(question())
    turning.aborted("enough")
    assert ["CommandRejected"] == kinds(turning.aborted())
    assert ["CommandRejected"] == kinds(turning.paused())
    assert ["CommandRejected"] == kinds(turning.resumed())


# -- what is left over ---------------------------------------------------------

QUEUE = replace(ERRORS, name=MetricName("queue"))


def test_a_check_that_sees_what_it_should_is_done():
    """Its verdict stands before its completion."""
    seen = scene(check()).observed("look")
    assert ["CheckJudged", "StepCompleted"] == kinds(seen)[:2]


def test_a_runner_that_takes_over_looks_and_asks_again():
    """What the last one was doing came to nothing."""
    looking, asking = scene(check()), scene(consent())
    looking.recover()
    asking.recover()
    assert ["Observe"] == kinds(looking.effects)
    assert ["AskApproval"] == kinds(asking.effects)
    assert not waits_for_people(looking.state)
    assert waits_for_people(asking.state)


def test_a_late_look_changes_nothing_once_it_goes_back():
    """Neither a check's nor a metric's, and no gate is in force any more."""
    back = applied(check())
    back.aborted()
    assert [] == kinds(back.observed("look"))
    assert [] == kinds(back.measured(9))
    assert () == in_force(back.state)
    assert not waits_for_people(back.state)


def test_an_action_that_fails_on_the_way_back_is_undone_all_the_same():
    """The abort stands; the failure is journaled."""
    back = in_the_middle_of_an_action()
    back.aborted()
    told = kinds(back.applied("act", FAILED))
    assert ["ActionFailed", "UndoIntended"] == told
    assert [] == kinds(back.undone(1, attempt=2))


def test_an_action_is_intended_once_though_its_preparation_is_told_twice():
    """The second report finds it under way."""
    assert [] == kinds(in_the_middle_of_an_action().prepared("act"))


def test_a_baseline_takes_each_metric_once_and_not_before_its_turn():
    """Measured again for a trigger, the first value stands."""
    names = (ERRORS.name, QUEUE.name)
    step = Baseline(id=StepId("b"), line=1, title="Before", metrics=names)
    both = Scene(
        plan(
            stage(action(), question(), step, question(name="end")),
            triggers=(gate(),),
            metrics=(ERRORS, QUEUE),
        )
    )
    both.prepared("act")
    both.applied("act")
    both.paused()
    both.answered("q", "yes")
    assert ["MeasurementTaken"] == kinds(both.measured(1))
    both.after(minutes=1).resumed()
    assert "BaselineCaptured" in kinds(both.measured(2))
    both.after(minutes=1)
    assert ["MeasurementTaken"] == kinds(both.measured(3))
    told = kinds(both.measured(4, metric="queue"))
    assert ["MeasurementTaken", "BaselineCaptured", "StepCompleted"] == told[:3]
    assert {"errors": 2.0, "queue": 4.0} == both.state.baselines


def test_a_soak_without_gates_is_over_by_time_alone():
    """The gates of its stage are watched meanwhile, by their own cadence."""
    waiting = applied(replace(soak(), gates=()))
    waiting.measured(1.0)
    assert waiting.now + MINUTE == next_wake(waiting.state)
    waiting.after(minutes=29)
    assert "StepCompleted" in kinds(waiting.tick())


def test_a_person_is_called_once_for_one_matter():
    """The fourth unread look asks nobody again."""
    blind = holding()
    for _ in range(4):
        blind.after(minutes=1)
        told = kinds(blind.measured())
    assert ["MeasurementTaken"] == told
    assert "Notify" not in kinds(blind.effects)


def test_a_consent_for_a_later_stage_may_be_given_early():
    """It is kept until its stage is there."""
    later = Scene(plan(stage(question()), stage(consent(), name="two")))
    assert ["ApprovalGiven"] == kinds(later.approved("ok"))
    assert "RolloutCompleted" in kinds(later.answered("q", "yes"))


def test_an_answer_to_a_question_that_is_not_open_folds_to_nothing():
    """Evolve is total: a journal cannot make it fall over."""
    asked = scene(question())
    stray = QuestionAnswered(at=NOON, question=QuestionId("x"), answer="yes", by=SAM)
    assert asked.state == evolve(asked.state, stray)
