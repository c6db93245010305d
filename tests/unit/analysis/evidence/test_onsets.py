"""Onsets: a late fault is told by what was seen since it began."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.analysis.evidence import Null
from gonogo.analysis.evidence.onsets import followed, since
from gonogo.model.evidence import Finding, Onsets
from gonogo.model.judging import Noise
from gonogo.model.sample import Histogram, Level, MetricKind, Sample
from gonogo.testing.clock import NOON

MINUTE = timedelta(minutes=1)
QUIET, FAULT = (3, 600), (6, 600)


def until_harm(under_way, look, most=400):
    """Take the same look until harm is proven; return what is judged then."""
    for _ in range(most):
        found = look(under_way)
        if found.finding is Finding.HARM:
            return found
    raise AssertionError(found.verdict.reasons)


def fault(under_way):
    """Look at a canary that fails twice as often as its control."""
    return under_way.count(FAULT, QUIET)


def test_a_late_fault_is_told_by_what_was_seen_since_it_began(soak):
    """Found against ten quiet hours, it reads 'since 22:00Z x2', not 'x1.04'."""
    under_way = soak()
    under_way.many(600, QUIET, QUIET)
    found = until_harm(under_way, fault)
    looks = found.state.looks - 600
    reason = found.verdict.reasons[0]
    assert f"since 22:00Z canary {6 * looks} of {600 * looks:,} (1 %)" in reason
    assert f"control {3 * looks} of {600 * looks:,} (0.5 %), x2, limit x1.1" in reason
    assert "; over the whole soak x1.0" in reason
    assert 2.0 == pytest.approx(found.estimate)


def test_a_fault_from_the_start_is_told_of_the_whole_soak(soak):
    """There is nothing before it to be told apart."""
    found = until_harm(soak(), fault)
    assert "since" not in found.verdict.reasons[0]
    assert "over the whole soak" not in found.verdict.reasons[0]


def test_an_onset_of_another_day_is_told_with_its_day(soak):
    """23:59 is not 23:59 of today."""
    under_way = soak()
    under_way.many(719, QUIET, QUIET)
    found = until_harm(under_way, fault)
    assert f"since {NOON:%Y-%m-%d} 23:59Z canary" in found.verdict.reasons[0]


def test_no_harm_is_told_of_the_whole_soak(soak):
    """'No harm so far' is about all there is, whatever the last minutes were."""
    under_way = soak()
    under_way.many(600, QUIET, QUIET)
    found = fault(under_way)
    assert found.finding is not Finding.HARM
    assert "since" not in found.verdict.reasons[0]


def test_the_onset_stays_as_it_was_found(soak):
    """A quiet hour after proven harm does not move its beginning."""
    under_way = soak()
    under_way.many(600, QUIET, QUIET)
    proven = until_harm(under_way, fault).state
    later = under_way.many(60, (0, 600), QUIET)
    assert proven.onsets == later.state.onsets
    assert "since 22:00Z" in later.verdict.reasons[0]


def test_harm_that_only_the_totals_show_is_told_of_the_whole_soak(soak):
    """What the final look finds, it finds in all there is."""
    under_way = soak(limit=1.0)
    under_way.many(200, (1.25, 100), (1.0, 100))
    found = under_way.count((1.25, 100), (1.0, 100), final=True)
    assert Finding.HARM is found.finding
    assert "since" not in found.verdict.reasons[0]


def test_the_sums_begin_anew_when_nothing_is_left_of_them(soak):
    """Luck of the quiet hours is no part of a later fault."""
    under_way = soak()
    under_way.many(2, FAULT, QUIET)
    assert max(under_way.state.onsets.sums) > 0
    state = under_way.many(600, QUIET, QUIET).state
    assert (0.0,) * 3 == state.onsets.sums
    assert (None,) * 3 == state.onsets.marks


def test_a_state_of_an_older_version_goes_on(soak):
    """It has no sums yet: they begin with the next look, where it stood."""
    under_way = soak()
    under_way.many(600, QUIET, QUIET)
    under_way.state = replace(under_way.state, onsets=Onsets())
    found = until_harm(under_way, fault)
    assert NOON + 600 * MINUTE == since(found.state).at


def test_a_fixed_limit_that_is_broken_late_is_told_so(soak):
    """'since 22:00Z 3 %, limit 1 %; over the whole soak 0.5 %' is no contradiction."""
    under_way = soak(Null.FRACTION, limit=0.01, promised=0.015)
    under_way.many(600, (3, 600))
    found = until_harm(under_way, lambda each: each.count((18, 600)))
    reason = found.verdict.reasons[0]
    assert "since 22:00Z" in reason
    assert "(3 %), limit 1 %; over the whole soak 0.5" in reason
    assert 0.03 == pytest.approx(found.estimate)


def test_incidents_by_the_hour_that_come_late_are_told_so(soak):
    """Counts are told by the hour, before and after."""
    under_way = soak(Null.RATE, MetricKind.COUNT, limit=2.0, promised=3.0)
    under_way.many(100, (1, 1.0))
    found = until_harm(under_way, lambda each: each.count((6, 1.0)))
    reason = found.verdict.reasons[0]
    assert "limit 2 an hour; over the whole soak 1." in reason
    assert 6.0 == pytest.approx(found.estimate)


def test_a_level_that_rises_late_is_told_so(soak):
    """Of a gauge the ratio since then stands beside the limit."""
    under_way = soak(
        Null.GAUSS, MetricKind.GAUGE, noise=Noise(lrv=0.04), concurrent=True
    )
    at = Level(mean=100.0)
    quiet, higher = (
        Sample(since=NOON, canary=Level(mean=mean), control=at) for mean in (100.0, 200)
    )
    for _ in range(600):
        under_way.look(quiet)
    found = until_harm(under_way, lambda each: each.look(higher))
    looks = found.state.looks - 600
    reason = found.verdict.reasons[0]
    told = f"since 22:00Z x2 of the control over {looks} looks, limit x1.1"
    assert told in reason
    assert "; over the whole soak x1;" in reason


def test_a_tail_that_grows_late_is_told_so(soak):
    """Of a quantile the slow requests since then are told."""
    under_way = soak(kind=MetricKind.QUANTILE, limit=1.1, quantile=0.99)
    edges = (1.0, 1.1, 1.2)
    arm = Histogram(edges=edges, counts=(990.0, 4.0, 3.0, 3.0))
    slow = Histogram(edges=edges, counts=(970.0, 6.0, 12.0, 12.0))
    for _ in range(300):
        under_way.look(Sample(since=NOON, canary=arm, control=arm, before=arm))
    sample = Sample(since=NOON, canary=slow, control=arm, before=arm)
    reason = until_harm(under_way, lambda each: each.look(sample)).verdict.reasons[0]
    assert "since 17:00Z canary" in reason
    assert "beyond p99 +10 %, control" in reason
    assert "as often; over the whole soak x" in reason


@pytest.mark.parametrize(
    ("effects", "places"),
    [((0.1,), (0,)), ((0.1, 2.0), (0,)), ((0.1, 1.6), (0, 1)), ((2.0, 3.0), (0,)),
     ((0.1, 0.2, 0.4, 0.8, 1.6, 3.2), (0, 2, 4))],
    ids=str,
)  # fmt: skip
def test_sizes_are_followed_from_the_smallest_to_five_times_the_limit(effects, places):
    """Few sizes do: what is larger begins at the same look."""
    assert places == followed(effects)
