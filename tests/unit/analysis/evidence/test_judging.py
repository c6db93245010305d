"""The judge by evidence: what it finds, what it says, and what it remembers."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.analysis.evidence import Null, judge
from gonogo.analysis.evidence.predictive import Before
from gonogo.model.evidence import EvidenceState, Finding
from gonogo.model.judging import Noise, Traffic
from gonogo.model.sample import MetricKind, Sample, Tally
from gonogo.model.verdict import Outcome
from gonogo.testing.clock import NOON

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
HARM, WITHIN, UNDECIDED = Finding.HARM, Finding.WITHIN_LIMIT, Finding.UNDECIDED
NO_DATA, UNTRUSTED = Finding.NO_DATA, Finding.UNTRUSTED
MINUTE = timedelta(minutes=1)


# -- harm -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "finding"),
    [(7, UNDECIDED), (8, UNDECIDED), (9, HARM), (10, HARM)],
    ids=str,
)
def test_nine_errors_to_none_are_enough(soak, errors, finding):
    """Harm needs no minimum sample: nine errors of the canary, none of the control."""
    found = soak(limit=1.0).count((errors, 60), (0, 60))
    assert finding is found.finding


def test_harm_turns_back(soak):
    """Proven harm is a fail."""
    found = soak().many(10, (6, 60), (6, 600))
    assert (HARM, FAIL) == (found.finding, found.verdict.outcome)


def test_harm_is_never_forgotten(soak):
    """A quiet hour after proven harm does not make it a pass again."""
    under_way = soak()
    under_way.many(10, (6, 60), (6, 600))
    found = under_way.many(600, (0, 60), (6, 600))
    assert (HARM, FAIL) == (found.finding, found.verdict.outcome)


def test_errors_that_both_arms_share_are_no_harm(soak):
    """An outage that hits the control as much as the canary turns nothing back."""
    under_way = soak()
    under_way.many(60, (1, 60), (10, 600))
    found = under_way.many(60, (30, 60), (300, 600))
    assert PASS is found.verdict.outcome


def test_a_ramp_of_the_share_is_no_harm(soak):
    """More traffic, and a worse hour, are no evidence against the change."""
    under_way = soak()
    for share, rate in ((0.05, 0.003), (0.1, 0.006), (0.5, 0.009)):
        canary, control = 12_000 * share, 12_000 * (1 - share)
        found = under_way.many(100, (canary * rate, canary), (control * rate, control))
    assert found.finding in {UNDECIDED, WITHIN}
    assert 1.0 == pytest.approx(found.estimate)


def test_harm_that_begins_late_is_found_within_minutes(soak):
    """Twelve quiet hours do not vouch for the change."""
    under_way = soak(limit=1.0, information=2160.0)
    under_way.many(720, (3, 600), (3, 600))
    minutes = 1
    while under_way.count((9, 600), (3, 600)).finding is not HARM:
        minutes += 1
        assert minutes < 60
    assert minutes <= 10


def test_what_is_less_where_more_is_wanted_is_harm(soak):
    """A throughput that halves breaks 'no less than -10 %'."""
    under_way = soak(kind=MetricKind.COUNT, limit=0.9, direction=-1, promised=0.8)
    found = under_way.many(60, (50, 1.0), (100, 1.0))
    assert (HARM, FAIL) == (found.finding, found.verdict.outcome)


def test_what_is_more_where_more_is_wanted_is_none(soak):
    """A throughput that rises proves its lower limit."""
    under_way = soak(kind=MetricKind.COUNT, limit=0.9, direction=-1, promised=0.8)
    found = under_way.many(60, (110, 1.0), (100, 1.0))
    assert (WITHIN, PASS) == (found.finding, found.verdict.outcome)


# -- fixed limits ---------------------------------------------------------------------


def test_a_fraction_above_its_limit_is_harm(soak):
    """3 % of failed requests break '< 1 %', with no control at all."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015)
    found = under_way.many(10, (3, 100))
    assert HARM is found.finding


