"""The final look: exact tails, and strata that are merged without understating them."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from gonogo.analysis.evidence import Null, Trial
from gonogo.analysis.evidence.final import final_p, upper_tail
from gonogo.analysis.evidence.many import final_tails
from gonogo.analysis.evidence.predictive import Before
from gonogo.analysis.evidence.sides import sides_of
from gonogo.analysis.evidence.strata import MOST, added
from gonogo.model.evidence import EvidenceState, Levels, Strata, Totals
from gonogo.model.judging import Noise
from gonogo.model.sample import MetricKind

EQUAL = list(
    itertools.product(
        ((30, 0.5), (900, 0.05), (5, 0.5), (4320, 0.5), (50, 0.02)),
        (0.5, 1.0, 1.3, 1.8),
    )
)


@pytest.mark.parametrize(("binomial", "times"), EQUAL, ids=str)
def test_looks_of_one_share_are_one_binomial(binomial, times):
    """Equal chances give the exact tail, cut into strata or not."""
    total, chance = binomial
    events = min(round(total * chance * times), total)
    exact = stats.binom.sf(events - 1, total, chance)
    sizes = (total * 0.4, total * 0.6)
    assert exact == pytest.approx(upper_tail(events, sizes, (chance, chance)), rel=1e-6)


def convolved(sizes, chances):
    """Return the exact distribution of a sum of binomials."""
    found = np.ones(1)
    for size, chance in zip(sizes, chances, strict=True):
        found = np.convolve(found, stats.binom.pmf(np.arange(size + 1), size, chance))
    return found


RAMP = ((60, 90, 150), (0.05, 0.1, 0.5))


@pytest.mark.parametrize("events", range(70, 125, 5))
def test_looks_of_many_shares_have_the_tail_of_their_sum(events):
    """Against the exact sum, the saddlepoint is off by two percent at most."""
    exact = convolved(*RAMP)[events:].sum()
    assert exact == pytest.approx(upper_tail(events, *RAMP), rel=0.021)


def test_the_tail_is_certain_below_and_impossible_above():
    """None or more always happens; more than all never does; all is a product."""
    sizes, chances = RAMP
    assert (1.0, 0.0) == (upper_tail(0, *RAMP), upper_tail(301, *RAMP))
    every = math.prod(p**n for n, p in zip(sizes, chances, strict=True))
    assert every == pytest.approx(upper_tail(300, *RAMP))


def test_the_tail_at_the_mean_is_about_half():
    """Where the formula would be nothing by nothing, the normal one stands in."""
    sizes, chances = (100, 100), (0.3, 0.6)
    assert 0.5 == pytest.approx(upper_tail(90.5, sizes, chances), abs=0.02)


# -- strata ---------------------------------------------------------------------------


def merged(sizes, chances):
    """Return the strata of looks taken one by one."""
    found = Strata()
    for size, chance in zip(sizes, chances, strict=True):
        found = added(found, chance=chance, size=size)
    return found


@pytest.fixture(scope="module")
def ramp():
    """Return a day of looks: three shares that waver, and a handful of events each."""
    random = np.random.default_rng(5)
    chances = np.repeat([0.05, 0.1, 0.5], 480) * random.uniform(0.9, 1.1, 1440)
    return random.poisson(6.0, 1440).astype(float), chances


def test_strata_are_few_and_in_order(ramp):
    """A day of different shares is kept as 16 at most."""
    found = merged(*ramp)
    assert len(found.sizes) <= MOST
    assert sorted(found.chances) == list(found.chances)


def test_merging_keeps_the_mean_and_widens_the_variance(ramp):
    """What is expected stays; what may vary is a little more than it was."""
    sizes, chances = ramp
    found = merged(sizes, chances)
    merged_sizes, kept = np.array(found.sizes), np.array(found.chances)
    assert (sizes * chances).sum() == pytest.approx((merged_sizes * kept).sum())
    before = (sizes * chances * (1 - chances)).sum()
    after = (merged_sizes * kept * (1 - kept)).sum()
    assert before <= after + 1e-9
    assert before == pytest.approx(after, rel=0.005)


@pytest.mark.parametrize("deviations", [1.0, 2.0, 3.0, 4.0, 5.0], ids=str)
def test_merging_understates_no_tail(ramp, deviations):
    """The p-value of merged strata is that of all looks, or a percent more at most."""
    sizes, chances = ramp
    there = sizes > 0
    sizes, chances = sizes[there], chances[there]
    mean = (sizes * chances).sum()
    deviation = math.sqrt((sizes * chances * (1 - chances)).sum())
    events = round(mean + deviations * deviation)
    every = upper_tail(events, sizes.tolist(), chances.tolist())
    found = merged(sizes, chances)
    few = upper_tail(events, found.sizes, found.chances)
    assert every * 0.9999 <= few <= every * 1.01


def test_equal_shares_are_one_stratum():
    """A soak of one share stays exact however long it is."""
    found = merged([3.0] * 1000, [0.05] * 1000)
    assert ((0.05,), (3000.0,)) == (found.chances, found.sizes)


def test_a_look_without_events_is_no_stratum():
    """Nothing is added where nothing happened."""
    assert Strata() == added(Strata(), chance=0.5, size=0)


def test_many_final_looks_at_once_are_those_one_by_one(ramp):
    """What simulations ask for many soaks is what the judge asks for one."""
    sizes, chances = ramp
    both = np.stack([sizes, sizes]), np.stack([chances, chances])
    mean = (sizes * chances).sum()
    events = np.array([mean + 80, mean + 5])
    one = upper_tail(float(events[0]), sizes[sizes > 0].tolist(), chances[sizes > 0])
    first, second = final_tails(events, *both)
    assert one == pytest.approx(first, rel=0.01)
    assert 0.4 < second < 0.5


# -- each test's own tail -------------------------------------------------------------


def trial(null, kind=MetricKind.PROPORTION, **changes):
    """Return a trial with calm noise."""
    known = {"metric": "m", "noise": Noise(), "calibrated": True, "limit": 0.01}
    return Trial(null=null, kind=kind, **(known | changes))


def seen(events, exposure, **rest):
    """Return the state of a soak that counted this."""
    totals = Totals(canary_events=events, canary_exposure=exposure)
    return EvidenceState(test="", looks=10, totals=totals, **rest)


def p_values(tested, state):
    """Return the p-values of harm and of safety."""
    sides = sides_of(tested)
    return (
        final_p(tested, state, sides.harm),
        final_p(tested, state, sides.safe),
    )


def test_a_fraction_has_the_tails_of_a_binomial():
    """15 of 1000 where 10 are the limit."""
    exact = stats.binom.sf(14, 1000, 0.01), stats.binom.cdf(15, 1000, 0.01)
    assert exact == pytest.approx(p_values(trial(Null.FRACTION), seen(15, 1000)))


def test_a_count_has_the_tails_of_a_poisson():
    """15 in five hours where two an hour are the limit."""
    tested = trial(Null.RATE, MetricKind.COUNT, limit=2.0)
    exact = stats.poisson.sf(14, 10.0), stats.poisson.cdf(15, 10.0)
    assert exact == pytest.approx(p_values(tested, seen(15, 5.0)))


def test_none_at_all_is_no_harm():
    """No event is never a small tail of harm."""
    for tested in (
        trial(Null.FRACTION),
        trial(Null.RATE, MetricKind.COUNT, limit=2.0),
        trial(Null.PREDICTIVE, limit=1.05, before=Before(rate=0.01, spread=0.1)),
    ):
        harm, safe = p_values(tested, seen(0, 1000))
        assert 1.0 == harm
        assert safe < 0.001


def test_a_time_before_has_the_tails_of_a_negative_binomial():
    """What differs from day to day widens the tail."""
    tested = trial(Null.PREDICTIVE, limit=1.05, before=Before(rate=0.005, spread=0.1))
    shape = 100
    chance = 1 - 1.05 * 10_000 / (1.05 * 10_000 + shape / 0.005)
    exact = (
        stats.nbinom.sf(69, shape, chance),
        stats.nbinom.cdf(70, shape, chance),
    )
    assert exact == pytest.approx(p_values(tested, seen(70, 10_000)))


def test_a_mean_with_known_noise_has_the_tails_of_a_normal():
    """Sixty looks at +20 % where +10 % is the limit."""
    tested = trial(
        Null.GAUSS,
        MetricKind.GAUGE,
        limit=1.1,
        noise=Noise(lrv=0.4),
        concurrent=True,
    )
    state = seen(1, 1, levels=Levels(count=60, mean=math.log(1.2), squares=1.0))
    z = (math.log(1.2) - math.log(1.1)) / math.sqrt(0.4 / 60)
    assert (stats.norm.sf(z), stats.norm.cdf(z)) == pytest.approx(
        p_values(tested, state)
    )


def test_a_mean_with_unknown_noise_has_the_tails_of_student():
    """Eight hours at +20 %."""
    tested = trial(Null.BLOCKS, MetricKind.GAUGE, limit=1.1, concurrent=True)
    state = seen(1, 1, levels=Levels(count=8, mean=math.log(1.2), squares=0.07))
    t = (math.log(1.2) - math.log(1.1)) / math.sqrt(0.07 / 7 / 8)
    assert (stats.t.sf(t, 7), stats.t.cdf(t, 7)) == pytest.approx(
        p_values(tested, state)
    )


RATIO = {"above": 1, "below": -1}


@pytest.mark.parametrize("direction", RATIO.values(), ids=RATIO)
def test_a_ratio_has_the_tails_of_the_canary_s_share_of_events(direction):
    """20 of 60 events where a third is the limit's share: either side."""
    tested = trial(Null.RATIO, limit=1.0, direction=direction, concurrent=True)
    state = seen(26, 1.0, strata=Strata(chances=(1 / 3,), sizes=(60.0,)))
    above, below = stats.binom.sf(25, 60, 1 / 3), stats.binom.cdf(26, 60, 1 / 3)
    exact = (above, below) if direction > 0 else (below, above)
    assert exact == pytest.approx(p_values(tested, state))


def test_bursts_widen_every_tail():
    """With bursts of three, what was significant is so no more."""
    bursts = Noise(phi=3.0)
    strata = Strata(chances=(0.5,), sizes=(200.0,))
    cases = (
        (trial(Null.RATIO, limit=1.0, concurrent=True), seen(120, 1.0, strata=strata)),
        (trial(Null.FRACTION), seen(20, 1000)),
        (trial(Null.RATE, MetricKind.COUNT, limit=2.0), seen(20, 5.0)),
    )
    for tested, state in cases:
        calm = p_values(tested, state)[0]
        wide = p_values(
            Trial(
                metric="m",
                null=tested.null,
                kind=tested.kind,
                limit=tested.limit,
                noise=bursts,
                calibrated=True,
                concurrent=tested.concurrent,
            ),
            state,
        )[0]
        assert calm < 0.01 < wide


def test_nothing_seen_is_no_evidence():
    """A soak without data has p-values of 1."""
    nothing = EvidenceState(test="")
    assert (1.0, 1.0) == p_values(trial(Null.FRACTION), nothing)
    looked = EvidenceState(test="", looks=3)
    ratio = trial(Null.RATIO, limit=1.0, concurrent=True)
    assert (1.0, 1.0) == p_values(ratio, looked)
