"""
Samples: what a source would have counted where a metric really has a value.

The canary has the metric's value, the control the one that it had before the change.
Events come as regularly as they can: what a script says is what is counted, and chance
is left out of it, so that one simulation can be compared with another.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gonogo.model.operation import Query
from gonogo.model.plan import Metric
from gonogo.model.sample import Arm, Histogram, Level, MetricKind, Sample, Tally

# What is assumed of the traffic where the plan does not say it: enough for a soak of an
# hour to show a doubled error rate.
PER_S = 100.0
_HOUR_S = 3600.0
# Buckets of a histogram, as fine as a limit of a few percent asks for.
_STEP, _EDGES = 1.02, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From when to when is counted; `began` is when the simulation did."""

    began: datetime
    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return max((self.until - self.since).total_seconds(), 0.0)


def sampled(
    metric: Metric, query: Query, *, value: float, beside: float, stretch: Stretch
) -> Sample:
    """
    Return what a source would give.

    Args:
        metric: With what is expected of its traffic.
        query: Of the metric.
        value: Of the canary.
        beside: Of the control.
        stretch: What is asked about; of no length, it has no data.
    """
    if not stretch.seconds:
        return Sample(since=stretch.since, canary=None)
    traffic = metric.judging.traffic if metric.judging else None
    canary_s = traffic.canary_per_s if traffic else PER_S
    control_s = (traffic.control_per_s if traffic else 0.0) or canary_s
    canary = _arm(query, value, beside, canary_s, stretch)
    control = _arm(query, beside, beside, control_s, stretch)
    before = control if isinstance(control, Histogram) else None
    has_control = query.control is not None
    return Sample(
        since=stretch.since,
        canary=canary,
        control=control if has_control else None,
        before=before if has_control else None,
    )


def _arm(
    query: Query, value: float, scale: float, per_s: float, stretch: Stretch
) -> Arm:
    match query.metric_kind:
        case MetricKind.PROPORTION:
            share = min(max(value / 100, 0.0), 1.0)
            return Tally(
                events=_counted(share * per_s, stretch),
                exposure=_counted(per_s, stretch),
            )
        case MetricKind.COUNT:
            hours = query.instances * stretch.seconds / _HOUR_S
            per_hour = max(value, 0.0) * query.instances
            return Tally(events=_counted(per_hour / _HOUR_S, stretch), exposure=hours)
        case MetricKind.GAUGE:
            return Level(mean=value, instances=query.instances)
        case MetricKind.QUANTILE:
            return _histogram(query, value, scale, _counted(per_s, stretch))


def _counted(per_s: float, stretch: Stretch) -> float:
    """Return how many come in a stretch, whole ones, none lost between two."""
    until = per_s * (stretch.until - stretch.began).total_seconds()
    since = per_s * (stretch.since - stretch.began).total_seconds()
    return float(math.floor(until) - math.floor(since))


def _histogram(query: Query, value: float, scale: float, count: float) -> Histogram:
    """Return waiting times that fall off evenly, whose quantile is the value."""
    top = max(scale, 1e-9) * 10
    edges = tuple(top / _STEP**each for each in range(_EDGES, -1, -1))
    fall = -math.log(1 - query.quantile) / max(value, 1e-9)
    below = [count * (1 - math.exp(-fall * edge)) for edge in edges]
    whole = [0.0, *map(math.floor, below), count]
    counts = tuple(high - low for low, high in pairwise(whole))
    return Histogram(edges=edges, counts=counts)
