"""Gauges: levels look by look where their noise is known, else by the hour."""

import itertools
from datetime import timedelta

import pytest

from gonogo.analysis.evidence import Null
from gonogo.analysis.evidence.levels import in_blocks, log_ratio
from gonogo.model.evidence import Finding, Levels
from gonogo.model.judging import Noise
from gonogo.model.sample import Level, MetricKind, Sample
from gonogo.model.verdict import Outcome
from gonogo.testing.clock import NOON

MINUTE = timedelta(minutes=1)
WAVES = (0.95, 1.02, 1.07, 0.98, 1.01, 0.97)


def levels(canary, control=None):
    """Return a sample of levels; None is an arm without data."""
    arms = (None if mean is None else Level(mean=mean) for mean in (canary, control))
    return Sample(since=NOON, canary=next(arms), control=next(arms))


@pytest.fixture
def gauge(soak):
    """Return how a soak of a gauge is begun: +10 % against a control, unless said."""

    def begin(null=Null.GAUSS, **changes):
        lrv = 0.04 if null is Null.GAUSS else None
        known = {
            "metric": "cpu",
            "kind": MetricKind.GAUGE,
            "noise": Noise(lrv=lrv),
            "concurrent": True,
        }
        return soak(null, **(known | changes))

    return begin


def after(under_way, looks, factor):
    """Return what is judged after so many looks at a level that is so much higher."""
    canary, control = itertools.cycle(WAVES), itertools.cycle(WAVES[1:] + WAVES[:1])
    for _ in range(looks):
        under_way.look(levels(100 * factor * next(canary), 100 * next(control)))
    return under_way.last


def test_a_doubled_level_is_harm(gauge):
    """With known noise, +100 % is found within minutes."""
    found = after(gauge(), 10, 2.0)
    assert (Finding.HARM, Outcome.FAIL) == (found.finding, found.verdict.outcome)


def test_an_equal_level_is_no_harm(gauge):
    """Equal arms are never turned back, and in the end proven equal."""
    under_way = gauge(limit=1.2)
    assert Finding.UNDECIDED is after(under_way, 2, 1.0).finding
    assert Finding.WITHIN_LIMIT is after(under_way, 120, 1.0).finding


def test_the_reason_gives_the_ratio_of_the_levels(gauge):
    """The levels' ratio stands beside the limit."""
    found = after(gauge(), 60, 2.0)
    assert "x1.99 of the control over 60 looks, limit x1.1" in found.verdict.reasons[0]
    assert 2.0 == pytest.approx(found.estimate, rel=0.02)


def test_a_level_of_nothing_on_both_sides_is_no_difference(gauge):
    """Two empty queues are equal."""
    under_way = gauge()
    for _ in range(60):
        found = under_way.look(levels(0, 0))
    assert (Outcome.PASS, 1.0) == (found.verdict.outcome, pytest.approx(found.estimate))


def test_a_level_against_a_number_is_compared_with_the_number(gauge):
    """95 where 80 is the limit is harm, with no control at all."""
    under_way = gauge(limit=80.0, at=80.0, promised=120.0)
    for wave in WAVES * 10:
        found = under_way.look(levels(95 * wave))
    assert Finding.HARM is found.finding
    assert "limit 80" in found.verdict.reasons[0]
    assert 95.0 == pytest.approx(found.estimate, rel=0.02)


def test_hours_of_a_doubled_level_are_harm(gauge):
    """Without known noise it takes hours, and it is found."""
    under_way = gauge(Null.BLOCKS)
    assert Finding.UNDECIDED is after(under_way, 240, 2.0).finding
    assert Finding.HARM is after(under_way, 600, 2.0).finding


def test_hours_of_an_equal_level_are_no_harm(gauge):
    """Without known noise equal levels pass."""
    found = after(gauge(Null.BLOCKS), 1440, 1.0)
    assert Outcome.PASS is found.verdict.outcome


def test_the_final_look_of_hours_needs_two_of_them(gauge):
    """One hour has no spread to be judged by."""
    under_way = gauge(Null.BLOCKS)
    after(under_way, 60, 2.0)
    found = under_way.look(levels(200, 100), final=True)
    assert Finding.UNDERPOWERED is found.finding


@pytest.mark.parametrize(("minutes", "complete"), [(59, 0), (60, 1), (61, 1)], ids=str)
def test_a_block_is_complete_after_an_hour(minutes, complete):
    """Looks within an hour make one value."""
    under_way = in_blocks(Levels(), 0.5, NOON)
    under_way = in_blocks(under_way, 0.7, NOON + minutes * MINUTE)
    assert complete == under_way.count
    assert (0.6 if complete else 0.0) == pytest.approx(under_way.mean)


BAD = {
    "no canary": (None, 1.0, Finding.NO_DATA),
    "no control": (1.0, None, Finding.NO_DATA),
    "no number": (float("nan"), 1.0, Finding.NO_DATA),
    "without end": (1.0, float("inf"), Finding.NO_DATA),
    "below nothing": (-1.0, 1.0, Finding.UNTRUSTED),
}


@pytest.mark.parametrize(("canary", "control", "finding"), BAD.values(), ids=BAD)
def test_levels_that_cannot_be_compared_are_not_judged(gauge, canary, control, finding):
    """A level that is missing, or below 0, has no ratio."""
    found = gauge().look(levels(canary, control))
    assert (finding, Outcome.INCONCLUSIVE) == (found.finding, found.verdict.outcome)


@pytest.mark.parametrize(
    ("canary", "reference", "expected"),
    [(2.0, 1.0, 0.6881), (0.0, 1.0, -4.6151), (0.0, 0.0, 0.0)],
    ids=["twice", "nothing of something", "nothing of nothing"],
)
def test_a_hundredth_of_the_usual_level_makes_nothing_comparable(
    canary, reference, expected
):
    """A floor keeps a level of 0 from being without end better."""
    assert expected == pytest.approx(log_ratio(canary, reference, 1.0), abs=1e-3)
