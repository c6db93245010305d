"""Calibration: what two arms that run the same show of the noise between them."""

import itertools
import math
from pathlib import Path

import pytest

from gonogo.analysis.calibration import (
    Half,
    TooLittle,
    calibrated_counts,
    calibrated_gauge,
)

numpy = pytest.importorskip("numpy")
REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "statistics"
THREE_DAYS = 4320


def counts(seed, *, burst=1.0, slow=0.0, per_look=30.0, shares=(1.0, 1.0)):
    """
    Events of two arms, look by look, over three days.

    They come in bursts (geometric, of a mean size), and each arm's rate wanders by
    itself from hour to hour.
    """
    draw = numpy.random.default_rng(seed)
    arms = []
    for share in shares:
        hours = numpy.exp(draw.normal(0, slow / math.sqrt(2), THREE_DAYS // 60))
        rate = per_look * share * numpy.repeat(hours, 60) / burst
        bursts = draw.poisson(rate)
        sizes = draw.geometric(1 / burst, bursts.sum())
        ends = numpy.cumsum(bursts)
        sums = numpy.concatenate([[0], numpy.cumsum(sizes)])
        arms.append(sums[ends] - sums[ends - bursts])
    return arms


def pairs(arms, shares=(1.0, 1.0)):
    """The looks of two arms as halves."""
    return [
        tuple(
            Half(events=float(events), exposure=share)
            for events, share in zip(look, shares, strict=True)
        )
        for look in zip(*arms, strict=True)
    ]


def test_clean_counts_have_no_noise():
    """Events that come by chance alone need no allowance."""
    noise = calibrated_counts(pairs(counts(1))).noise
    assert (1.0, 0.0) == (noise.phi, noise.tau)


def test_bursts_show_in_short_blocks():
    """Bursts of three on average count for a fifth, however long one looks."""
    noise = calibrated_counts(pairs(counts(2, burst=3.0))).noise
    assert noise.phi == pytest.approx(2 * 3 - 1, rel=0.1)
    assert noise.tau == 0


def test_arms_that_drift_apart_show_in_long_blocks():
    """Arms that differ by a tenth from hour to hour are found to."""
    noise = calibrated_counts(pairs(counts(3, slow=0.1))).noise
    assert noise.tau == pytest.approx(0.1, rel=0.2)
    assert noise.phi < 2


def test_unequal_arms_are_held_against_their_exposure():
    """A small canary and a large control that run the same show no noise either."""
    shares = (0.1, 1.9)
    clean = calibrated_counts(pairs(counts(4, shares=shares), shares)).noise
    bursts = calibrated_counts(pairs(counts(5, burst=3.0, shares=shares), shares)).noise
    assert (1.0, 0.0) == (clean.phi, clean.tau)
    assert bursts.phi == pytest.approx(5, rel=0.15)


def test_a_common_drift_is_no_noise():
    """Nights and days that both arms share say nothing of the arms."""
    draw = numpy.random.default_rng(6)
    hours = numpy.arange(THREE_DAYS) / 60
    shared = 30 * (1 + 0.6 * numpy.sin(hours * math.pi / 12))
    noise = calibrated_counts(pairs([draw.poisson(shared), draw.poisson(shared)])).noise
    assert (1.0, 0.0) == (noise.phi, noise.tau)


def gauge(seed, memory):
    """Differences of two arms that remember so much of the look before."""
    draw = numpy.random.default_rng(seed)
    steps = draw.normal(0, 0.1 * math.sqrt(1 - memory**2), THREE_DAYS)
    values = itertools.accumulate(steps, lambda last, step: memory * last + step)
    return [float(each) for each in values]


@pytest.mark.parametrize("memory", [0.0, 0.9, 0.98])
def test_long_run_variance_grows_with_memory(memory):
    """What a level remembers counts: its long-run variance is met, or a bit exceeded."""
    true = 0.01 * (1 + memory) / (1 - memory)
    found = calibrated_gauge(gauge(7, memory)).noise.lrv
    assert true * 0.8 < found < true * 3


@pytest.mark.parametrize("looks", [0, 39], ids=["none", "too few"])
def test_too_few_looks_are_said_to_be(looks):
    """An hour of history does not calibrate anything."""
    few = pairs(counts(8))[:looks]
    with pytest.raises(TooLittle):
        calibrated_counts(few)
    with pytest.raises(TooLittle):
        calibrated_gauge([0.1] * looks)


def test_forty_looks_are_just_enough_for_bursts():
    """Eight blocks of five looks can be told from chance."""
    assert calibrated_counts(pairs(counts(8))[:40]).looks == 40


def test_a_quiet_period_says_nothing():
    """Without an event there is no noise to see, and it is not taken for none."""
    quiet = [(Half(events=0.0, exposure=1.0), Half(events=0.0, exposure=1.0))] * 1440
    with pytest.raises(TooLittle, match="nothing was counted"):
        calibrated_counts(quiet)


def test_levels_that_never_differ_keep_a_variance():
    """Arms that never differed are not taken for arms that never will."""
    assert calibrated_gauge([0.0] * 1440).noise.lrv > 0


@pytest.mark.skipif(not REFERENCE.exists(), reason="the shared folder is absent")
@pytest.mark.parametrize("burst", [1.0, 3.0])
@pytest.mark.parametrize("slow", [0.0, 0.1])
def test_calibration_agrees_with_the_reference(monkeypatch, burst, slow):
    """On equal arms the numbers are those of the reference implementation."""
    monkeypatch.syspath_prepend(str(REFERENCE))
    reference = pytest.importorskip("istats")
    arms = counts(11, burst=burst, slow=slow)
    noise = calibrated_counts(pairs(arms)).noise
    assert reference.calibrate_counts(*arms) == pytest.approx((noise.phi, noise.tau))
    differences = gauge(12, 0.5)
    expected = reference.calibrate_gauge(differences)
    assert expected == pytest.approx(calibrated_gauge(differences).noise.lrv, rel=0.01)
