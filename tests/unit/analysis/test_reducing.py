"""Reducing: given what a source gave, then the arms, or a sentence why there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.analysis.reducing import Answers, sample_of, shown
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.model.sample import Histogram, Level, MetricKind, Tally
from gonogo.model.series import Point, Series

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
STRETCH = Stretch(NOW - MINUTE, NOW)
NAN = float("nan")
PROPORTION, COUNT = MetricKind.PROPORTION, MetricKind.COUNT
QUANTILE, GAUGE = MetricKind.QUANTILE, MetricKind.GAUGE


def series(*values, at=NOW, notes=(), resets=0, **labels):
    """Return a series whose values are all of one instant."""
    points = tuple(Point(at, value) for value in values)
    return Series(points=points, labels=labels, notes=notes, resets=resets)


def buckets(at=NOW, **counts):
    """Return the series of cumulative buckets."""
    return [series(count, at=at, le=le) for le, count in counts.items()]


def canary(kind, events, exposure=None, *, instances=1, control=None, before=None):
    """Return the sample of a look at the canary."""
    return sample_of(
        kind,
        stretch=STRETCH,
        canary=Answers(events=events, exposure=exposure),
        control=control,
        before=before,
        instances=instances,
    )


# -- counts --------------------------------------------------------------------------


def test_counts_of_all_instances_are_one_count():
    """What two machines counted was counted."""
    found = canary(
        PROPORTION,
        [series(2.0, instance="a"), series(3.0, instance="b")],
        [series(100.0), series(50.0)],
    )
    assert Tally(events=5, exposure=150) == found.canary
    assert () == found.notes


def test_a_count_without_an_exposure_is_one_in_instance_hours():
    """Two instances for a minute are a thirtieth of an hour."""
    found = canary(COUNT, [series(3.0)], instances=2)
    assert Tally(events=3, exposure=pytest.approx(2 / 60)) == found.canary


def test_a_count_may_have_more_events_than_exposure():
    """A request may be retried more often than once."""
    assert (
        Tally(events=9, exposure=3)
        == canary(COUNT, [series(9.0)], [series(3.0)]).canary
    )


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        pytest.param(NOW - MINUTE - SECOND, False, id="before the stretch"),
        pytest.param(
            NOW - MINUTE, False, id="at its beginning: the look before had it"
        ),
        pytest.param(NOW - MINUTE + SECOND, True, id="just inside"),
        pytest.param(NOW, True, id="at its end"),
        pytest.param(NOW + SECOND, False, id="after its end: the next look has it"),
    ],
)
def test_a_count_belongs_to_one_look(at, counted):
    """No event is counted by two looks, and none is left out between them."""
    found = canary(COUNT, [series(1.0, at=at)])
    assert counted == (found.canary is not None)


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        pytest.param([], "gave nothing: the query found no series", id="nothing"),
        pytest.param([series()], "gave nothing: the query found no series", id="empty"),
        pytest.param([series(NAN)], "no number (NaN, as 0/0 does)", id="NaN"),
        pytest.param(
            [series(1.0, at=NOW - 3 * MINUTE - SECOND)],
            "the newest value is stale, of 11:56:59 UTC, 3 min before the look",
            id="stale",
        ),
        pytest.param(
            [series(1.0, at=NOW - 3 * MINUTE)],
            "nothing newer than 11:57:00 UTC",
            id="just not stale",
        ),
    ],
)
def test_what_is_not_there_is_no_data_and_never_zero(events, sentence):
    """A silent source proves nothing, and says why."""
    found = canary(PROPORTION, events, [series(100.0)])
    assert found.canary is None
    assert sentence in found.notes[0]
    assert "100" in found.notes[0]
    assert None is shown(PROPORTION, found.canary, quantile=0.99)


def test_an_exposure_that_is_not_there_is_no_data():
    """Errors without requests cannot be judged."""
    found = canary(PROPORTION, [series(1.0)], [])
    assert found.canary is None
    assert "canary's exposure gave nothing" in found.notes[0]


def test_no_traffic_is_data_and_no_rate():
    """Zero of zero requests is known, and is no percentage."""
    found = canary(PROPORTION, [series(0.0)], [series(0.0)])
    assert Tally(events=0, exposure=0) == found.canary
    assert None is shown(PROPORTION, found.canary, quantile=0.99)


def test_the_control_may_be_without_data_alone():
    """One silent arm leaves the other as it is."""
    found = canary(COUNT, [series(1.0)], control=Answers(events=[]))
    assert found.canary is not None
    assert found.control is None
    assert "control's events" in found.notes[0]


def test_a_negative_count_is_an_error():
    """A count that falls is not the rise of a counter."""
    with pytest.raises(Unreadable, match="gave -3: a count is never negative"):
        canary(COUNT, [series(-3.0)])


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(3.0, Tally(events=3, exposure=3), id="as many"),
        pytest.param(4.0, Tally(events=4, exposure=4), id="one more, by rounding"),
        pytest.param(14.5, Tally(events=14.5, exposure=14.5), id="just allowed"),
        pytest.param(14.6, None, id="just too many"),
    ],
)
def test_more_failures_than_requests_are_not_believed(events, expected):
    """Of a proportion the exposure counts everything; a little more is rounding."""
    asked = lambda: canary(PROPORTION, [series(events)], [series(3.0)])  # noqa: E731
    if expected is None:
        with pytest.raises(Unreadable, match="the events included"):
            asked()
    else:
        assert expected == asked().canary


@pytest.mark.parametrize(
    ("label", "word"), [("le", "Buckets"), ("quantile", "Percentiles")]
)
def test_buckets_and_percentiles_are_never_added_up_as_counts(label, word):
    """Series that count the same thing several times are named."""
    events = [series(1.0, **{label: "0.5"}), series(2.0, **{label: "0.9"})]
    with pytest.raises(Unreadable, match=f"differ by `{label}` .0.5, 0.9.*{word}"):
        canary(COUNT, events)


def test_restarts_of_counters_are_told():
    """A reason may say that something restarted meanwhile."""
    found = canary(COUNT, [series(1.0, resets=1), series(2.0, resets=2)])
    assert 3 == found.resets


def test_what_a_source_warns_of_is_kept_once_and_short():
    """A look is journaled: few sentences, none of them endless."""
    events = [series(1.0, notes=("odd",) * 9), series(2.0, notes=("long " * 999,))]
    found = canary(COUNT, events)
    assert ("odd", ("long " * 999)[:300].strip()) == tuple(map(str.strip, found.notes))


# -- clocks --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(MetricKind))
def test_a_clock_that_runs_ahead_is_an_error(kind):
    """Whoever gives values of the future cannot be asked about the last minute."""
    at = NOW + MINUTE + SECOND
    answer = (
        buckets(at=at, **{"+Inf": 1.0}) if kind is QUANTILE else [series(1.0, at=at)]
    )
    with pytest.raises(Unreadable, match="61 s after the look at 12:00:00 UTC"):
        canary(kind, answer, [series(1.0)])


def test_a_clock_that_is_a_stretch_ahead_is_believed():
    """Clocks differ by seconds; that is no lie."""
    assert canary(GAUGE, [series(1.0, at=NOW + MINUTE)]).canary is not None


# -- levels --------------------------------------------------------------------------


def test_a_level_is_the_mean_over_the_instances():
    """One machine at 10 and one at 30 are at 20."""
    found = canary(GAUGE, [series(10.0, pod="a"), series(20.0, 40.0, pod="b")])
    assert Level(mean=20, instances=2) == found.canary


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(3 * MINUTE - SECOND, Level(mean=7), id="just fresh"),
        pytest.param(3 * MINUTE, Level(mean=7), id="three stretches old"),
        pytest.param(3 * MINUTE + SECOND, None, id="stale"),
    ],
)
def test_a_level_holds_until_it_is_stale(age, expected):
    """A gauge that is written every two minutes is known every minute."""
    assert expected == canary(GAUGE, [series(7.0, at=NOW - age)]).canary


def test_instances_that_fell_silent_are_told():
    """A mean over fewer machines says so."""
    gone = series(90.0, at=NOW - 10 * MINUTE, pod="b")
    found = canary(GAUGE, [series(10.0, pod="a"), gone])
    assert Level(mean=10) == found.canary
    assert ("Of 2 instances of the canary 1 gave nothing new.",) == found.notes


def test_levels_of_different_things_have_no_mean():
    """Many series where one is wanted are named, with the way to narrow them."""
    answer = [
        series(1.0, queue=name, job="x") for name in ("mail", "pay", "log", "img")
    ]
    with pytest.raises(Unreadable) as refused:
        canary(GAUGE, answer)
    text = str(refused.value)
    assert "4 series" in text
    assert "differ by `queue` (" in text
    assert '{queue="mail", job="x"}' in text
    assert "and 1 more" in text
    assert "sum by (instance)" in text


def test_two_things_on_one_instance_have_no_mean():
    """An instance has one level."""
    answer = [series(1.0, pod="a", disk="x"), series(2.0, pod="a", disk="y")]
    with pytest.raises(Unreadable, match="differ by `disk`"):
        canary(GAUGE, answer)


# -- histograms ----------------------------------------------------------------------


def test_buckets_of_all_instances_are_one_histogram():
    """Observations of two machines were observed."""
    two = [
        series(count, le=le, pod=pod)
        for pod in "ab"
        for le, count in (("0.1", 1.0), ("0.5", 3.0), ("+Inf", 4.0))
    ]
    assert Histogram(edges=(0.1, 0.5), counts=(2, 4, 2)) == canary(QUANTILE, two).canary


def test_arms_and_the_hour_before_are_laid_over_the_same_edges():
    """A threshold taken from the hour before can be looked up in both arms."""
    hour = NOW - MINUTE - SECOND
    found = canary(
        QUANTILE,
        buckets(**{"0.1": 1.0, "0.5": 2.0, "+Inf": 2.0}),
        control=Answers(events=buckets(**{"0.1": 5.0, "+Inf": 6.0})),
        before=Answers(events=buckets(hour, **{"0.1": 9.0, "1": 9.0, "+Inf": 9.0})),
    )
    assert {(0.1,)} == {found.canary.edges, found.control.edges, found.before.edges}
    assert (9, 0) == found.before.counts


def test_a_percentile_is_no_histogram():
    """Percentiles of percentiles are never compared; the way out is said."""
    with pytest.raises(Unreadable, match=r"is no bucket.*sum by .le."):
        canary(QUANTILE, [series(0.4, quantile="0.99")])


@pytest.mark.parametrize("le", ["", "much", "nan"])
def test_a_bound_has_to_be_a_number(le):
    """A bucket up to a word is an error."""
    with pytest.raises(Unreadable, match="no number"):
        canary(QUANTILE, [series(1.0, le=le)])


def test_buckets_that_fall_are_an_error():
    """What is not cumulative is no histogram."""
    with pytest.raises(Unreadable, match="canary's buckets are no histogram"):
        canary(QUANTILE, buckets(**{"0.1": 5.0, "+Inf": 2.0}))


# -- the number shown ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arm", "expected"),
    [
        pytest.param(PROPORTION, Tally(events=1, exposure=200), 0.5, id="percent"),
        pytest.param(COUNT, Tally(events=1, exposure=0.5), 2.0, id="by hour"),
        pytest.param(GAUGE, Level(mean=7.5), 7.5, id="level"),
        pytest.param(
            QUANTILE, Histogram(edges=(1.0, 2.0), counts=(99, 1, 0)), 1.0, id="p99"
        ),
        pytest.param(QUANTILE, Histogram(edges=(1.0,), counts=(0, 0)), None, id="none"),
    ],
)
def test_people_are_shown_one_number(kind, arm, expected):
    """A rate in percent, a count by the hour, a quantile or a level as it is."""
    assert expected == shown(kind, arm, quantile=0.99)
