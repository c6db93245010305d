"""The benchmark of the judge: fair worlds, faithful peers, and our own judge itself."""

from datetime import timedelta

import numpy as np
import pytest

from benchmarks.judging import beside, detection
from benchmarks.judging.alarms import FEWEST, compared, p99
from benchmarks.judging.latency import BUCKET, HOUR, Service
from benchmarks.judging.levels import Days, Gauge
from benchmarks.judging.ours import found_by_looks, turned_back
from benchmarks.judging.worlds import DAY, Counts, World, of_seed, ramp, rare, some
from gonogo.analysis.evidence import judge
from gonogo.analysis.kayenta import classify
from gonogo.analysis.kayenta_options import Direction, Label, Options
from gonogo.model.evidence import Finding
from gonogo.model.sample import Sample, Tally
from gonogo.testing.clock import NOON

MINUTE = timedelta(minutes=1)
BUSY = 0.005 * (1 + 0.4 * 0.3 * np.cos(0.5) / 2)
"""Of all requests so many fail: the rate is highest when the load nearly is."""


def rate(events, exposure):
    """Return the rate over all soaks."""
    return events.sum() / exposure.sum()


def ratio(counts):
    """Return the canary's rate over the control's, over all soaks."""
    control = rate(counts.control, counts.control_exposure)
    return rate(counts.canary, counts.canary_exposure) / control


@pytest.mark.parametrize("burst", [1, 3])
def test_a_world_has_the_rates_that_it_was_given(burst):
    """Half a percent of the control's requests fail by day and night, the canary's more."""
    world = World(per_s=100, ratio=1.5, burst=burst)
    counts = world.draw(of_seed("rates"), 20)
    found = rate(counts.control, counts.control_exposure)
    assert BUSY == pytest.approx(found, rel=0.02)
    assert 1.5 == pytest.approx(ratio(counts), rel=0.02)
    assert 6000 == pytest.approx(counts.canary_exposure.mean(), rel=0.02)


def test_a_fault_begins_at_its_onset():
    """Before it the arms are alike."""
    counts = World(per_s=100, ratio=3, onset=720).draw(of_seed("onset"), 20)
    late = Counts(
        canary=counts.canary[:, 720:],
        canary_exposure=counts.canary_exposure[:, 720:],
        control=counts.control[:, 720:],
        control_exposure=counts.control_exposure[:, 720:],
    )
    assert 1 == pytest.approx(ratio(some(counts, minutes=720)), rel=0.02)
    assert 3 == pytest.approx(ratio(late), rel=0.02)


def test_bursts_make_the_counts_waver_as_much_as_they_should():
    """Of bursts of a geometric number of mean 3 the variance is five times the mean."""
    counts = World(per_s=10, burst=3).halves(of_seed("bursts"), 20, DAY)
    apart = counts.canary - counts.control
    found = (apart**2).sum() / (counts.canary + counts.control).sum()
    assert 5 == pytest.approx(found, rel=0.05)


def test_in_a_ramp_pooled_rates_differ_though_nothing_is_wrong():
    """The canary grows while the errors do: that is the trap."""
    counts = ramp(of_seed("ramp"), 20, 1.0)
    assert ratio(counts) > 1.2
    first = some(counts, minutes=60)
    assert 1 == pytest.approx(ratio(first), rel=0.05)


def test_rare_events_come_by_the_hour():
    """Two an hour, in an arm of nineteen instances nineteen times as many."""
    counts = rare(of_seed("rare"), 200, per_hour=2, control=19, ratio=1.0)
    assert 2 * 24 == pytest.approx(counts.canary.sum(axis=1).mean(), rel=0.05)
    assert 1 == pytest.approx(ratio(counts), rel=0.05)


def test_a_slower_service_has_the_quantile_of_its_buckets():
    """Ten buckets are 10 %, and exactly as many requests lie above it as before."""
    soaks = Service(per_s=10, slower=10, wavering=0).draw(of_seed("slow"), 5)
    found = np.log(np.median(soaks.canary) / np.median(soaks.control))
    assert 10 * BUCKET == pytest.approx(found, abs=BUCKET)
    assert 1 == pytest.approx(ratio(soaks.slow), rel=0.05)
    share = rate(soaks.slow.control, soaks.slow.control_exposure)
    assert 0.01 == pytest.approx(share, rel=0.05)
    assert DAY == soaks.canary.shape[1]


