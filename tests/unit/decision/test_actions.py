"""Actions, crashes and the way back: given these events, when this, then these."""

from datetime import timedelta

import pytest

from gonogo.decision import decide, evolve, next_wake, replay
from gonogo.decision.decide import NotStarted
from gonogo.decision.schedule import waits_for_people
from gonogo.decision.transitions import IllegalTransition, Phase, UndoPhase
from gonogo.model import command as commands
from gonogo.model import event as events
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action, IncidentTask, Purpose, Question
from gonogo.model.verdict import Observation
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import ADA, SAM, Scene, gate, kinds, plan, stage

ERROR = Observation(error="refused")
BACK, WHOLE = Shell(run="back"), Shell(run="back from all")


def action(name="act", **rest):
    """Return an action with an undo of its own."""
    return Action(
        id=StepId(name),
        line=1,
        title="Act",
        apply=rest.pop("apply", Shell(run="go")),
        undo=rest.pop("undo", BACK),
        **rest,
    )


def idempotent(**rest):
    """Return an action that may be repeated without harm."""
    return action(apply=Shell(run="go", idempotent=True), **rest)


def question(purpose=Purpose.VERIFY, name="q"):
    """Return a question."""
    return Question(
        id=StepId(name), line=2, title="Well?", purpose=purpose, why="", text="Look."
    )


def begun(*steps, **rest):
    """Return a scene with the action 'act' under way."""
    acting = Scene(plan(stage(*steps, question(name="end"), **rest)))
    acting.prepared("act")
    return acting


def done(*steps, **rest):
    """Return a scene with the action 'act' applied."""
    acting = begun(*steps, **rest)
    acting.applied("act")
    return acting


def crashed(step, **rest):
    """Return a scene whose runner died with the action under way, without a trace."""
    dead = begun(step, **rest)
    dead.recover()
    dead.lost()
    return dead


# -- forward -------------------------------------------------------------------


def test_the_intent_with_its_way_back_is_journaled_before_the_action_runs():
    """Law 5: prepare, intend, apply."""
    acting = Scene(plan(stage(action(undo=None))))
    assert ["Prepare"] == kinds(acting.effects)
    (intent,) = acting.prepared("act", undo=BACK)
    assert ("ActionIntended", BACK) == (type(intent).__name__, intent.undo)
    assert ["Apply"] == kinds(acting.effects)
    assert ["ActionApplied", "StepCompleted"] == kinds(acting.applied("act"))[:2]


FAILURES = {
    "an error": (ERROR, "refused"),
    "an exit status": (Observation(exit_status=3), "it ended with status 3"),
    "an HTTP status": (
        Observation(http_status=500),
        "it answered with HTTP status 500",
    ),
}


@pytest.mark.parametrize(("seen", "why"), FAILURES.values(), ids=FAILURES)
def test_a_failed_action_turns_back_and_is_undone(seen, why):
    """It may have been applied in part."""
    failing = begun(action())
    told = failing.applied("act", seen)
    assert ["ActionFailed", "RolloutAborted", "UndoIntended"] == kinds(told)
    assert f"'Act' failed (line 1): {why}" == told[1].reason


def test_an_action_whose_way_back_cannot_be_read_is_not_begun():
    """It fails before its intent: nothing is to be undone."""
    blind = Scene(plan(stage(action())))
    told = kinds(blind.prepared("act", error="unreadable"))
    assert ["ActionFailed", "RolloutAborted", "RolledBack"] == told


@pytest.mark.parametrize("attempt", [0, 2])
def test_a_report_of_another_attempt_changes_nothing(attempt):
    """Law 6: it is told for what is not under way."""
    assert [] == kinds(begun(action()).applied("act", attempt=attempt))


def test_reports_nobody_waits_for_change_nothing():
    """Of unknown steps, of what is done, of undos that are not."""
    over = done(action())
    for told in (
        over.applied("act"),
        over.applied("nowhere"),
        over.prepared("act"),
        over.prepared("nowhere"),
        over.observed("nowhere"),
        over.observed("act", attempt=1),
        over.undone(7),
        over.undone(1),
        over.take(
            over_again := commands.Start(
                at=NOON, rollout="r-2", plan=over.plan, document="", by=SAM
            )
        ),
    ):
        assert () == told
    assert over_again.rollout == "r-2"