def test_a_fraction_below_its_limit_is_proven(soak):
    """0.3 % of failed requests prove '< 1 %' within the hour."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015)
    assert WITHIN is under_way.many(60, (0.3, 100)).finding


def test_a_count_per_hour_above_its_limit_is_harm(soak):
    """Five deadlocks in ten minutes break '< 2 an hour'."""
    under_way = soak(Null.RATE, MetricKind.COUNT, limit=2.0, promised=3.0)
    assert HARM is under_way.many(20, (0.5, 1 / 60)).finding


def test_a_control_that_breaks_the_limit_too_makes_it_not_attributable(soak):
    """When everything fails, the change is not turned back for it."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015, concurrent=True)
    found = under_way.many(10, (3, 100), (30, 1000))
    assert Finding.NOT_ATTRIBUTABLE is found.finding
    assert INCONCLUSIVE is found.verdict.outcome
    assert "at 3 % where 1 % is the limit" in found.verdict.reasons[0]


def test_a_control_that_leans_the_same_way_holds_back_the_proof(soak):
    """Where the canary has just been proven, a control half as far is believed."""
    under_way = soak(
        Null.FRACTION, limit=0.01, promised=0.015, concurrent=True, looks=2
    )
    found = under_way.count((9, 100), (4, 100))
    assert Finding.NOT_ATTRIBUTABLE is found.finding
    assert found.state.control.best < math.log(10)


def test_a_control_that_keeps_the_limit_leaves_the_harm_to_the_canary(soak):
    """What only the canary breaks is the change's doing."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015, concurrent=True)
    assert HARM is under_way.many(10, (3, 100), (3, 1000)).finding


def test_a_fixed_limit_does_without_its_control(soak):
    """A control that is gone is missed only where it is compared with."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015, concurrent=True)
    assert UNDECIDED is under_way.count((0, 100)).finding


# -- a time before --------------------------------------------------------------------


def test_days_that_differ_are_no_harm(soak):
    """Where days differ by 10 %, one of +15 % is no proof, however much traffic."""
    before = Before(rate=0.005, spread=0.16)
    under_way = soak(Null.PREDICTIVE, limit=1.05, before=before)
    assert UNDECIDED is under_way.many(600, (345, 60_000)).finding


def test_a_rate_far_above_the_days_before_is_harm(soak):
    """Ten times the errors of the days before are found at once."""
    before = Before(rate=0.005, spread=0.16)
    under_way = soak(Null.PREDICTIVE, limit=1.05, before=before)
    assert HARM is under_way.many(2, (30, 600)).finding


# -- the end --------------------------------------------------------------------------


def test_before_the_end_nothing_shown_lets_the_soak_go_on(soak):
    """Undecided is a pass so far, and says so."""
    found = soak().count((1, 60), (10, 600))
    assert (UNDECIDED, PASS) == (found.finding, found.verdict.outcome)
    assert "no harm shown so far" in found.verdict.reasons[0]


def test_a_kept_limit_is_proven(soak):
    """Enough looks at equal arms prove +50 %, and it passes."""
    found = soak(limit=1.5).many(120, (5, 1000), (50, 10_000))
    assert (WITHIN, PASS) == (found.finding, found.verdict.outcome)


def test_the_final_look_finds_what_the_looks_before_could_not(soak):
    """Half of alpha is kept for one exact look at the end."""
    under_way = soak(limit=1.0)
    assert UNDECIDED is under_way.many(200, (1.25, 100), (1.0, 100)).finding
    assert HARM is under_way.count((1.25, 100), (1.0, 100), final=True).finding


def test_a_soak_that_saw_too_little_is_underpowered(soak):
    """No harm seen means nothing where none could have been seen."""
    found = soak().count((0, 60), (1, 60), final=True)
    assert Finding.UNDERPOWERED is found.finding
    assert INCONCLUSIVE is found.verdict.outcome


