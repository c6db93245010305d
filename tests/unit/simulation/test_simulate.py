"""Simulations: what happens when, in a world that goes well and in others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.model import event as events
from gonogo.model.operation import SetFlag, Shell
from gonogo.model.plan import OnFailure
from gonogo.simulation import Ending, Terms, simulate

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def of(found, kind):
    """Return the events of a kind, in order."""
    return [event for event in found.journal if isinstance(event, kind)]


def undone(found):
    """Return the titles of what was undone, newest first."""
    return [undo.title for undo in found.undos if undo.how == "undone"]


FIVE, HUNDRED = "Turn cart on for 5.0 %", "Turn cart on for 100.0 %"
DEPLOY = "Deploy the release"


def test_a_world_that_goes_well_lets_the_rollout_complete(simulated):
    """Nothing scripted: healthy metrics, work that works, people who answer at once."""
    found = simulated()
    assert Ending.COMPLETED is found.ending
    assert 2 * DAY <= found.lasted < 2 * DAY + 5 * MINUTE
    assert () == found.undos
    assert found.breach is None


def test_a_breach_is_dated_tripped_and_undone_newest_first(simulated):
    """It began at its hour, is noticed at the next look, and everything goes back."""
    found = simulated("error rate 5 % from hour 3 at 5 % exposure")
    assert Ending.ROLLED_BACK is found.ending
    assert START + 3 * HOUR == found.breach.began
    assert "Error rate" == found.breach.title
    assert 21 == found.breach.line
    assert timedelta() < found.breach.tripped - found.breach.began <= 61 * SECOND
    assert found.breach.undo_begun == found.breach.tripped
    assert [FIVE, DEPLOY] == undone(found)
    assert 0.0 == found.left_exposed_pct


@pytest.mark.parametrize(
    ("share", "ending"),
    [
        ("4.9", Ending.ROLLED_BACK),
        ("5", Ending.ROLLED_BACK),
        ("5.1", Ending.ROLLED_BACK),
        ("100", Ending.ROLLED_BACK),
    ],
)
def test_a_value_at_an_exposure_counts_from_there_up(simulated, share, ending):
    """'At 5 % exposure' means 5 % and more; with 5.1 the canary does not notice."""
    found = simulated(f"error rate 5 % at {share} % exposure")
    assert ending is found.ending
    at_canary = found.breach.began < START + HOUR
    assert (float(share) <= 5) is at_canary


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        ("0.99", Ending.COMPLETED),
        ("1", Ending.ROLLED_BACK),
        ("1.01", Ending.ROLLED_BACK),
    ],
)
def test_a_value_is_judged_by_the_gate_as_in_a_run(simulated, value, ending):
    """The limit is < 1 %: below it holds, at it does not."""
    assert ending is simulated(f"error rate {value} % from hour 3").ending


def test_a_ramp_breaks_the_gate_where_it_crosses_the_limit(simulated):
    """From 0 % at hour 3 to 2 % at hour 5 it crosses 1 % at hour 4."""
    found = simulated("error rate rises from 0 % to 2 % between hour 3 and hour 5")
    assert abs(found.breach.began - (START + 4 * HOUR)) <= 2 * SECOND


def test_a_later_line_counts_before_an_earlier_one(simulated):
    """Of two lines that apply, the last says what is so."""
    bad, good = "error rate 5 % from hour 3", "error rate 0.1 % from hour 2"
    assert Ending.COMPLETED is simulated(bad, good).ending
    assert Ending.ROLLED_BACK is simulated(good, bad).ending


def test_a_span_without_a_start_begins_with_the_first_look(simulated):
    """'Probe down for 10 minutes' is the first 10 minutes in which one looks."""
    found = simulated("probe down for 10 minutes")
    errors = [e for e in of(found, events.MeasurementTaken) if e.measurement.error]
    first = of(found, events.MeasurementTaken)[0].measurement.at
    assert Ending.COMPLETED is found.ending
    assert first == errors[0].measurement.at
    assert errors[-1].measurement.at - first < 10 * MINUTE
    assert first + 9 * MINUTE <= errors[-1].measurement.at


def test_somebody_is_called_for_a_probe_and_let_go_when_it_is_back(simulated):
    """Nobody has to answer a call that has settled itself."""
    found = simulated("probe down for 10 minutes")
    calls = [each for each in found.asked if "could not be read" in each.what]
    assert {"needed no answer any more"} == {call.came for call in calls}
    assert all(6 * MINUTE < call.waited < 10 * MINUTE for call in calls)


def test_a_silent_approver_is_waited_for(simulated):
    """Two days of silence are two days of waiting, for those asked together too."""
    found = simulated("approver silent for two days")
    consents = found.asked[:2]
    assert ["Dev Lead", "Ops On-Call"] == [each.who for each in consents]
    assert [2 * DAY, 2 * DAY] == [each.waited for each in consents]
    assert 4 * DAY <= found.lasted


def test_one_silent_approver_does_not_silence_the_others(simulated):
    """The role that is named is silent; the other approves at once."""
    found = simulated("ops is silent for an hour")
    waits = {each.who: each.waited for each in found.asked[:2]}
    assert {"Dev Lead": timedelta(), "Ops On-Call": HOUR} == waits


def test_an_approver_who_never_answers_is_named_at_the_end(simulated):
    """A rollout that never ends says what it waits for."""
    found = simulated("approver Ops is silent")
    assert Ending.WAITING is found.ending
    assert "the consent of Ops On-Call (line 6)" == found.reason


def test_a_refusal_turns_the_rollout_back(simulated):
    """Nothing was applied: nothing is undone."""
    found = simulated("Dev Lead refuses after 2 hours")
    assert Ending.ROLLED_BACK is found.ending
    assert START + 2 * HOUR == found.ended_at
    assert "refused" in found.reason


def test_people_answer_in_their_working_hours(simulated):
    """Asked at seven in the evening, they answer the next morning."""
    evening = START.replace(hour=19)
    found = simulated("everyone works 9:00 to 17:00", start=evening)
    assert 14 * HOUR == found.asked[0].waited


def test_people_rest_at_the_weekend_unless_they_do_not(simulated):
    """Asked on a Friday evening, they answer on Monday; or on Saturday."""
    friday = datetime(2026, 1, 9, 19, tzinfo=UTC)
    rest = simulated("everyone works 9:00 to 17:00", start=friday)
    duty = simulated("everyone works 9:00 to 17:00 every day", start=friday)
    assert [62 * HOUR, 14 * HOUR] == [rest.asked[0].waited, duty.asked[0].waited]


def test_a_bad_answer_turns_the_rollout_back(simulated):
    """A question is answered as the script says."""
    found = simulated("answer no to 'page looks right' after an hour")
    assert Ending.ROLLED_BACK is found.ending
    assert [HUNDRED, FIVE, DEPLOY] == undone(found)


def test_an_action_that_fails_turns_back_what_was_done_before(simulated):
    """The failed action may have been applied in part: it is undone as well."""
    found = simulated("action line 29 fails")
    assert Ending.ROLLED_BACK is found.ending
    assert [HUNDRED, FIVE, DEPLOY] == undone(found)


def test_an_action_takes_as_long_as_the_script_says(simulated):
    """What takes longer than its deadline fails, as it would."""
    quick = simulated("action Deploy takes 9 minutes")
    late = simulated("action Deploy takes 11 minutes")
    assert Ending.COMPLETED is quick.ending
    assert quick.lasted - simulated().lasted == 9 * MINUTE - 10 * SECOND
    assert Ending.ROLLED_BACK is late.ending


@pytest.mark.parametrize(
    ("times", "ending"),
    [
        ("twice", Ending.COMPLETED),
        ("3 times", Ending.COMPLETED),
        ("4 times", Ending.ROLLED_BACK),
    ],
)
def test_a_step_that_asks_when_it_fails_is_tried_three_times_more(
    plan, rules_of, times, ending
):
    """Where the plan asks a person about a failure, they are patient, not for ever."""
    asking = replace(plan, on_failure=OnFailure.ASK)
    rules = rules_of(f"action Deploy fails {times} then works")
    assert ending is simulate(asking, rules).ending


def test_an_undo_that_fails_for_good_is_handed_to_a_person(simulated):
    """It is tried three times; the rest of the way back goes on."""
    found = simulated("undo of line 16 fails", "error rate 5 % from hour 3")
    assert ["by hand", "undone"] == [undo.how for undo in found.undos]
    assert 3 == len(of(found, events.UndoFailed))
    assert 0.0 == found.left_exposed_pct


def test_users_stay_exposed_to_what_nobody_undoes(simulated):
    """While the person it was handed to is silent, 5 % are still exposed."""
    found = simulated(
        "undo of line 16 fails",
        "error rate 5 % from hour 3",
        "everyone is silent from hour 3",
    )
    assert Ending.ROLLED_BACK is found.ending
    assert 5.0 == found.left_exposed_pct
    assert found.breach.undo_finished is None


def test_an_undo_that_fails_twice_works_in_the_end(simulated):
    """It is retried."""
    found = simulated("undo of line 16 fails twice", "error rate 5 % from hour 3")
    assert ["undone", "undone"] == [undo.how for undo in found.undos]


def test_a_check_that_fails_turns_back(simulated):
    """A measured bad result is no error."""
    found = simulated("check health fails")
    assert Ending.ROLLED_BACK is found.ending
    assert "'Check the health page' failed (line 13)" in found.reason


def test_a_check_that_cannot_look_calls_a_person(simulated):
    """They say 'continue' once; called again, they abort."""
    found = simulated("check health hangs")
    came = [each.came for each in found.asked if "cannot look" in each.what]
    assert ["answered 'continue'", "answered 'abort'"] == came


def test_a_worker_that_is_down_measures_nothing_and_the_hold_counts_anew(simulated):
    """Another takes over after three hours; the day of holding begins again."""
    found = simulated("worker down for 3 hours from hour 2")
    (back,) = of(found, events.RunnerRecovered)
    assert START + 5 * HOUR == back.at
    gone = [
        event
        for event in found.journal
        if START + 2 * HOUR < event.at < START + 5 * HOUR
    ]
    assert [] == gone
    assert 2 * DAY + 5 * HOUR <= found.lasted


def test_an_action_under_way_when_the_worker_dies_is_not_done_twice(simulated):
    """What became of the script is found again, or asked."""
    found = simulated(
        "action Deploy takes 5 minutes", "worker down for 10 minutes from minute 2"
    )
    applied = [e for e in of(found, events.ActionApplied) if e.step == "deploy"]
    intended = [e for e in of(found, events.ActionIntended) if e.step == "deploy"]
    assert [1, 1] == [len(applied), len(intended)]
    assert Ending.COMPLETED is found.ending


def test_what_people_say_while_the_worker_is_down_is_not_lost(simulated):
    """It counts as soon as another takes over."""
    found = simulated("kim aborts at hour 3", "worker down for 3 hours from hour 2")
    assert START + 5 * HOUR == of(found, events.RolloutAborted)[0].at


def test_a_person_who_aborts_has_everything_undone(simulated):
    """By whom and why stands in the reason."""
    found = simulated("kim aborts at hour 30 because support is swamped")
    assert "kim aborted: support is swamped" == found.reason
    assert [HUNDRED, FIVE, DEPLOY] == undone(found)
    assert found.breach is None


def test_a_pause_that_nobody_lifts_is_waited_for(simulated):
    """It says who paused it; with a 'resumes' it goes on."""
    paused = simulated("kim pauses at hour 2")
    assert Ending.WAITING is paused.ending
    assert "kim, who paused it, to let it go on" == paused.reason
    resumed = simulated("kim pauses at hour 2", "kim resumes at hour 40")
    assert Ending.COMPLETED is resumed.ending


def test_a_rollout_is_followed_no_further_than_it_is_asked_to(simulated):
    """It says what the rollout does at that time."""
    found = simulated(until=10 * HOUR)
    assert Ending.CUT_SHORT is found.ending
    assert "'Hold for a day, s17' (line 17)" in found.reason
    assert 10 * HOUR == found.lasted


def test_a_rollout_is_followed_through_so_many_turns_only(simulated):
    """The bound holds whatever the script says."""
    found = simulated(most_turns=50)
    assert Ending.CUT_SHORT is found.ending
    assert 50 == found.turns


def test_the_same_script_gives_the_same_journal(simulated):
    """Also with noise: it is drawn from the seed and nothing else."""
    lines = ("error rate 0.8 % ± 0.3",)
    assert simulated(*lines) == simulated(*lines)
    begins = {simulated(*lines, seed=str(seed)).ended_at for seed in range(5)}
    assert 1 < len(begins)


def test_noise_alone_can_break_a_gate(simulated):
    """The breach is dated at the look that showed it."""
    found = simulated("error rate 0.9 % ± 0.5")
    assert Ending.ROLLED_BACK is found.ending
    looks = {e.measurement.at for e in of(found, events.MeasurementTaken)}
    assert found.breach.began in looks


def test_what_happens_is_told_on_the_way(plan):
    """Whoever waits hears how far it is."""
    told = []
    simulate(plan, (), Terms(), lambda at, turns: told.append((at, turns)))
    assert [turns for _, turns in told] == list(range(500, 500 * len(told) + 1, 500))
    assert told[-1][0] > START + DAY


# -- exposure ------------------------------------------------------------------


def levels(found):
    """Return the levels of exposure, in percent."""
    return [level.pct for level in found.levels]


def test_the_exposure_follows_the_flag(simulated):
    """Up with the flag, and down with its undo."""
    assert [0.0, 5.0, 100.0] == levels(simulated())
    back = simulated("error rate 5 % from hour 30")
    assert [0.0, 5.0, 100.0, 5.0, 0.0] == levels(back)


def test_users_are_counted_with_their_traffic(simulated):
    """5 % of 1,000 users a minute for a day, then all of them for a day."""
    found = simulated(users_per_minute=1000)
    day = 24 * 60
    assert pytest.approx(1.05 * day, rel=0.01) == found.exposed.full_minutes
    assert pytest.approx(1050 * day, rel=0.01) == found.exposed.user_minutes


def test_traffic_changes_with_the_hour(simulated):
    """Nobody is there in the second day: nobody is exposed in it."""
    found = simulated(
        "traffic 1,000 users a minute", "traffic 0 users a minute from hour 24"
    )
    assert pytest.approx(50 * 24 * 60, rel=0.01) == found.exposed.user_minutes


def test_exposure_after_the_breach_is_counted_from_its_beginning(simulated):
    """All users, from the breach until the flag went back to 5 % and then to none."""
    found = simulated("error rate 5 % from hour 30", users_per_minute=600)
    breach, done = found.breach, found.breach.undo_finished
    span = (done - breach.began) / MINUTE
    assert 0 < found.exposed_after_breach.user_minutes <= 600 * span


def test_without_traffic_no_users_are_counted_and_that_is_said(simulated):
    """The share of their time is still known."""
    found = simulated()
    assert found.exposed.user_minutes is None
    assert any("--users-per-minute" in note for note in found.notes)


def test_what_the_script_says_of_the_exposure_counts(simulated):
    """A share that the plan does not know can be given."""
    found = simulated("exposure 20 % from hour 5 until hour 10")
    assert [0.0, 5.0, 20.0, 5.0, 100.0] == levels(found)


def changed(plan, **parts):
    """Return the plan with its canary done otherwise."""
    stages = list(plan.stages)
    stages[2] = replace(stages[2], **parts)
    stages[3] = replace(stages[3], steps=stages[3].steps[1:])
    return replace(plan, stages=tuple(stages))


def route(plan, title):
    """Return the canary's steps, its flag replaced by a script of this title."""
    first = replace(plan.stages[2].steps[0], title=title, apply=Shell(run="route"))
    return (first, *plan.stages[2].steps[1:])