def test_what_is_prepared_while_paused_is_prepared_again():
    """A pause starts nothing new; what is under way comes to its end."""
    held = Scene(plan(stage(action())))
    assert ["RolloutPaused"] == kinds(held.paused())
    assert [] == kinds(held.paused())
    assert [] == kinds(held.prepared("act"))
    assert ["RolloutResumed"] == kinds(held.resumed())
    assert ["Prepare"] == kinds(held.effects)


def test_a_destructive_action_is_confirmed_by_name_first():
    """And not run when the answer is no."""
    asking = Scene(plan(stage(action(confirm=True))))
    assert ["Ask"] == kinds(asking.effects)
    assert ["CommandRejected"] == kinds(asking.answered("act/confirm", "well"))
    asking.answered("act/confirm", "Yes")
    assert ["Prepare"] == kinds(asking.effects)
    other = Scene(plan(stage(action(confirm=True))))
    assert "RolloutAborted" in kinds(other.answered("act/confirm", "no"))


def test_what_a_harmless_action_leaves_is_not_undone():
    """A backup stays."""
    kept = done(action(harmless=True))
    assert () == kept.state.undos


# -- after a crash -------------------------------------------------------------


def test_an_action_in_doubt_is_first_sought_where_it_ran():
    """And asked for by the number of its attempt, until there is an answer."""
    doubtful = begun(action())
    doubtful.recover()
    (find,) = doubtful.effects
    assert ("act", 1) == (find.sought.step, find.sought.attempt)
    assert [] == kinds(doubtful.tick())
    assert ["Find"] == kinds(doubtful.effects)
    assert ["ActionNotFound", "QuestionAsked"] == kinds(doubtful.lost())
    assert [] == kinds(doubtful.tick())
    assert [] == kinds(doubtful.effects)


@pytest.mark.parametrize(
    ("seen", "what"),
    [
        (Observation(exit_status=0), ["ActionApplied", "StepCompleted"]),
        (Observation(exit_status=1), ["ActionFailed", "RolloutAborted"]),
    ],
    ids=["ended well", "failed"],
)
def test_what_is_found_of_an_action_in_doubt_is_its_result(seen, what):
    """Nobody is asked, and it is not begun again."""
    found = begun(action())
    found.recover()
    assert what == kinds(found.applied("act", seen))[:2]
    assert not found.state.step(StepId("act")).not_found
    assert "act/in-doubt" not in found.state.questions


def test_a_report_of_nothing_found_counts_once_and_only_in_doubt():
    """Late and repeated ones change nothing."""
    doubtful = begun(action())
    sought = doubtful.effects[0]
    report = commands.ReportNotFound(at=NOON, sought=sought)
    assert () == doubtful.take(report)
    doubtful.recover()
    assert ["ActionNotFound", "QuestionAsked"] == kinds(doubtful.take(report))
    assert () == doubtful.take(report)


def test_the_next_runner_seeks_anew_and_what_it_finds_closes_the_question():
    """It may be on the machine where the action ran."""
    doubtful = crashed(action())
    doubtful.recover()
    assert {"Find", "Ask"} == set(kinds(doubtful.effects))
    told = kinds(doubtful.applied("act", attempt=1))
    assert ["ActionApplied", "StepCompleted", "QuestionWithdrawn"] == told[:3]


def test_an_action_in_doubt_is_asked_by_its_own_check():
    """Passing, it was applied; failing, it is begun again, and with a new number."""
    check = {"check": Shell(run="look"), "check_expects": None}
    for seen, what in (
        (Observation(exit_status=0), ["ActionApplied", "StepCompleted"]),
        (Observation(exit_status=1), ["ActionNotApplied"]),
    ):
        doubtful = crashed(action(**check))
        assert ["Observe"] == kinds(doubtful.effects)
        assert what == kinds(doubtful.observed("act", seen))[: len(what)]
    again = doubtful
    assert ["Prepare"] == kinds(again.effects)
    (intent,) = again.prepared("act")
    assert 2 == intent.attempt
    assert [] == kinds(again.applied("act", attempt=1))
    assert [1] == [undo.number for undo in again.state.undos]


@pytest.mark.parametrize("human", [False, True])
def test_a_doubt_that_its_check_cannot_settle_goes_to_a_person_once(human):
    """Nothing looks again while the question is open, and a late look closes it."""
    expects = Expectation(line=1, kind=ExpectationKind.HUMAN, value="there")
    look = {"check": Shell(run="look"), "check_expects": expects if human else None}
    doubtful = crashed(action(**look))
    seen = Observation() if human else ERROR
    assert ["QuestionAsked"] == kinds(doubtful.observed("act", seen))
    assert ["Ask"] == kinds(doubtful.effects)
    doubtful.tick()
    assert [] == kinds(doubtful.effects)
    told = kinds(doubtful.observed("act", Observation(exit_status=1)))
    assert ["ActionNotApplied", "QuestionWithdrawn"] == told
    assert ["CommandRejected"] == kinds(doubtful.answered("act/in-doubt", "applied"))


