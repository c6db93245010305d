"""Promises: what is said of a soak before it starts, against the published tables."""

from datetime import timedelta
from itertools import pairwise

import pytest

from gonogo.analysis.power.before import Before
from gonogo.analysis.power.chances import Terms, detection, power_within
from gonogo.analysis.power.laws import Failing, TwoStreams
from gonogo.analysis.power.normal import median_passage, quantile
from gonogo.analysis.power.outlook import Outlook
from gonogo.analysis.power.promise import promised
from gonogo.analysis.power.prospect import Compared, Latency, lognormal

HALVES = Terms(anytime=0.025, final=0.025)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)

# Base rate, control, and the smallest rises at 0.1, 1, 10 and 100 requests a second.
SMALLEST = {
    "0.005 %, equal": (5e-5, 1, (15.7, 3.78, 1.69, 1.20)),
    "0.005 %, 19 times": (5e-5, 19, (7.7, 2.66, 1.47, 1.14)),
    "0.5 %, equal": (5e-3, 1, (1.69, 1.20, 1.06, 1.02)),
    "0.5 %, 19 times": (5e-3, 19, (1.47, 1.14, 1.04, 1.01)),
}


@pytest.mark.parametrize(("rate", "control", "rises"), SMALLEST.values(), ids=SMALLEST)
def test_smallest_rise_is_that_of_the_table(promise_of, rate, control, rises):
    """The smallest rise that a day shows is the published one, at any traffic."""
    events = [86_400 * per_s * rate for per_s in (0.1, 1, 10, 100)]
    laws = [TwoStreams(limit=1, canary=e, control=e * control) for e in events]
    assert rises == pytest.approx([promise_of(law).smallest for law in laws], rel=0.01)


def test_sample_soak_says_what_the_sample_says(streams, promise_of):
    """A limit of +5 % at one request a second is told as in the worked example."""
    found = promise_of(streams(limit=1.05), alternative=1.1025)
    assert not found.keeps
    assert found.smallest == pytest.approx(1.26, abs=0.005)
    assert found.chances[1.1] == pytest.approx(0.10, abs=0.01)
    assert found.detect[1.5] == pytest.approx(6.5 * HOUR, rel=0.02)
    assert found.detect[2.0] == pytest.approx(1.7 * HOUR, rel=0.02)
    assert found.provable == pytest.approx(1.21, abs=0.005)
    assert found.provable_with_others == pytest.approx(1.15, abs=0.005)
    assert found.needs.soak == pytest.approx(15 * DAY, rel=0.03)
    assert found.needs.traffic == pytest.approx(15, rel=0.03)
    assert found.needs.soak_with_others == pytest.approx(8 * DAY, rel=0.03)


def test_formulas_give_the_golden_numbers(streams, promise_of):
    """To the last digits the formulas are those of the golden vectors."""
    equal, others = promise_of(streams()), promise_of(streams(control=19))
    assert 1.199664698818045 == pytest.approx(equal.smallest)
    assert 1.1413167095681236 == pytest.approx(others.smallest)
    assert 301.4943007152802 == pytest.approx(1440 * detection(streams(), HALVES, 1.5))
    within = power_within(streams(limit=1.25), HALVES)
    assert 0.9062746952839561 == pytest.approx(within)


def test_the_needed_soak_is_just_long_enough(streams, promise_of):
    """A soak as long as it is said to need proves the limit, one a bit shorter not."""
    law = streams(limit=1.1)
    factor = promise_of(law).needs.traffic
    assert not promise_of(law.scaled(factor * 0.99)).proves
    assert promise_of(law.scaled(factor * 1.01)).proves


def test_a_limit_that_allows_no_rise_is_never_proven(streams, promise_of):
    """No soak proves that nothing at all has changed; it can see no harm at best."""
    quiet, busy = (promise_of(streams(n), alternative=1.2) for n in (0.1, 100))
    assert (None, None, None) == (
        busy.needs.soak,
        busy.needs.traffic,
        busy.needs.soak_with_others,
    )
    assert (False, True) == (quiet.keeps, busy.keeps)


def test_a_metric_beyond_its_limit_already_keeps_no_promise(promise_of):
    """Where the limit is broken before the change, a soak can only turn it back."""
    found = promise_of(Failing(limit=0.5, requests=86_400, share=0.02))
    assert (True, False) == (found.broken, found.keeps)


# Requests a second, and the regression of p99 that a day shows with a limit of +10 %.
LATENCIES = {"1": (1, 1.133), "10": (10, 1.111), "100": (100, 1.103)}


@pytest.mark.parametrize(("per_s", "smallest"), LATENCIES.values(), ids=LATENCIES)
def test_latency_is_told_as_latency(per_s, smallest):
    """Of a p99 the smallest regression is said in milliseconds' terms, not in tails'."""
    events = 864 * per_s
    prospect = Latency(
        law=TwoStreams(limit=1, canary=events, control=events),
        terms=HALVES,
        allowance=1.0,
        limit=1.1,
        survival=lognormal(0.6),
        at=2.718281828 ** (0.6 * quantile(0.99)),
    )
    found = promised(Outlook(prospect=prospect, alternative=1.21), DAY, look=MINUTE)
    assert smallest == pytest.approx(found.smallest, abs=0.001)
    assert found.acts_from == pytest.approx(1.1, abs=1e-6)


def test_nothing_is_found_between_two_looks(streams):
    """A disaster is found at the first look at the soonest."""
    prospect = Outlook(prospect=_compared(streams(1_000)), alternative=2)
    found = promised(prospect, DAY, look=timedelta(minutes=5))
    assert timedelta(minutes=5) == found.detect[10.0]


def _compared(law):
    return Compared(law, HALVES)


def test_days_that_differ_bound_what_is_found_at_any_traffic():
    """Without a control more traffic does not help where days differ by a tenth."""
    cv = 0.1 * (1.3 * 8 / 7) ** 0.5  # known from seven days
    smallest = [
        promised(
            Outlook(
                prospect=Before(limit=1.05, events=432.0 * n, cv=cv, alpha=0.05),
                alternative=1.2,
            ),
            DAY,
            look=MINUTE,
        ).smallest
        for n in (1, 10, 100, 10_000)
    ]
    assert sorted(smallest, reverse=True) == smallest
    assert 1.5 < smallest[-1] < 1.05 * 2.718281828 ** (4 * cv)


def test_half_of_all_walks_arrive_before_the_mean_one():
    """The median of a first passage comes before its mean, the less the farther."""
    medians = [median_passage(level) for level in (1, 6, 20, 200, 2_000)]
    assert medians[1] == pytest.approx(0.85, abs=0.01)
    assert all(one < other < 1 for one, other in pairwise(medians))
