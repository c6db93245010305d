"""Quantiles become counts of slow requests, at bucket edges that are fine enough."""

import pytest

from gonogo.analysis.evidence import Null
from gonogo.analysis.evidence.quantile import threshold_of
from gonogo.model.evidence import Finding
from gonogo.model.sample import Histogram, MetricKind, Sample
from gonogo.model.verdict import Outcome
from gonogo.testing.clock import NOON

FINE = tuple(round(0.1 * 1.02**step, 6) for step in range(120))
"""Edges 2 % apart, from 0.1 to 1.06 seconds."""

CLASSIC = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The default buckets of Prometheus clients."""


def spread(edges, total, *, center, tail=0.01):
    """Return `total` observations: most below `center`, a tail of them above it."""
    counts = [0.0] * (len(edges) + 1)
    below = [at for at, edge in enumerate(edges) if edge <= center]
    above = [at for at, edge in enumerate(edges) if edge > center][:20]
    for at in below:
        counts[at] += total * (1 - tail) / len(below)
    for number, at in enumerate(above):
        counts[at] += total * tail * 2 ** -(number + 1)
    counts[above[-1]] += total - sum(counts)
    return Histogram(edges=edges, counts=tuple(counts))


def at_p99(edges, total, center):
    """Return observations whose p99 is `center`."""
    return spread(edges, total, center=center)


def sample(canary, control=None, before=None):
    """Return a sample of histograms."""
    return Sample(since=NOON, canary=canary, control=control, before=before)


@pytest.fixture
def p99(soak):
    """Return how a soak is begun that tests p99: against +10 % unless changed."""

    def begin(**changes):
        known = {"limit": 1.1, "quantile": 0.99, "metric": "latency"}
        return soak(kind=MetricKind.QUANTILE, **(known | changes))

    return begin


BASE = FINE[60]


def test_a_slower_tail_is_harm(p99):
    """A p99 that doubles is found within minutes."""
    under_way = p99()
    before = at_p99(FINE, 60_000, BASE)
    slow = at_p99(FINE, 600, FINE[95])
    for _ in range(5):
        found = under_way.look(sample(slow, at_p99(FINE, 6_000, BASE), before))
    assert (Finding.HARM, Outcome.FAIL) == (found.finding, found.verdict.outcome)


def test_a_tail_that_both_share_is_no_harm(p99):
    """A slow hour of both arms is no evidence, though the hour before was fast."""
    under_way = p99()
    before = at_p99(FINE, 60_000, BASE)
    for _ in range(60):
        arms = at_p99(FINE, 600, FINE[95]), at_p99(FINE, 6_000, FINE[95])
        found = under_way.look(sample(*arms, before))
    assert Outcome.PASS is found.verdict.outcome


def test_an_unchanged_tail_is_proven_to_keep_the_limit(p99):
    """With enough requests, p99 is proven not to have risen by 20 %."""
    under_way = p99(limit=1.2)
    before = at_p99(FINE, 60_000, BASE)
    for _ in range(120):
        arms = at_p99(FINE, 3_000, BASE), at_p99(FINE, 30_000, BASE)
        found = under_way.look(sample(*arms, before))
    assert Finding.WITHIN_LIMIT is found.finding


def test_the_canary_is_counted_beyond_the_limit_and_the_control_beyond_its_quantile(
    p99,
):
    """The canary's edge is the first at or above 1.1 times the control's p99."""
    edges = (1.0, 1.1, 1.2, 1.3)
    before = Histogram(edges=edges, counts=(990.0, 4.0, 3.0, 2.0, 1.0))
    arm = Histogram(edges=edges, counts=(80.0, 10.0, 5.0, 3.0, 2.0))
    totals = p99(limit=1.15).look(sample(arm, arm, before)).state.totals
    assert (5.0, 20.0) == (totals.canary_events, totals.control_events)


def test_safety_is_proven_on_the_bucket_edge_below_the_limit(p99):
    """What lies in the bucket that the limit cuts through may be beyond it."""
    edges = (1.0, 1.1, 1.2, 1.3)
    before = Histogram(edges=edges, counts=(990.0, 4.0, 3.0, 2.0, 1.0))
    arm = Histogram(edges=edges, counts=(80.0, 10.0, 5.0, 3.0, 2.0))
    state = p99(limit=1.15).look(sample(arm, arm, before)).state
    assert (5.0, 10.0) == (state.totals.canary_events, state.totals.safe_events)
    assert ((25.0,), (30.0,)) == (state.strata.sizes, state.safe_strata.sizes)


def test_a_limit_that_is_an_edge_is_proven_on_the_same_counts(p99):
    """Nothing is in doubt where a bucket ends at the limit."""
    edges = (1.0, 1.1, 1.2, 1.3)
    before = Histogram(edges=edges, counts=(990.0, 4.0, 3.0, 2.0, 1.0))
    arm = Histogram(edges=edges, counts=(80.0, 10.0, 5.0, 3.0, 2.0))
    state = p99(limit=1.1).look(sample(arm, arm, before)).state
    assert (10.0, None) == (state.totals.canary_events, state.totals.safe_events)


def test_a_tail_just_beyond_the_limit_is_not_proven_within(p99):
    """A rise into the bucket that the limit cuts is neither harm nor safety."""
    under_way = p99(limit=1.15, promised=1.3)
    edges = (1.0, 1.1, 1.2, 1.3)
    before = Histogram(edges=edges, counts=(99_000.0, 400.0, 300.0, 200.0, 100.0))
    control = Histogram(edges=edges, counts=(990.0, 4.0, 3.0, 2.0, 1.0))
    canary = Histogram(edges=edges, counts=(980.0, 10.0, 9.0, 1.0, 0.0))
    for final in (False,) * 60 + (True,):
        found = under_way.look(sample(canary, control, before), final=final)
        assert found.finding not in {Finding.HARM, Finding.WITHIN_LIMIT}


def test_buckets_coarser_than_the_limit_are_refused(p99):
    """The default buckets cannot check a rise of 10 %, and it is said why."""
    arms = at_p99(CLASSIC, 600, 0.25), at_p99(CLASSIC, 6_000, 0.25)
    found = p99().look(sample(*arms, at_p99(CLASSIC, 60_000, 0.25)))
    reason = "the buckets around p99 are 100 % apart, the limit is +10 %"
    assert Finding.UNTRUSTED is found.finding
    assert reason in found.verdict.reasons[0]


@pytest.mark.parametrize(
    ("limit", "refused"),
    [(1.09, True), (1.1, False), (1.11, False)],
    ids=["finer than the buckets", "as fine", "coarser"],
)
def test_buckets_as_fine_as_the_limit_are_fine_enough(p99, limit, refused):
    """Edges 10 % apart check a limit of +10 %, and none below."""
    edges = tuple(1.1**step for step in range(20))
    arms = at_p99(edges, 600, edges[10]), at_p99(edges, 6_000, edges[10])
    found = p99(limit=limit).look(sample(*arms, at_p99(edges, 60_000, edges[10])))
    assert refused is (found.finding is Finding.UNTRUSTED)


def test_a_quantile_above_the_last_bucket_is_refused(p99):
    """Nobody knows how slow the slowest were."""
    edges = (0.1, 0.2)
    before = Histogram(edges=edges, counts=(900.0, 50.0, 50.0))
    found = p99().look(sample(before, before, before))
    assert "p99 lies above the last bucket" in found.verdict.reasons[0]


ABSENT = {
    "no canary": (False, True, True, "the canary gave none"),
    "no control": (True, False, True, "the control gave no observations"),
    "no hour before": (True, True, False, "in the hour before"),
}


@pytest.mark.parametrize(
    ("canary", "control", "before", "why"), ABSENT.values(), ids=ABSENT
)
def test_a_missing_histogram_is_no_data(p99, canary, control, before, why):
    """Each of the three is needed, and each is named."""
    arm = at_p99(FINE, 600, BASE)
    kept = (arm if there else None for there in (canary, control, before))
    found = p99().look(sample(*kept))
    assert Finding.NO_DATA is found.finding
    assert why in found.verdict.reasons[0]


BROKEN = {
    "no last bucket": (FINE, (1.0,) * len(FINE)),
    "a negative bucket": (FINE, (-1.0,) + (1.0,) * len(FINE)),
}


@pytest.mark.parametrize(("edges", "counts"), BROKEN.values(), ids=BROKEN)
def test_a_broken_histogram_is_not_judged(p99, edges, counts):
    """What cannot be a histogram is said to be none."""
    broken = Histogram(edges=edges, counts=counts)
    whole = at_p99(FINE, 600, BASE)
    assert Finding.UNTRUSTED is p99().look(sample(broken, whole, whole)).finding


def test_a_fixed_limit_counts_what_is_slower(soak):
    """'p99 < 0.5 s': 30 of 1000 beyond half a second break it."""
    under_way = soak(
        Null.FRACTION,
        MetricKind.QUANTILE,
        limit=0.01,
        promised=0.015,
        at=0.5,
        quantile=0.99,
    )
    arm = Histogram(edges=(0.25, 0.5, 1.0), counts=(900.0, 70.0, 20.0, 10.0))
    found = under_way.look(sample(arm))
    assert (30.0, Finding.HARM) == (found.state.totals.canary_events, found.finding)


@pytest.mark.parametrize(
    ("edge", "refused"),
    [(0.5, False), (0.55, False), (0.5501, True)],
    ids=["at the limit", "10 % above", "more"],
)
def test_a_fixed_limit_needs_a_bucket_that_ends_near_it(soak, edge, refused):
    """Half a second cannot be checked with buckets that end at 0.25 and 1."""
    under_way = soak(
        Null.FRACTION, MetricKind.QUANTILE, limit=0.01, at=0.5, quantile=0.99
    )
    arm = Histogram(edges=(0.25, edge), counts=(900.0, 70.0, 1.0))
    found = under_way.look(sample(arm))
    assert refused is (found.finding is Finding.UNTRUSTED)


def test_a_fixed_limit_above_all_buckets_is_refused(soak):
    """A limit that no bucket reaches cannot be counted."""
    under_way = soak(
        Null.FRACTION, MetricKind.QUANTILE, limit=0.01, at=0.5, quantile=0.99
    )
    arm = Histogram(edges=(0.25,), counts=(900.0, 1.0))
    found = under_way.look(sample(arm))
    assert "add 0.5 to the buckets" in found.verdict.reasons[0]


NEAREST = {
    "exactly": ((99.0, 1.0, 0.0), 1.0),
    "nearer to the lower edge": ((98.5, 1.5, 0.0), 1.0),
    "nearer to the upper edge": ((97.5, 2.0, 0.5), 2.0),
    "all in the first": ((100.0, 0.0, 0.0), 1.0),
    "beyond the last": ((90.0, 5.0, 5.0), None),
}


@pytest.mark.parametrize(("counts", "edge"), NEAREST.values(), ids=NEAREST)
def test_a_quantile_is_moved_to_the_nearest_edge(counts, edge):
    """p98.8 is tested in place of p99 where no edge is nearer."""
    assert edge == threshold_of(Histogram(edges=(1.0, 2.0), counts=counts), 0.99)