def test_an_idempotent_action_in_doubt_is_repeated_but_not_while_paused():
    """A repeat is something new."""
    repeating = crashed(idempotent())
    assert ["ActionIntended"] == kinds(repeating.history[-1:])
    assert ["Apply"] == kinds(repeating.effects)
    held = begun(idempotent())
    held.paused()
    held.recover()
    held.lost()
    assert "Apply" not in kinds(held.effects)
    held.resumed()
    assert ["Apply"] == kinds(e for e in held.effects if type(e).__name__ == "Apply")


def test_what_was_said_of_one_attempt_does_not_settle_the_next():
    """An answer that was kept over a crash comes to a question of another name."""
    doubtful = crashed(action())
    doubtful.answered("act/in-doubt", "not applied")
    doubtful.prepared("act")
    doubtful.recover()
    doubtful.lost()
    assert ["act/in-doubt-2"] == list(doubtful.state.questions)
    assert ["CommandRejected"] == kinds(doubtful.answered("act/in-doubt", "applied"))
    assert "StepCompleted" in kinds(doubtful.answered("act/in-doubt-2", "applied"))


ANSWERS = {
    "applied": ["QuestionAnswered", "ActionApplied", "StepCompleted"],
    "not applied": ["QuestionAnswered", "ActionNotApplied"],
    "abort": ["QuestionAnswered", "RolloutAborted", "UndoHandedOver"],
}


@pytest.mark.parametrize(("answer", "what"), ANSWERS.items(), ids=ANSWERS)
def test_any_other_action_in_doubt_is_settled_by_a_person(answer, what):
    """Law 5: it is never silently run twice."""
    doubtful = crashed(action())
    assert ["Ask"] == kinds(doubtful.effects)
    told = kinds(doubtful.answered("act/in-doubt", answer))
    assert what == told[: len(what)]


def test_an_action_that_was_in_doubt_and_is_settled_is_undone_like_any_other():
    """The doubt is gone: its undo is run, not handed over."""
    settled = crashed(action())
    settled.answered("act/in-doubt", "applied")
    assert ["RolloutAborted", "UndoIntended"] == kinds(settled.aborted())[-2:]


def test_a_repeated_action_that_fails_is_undone_like_any_other():
    """It was run, and may have been applied in part."""
    failing = crashed(idempotent())
    told = kinds(failing.applied("act", ERROR, attempt=2))
    assert ["ActionFailed", "RolloutAborted", "UndoIntended"] == told


def test_a_runner_that_takes_over_asks_again_what_was_asked():
    """Checks look again, and people hear again; what ended stays ended."""
    waiting = done(action())
    assert ["RunnerRecovered"] == kinds(waiting.recover())
    assert ["Ask"] == kinds(waiting.effects)
    waiting.answered("end", "yes")
    assert () == waiting.recover()


# -- back ----------------------------------------------------------------------


def rolling_back(**rest):
    """Return a scene that is undoing its one action."""
    back = done(action(**rest))
    back.aborted("enough")
    return back


@pytest.mark.parametrize(("pause_s", "attempt"), [(15, 1), (30, 2)])
def test_a_failed_undo_is_tried_again_after_a_pause(pause_s, attempt):
    """The first pause is 15 s, the second twice as long."""
    back = rolling_back()
    for number in range(1, attempt):
        back.undone(1, ERROR, attempt=number)
        back.after(seconds=15 * number)
        back.tick()
    assert ["UndoFailed"] == kinds(back.undone(1, ERROR, attempt=attempt))
    assert back.now + timedelta(seconds=pause_s) == next_wake(back.state)
    back.after(seconds=pause_s - 0.001)
    assert [] == kinds(back.tick())
    back.after(seconds=0.001)
    assert ["UndoIntended"] == kinds(back.tick())


def failing_to(attempts, seen=ERROR):
    """Return a scene whose undo has failed so many times."""
    back = rolling_back()
    for attempt in range(1, attempts + 1):
        back.undone(1, seen, attempt=attempt)
        back.after(minutes=1)
        back.tick()
    return back


