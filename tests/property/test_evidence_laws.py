"""
The laws of evidence.

"At the limit, evidence is worth what was put in, on average: at no look more" (Ville's
inequality then bounds the false alarms of any number of looks by alpha). It is computed
here by listing all outcomes, not by drawing some. And: a restart changes nothing.
"""

import itertools
import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import stats

from gonogo.analysis.evidence import Null, Trial, judge
from gonogo.analysis.evidence.learning import learned
from gonogo.analysis.evidence.looks import Counted
from gonogo.analysis.evidence.many import Many
from gonogo.analysis.evidence.mixture import grown
from gonogo.analysis.evidence.predictive import Before, log_evidence
from gonogo.analysis.evidence.sides import sides_of, stream_steps
from gonogo.analysis.grid import harm_grid, safe_grid
from gonogo.model.evidence import EvidenceState
from gonogo.model.judging import Noise
from gonogo.model.sample import Level, MetricKind, Sample, Tally
from gonogo.testing.clock import NOON

ROUNDING = 1e-9
MINUTE = timedelta(minutes=1)
STATES = TypeAdapter(EvidenceState)


def trial(null, kind=MetricKind.PROPORTION, **changes):
    """Return a trial with calm noise and three looks."""
    known = {
        "metric": "m",
        "noise": Noise(),
        "calibrated": True,
        "limit": 1.0,
        "looks": 3,
        "concurrent": null is Null.RATIO,
    }
    return Trial(null=null, kind=kind, **(known | changes))


def evidence_after(tested, looks):
    """Return harm's and safety's evidence after looks of (x, n) pairs, not as logs."""
    sides = sides_of(tested)
    state = EvidenceState(test=sides.test)
    for number, look in enumerate(looks):
        canary, *control = (Tally(events=x, exposure=n) for x, n in look)
        counted = Counted(canary=canary, control=control[0] if control else None)
        state = learned(tested, sides, state, counted, NOON + number * MINUTE)
    return math.exp(state.harm.now), math.exp(state.safe.now)


def mean_evidence(tested, arms, chances):
    """
    Return the mean of both after two looks, over all outcomes.

    Args:
        tested: The trial.
        arms: The exposure of each arm, by look.
        chances: A distribution of the events of each arm, by look.
    """
    spaces = [itertools.product(*(range(len(d)) for d in look)) for look in chances]
    harm = safe = 0.0
    for outcome in itertools.product(*spaces):
        weight = math.prod(
            float(dist[x])
            for look, events in zip(chances, outcome, strict=True)
            for dist, x in zip(look, events, strict=True)
        )
        looks = [
            list(zip(events, exposures, strict=True))
            for events, exposures in zip(outcome, arms, strict=True)
        ]
        found = evidence_after(tested, looks)
        harm, safe = harm + weight * found[0], safe + weight * found[1]
    return harm, safe


def binomial(size, chance):
    """Return the distribution of a binomial count."""
    return stats.binom.pmf(np.arange(size + 1), size, chance)


RATES = st.floats(0.01, 0.3)
LIMITS = st.sampled_from([1.0, 1.05, 1.5, 0.8])
SIZES = st.integers(1, 3)


@settings(max_examples=25)
@given(
    limit=LIMITS,
    rates=st.tuples(RATES, RATES),
    sizes=st.tuples(SIZES, SIZES, SIZES, SIZES),
    direction=st.sampled_from([1, -1]),
)
def test_evidence_against_a_control_is_worth_its_stake_at_the_limit(
    limit, rates, sizes, direction
):
    """Whatever the base rate is, and however it drifts between looks."""
    tested = trial(Null.RATIO, limit=limit, direction=direction)
    arms = [sizes[:2], sizes[2:]]
    chances = [
        [binomial(canary, limit * rate), binomial(control, rate)]
        for (canary, control), rate in zip(arms, rates, strict=True)
    ]
    harm, safe = mean_evidence(tested, arms, chances)
    assert harm <= 1 + ROUNDING
    assert safe <= 1 + ROUNDING


