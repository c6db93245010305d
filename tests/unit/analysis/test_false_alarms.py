"""
The promise of the judge, by simulation: few false alarms, and faults found soon.

The short form of `make bench-judging`: 400 days of a look every minute in each world,
judged by both halves of the test. Worlds and seeds are those of the benchmark.
"""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.judging.alarms import compared
from benchmarks.judging.ours import turned_back
from benchmarks.judging.worlds import World, of_seed, ramp
from gonogo.model.judging import Noise

SOAKS = 400
MOST = int(binom.ppf(0.999, SOAKS, 0.05))
"""So many of 400 are turned back once in a thousand times at a true 5 %."""

HALF = int(binom.ppf(0.001, SOAKS, 0.5))
"""Fewer of 400 are half of all once in a thousand times."""

BURSTS = World(per_s=10, ratio=1.05, burst=3)
# A geometric number of mean g has E[S^2] / E[S] = 2g - 1.
KNOWN = Noise(phi=5)

AT_THEIR_LIMIT = {
    "errors 5 % above the control's, at a limit of +5 %, with the drift of a day": (
        lambda name: World(per_s=1, ratio=1.05).draw(of_seed(name), SOAKS),
        compared(5, 1),
    ),
    "nothing wrong, while the canary grows from 5 to 50 % and all errors treble": (
        lambda name: ramp(of_seed(name), SOAKS, 1.0),
        compared(0, 4, control=4),
    ),
    "errors in bursts of three, at a limit of +5 %, calibrated": (
        lambda name: BURSTS.draw(of_seed(name), SOAKS),
        compared(5, 10, noise=KNOWN),
    ),
}


@pytest.mark.parametrize("name", AT_THEIR_LIMIT)
def test_at_most_one_soak_in_twenty_is_turned_back_for_nothing(name):
    """However often it is looked: that is what alpha promises."""
    draw, trial = AT_THEIR_LIMIT[name]
    minutes = turned_back([trial], draw(name))
    assert np.isfinite(minutes).sum() <= MOST


def test_errors_ten_times_as_many_are_found_within_four_minutes():
    """At one request a second, in half of all soaks; no soak is left with them."""
    counts = World(per_s=1, ratio=10).draw(of_seed("a disaster"), SOAKS)
    minutes = turned_back([compared(0, 1)], counts)
    assert (minutes <= 4).sum() >= HALF
    assert np.isfinite(minutes).all()


def test_bursts_that_were_never_calibrated_would_cry_wolf():
    """It is why noise is measured first, and that this simulation can fail."""
    minutes = turned_back([compared(5, 10)], BURSTS.draw(of_seed("bursts"), SOAKS))
    assert np.isfinite(minutes).sum() > MOST