@pytest.mark.parametrize(("attempts", "handed"), [(2, False), (3, True)])
@pytest.mark.parametrize("seen", [ERROR, Observation(exit_status=1)])
def test_an_undo_that_fails_three_times_is_handed_over(attempts, handed, seen):
    """The rest of the rollback goes on, and names it."""
    back = failing_to(attempts, seen)
    assert handed is back.state.ended
    if handed:
        assert (UndoPhase.HANDED_OVER,) == tuple(u.phase for u in back.state.undos)
        assert ["QuestionAnswered"] == kinds(back.answered("undo-1", "done"))


def test_what_has_no_way_back_is_handed_over_at_once():
    """The document names none."""
    back = done(action(undo=None))
    told = kinds(back.aborted())
    assert ["UndoHandedOver", "QuestionAsked", "RolledBack"] == told[-3:]


def test_an_undo_under_way_at_a_crash_is_repeated_only_without_harm():
    """Else a person sees to it."""
    doubtful = rolling_back()
    doubtful.recover()
    assert ["Find"] == kinds(doubtful.effects)
    assert "UndoHandedOver" in kinds(doubtful.lost())
    harmless = rolling_back(undo=Shell(run="back", idempotent=True))
    assert ["RunnerRecovered"] == kinds(harmless.recover())
    assert ["UndoNotFound", "UndoIntended"] == kinds(harmless.lost())


def test_a_crash_in_an_action_after_the_abort_does_not_block_the_way_back():
    """An idempotent undo is run though the action is in doubt."""
    back = begun(action(undo=Shell(run="back", idempotent=True)))
    assert ["Notify", "Cancel"] == kinds((back.aborted(), back.effects)[1])
    assert ["RunnerRecovered", "ActionInDoubt"] == kinds(back.recover())
    assert ["ActionNotFound", "UndoIntended"] == kinds(back.lost())


def test_an_abort_ends_what_may_run_unseen_before_anything_is_undone():
    """What is found comes to its end first; then it is undone like any other."""
    doubtful = begun(action())
    doubtful.recover()
    assert ["RolloutAborted"] == kinds(doubtful.aborted())
    assert ["Find", "Cancel"] == kinds(doubtful.effects)[-2:]
    assert [] == kinds(doubtful.tick())
    assert ["Find", "Cancel"] == kinds(doubtful.effects)
    cancelled = Observation(error="it was cancelled")
    assert ["ActionFailed", "UndoIntended"] == kinds(
        doubtful.applied("act", cancelled, attempt=1)
    )


CHECKED = {"check": Shell(run="look"), "check_expects": None}
LOOKS = [
    (Observation(exit_status=0), ["ActionApplied", "UndoIntended"]),
    (Observation(exit_status=1), ["ActionNotApplied", "RolledBack"]),
    (ERROR, ["UndoHandedOver", "QuestionAsked", "RolledBack"]),
]


@pytest.mark.parametrize(("seen", "what"), LOOKS, ids=["stands", "not", "unclear"])
def test_on_the_way_back_the_check_of_an_action_in_doubt_is_asked(seen, what):
    """Whether there is anything to undo; a person is the last resort."""
    doubtful = begun(action(**CHECKED))
    doubtful.aborted()
    doubtful.recover()
    assert ["ActionNotFound"] == kinds(doubtful.lost())
    assert ["Observe"] == kinds(doubtful.effects)
    assert what == kinds(doubtful.observed("act", seen, attempt=1))
    assert () == doubtful.observed("act", seen, attempt=1)


UNDO_LOOKS = [
    (Observation(exit_status=0), ["UndoFailed"]),
    (Observation(exit_status=1), ["UndoApplied", "RolledBack"]),
    (ERROR, ["UndoHandedOver", "QuestionAsked", "RolledBack"]),
]


@pytest.mark.parametrize(
    ("seen", "what"), UNDO_LOOKS, ids=["still there", "gone", "unclear"]
)
def test_the_check_of_an_action_tells_whether_its_undo_in_doubt_was_done(seen, what):
    """Where the action still stands, undoing it failed, and is tried again."""
    doubtful = rolling_back(**CHECKED)
    assert () == doubtful.observed("act", seen, attempt=1)
    doubtful.recover()
    assert ["UndoNotFound"] == kinds(doubtful.lost())
    assert ["Observe"] == kinds(doubtful.effects)
    assert what == kinds(doubtful.observed("act", seen, attempt=1))
    assert () == doubtful.observed("act", seen, attempt=1)


