"""The mixture: bets on sizes and onsets, which stay numbers whatever happens."""

import math

import pytest

from gonogo.analysis.evidence.mixture import AT_ONCE, HUGE, TINY, grown, onset_over
from gonogo.model.evidence import Mixture

EVEN = (0.5, 0.5)


def after(steps, looks, onset, mixture=None):
    """Return the evidence after so many looks with the same steps."""
    found = mixture or Mixture()
    for _ in range(looks):
        found = grown(found, steps, weights=EVEN, onset=onset)
    return found


@pytest.mark.parametrize("looks", [1, 2, 3, 1440], ids=str)
def test_the_planned_looks_share_what_is_placed(looks):
    """Of the stake nothing is left when the last planned look is taken."""
    onset = onset_over(looks)
    assert (0.8 if looks == 1 else 1.0) == pytest.approx(
        after((0.0, 0.0), looks, onset).spent
    )


def test_nothing_more_is_placed_after_the_planned_looks():
    """An extended soak bets with what it has."""
    found = after((0.1, -0.1), 10, onset_over(3))
    assert 1.0 == pytest.approx(found.spent)


def test_looks_that_say_nothing_change_nothing():
    """What is placed and not yet placed together stay what was put in."""
    assert 0.0 == pytest.approx(after((0.0, 0.0), 100, onset_over(200)).now)


def test_the_best_is_kept_when_evidence_falls():
    """An any-time p-value never rises again."""
    rising = after((1.0, 2.0), 5, AT_ONCE)
    falling = after((-1.0, -2.0), 5, AT_ONCE, rising)
    assert rising.best == falling.best > falling.now


@pytest.mark.parametrize("step", [700.0, 710.0, 1e6, math.inf], ids=str)
def test_overwhelming_evidence_stays_a_number(step):
    """A million errors at once are proof, and no overflow."""
    found = after((step, step), 3, AT_ONCE)
    assert math.log(HUGE) == pytest.approx(found.now)
    assert all(math.isfinite(worth) for worth in found.worths)


def test_overwhelming_evidence_against_stays_a_number():
    """A bet that is lost for good is worth nothing, and not less."""
    found = after((-1e6, -1e6), 3, AT_ONCE)
    assert (math.log(TINY), (0.0, 0.0)) == (found.now, found.worths)


def test_a_late_onset_is_bet_on_with_what_was_kept():
    """After a thousand lost looks the next onset still counts."""
    onset = onset_over(1440)
    lost = after((-1.0, -1.0), 720, onset)
    found = after((1.0, 1.0), 12, onset, lost)
    assert found.now > math.log(40) > lost.now