def test_no_harm_seen_passes_where_harm_would_have_been(soak):
    """Between proof and harm, 80 % of power make a pass."""
    under_way = soak(limit=1.1, promised=1.4)
    under_way.many(100, (21, 2000), (20, 2000))
    found = under_way.count((21, 2000), (20, 2000), final=True)
    assert Finding.NO_HARM_SEEN is found.finding
    assert PASS is found.verdict.outcome


def test_an_extended_soak_goes_on_with_what_it_knows(soak):
    """Two halves of a soak prove what one could not."""
    under_way = soak(limit=1.3, promised=1.7, extensions=1, looks=30)
    under_way.many(29, (1, 200), (10, 2000))
    first = under_way.count((1, 200), (10, 2000), final=True)
    assert INCONCLUSIVE is first.verdict.outcome
    under_way.many(200, (1, 200), (10, 2000))
    second = under_way.count((1, 200), (10, 2000), final=True)
    assert (PASS, 2) == (second.verdict.outcome, second.state.finals)


def test_a_final_look_spends_its_part_of_alpha_once(soak):
    """Without extensions a second final look has nothing left to spend."""
    under_way = soak(limit=1.0)
    under_way.many(20, (1, 100), (1, 100))
    under_way.count((1, 100), (1, 100), final=True)
    under_way.many(185, (1.3, 100), (1.0, 100))
    assert HARM is not under_way.count((1.3, 100), (1.0, 100), final=True).finding


def test_a_final_look_without_data_is_taken_again(soak):
    """A source that is away at the end of the soak spends nothing."""
    under_way = soak()
    under_way.many(20, (1, 100), (1, 100))
    found = under_way.count(None, (1, 100), final=True)
    assert (NO_DATA, 0) == (found.finding, found.state.finals)


def test_a_limit_that_noise_alone_may_break_is_never_passed(soak):
    """At the end a person is asked; until then the soak goes on."""
    under_way = soak(limit=1.05, noise=Noise(phi=2, tau=0.05), calibrated=False)
    assert PASS is under_way.many(500, (100, 10_000), (100, 10_000)).verdict.outcome
    found = under_way.count((100, 10_000), (100, 10_000), final=True)
    assert (UNTRUSTED, INCONCLUSIVE) == (found.finding, found.verdict.outcome)
    assert "not checkable" in " ".join(found.verdict.reasons)


def test_harm_beyond_the_noise_turns_back_whatever_the_limit(soak):
    """Ten times the errors are harm even where +5 % cannot be checked."""
    under_way = soak(limit=1.05, noise=Noise(phi=2, tau=0.05), calibrated=False)
    assert HARM is under_way.many(20, (10, 100), (10, 1000)).finding


# -- no data --------------------------------------------------------------------------

ABSENT = {
    "no canary": (None, (1, 60), "the canary gave none"),
    "no control": ((1, 60), None, "the control gave none"),
    "neither": (None, None, "the canary gave none"),
    "no traffic yet": ((0, 0), (1, 60), "the canary had no traffic at all"),
    "no traffic of the control": ((1, 60), (0, 0), "the control had no traffic"),
    "no number": ((math.nan, 60), (1, 60), "no number"),
}


@pytest.mark.parametrize(("canary", "control", "why"), ABSENT.values(), ids=ABSENT)
def test_no_data_is_neither_a_pass_nor_a_fail(soak, canary, control, why):
    """What was not counted is never zero."""
    found = soak().count(canary, control)
    assert (NO_DATA, INCONCLUSIVE) == (found.finding, found.verdict.outcome)
    assert why in found.verdict.reasons[0]
    assert (0, 1) == (found.state.looks, found.state.missed)


def test_a_look_without_data_changes_no_evidence(soak):
    """A source that is away for a minute costs that minute only."""
    under_way = soak()
    before = under_way.many(5, (1, 60), (10, 600)).state
    after = under_way.count(None, (10, 600)).state
    assert replace(before, missed=1) == after