@pytest.mark.parametrize("seen", [Observation(exit_status=0), ERROR])
def test_what_is_found_of_an_undo_is_its_result(seen):
    """It is not begun again, and nobody is asked."""
    back = rolling_back()
    back.recover()
    kind = "UndoFailed" if seen.error else "UndoApplied"
    assert kind == kinds(back.undone(1, seen, attempt=1))[0]


def test_the_way_back_waits_for_the_action_under_way():
    """What is still running cannot be undone yet."""
    back = begun(action())
    assert ["RolloutAborted"] == kinds(back.aborted())
    assert ["ActionApplied", "StepCompleted", "UndoIntended"] == kinds(
        back.applied("act")
    )


def test_the_rollback_of_a_stage_covers_its_actions_and_is_run_once():
    """Recorded with the first action that needs it."""
    both = Scene(
        plan(
            stage(
                action("one", undo=None),
                action("two", undo=None),
                question(),
                rollback=WHOLE,
            )
        )
    )
    (intent,) = both.prepared("one")
    both.applied("one")
    (second,) = both.prepared("two")
    both.applied("two")
    assert (WHOLE, False) == (intent.undo, intent.covered)
    assert (None, True) == (second.undo, second.covered)
    both.aborted()
    both.undone(1)
    assert (1,) == both.history[-1].undone


def incident_plan():
    """Return a plan with an incident response of three tasks."""
    tasks = [
        IncidentTask(
            id=QuestionId(name),
            line=9,
            title=name,
            within=timedelta(0),
            operation=operation,
            items=items,
        )
        for name, operation, items in (
            ("first", Shell(run="first"), ()),
            ("second", Shell(run="second"), ()),
            ("call", None, ("everybody",)),
            ("write", None, ()),
        )
    ]
    return plan(stage(action(), question(), gates=[gate()]), incident=tasks)


def test_an_incident_is_answered_before_anything_is_undone():
    """Its operations in the order of the document, its tasks as questions."""
    tripped = Scene(incident_plan())
    tripped.prepared("act")
    tripped.applied("act")
    told = tripped.measured(9)
    asked = {e.question: e.text for e in told if isinstance(e, events.QuestionAsked)}
    assert {"call": "call: everybody", "write": "write"} == asked
    done_in_order = []
    for _ in range(3):
        intent = tripped.history[-1]
        done_in_order.append(intent.operation.run)
        tripped.undone(intent.undo)
    assert ["first", "second", "back"] == done_in_order


def test_an_abort_by_a_person_is_no_incident():
    """Nor is one before anything was changed."""
    calm = Scene(incident_plan())
    calm.prepared("act")
    calm.applied("act")
    calm.aborted()
    assert not calm.state.aborted.incident


# -- what people do ------------------------------------------------------------


def test_what_a_person_did_is_undone_by_the_rollback_of_the_stage():
    """Or handed to a person again."""
    for rollback, what in ((WHOLE, "UndoIntended"), (None, "UndoHandedOver")):
        by_hand = Scene(
            plan(stage(question(Purpose.DO), question(name="e"), rollback=rollback))
        )
        told = kinds(by_hand.answered("q", "done"))
        assert ["QuestionAnswered", "ActionByHand", "StepCompleted"] == told[:3]
        assert what in kinds(by_hand.aborted())


def test_what_a_person_did_early_counts_once_and_can_be_undone():
    """It was done when they said so, not when its turn came."""
    early = Scene(
        plan(stage(question(), question(Purpose.DO, "do"), question(name="e")))
    )
    told = kinds(early.answered("do", "done"))
    assert ["QuestionAnswered", "ActionByHand"] == told
    assert ["CommandRejected"] == kinds(early.answered("do", "done"))
    told = kinds(early.answered("q", "yes"))
    assert ["QuestionAnswered", "StepCompleted", "StepCompleted"] == told[:3]
    assert [1] == [undo.number for undo in early.state.undos]


LATE = {
    "it was done": ("done", ["ActionByHand", "StepCompleted", "UndoHandedOver"]),
    "it was not done": ("not done", ["CommandRejected"]),
}


@pytest.mark.parametrize(("answer", "what"), LATE.values(), ids=LATE)
def test_what_a_person_did_is_not_lost_though_the_rollout_turned_back(answer, what):
    """They were asked, did it, and say so while the rest is being undone."""
    late = done(action(), question(Purpose.DO, "do"))
    late.aborted()
    assert what == kinds(late.answered("do", answer))[: len(what)] or what == [
        *kinds(late.history[-len(what) :])
    ]


