"""Gates by evidence: what a look means to a soak, and what happens where it shows too little."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.decision import replay
from gonogo.decision.hold import end_of
from gonogo.model.condition import Comparator, Condition, Relative
from gonogo.model.effect import Measure
from gonogo.model.event import (
    Asked,
    HoldPaused,
    MeasurementTaken,
    RolloutAborted,
    SoakAccepted,
    SoakProlonged,
    SoakReset,
)
from gonogo.model.evidence import Finding
from gonogo.model.judging import Counting, JudgeName, Judging, Noise, Traffic
from gonogo.model.operation import Asked as AskedFor
from gonogo.model.operation import Query, Shell
from gonogo.model.plan import Action, Approval, Metric, Soak
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.verdict import Outcome
from gonogo.report.status_gates import gates_of
from gonogo.testing.scenes import ADA, BEN, Scene, gate, kinds, plan, stage

CALM = Noise()
FAILED = AskedFor(events="failed", exposure="requests")
MINUTE = timedelta(minutes=1)


def metric(*, control=True, traffic=10.0, extensions=1, noise=CALM, name="errors"):
    """Return a metric that a source counts, both arms alike."""
    return Metric(
        name=name,
        probe=Query(
            source="s",
            metric_kind=MetricKind.PROPORTION,
            canary=FAILED,
            control=FAILED if control else None,
        ),
        judging=Judging(
            noise=noise,
            traffic=Traffic(rate=0.02, canary_per_s=traffic, control_per_s=traffic),
            extensions=extensions,
        ),
    )


VS_CONTROL = Condition(
    comparator=Comparator.LESS, value=50.0, unit="%", relative=Relative.CONTROL
)


def soak(minutes=10, limit=60):
    """Return a soak that is judged by the one gate."""
    return Soak(
        id="soak",
        line=3,
        title="Soak",
        duration=minutes * MINUTE,
        gates=("gate",),
        limit=limit * MINUTE,
    )


def scene(*, steps=None, condition=VS_CONTROL, **changes):
    """Return a rollout that has applied its change and begun its soak."""
    deploy = Action(id="deploy", line=2, title="Deploy", apply=Shell(run="deploy"))
    own = stage(
        deploy, *(steps or (soak(),)), gates=[gate(condition=condition)], name="canary"
    )
    begun = Scene(plan(own, metrics=[metric(**changes)]))
    begun.prepared("deploy")
    begun.applied("deploy")
    return begun


def look(
    live, canary=12, control=12, *, exposure=600, minutes=1, metric="errors", data=True
):
    """Let some minutes pass, and a look report what was counted in them."""
    since = live.now
    live.after(minutes=minutes)
    sample = Sample(
        since=since,
        canary=Tally(events=canary, exposure=exposure) if data else None,
        control=Tally(events=control, exposure=exposure) if data else None,
    )
    value = canary / exposure * 100 if data else None
    return live.measured(value, sample=sample, metric=metric)


def verdict(events):
    """Return the verdict on the one gate."""
    (taken,) = [e for e in events if isinstance(e, MeasurementTaken)]
    return taken.verdicts[0]


def only(events, kind):
    """Return the one event of a kind."""
    (found,) = [each for each in events if isinstance(each, kind)]
    return found


# -- what a look asks and means --------------------------------------------------------


def test_a_source_is_asked_for_what_came_since_the_last_look_with_data():
    """A minute without data is made good by the next look."""
    live = scene()
    look(live)
    seen_at = live.now
    look(live, data=False)
    live.after(minutes=1).tick()
    (asked,) = [each for each in live.effects if isinstance(each, Measure)]
    assert seen_at == asked.since


def test_what_was_before_the_change_is_no_evidence():
    """The first stretch begins with the change, though the metric was never looked at."""
    live = Scene(
        plan(
            stage(
                Action(id="deploy", line=2, title="Deploy", apply=Shell(run="deploy")),
                soak(),
                gates=[gate(condition=VS_CONTROL)],
            ),
            metrics=[metric()],
        )
    )
    live.prepared("deploy")
    live.after(seconds=50).applied("deploy")
    (asked,) = [each for each in live.effects if isinstance(each, Measure)]
    assert live.now == asked.since


def test_no_harm_so_far_lets_the_hold_go_on():
    """Evidence takes its time: until it speaks against the change, the hold counts."""
    live = scene()
    found = verdict(look(live))
    assert (Outcome.PASS, Finding.UNDECIDED) == (found.verdict.outcome, found.finding)
    assert live.now == live.state.step("soak").since


def test_proven_harm_turns_back_at_once():
    """No second bad look is waited for, whatever `consecutive` says."""
    steady = Action(id="deploy", line=2, title="Deploy", apply=Shell(run="deploy"))
    patient = gate(condition=VS_CONTROL, consecutive=3)
    live = Scene(plan(stage(steady, soak(), gates=[patient]), metrics=[metric()]))
    live.prepared("deploy")
    live.applied("deploy")
    look(live)
    happened = look(live, canary=120)
    assert Finding.HARM is verdict(happened).finding
    assert "gate" == only(happened, RolloutAborted).gate


def test_evidence_is_journaled_and_goes_on_after_a_replay():
    """The state of the test is what the events say; nothing is computed anew."""
    live = scene()
    look(live)
    look(live)
    again = replay(live.history)
    assert live.state == again
    assert 2 == again.gates["gate"].evidence.looks


def test_a_soak_begins_a_new_test():
    """What was seen before it began is not counted a second time."""
    wait = Approval(id="ok", line=2, title="Go on", role="Dev")
    live = scene(steps=(wait, soak()))
    look(live)
    assert 1 == live.state.gates["gate"].evidence.looks
    live.approved("ok")
    assert None is live.state.gates["gate"].evidence
    look(live)
    assert 1 == live.state.gates["gate"].evidence.looks


def test_two_soaks_of_one_stage_are_two_tests():
    """The second has a share of false alarms of its own, and a final look."""
    second = replace(soak(), id="again")
    live = scene(steps=(soak(), second), traffic=1000.0)
    for _ in range(11):
        look(live, canary=1200, control=1200, exposure=60_000)
    assert None is not live.state.step("soak").ended_at
    assert None is live.state.gates["gate"].evidence


def test_a_soak_that_counts_what_was_held_takes_a_final_look_of_its_own():
    """That of a shorter soak before it shows too little for this one (law 1)."""
    longer = replace(soak(20), id="again", counts_held=True)
    live = scene(steps=(soak(), longer), traffic=1000.0)
    finals = 0
    while live.state.step("again").ended_at is None:
        happened = look(live, canary=1200, control=1200, exposure=60_000)
        finals += verdict(happened).final
    assert verdict(happened).final
    assert 2 == finals


@pytest.mark.parametrize(
    ("gates", "share"), [(1, 0.05), (2, 0.025), (5, 0.01)], ids=str
)
def test_the_false_alarms_of_a_soak_are_shared_by_its_gates(gates, share):
    """Ten gates may not cry wolf ten times as often as one."""
    names = ["gate", *(f"gate-{n}" for n in range(1, gates))]
    own = [gate(name, condition=VS_CONTROL) for name in names]
    deploy = Action(id="deploy", line=2, title="Deploy", apply=Shell(run="deploy"))
    live = Scene(plan(stage(deploy, soak(), gates=own), metrics=[metric()]))
    live.prepared("deploy")
    live.applied("deploy")
    (reason,) = verdict(look(live)).verdict.reasons
    assert f"of the {2 / share:g} needed" in reason


# -- the end of a soak -------------------------------------------------------------------


def test_a_soak_with_enough_traffic_ends_with_its_final_look():
    """The limit is proven, or nothing was seen though it would have been."""
    live = scene(traffic=1000.0)
    for _ in range(10):
        look(live, canary=1200, control=1200, exposure=60_000)
        assert None is live.state.step("soak").ended_at
    happened = look(live, canary=1200, control=1200, exposure=60_000)
    assert verdict(happened).final
    assert ["MeasurementTaken", "StepCompleted"] == kinds(happened)[:2]


def short_of_power(**changes):
    """Return a rollout at the end of a soak that has hardly any traffic."""
    live = scene(traffic=0.1, **changes)
    for _ in range(10):
        look(live, canary=0, control=0, exposure=6)
    return live


def test_the_final_look_is_the_one_at_the_end_of_the_hold():
    """Neither the look before it, nor a second one, spends what it may."""
    live = short_of_power()
    assert 0 == live.state.gates["gate"].evidence.finals
    happened = look(live, canary=0, control=0, exposure=6)
    assert Finding.UNDERPOWERED is verdict(happened).finding
    assert 1 == live.state.gates["gate"].evidence.finals
    look(live, canary=0, control=0, exposure=6)
    assert 1 == live.state.gates["gate"].evidence.finals


def test_a_soak_that_shows_too_little_is_prolonged_by_its_own_length():
    """It neither passes nor fails: it waits for more traffic."""
    live = short_of_power()
    longer = only(look(live, canary=0, control=0, exposure=6), SoakProlonged)
    assert (2, live.now + 10 * MINUTE) == (longer.look, longer.until)
    assert None is live.state.step("soak").ended_at
    for _ in range(10):
        happened = look(live, canary=0, control=0, exposure=6)
    assert verdict(happened).final
    assert 2 == live.state.gates["gate"].evidence.finals


def test_a_soak_is_never_prolonged_beyond_its_limit():
    """Its last look comes before a person is called because it is late."""
    live = scene(traffic=0.1, steps=(soak(limit=18),))
    for _ in range(11):
        happened = look(live, canary=0, control=0, exposure=6)
    began = live.state.step("soak").patience_from
    assert began + 16 * MINUTE == only(happened, SoakProlonged).until


def asked_to_decide():
    """Return a rollout whose soak has not shown enough, and may not be prolonged."""
    live = short_of_power(extensions=0)
    happened = look(live, canary=0, control=0, exposure=6)
    assert "QuestionAsked" in kinds(happened)
    return live


def test_a_person_decides_where_a_soak_has_not_shown_enough():
    """They are told what is known; nothing new starts before they answer."""
    live = asked_to_decide()
    question = live.state.questions["soak/undecided"]
    assert (Asked.UNDECIDED, True) == (question.about, live.state.held)
    assert ("extend", "proceed", "back") == question.choices
    assert "harm could have gone unseen" in question.text
    look(live, canary=0, control=0, exposure=6)
    assert None is live.state.step("soak").ended_at


def test_to_proceed_without_proof_takes_a_reason():
    """The report names who let it pass, and why."""
    live = asked_to_decide()
    refused = live.answered("soak/undecided", "proceed")
    assert ["CommandRejected"] == kinds(refused)
    happened = live.answered("soak/undecided", "proceed", comment="tested by hand")
    accepted = only(happened, SoakAccepted)
    assert (ADA, "tested by hand") == (accepted.by, accepted.reason)
    assert "StepCompleted" in kinds(happened)
    assert not live.state.questions


def test_what_was_asked_about_a_hold_does_not_let_the_next_one_pass():
    """Nobody looked for an hour: the hold begins anew, and who was asked is let off."""
    live = asked_to_decide()
    live.after(hours=1)
    assert "QuestionWithdrawn" in kinds(live.recover())
    assert "SoakStarted" in kinds(look(live))
    late = live.answered("soak/undecided", "proceed", comment="tested by hand")
    assert ["CommandRejected"] == kinds(late)
    assert None is live.state.step("soak").ended_at


def test_only_who_approves_a_stage_lets_it_proceed_without_proof():
    """A proof that is missing is no lesser matter than a consent."""
    consent = Approval(id="ok", line=2, title="Go", role="Dev", people=("ben",))
    live = short_of_power(extensions=0, steps=(soak(), consent))
    look(live, canary=0, control=0, exposure=6)
    refused = live.answered("soak/undecided", "proceed", comment="fine")
    assert ["CommandRejected"] == kinds(refused)
    told = live.answered("soak/undecided", "proceed", by=BEN, comment="fine")
    assert "SoakAccepted" in kinds(told)


def test_a_person_may_extend_a_soak_by_its_own_length():
    """It has another final look then."""
    live = asked_to_decide()
    longer = only(live.answered("soak/undecided", "extend"), SoakProlonged)
    assert live.now + 10 * MINUTE == longer.until
    for _ in range(10):
        happened = look(live, canary=0, control=0, exposure=6)
    assert verdict(happened).final


def test_a_person_may_turn_back_where_a_soak_has_not_shown_enough():
    """It is a decision of theirs, and no measured failure."""
    live = asked_to_decide()
    assert ADA == only(live.answered("soak/undecided", "back"), RolloutAborted).by


def test_a_source_is_asked_only_when_it_is_due():
    """A look of its own at the end of a hold would ask about next to nothing."""
    live = scene()
    look(live)
    for _ in range(9):
        look(live)
    live.after(seconds=30).tick()
    assert [] == [each for each in live.effects if isinstance(each, Measure)]
    live.after(seconds=30).tick()
    assert 1 == len([each for each in live.effects if isinstance(each, Measure)])


def test_a_soak_of_one_look_is_over_when_no_harm_is_shown():
    """It has no end at which a final look could be taken, and is no proof."""
    live = scene(steps=(soak(minutes=0),))
    happened = look(live)
    assert (Finding.UNDECIDED, False) == (
        verdict(happened).finding,
        verdict(happened).final,
    )
    assert None is not live.state.step("soak").ended_at


# -- no data -----------------------------------------------------------------------------


def test_a_look_or_two_without_data_cost_nothing():
    """They are made good by the next look, which covers their time."""
    live = scene(traffic=1000.0)
    look(live, canary=1200, control=1200, exposure=60_000)
    since = live.state.step("soak").since
    look(live, data=False)
    happened = look(live, canary=2400, control=2400, exposure=120_000)
    assert ["MeasurementTaken"] == kinds(happened)
    known = live.state.step("soak")
    assert (since, timedelta()) == (known.since, known.extra)


@pytest.mark.parametrize(
    ("minutes", "paused"), [(2, False), (3, False), (4, True)], ids=str
)
def test_a_hold_stands_still_after_three_looks_without_data(minutes, paused):
    """No data is never a pass: that time proves nothing."""
    live = scene(traffic=1000.0, steps=(soak(minutes=120, limit=600),))
    look(live, canary=1200, control=1200, exposure=60_000)
    seen_at = live.now
    for _ in range(minutes):
        happened = look(live, data=False)
    assert paused is any(isinstance(each, HoldPaused) for each in happened)
    assert (seen_at if paused else None) == live.state.step("soak").paused_since


def test_time_without_data_is_made_up_for_at_the_end():
    """The hold goes on when there are data again; it does not begin anew."""
    live = scene(traffic=1000.0, steps=(soak(minutes=120, limit=600),))
    look(live, canary=1200, control=1200, exposure=60_000)
    since = live.state.step("soak").since
    for _ in range(6):
        look(live, data=False)
    happened = look(live, canary=8400, control=8400, exposure=420_000)
    assert "HoldResumed" in kinds(happened)
    assert not any(isinstance(each, SoakReset) for each in live.history)
    assert since + 127 * MINUTE == end_of(soak(120), live.state.step("soak"))


def test_a_metric_that_cannot_be_read_pauses_the_hold_and_turns_nothing_back():
    """A source that is away says nothing about the change."""
    live = scene(traffic=1000.0, steps=(soak(minutes=120, limit=600),))
    look(live, canary=1200, control=1200, exposure=60_000)
    for _ in range(5):
        live.after(minutes=1).measured(error="refused")
    assert live.state.step("soak").paused_since
    assert not live.state.aborted
    assert "errors/attention" in live.state.questions


def test_a_soak_that_was_without_data_for_too_long_waits_for_a_person():
    """More than a tenth of it, or a quarter of an hour, is no soak any more."""
    live = scene(traffic=1000.0, steps=(soak(minutes=120, limit=600),))
    look(live, canary=1200, control=1200, exposure=60_000)
    for minute in range(1, 14):
        look(live, data=False)
        asked = "soak/attention" in live.state.questions
        assert (minute > 12) is asked


def test_a_soak_that_misses_data_at_its_very_end_is_not_over():
    """Its final look is the first one that has something to look at."""
    live = scene(traffic=1000.0)
    for _ in range(10):
        look(live, canary=1200, control=1200, exposure=60_000)
    look(live, data=False)
    assert None is live.state.step("soak").ended_at
    happened = look(live, canary=2400, control=2400, exposure=120_000)
    assert verdict(happened).final
    assert None is not live.state.step("soak").ended_at


# -- other judges -------------------------------------------------------------------------


def test_a_source_that_gives_only_a_number_is_judged_by_the_plain_limit():
    """And the reason says that it is the plain one."""
    limit = Condition(comparator=Comparator.LESS, value=5.0, unit="%")
    live = scene(condition=limit)
    found = verdict(live.after(minutes=1).measured(2.0))
    (reason,) = found.verdict.reasons
    assert (Outcome.PASS, None) == (found.verdict.outcome, found.finding)
    assert "by the plain limit (its source gave no more than a number)" in reason


def plain_scene(counting=None, **changes):
    """Return a rollout whose gate asks for another judge."""
    deploy = Action(id="deploy", line=2, title="Deploy", apply=Shell(run="deploy"))
    own = [gate(condition=VS_CONTROL, **changes)]
    counted = replace(metric(), counting=counting)
    hold = soak(minutes=120, limit=600)
    live = Scene(plan(stage(deploy, hold, gates=own), metrics=[counted]))
    live.prepared("deploy")
    live.applied("deploy")
    return live


def test_the_plain_limit_may_be_held_against_the_control():
    """Where a gate asks for it: one look, and nothing about chance."""
    live = plain_scene(judge=JudgeName.THRESHOLD)
    (reason,) = verdict(look(live, canary=15)).verdict.reasons
    assert "+25 % against a control of 2" in reason
    assert "by the plain limit (its gate asks for it)" in reason


def test_a_window_judges_the_mean_of_its_looks():
    """One bad look among good ones does not fail it."""
    live = plain_scene(judge=JudgeName.THRESHOLD, window=3 * MINUTE)
    look(live)
    look(live)
    found = verdict(look(live, canary=24))
    assert Outcome.PASS is found.verdict.outcome
    assert "mean of 3 looks" in found.verdict.reasons[0]
    assert Outcome.FAIL is verdict(look(live, canary=36)).verdict.outcome


def test_the_kayenta_judge_looks_back_over_an_hour():
    """Points come one a look; it is known by its own words."""
    live = plain_scene(judge=JudgeName.KAYENTA)
    for _ in range(70):
        found = verdict(look(live))
    assert 60 == len(live.state.gates["gate"].seen)
    assert Outcome.PASS is found.verdict.outcome


def test_measurements_are_counted_where_a_metric_says_how_many_may_fail():
    """Teams that come from Argo keep their `failureLimit`."""
    live = plain_scene(counting=Counting(failure=1))
    since = (look(live), live.state.step("soak").since)[1]
    found = verdict(look(live, canary=24))
    assert (Outcome.PASS, Outcome.FAIL) == (found.verdict.outcome, found.measured)
    assert "no limit reached" in found.verdict.reasons[-1]
    assert since == live.state.step("soak").since
    happened = look(live, canary=24)
    assert (
        "2 of 3 measurements failed, allowed are 1"
        in only(happened, RolloutAborted).reason
    )


def test_so_many_in_a_row_have_to_pass_where_a_metric_says_so():
    """`consecutiveSuccessLimit`: until then the hold does not count."""
    live = plain_scene(counting=Counting(consecutive_success=3))
    look(live)
    look(live)
    assert None is live.state.step("soak").since
    look(live)
    assert live.now == live.state.step("soak").since


@pytest.mark.parametrize(("errors", "outcome"), [(2, "pass"), (3, "error")], ids=str)
def test_errors_in_a_row_are_tolerated_up_to_their_limit(errors, outcome):
    """`consecutiveErrorLimit`: a source may be away for a while."""
    live = plain_scene(counting=Counting(consecutive_error=2))
    look(live)
    for _ in range(errors):
        happened = live.after(minutes=1).measured(error="refused")
    assert outcome == verdict(happened).verdict.outcome
    assert (outcome == "pass") is (live.state.step("soak").since is not None)


def test_a_status_shows_the_evidence_in_a_phrase():
    """Whoever looks on sees how far a test has come."""
    live = scene()
    look(live)
    (shown,) = gates_of(live.state)
    assert "of 40 against; no harm shown" in shown.evidence
    look(live, data=False)
    assert "no data" in gates_of(live.state)[0].evidence
