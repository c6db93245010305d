"""Condensing: what is journaled of a histogram gives the same verdict, in less room."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gonogo.analysis.buckets import quantile_of
from gonogo.analysis.condensing import MOST, condensed
from gonogo.analysis.evidence import Null, Trial, judge
from gonogo.model.judging import Noise
from gonogo.model.sample import Histogram, MetricKind, Sample, Tally
from gonogo.testing.clock import NOON

EDGES = tuple(0.001 * 1.02**step for step in range(300))
"""As fine as sources give them: from a millisecond to 0.37 seconds, 2 % apart."""

SAMPLES = TypeAdapter(Sample)


def p99(**changes):
    """Return the test of p99 against +10 %, unless changed."""
    known = {"limit": 1.1, "quantile": 0.99, "concurrent": True, "promised": 1.21}
    return Trial(
        metric="latency",
        kind=MetricKind.QUANTILE,
        null=changes.pop("null", Null.RATIO),
        noise=Noise(),
        calibrated=True,
        **(known | changes),
    )


TRIALS = {
    "against the control": p99(),
    "against the control, coarser": p99(limit=1.3),
    "against a number": p99(null=Null.FRACTION, limit=0.01, at=0.1),
}


def histogram(counts):
    """Return a histogram of counts by place: what is not named is empty."""
    found = [0.0] * (len(EDGES) + 1)
    for place, count in counts:
        found[place] += count
    return Histogram(edges=EDGES, counts=tuple(found))


COUNTS = st.lists(
    st.tuples(st.integers(0, len(EDGES)), st.integers(1, 100_000)),
    min_size=1,
    max_size=60,
)
BUSY = histogram((place, 17 + place) for place in range(len(EDGES)))


@settings(max_examples=100)
@given(canary=COUNTS, control=COUNTS, before=COUNTS)
@pytest.mark.parametrize("name", TRIALS)
def test_what_is_journaled_is_judged_as_what_was_measured(
    name, canary, control, before
):
    """The same counts, the same verdict, the same evidence: nothing hangs on the rest."""
    whole = Sample(
        since=NOON,
        canary=histogram(canary),
        control=histogram(control),
        before=histogram(before),
    )
    tested = TRIALS[name]
    less = condensed(whole, [tested], quantile=0.99)
    assert judge(tested, None, whole, at=NOON, final=False) == judge(
        tested, None, less, at=NOON, final=False
    )


@given(canary=COUNTS, quantile=st.sampled_from([0.5, 0.9, 0.99]))
def test_people_are_shown_the_same_quantile(canary, quantile):
    """The number in the report is that of the whole histogram."""
    whole = Sample(since=NOON, canary=histogram(canary))
    less = condensed(whole, [], quantile=quantile)
    assert quantile_of(whole.canary, quantile) == pytest.approx(
        quantile_of(less.canary, quantile)
    )


def test_a_journaled_sample_of_three_fine_histograms_is_small():
    """300 buckets an arm are less than 3 kB in the journal."""
    whole = Sample(since=NOON, canary=BUSY, control=BUSY, before=BUSY)
    less = condensed(whole, TRIALS.values(), quantile=0.99)
    assert 3 * len(BUSY.edges) > 3 * MOST >= 3 * len(less.canary.edges)
    assert len(SAMPLES.dump_json(less)) < 3000 < len(SAMPLES.dump_json(whole))


def test_no_observation_is_lost():
    """Buckets are merged; what was in them is still counted."""
    less = condensed(Sample(since=NOON, canary=BUSY), [], quantile=0.99)
    assert sum(BUSY.counts) == sum(less.canary.counts)


def test_what_is_no_histogram_stays_as_it_is():
    """Counts and levels are small already."""
    tally = Tally(events=1, exposure=60)
    sample = Sample(since=NOON, canary=tally, control=tally)
    assert sample is condensed(sample, [p99()], quantile=0.99)