def test_what_was_done_while_its_stage_is_taken_back_is_handed_to_a_person():
    """The way back of the stage takes with it only what was done before it began."""
    steps = (question(Purpose.DO), question(Purpose.DO, "late"))
    late = Scene(plan(stage(*steps, rollback=WHOLE)))
    late.answered("q", "done")
    late.aborted()
    assert [UndoPhase.UNDER_WAY] == [undo.phase for undo in late.state.undos]
    assert {"ActionByHand", "UndoHandedOver"} <= {*kinds(late.answered("late", "done"))}
    assert ["undo-2"] == list(late.state.questions)
    assert ((1,), (2,)) == (late.undone(1)[-1].undone, late.history[-1].handed_over)


def test_what_was_done_and_is_told_after_the_end_calls_people_to_undo_it():
    """Law 2: nobody heard it in time, and it stands; once is enough where it does not."""
    late = Scene(plan(stage(question(), question(Purpose.DO, "do"))))
    late.answered("q", "no")
    assert late.state.phase is Phase.ROLLED_BACK
    (refused,) = late.answered("do", "done")
    assert "undo by hand what was done for 'Well?' (line 2)" in refused.reason
    assert ["Notify"] == kinds(late.effects)
    late.answered("do", "not done")
    assert [] == kinds(late.effects)


def test_an_early_answer_counts_when_its_turn_comes():
    """A bad one turns back then."""
    early = Scene(plan(stage(question(), question(name="second"))))
    assert ["CommandRejected"] == kinds(early.answered("second", "perhaps"))
    assert ["QuestionAnswered"] == kinds(early.answered("second", "no"))
    told = kinds(early.answered("q", "yes"))
    assert ["QuestionAsked", "RolloutAborted"] not in told
    assert "RolloutAborted" in told


def test_an_answer_to_what_is_no_question_is_refused():
    """Nor is one taken to what is over."""
    over = Scene(plan(stage(question())))
    assert ["CommandRejected"] == kinds(over.answered("nowhere", "yes"))
    over.answered("q", "yes")
    assert ["CommandRejected"] == kinds(over.answered("q", "yes"))


@pytest.mark.parametrize(("said", "what"), [("", "CommandRejected"), ("7", "Question")])
def test_what_is_filled_in_is_any_text(said, what):
    """But not silence."""
    asked = Scene(plan(stage(question(Purpose.FILL_IN))))
    assert kinds(asked.answered("q", said))[0].startswith(what)


def test_people_only_are_waited_for_when_nothing_has_to_be_watched():
    """A rollout with a gate in force may not be left alone."""
    asking = Scene(
        plan(stage(question(), action(), question(name="e"), gates=[gate()]))
    )
    assert waits_for_people(asking.state)
    asking.answered("q", "yes")
    assert not waits_for_people(asking.state)
    asking.prepared("act")
    asking.applied("act")
    assert not waits_for_people(asking.state)


# -- the machine itself --------------------------------------------------------


def test_nothing_is_taken_up_before_the_start():
    """There is no state to decide on."""
    with pytest.raises(NotStarted):
        decide(None, commands.Tick(at=NOON))


def test_a_journal_begins_with_its_start():
    """Anything else is no journal; an empty one is no rollout."""
    with pytest.raises(ValueError, match="begins with RolloutStarted"):
        evolve(None, events.RunnerRecovered(at=NOON))
    assert replay([]) is None


def test_a_move_that_is_not_in_the_tables_is_a_defect():
    """It is caught before it is journaled."""
    over = done(action())
    over.answered("end", "yes")
    assert over.state.phase is Phase.COMPLETED
    with pytest.raises(IllegalTransition, match="completed may not become rolled_back"):
        evolve(over.state, events.RolledBack(at=NOON, undone=(), handed_over=()))
    nothing_armed = events.UndoHandedOver(at=NOON, undo=7, reason="it was not there")
    with pytest.raises(IllegalTransition, match="undo 7 is not known"):
        evolve(over.state, nothing_armed)


def test_an_instant_earlier_than_the_last_counts_as_the_last():
    """Time never goes back in a journal."""
    late = Scene(plan(stage(question()))).after(minutes=5)
    late.paused()
    late.now = NOON
    (resumed,) = late.resumed()[:1]
    assert NOON + timedelta(minutes=5) == resumed.at
    assert ADA == resumed.by