def test_what_the_source_says_of_missing_data_is_passed_on(soak):
    """The reason names what the source warned of."""
    found = soak().count(None, (1, 60), notes=("the series ended an hour ago",))
    assert "the series ended an hour ago" in found.verdict.reasons


@pytest.mark.parametrize(
    ("seconds", "finding"),
    [(119, UNDECIDED), (120, NO_DATA), (121, NO_DATA)],
    ids=["19.8 due", "20 due", "20.2 due"],
)
def test_silence_where_twenty_requests_were_due_is_no_data(soak, seconds, finding):
    """No requests are no '0 errors'; but a quiet minute at low traffic is nothing."""
    under_way = soak()
    under_way.many(60, (0, 10), (1, 1000))
    silent = timedelta(seconds=seconds)
    assert finding is under_way.count((0, 0), (1, 1000), after=silent).finding


def test_silence_is_told_by_planned_traffic_before_any_was_seen(soak):
    """A control that was promised and never comes is missed at once."""
    traffic = Traffic(rate=0.01, canary_per_s=1.0, control_per_s=1.0)
    under_way = soak(traffic=traffic)
    found = under_way.count((1, 60), (0, 0))
    assert NO_DATA is found.finding


def test_a_quiet_look_takes_no_weight_of_the_onsets(soak):
    """A minute without requests is as if it had not been."""
    under_way = soak()
    before = under_way.many(5, (0, 2), (1, 200)).state
    after = under_way.count((0, 0), (1, 200)).state
    assert (before.harm, before.looks) == (after.harm, after.looks)


# -- data that cannot be trusted ------------------------------------------------------

WRONG = {
    "more events than requests": ((80, 60), (1, 60), "do not count the same"),
    "less than nothing": ((-1, 60), (1, 60), "counted -1"),
}


@pytest.mark.parametrize(("canary", "control", "why"), WRONG.values(), ids=WRONG)
def test_counts_that_contradict_themselves_are_not_judged(soak, canary, control, why):
    """Two queries that do not fit each other are said, not computed with."""
    found = soak().count(canary, control)
    assert (UNTRUSTED, INCONCLUSIVE) == (found.finding, found.verdict.outcome)
    assert why in found.verdict.reasons[0]


def test_an_estimated_rise_a_little_above_its_requests_is_taken_as_all(soak):
    """Rises read off counters are estimates; 60.5 of 60 are 60."""
    found = soak(limit=3.0).count((60.5, 60), (60, 60))
    assert 60 == found.state.totals.canary_events


def test_a_wrong_share_of_the_traffic_makes_the_arms_incomparable(soak):
    """45 % where half was promised is held, not turned back, whatever the errors."""
    under_way = soak(share=0.5)
    under_way.many(10, (5, 540), (5, 660))
    found = under_way.many(10, (60, 540), (0, 660))
    assert (UNTRUSTED, INCONCLUSIVE) == (found.finding, found.verdict.outcome)
    assert "45 %, promised are 50 %" in found.verdict.reasons[0]
    assert "less than its share" in found.verdict.reasons[0]


def test_the_promised_share_is_no_trouble(soak):
    """Traffic as promised is judged."""
    under_way = soak(share=0.05)
    assert UNDECIDED is under_way.many(60, (1, 50), (19, 950)).finding


def test_minutes_without_the_canary_count_for_its_share(soak):
    """At low traffic, minutes without a request are part of the share."""
    under_way = soak(share=0.05)
    for _ in range(200):
        under_way.count((0, 2), (0, 19))
        found = under_way.count((0, 0), (0, 19))
    assert UNDECIDED is found.finding


# -- what is remembered ---------------------------------------------------------------