@settings(max_examples=25)
@given(
    limit=st.floats(0.01, 0.6),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    direction=st.sampled_from([1, -1]),
)
def test_evidence_against_a_fraction_is_worth_its_stake_at_the_limit(
    limit, sizes, direction
):
    """At the limit itself the mean is 1 exactly, for harm and for safety."""
    tested = trial(Null.FRACTION, limit=limit, direction=direction)
    arms = [(size,) for size in sizes]
    chances = [[binomial(size, limit)] for size in sizes]
    assert (1.0, 1.0) == pytest.approx(mean_evidence(tested, arms, chances))


@settings(max_examples=25)
@given(limit=st.floats(0.2, 2.0), direction=st.sampled_from([1, -1]))
def test_evidence_against_a_rate_is_worth_its_stake_at_the_limit(limit, direction):
    """Counted events at the limit are no evidence, on average."""
    tested = trial(Null.RATE, MetricKind.COUNT, limit=limit, direction=direction)
    # The largest effect, 64 times the limit, reaches far into the tail.
    events = np.arange(400)
    log_poisson = stats.poisson.logpmf(events, limit)
    sides = sides_of(tested)
    for side in (sides.harm, sides.safe):
        worth = sum(
            math.exp(weight)
            * np.exp(log_poisson + events * of_event + of_exposure).sum()
            for weight, of_event, of_exposure in zip(
                side.grid.log_weights, side.of_events, side.of_exposure, strict=True
            )
        )
        assert 1.0 == pytest.approx(worth)


@settings(max_examples=25)
@given(
    rate=st.floats(0.01, 0.2),
    spread=st.floats(0.1, 0.5),
    limit=st.floats(1.0, 1.5),
    direction=st.sampled_from([1, -1]),
)
def test_evidence_against_days_before_is_worth_its_stake_over_days(
    rate, spread, limit, direction
):
    """Averaged over days that differ, a day at the limit gives none."""
    grid = harm_grid(None, largest=math.log(4)) if direction > 0 else safe_grid(0.3)
    before, exposure = Before(rate=rate, spread=spread), 20.0
    shape = 1 / spread**2
    part = limit * exposure / (limit * exposure + shape / rate)
    events = np.arange(600)
    log_chances = stats.nbinom.logpmf(events, shape, 1 - part)
    found = [
        log_evidence(
            before,
            events=float(count),
            exposure=exposure,
            limit=limit,
            direction=direction,
            grid=grid,
        )
        for count in events
    ]
    assert 1.0 == pytest.approx(np.exp(log_chances + found).sum(), rel=1e-6)


# -- a restart ------------------------------------------------------------------------

COUNTS = st.integers(0, 40)
LOOKS = st.lists(
    st.tuples(COUNTS, st.integers(0, 60), COUNTS, st.integers(0, 600)),
    min_size=1,
    max_size=12,
)


def sample(tested, row):
    """Return a row of counts as the sample of a trial's kind."""
    x, n, y, m = row
    if tested.kind is MetricKind.GAUGE:
        return Sample(since=NOON, canary=Level(mean=x), control=Level(mean=y))
    return Sample(
        since=NOON,
        canary=Tally(events=min(x, n), exposure=n),
        control=Tally(events=min(y, m), exposure=m),
    )


TRIALS = {
    "ratio": trial(Null.RATIO, limit=1.1, share=0.1),
    "fraction": trial(Null.FRACTION, limit=0.1, concurrent=True),
    "rate": trial(Null.RATE, MetricKind.COUNT, limit=0.2),
    "predictive": trial(
        Null.PREDICTIVE, limit=1.1, before=Before(rate=0.1, spread=0.2)
    ),
    "gauss": trial(
        Null.GAUSS,
        MetricKind.GAUGE,
        limit=1.1,
        noise=Noise(lrv=0.4),
        concurrent=True,
    ),
    "blocks": trial(Null.BLOCKS, MetricKind.GAUGE, limit=1.1, concurrent=True),
}


@settings(max_examples=20)
@pytest.mark.parametrize("name", TRIALS)
@given(rows=LOOKS)
def test_a_restart_continues_the_same_test(name, rows):
    """Through the journal and back after every look, the verdicts are the same."""
    tested = TRIALS[name]
    kept = journaled = None
    for number, row in enumerate(rows):
        final, at = number == len(rows) - 1, NOON + number * 20 * MINUTE
        looked = sample(tested, row)
        first = judge(tested, kept, looked, at=at, final=final)
        second = judge(tested, journaled, looked, at=at, final=final)
        assert first == second
        kept = first.state
        journaled = STATES.validate_json(STATES.dump_json(second.state))
        assert kept == journaled