def test_a_threshold_is_the_quantile_of_the_hour_before():
    """A drift that both arms share moves it along: no tail stays empty, or fills up."""
    soaks = Service(per_s=10).draw(of_seed("drift"), 5)
    hours = soaks.slow.control.reshape(5, DAY // HOUR, HOUR).sum(axis=2)
    assert (hours > 0).all()


def test_a_gauge_is_as_much_higher_as_it_was_told():
    """The arms share their drift, so that the ratio has none."""
    canary, control = Gauge(memory=0.9, effect=0.1).draw(of_seed("gauge"), 50)
    assert 0.1 == pytest.approx((canary - control).mean(), abs=0.01)
    assert 0.14 == pytest.approx((canary - control).std(), rel=0.05)


def test_days_differ_as_much_as_they_were_told():
    """Today is drawn like the days before it."""
    today = Days(per_s=10, differ=0.1).draw(of_seed("days"), 300)
    rates = today.events.sum(axis=1) / today.exposure.sum(axis=1)
    assert 0.1 == pytest.approx(rates.std() / 0.005, rel=0.2)
    assert 0.1 == pytest.approx(today.known.std() / 0.005, rel=0.2)


def test_the_same_name_gives_the_same_world():
    """A figure that is doubted can be taken again."""
    one, other = (World(per_s=1).draw(of_seed("world"), 2) for _ in range(2))
    assert np.array_equal(one.canary, other.canary)


@pytest.mark.parametrize("limit", [1.0, 1.05])
def test_many_windows_are_classified_as_one_by_one(limit):
    """Kayenta is measured as it is, whatever is left out to save time."""
    counts = World(per_s=10, ratio=1.3).draw(of_seed("windows"), 60)
    canary, control = beside.percentages(some(counts, minutes=60))
    canary[:, 7] = np.nan
    options = Options(direction=Direction.INCREASE, allowed_increase=limit)
    singly = [
        classify(x.tolist(), y.tolist(), options).label is Label.HIGH
        for x, y in zip(canary, control, strict=True)
    ]
    assert singly == beside.is_high(canary, control, limit).tolist()
    assert 0 < sum(singly) < 60


def test_a_loop_turns_back_at_the_fifth_bad_minute_in_a_row():
    """Four and four with a good one between them are not five."""
    rows = ["1111011110", "0111110000", "0000000000"]
    bad = np.array([[each == "1" for each in row] for row in rows])
    assert [beside.NEVER, 6.0, beside.NEVER] == beside.first_in_a_row(bad, 5).tolist()


def test_the_formula_of_growthbook_is_as_published():
    """Its half-width, worked out by hand for one look at two arms of 5,000 requests."""
    tuning = (4.605170186 + np.log(5.605170186)) / 5000  # rho squared, alpha 0.05
    variance = 10_000 * (0.02 * 0.98 + 0.01 * 0.99) / 5000
    grown = 10_000 * tuning + 1
    half = np.sqrt(
        variance * 2 * grown / (10_000**2 * tuning) * np.log(1 + np.sqrt(grown) / 0.1)
    )
    requests = np.full((2, 1), 5000.0)
    edge = 5000 * (0.01 + half)
    counts = Counts(
        canary=np.array([[np.floor(edge) - 20], [np.ceil(edge) + 20]]),
        canary_exposure=requests,
        control=np.full((2, 1), 50.0),
        control_exposure=requests,
    )
    assert [beside.NEVER, 1.0] == beside.growthbook(counts, 1.0, 0.05).tolist()


def lived(trial, counts, soak):
    """Return after which minute the judge itself proves harm, look by look."""
    state = None
    for minute in range(counts.canary.shape[1]):
        since = NOON + minute * MINUTE
        sample = Sample(
            since=since,
            canary=Tally(
                events=counts.canary[soak, minute],
                exposure=counts.canary_exposure[soak, minute],
            ),
            control=Tally(
                events=counts.control[soak, minute],
                exposure=counts.control_exposure[soak, minute],
            ),
        )
        final = minute + 1 == counts.canary.shape[1]
        found = judge(trial, state, sample, at=since + MINUTE, final=final)
        if found.finding is Finding.HARM:
            return minute + 1.0
        state = found.state
    return beside.NEVER


def test_what_is_measured_is_the_judge_itself():
    """Look by look, and at the end, it decides as the simulation says."""
    counts = World(per_s=10, ratio=1.15).draw(of_seed("the judge"), 8)
    trial = compared(0, 10)
    expected = [lived(trial, counts, soak) for soak in range(8)]
    assert expected == turned_back([trial], counts).tolist()
    assert 2 < len(set(expected)), "some by looks, at different minutes"


def test_a_soak_without_traffic_is_not_turned_back():
    """No data is never a reason."""
    counts = some(World(per_s=1).draw(of_seed("none"), 2), minutes=5)
    none = np.zeros_like(counts.canary)
    silent = Counts(
        canary=none, canary_exposure=none, control=none, control_exposure=none
    )
    assert [beside.NEVER] * 2 == turned_back([compared(0, 1)], silent).tolist()


def test_a_slower_p99_is_found_by_its_trial():
    """Requests above the threshold are what the trial of a p99 counts."""
    soaks = Service(per_s=10, slower=40).draw(of_seed("p99"), 3)
    assert (found_by_looks([p99(10)], soaks.slow) <= 10).all()


NEVER = beside.NEVER
MEDIANS = {
    "found at once": ([1.0, 3.0, 5.0], 0, 3.0, "found in 100%"),
    "found since it began": (
        [725.0, 730.0, 728.0],
        720,
        8.0,
        "found in 100%, 0% turned back before it began",
    ),
    "not found in most": ([NEVER, NEVER, 5.0], 0, float(DAY), "found in 33%"),
    "gone before it began": ([5.0, 6.0, 7.0], 720, -714.0, "all turned back"),
}


@pytest.mark.parametrize(
    ("minutes", "onset", "median", "words"), MEDIANS.values(), ids=MEDIANS
)
def test_how_soon_a_fault_is_found_is_told_without_flattery(
    minutes, onset, median, words
):
    """Who cries wolf before the fault, or never finds it, gets no good figure."""
    found = np.array(minutes)
    assert median == detection._median(found, onset)
    assert words in detection._told(found, onset)


def test_the_medians_rest_on_enough_soaks():
    """A cell of Kayenta or of latencies is no anecdote."""
    assert FEWEST >= 300
