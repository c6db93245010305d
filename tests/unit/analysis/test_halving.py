"""Halving: an arm split by instance, the same ones on the same side at each look."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.analysis.halving import Look, counted, differences, members, split
from gonogo.analysis.stretch import Stretch
from gonogo.model.operation import Asked, Query
from gonogo.model.sample import MetricKind
from gonogo.model.series import Point, Series

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 20, tzinfo=UTC)


def query(kind=MetricKind.PROPORTION):
    """A query of one arm."""
    return Query(source="s", metric_kind=kind, canary=Asked(events="e", exposure="n"))


def series(value, at, **labels):
    """One value of one instance."""
    return Series(points=(Point(at, value),), labels=labels)


def look(minute, events, exposure=None):
    """A look; values by instance."""
    stretch = Stretch(START + minute * MINUTE, START + (minute + 1) * MINUTE)
    at = stretch.until

    def told(values):
        return tuple(series(v, at, pod=name) for name, v in values.items())

    return Look(stretch, told(events), None if exposure is None else told(exposure))


def test_every_other_instance_goes_to_either_half():
    """Instances keep their side, also in looks in which others are missing."""
    full = look(0, {"a": 1, "b": 2, "c": 4, "d": 8}, dict.fromkeys("abcd", 10))
    part = look(1, {"b": 2, "c": 4}, {"b": 10, "c": 10})
    pairs = counted(
        MetricKind.PROPORTION, list(split(query(), [full, part])), quantile=0.5
    )
    assert [(5, 10), (4, 2)] == [(one.events, other.events) for one, other in pairs]
    assert [(20, 20), (10, 10)] == [
        (one.exposure, other.exposure) for one, other in pairs
    ]


def test_one_series_is_not_to_be_split():
    """Buckets tell no instances apart."""
    at = START + MINUTE
    buckets = tuple(series(1.0, at, le=edge) for edge in ("0.1", "+Inf"))
    assert 1 == len(members([Look(Stretch(START, at), buckets)]))
    assert 2 == len(members([look(0, {"a": 1, "b": 1})]))


def test_a_half_without_data_leaves_the_look_out():
    """A look in which one half is silent says nothing of the noise."""
    looks = [
        look(0, {"a": 1, "b": 2}, {"a": 10, "b": 10}),
        look(1, {"a": 1}, {"a": 10}),
    ]
    samples = list(split(query(), looks))
    assert 1 == len(counted(MetricKind.PROPORTION, samples, quantile=0.5))


def test_levels_differ_by_the_log_of_their_ratio():
    """Of a gauge the log ratio of the halves' means is what counts; 0 is left out."""
    kind = MetricKind.GAUGE
    looks = [look(0, {"a": 2.0, "b": 1.0}), look(1, {"a": 0.0, "b": 1.0})]
    found = differences(list(split(query(kind), looks)))
    assert (0.6931,) == pytest.approx(found, abs=1e-4)


def test_slow_requests_are_counted_of_a_quantile():
    """Of latencies those beyond the quantile of all are counted, of each half."""
    at = START + MINUTE
    buckets = {"0.1": 90.0, "0.2": 99.0, "+Inf": 100.0}
    answers = tuple(
        series(count, at, le=edge, pod=pod)
        for pod in ("a", "b")
        for edge, count in buckets.items()
    )
    samples = list(
        split(query(MetricKind.QUANTILE), [Look(Stretch(START, at), answers)])
    )
    ((one, other),) = counted(MetricKind.QUANTILE, samples, quantile=0.95)
    assert (1, 100) == (one.events, one.exposure)
    assert one == other