@settings(max_examples=20)
@pytest.mark.parametrize("name", TRIALS)
@given(rows=LOOKS)
def test_every_number_of_a_state_is_finite(name, rows):
    """What is journaled is JSON: no NaN, no infinity."""
    tested, state = TRIALS[name], None
    for number, row in enumerate(rows):
        at = NOON + number * MINUTE
        state = judge(tested, state, sample(tested, row), at=at, final=False).state
    text = STATES.dump_json(state).decode()
    assert not any(word in text for word in ("NaN", "Infinity", "inf,"))
    assert state == STATES.validate_json(text)  # what is no number is written as null
    numbers = [state.harm, state.safe, state.control, state.share_high]
    assert all(math.isfinite(each.now) and math.isfinite(each.best) for each in numbers)


def test_a_state_is_small_after_a_day_of_ramps():
    """A day of looks at changing shares is kept in less than 4 kB."""
    tested = trial(Null.RATIO, limit=1.1, share=0.1, looks=1440)
    random, state = np.random.default_rng(3), None
    for number in range(1440):
        share = (0.05, 0.1, 0.5)[number // 480]
        n, m = 600 * share, 600 * (1 - share) * random.uniform(0.9, 1.1)
        row = random.poisson(n * 0.01), n, random.poisson(m * 0.01), m
        looked = sample(tested, row)
        at = NOON + number * MINUTE
        state = judge(tested, state, looked, at=at, final=False).state
    assert len(STATES.dump_json(state)) < 4096


# -- many at once ---------------------------------------------------------------------


@settings(max_examples=20)
@pytest.mark.parametrize("name", ["ratio", "fraction", "rate", "gauss"])
@given(
    rows=st.lists(
        st.lists(
            st.tuples(COUNTS, st.integers(0, 60), COUNTS, st.integers(0, 600)),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_many_at_once_give_the_numbers_of_one_by_one(name, rows):
    """Arrays or one by one, the evidence is the same."""
    tested = TRIALS[name]
    others = [tested, replace(tested, information=500.0), tested]
    many = Many(others)
    sides = [sides_of(each) for each in others]
    states = [EvidenceState(test=each.test) for each in sides]
    for number, look in enumerate(rows):
        columns = np.array(look, dtype=float).T
        if tested.null is Null.GAUSS:
            columns = columns[:1] / 40
        else:
            columns[0] = np.minimum(columns[0], columns[1])
            columns[2] = np.minimum(columns[2], columns[3])
        many.look(*columns)
        states = [
            _looked(each, of, state, column, number)
            for each, of, state, column in zip(
                others, sides, states, columns.T, strict=True
            )
        ]
    for at, state in enumerate(states):
        assert state.harm.now == pytest.approx(many.harm.now[at], abs=1e-9)
        assert state.harm.best == pytest.approx(many.harm.best[at], abs=1e-9)
        assert state.safe.now == pytest.approx(many.safe.now[at], abs=1e-9)
        alarmed = state.harm.best >= sides[at].bar
        assert alarmed == (many.alarmed_at[at] > 0)


def _looked(tested, sides, state, column, number):
    at = NOON + number * MINUTE
    if tested.null is Null.GAUSS:
        return _mean_looked(sides, state, column[0])
    canary = Tally(events=column[0], exposure=column[1])
    control = Tally(events=column[2], exposure=column[3])
    look = Counted(canary=canary, control=control if tested.concurrent else None)
    return learned(tested, sides, state, look, at)


def _mean_looked(sides, state, value):
    found = {}
    for name in ("harm", "safe"):
        side, mixture = getattr(sides, name), getattr(state, name)
        steps = stream_steps(side, events=value - side.limit, exposure=1.0)
        weights = side.grid.weights
        found[name] = grown(mixture, steps, weights=weights, onset=side.onset)
    return replace(state, **found)