def test_a_share_in_the_title_of_a_step_counts(plan):
    """'Route 10 % of the traffic' says it itself."""
    steps = route(plan, "Route 10 % of the traffic to v2")
    found = simulate(changed(plan, steps=steps), ())
    assert [0.0, 10.0] == levels(found)


def test_a_share_in_the_title_of_a_stage_counts_where_its_steps_say_nothing(plan):
    """'Stage 1: 25 %' is reached with its first action."""
    steps = route(plan, "Restart the canary")
    found = simulate(changed(plan, steps=steps, exposure_pct=25.0), ())
    assert [0.0, 25.0] == levels(found)


def test_a_plan_without_any_share_counts_as_everybody_and_says_so(plan):
    """What is not known is counted as the worst."""
    steps = route(plan, "Restart the service")
    found = simulate(changed(plan, steps=steps), ())
    assert [0.0, 100.0] == levels(found)
    assert any("names no share of users" in note for note in found.notes)


def test_a_flag_of_staging_exposes_nobody_and_that_is_said(plan):
    """What is done elsewhere does not count here."""
    action = plan.stages[2].steps[0]
    flag = SetFlag(file="staging.json", flag="cart", percentage=50)
    other = replace(action, title="Turn it on for 50 % in staging", apply=flag)
    steps = (other, *plan.stages[2].steps[1:])
    stages = (*plan.stages[:2], replace(plan.stages[2], steps=steps), plan.stages[3])
    found = simulate(replace(plan, stages=stages), ())
    assert [0.0, 100.0] == levels(found)
    assert any("not about production" in note for note in found.notes)