def test_the_state_of_another_test_is_not_continued(soak):
    """A changed limit begins with nothing proven."""
    harmed = soak()
    harmed.many(10, (6, 60), (6, 600))
    changed = soak(limit=1.2)
    changed.state = harmed.state
    found = changed.count((0, 60), (6, 600))
    assert (UNDECIDED, 1) == (found.finding, found.state.looks)


def test_a_state_remembers_when_it_saw_data_first_and_last(soak):
    """The evidence says what it is of."""
    under_way = soak()
    under_way.many(3, (0, 60), (6, 600))
    state = under_way.count(None, (6, 600)).state
    assert (NOON + MINUTE, NOON + 3 * MINUTE) == (state.first, state.last)


def test_a_look_after_the_planned_ones_still_counts(soak):
    """An extended soak has no onsets left to bet on, and goes on."""
    under_way = soak(looks=3)
    under_way.many(3, (1, 60), (10, 600))
    spent = under_way.state.harm.spent
    found = under_way.many(20, (6, 60), (10, 600))
    assert (1.0, HARM) == (pytest.approx(spent), found.finding)


# -- what is said ---------------------------------------------------------------------


def test_the_reason_gives_the_counts_the_limit_and_the_evidence(soak):
    """At two in the morning one sentence says what was seen and against what."""
    found = soak().many(10, (6, 60), (6, 600))
    reason = found.verdict.reasons[0]
    for part in ("60 of 600 (10 %)", "60 of 6,000 (1 %)", "x10", "limit x1.1", "40"):
        assert part in reason
    assert reason.startswith("errors: worse than its limit allows")


def test_at_the_end_the_reason_gives_the_power(soak):
    """Undecided says which harm would have been found, and how likely."""
    found = soak().count((0, 60), (1, 60), final=True)
    assert "harm of x1.21 would have been seen with" in found.verdict.reasons[0]


def test_harm_that_the_final_look_found_is_said_with_its_chance(soak):
    """What decided is what is said: here not the evidence, but the exact look."""
    under_way = soak(limit=1.0)
    under_way.many(200, (1.25, 100), (1.0, 100))
    found = under_way.count((1.25, 100), (1.0, 100), final=True)
    assert "chance alone gives as much with" in found.verdict.reasons[0]
    assert "2.5 % are allowed" in found.verdict.reasons[0]


def test_resets_of_counters_are_said(soak):
    """A restart in the stretch is part of the reasons."""
    found = soak().count((1, 60), (1, 60), resets=2)
    assert any("2 counters began anew" in each for each in found.verdict.reasons)


def test_noise_nobody_measured_is_said_with_every_verdict(soak):
    """Assumptions are never silent."""
    under_way = soak(limit=1.5, noise=Noise(phi=2, tau=0.05), calibrated=False)
    found = under_way.count((1, 60), (1, 60))
    assert any("never calibrated" in each for each in found.verdict.reasons)


def test_the_estimate_is_what_was_seen(soak):
    """Twice the rate is x2; a share is a share."""
    ratio = soak().many(10, (2, 100), (10, 1000))
    share = soak(Null.FRACTION, limit=0.5, promised=0.6).many(10, (2, 100))
    assert (2.0, 0.02) == (pytest.approx(ratio.estimate), pytest.approx(share.estimate))


def test_the_estimate_of_nothing_is_none(soak):
    """Before the first data there is no number to show."""
    assert soak().count(None, (1, 60)).estimate is None


def test_judging_is_a_function_of_what_it_is_given(soak):
    """The same state and sample give the same verdict, again and again."""
    under_way = soak()
    under_way.many(5, (1, 60), (10, 600))
    sample = Sample(
        since=NOON,
        canary=Tally(events=1, exposure=60),
        control=Tally(events=10, exposure=600),
    )
    first, second = (
        judge(under_way.trial, under_way.state, sample, at=NOON, final=True)
        for _ in range(2)
    )
    assert first == second
    assert isinstance(first.state, EvidenceState)
