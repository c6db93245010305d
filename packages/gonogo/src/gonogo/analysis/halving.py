"""
Halving: one arm's series split in two, to see how much two equal arms differ.

The arm is split by what tells its series apart (the instance, the pod), as a canary is
split from its control; every other one goes to either half, by name, so that the same
series is always on the same side.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gonogo.analysis.calibration import Half
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch
from gonogo.model.operation import Query
from gonogo.model.sample import Histogram, Level, MetricKind, Sample, Tally
from gonogo.model.series import Series

_BUCKET = "le"
Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What one arm gave in one stretch; `exposure` is None where it is not asked."""

    stretch: Stretch
    events: Sequence[Series]
    exposure: Sequence[Series] | None = None


def members(looks: Sequence[Look]) -> tuple[Key, ...]:
    """Return what tells the series of an arm apart, in order; one: not to be split."""
    return tuple(sorted({_key(series) for look in looks for series in look.events}))


def split(query: Query, looks: Sequence[Look]) -> Iterator[Sample]:
    """
    Yield each look as a sample of two halves, the one in the place of the canary.

    Args:
        query: Whose arm it is.
        looks: Oldest first; of two members at least.

    Raises:
        Unreadable: An answer cannot be what was asked for.
    """
    first = frozenset(members(looks)[::2])
    for look in looks:
        yield sample_of(
            query.metric_kind,
            stretch=look.stretch,
            canary=_half(look, lambda series: _key(series) in first),
            control=_half(look, lambda series: _key(series) not in first),
            instances=1,
        )


def counted(
    kind: MetricKind, samples: Sequence[Sample], quantile: float
) -> tuple[tuple[Half, Half], ...]:
    """
    Return the events of both halves, look by look; looks without data left out.

    Args:
        kind: Counted: no gauge.
        samples: Of two arms that run the same.
        quantile: Of a quantile: what is slower than it is counted.
    """
    edge = _edge(samples, quantile) if kind is MetricKind.QUANTILE else None
    pairs = ((_events(s.canary, edge), _events(s.control, edge)) for s in samples)
    return tuple((one, other) for one, other in pairs if one and other)


def differences(samples: Sequence[Sample]) -> tuple[float, ...]:
    """Return the log ratios of the levels of both halves; looks without left out."""
    return tuple(
        math.log(sample.canary.mean / sample.control.mean)
        for sample in samples
        if isinstance(sample.canary, Level)
        and isinstance(sample.control, Level)
        and sample.canary.mean > 0
        and sample.control.mean > 0
    )


def _key(series: Series) -> Key:
    labels = series.labels.items()
    return tuple(sorted((name, text) for name, text in labels if name != _BUCKET))


def _half(look: Look, wanted: Callable[[Series], bool]) -> Answers:
    events = [series for series in look.events if wanted(series)]
    if look.exposure is None:
        return Answers(events=events)
    exposure = [series for series in look.exposure if wanted(series)]
    # An exposure that is not told apart is the same for both halves.
    return Answers(events=events, exposure=exposure or look.exposure)


def _events(arm: object, edge: float | None) -> Half | None:
    match arm:
        case Tally(events=events, exposure=exposure) if exposure > 0:
            return Half(events=events, exposure=exposure)
        case Histogram() if edge is not None and sum(arm.counts) > 0:
            return Half(events=_above(arm, edge), exposure=sum(arm.counts))
        case _:
            return None


def _edge(samples: Sequence[Sample], quantile: float) -> float | None:
    """Return the edge that the wanted quantile of all observations lies below."""
    above: dict[float, float] = {}
    total = 0.0
    for arm in (a for s in samples for a in (s.canary, s.control)):
        if isinstance(arm, Histogram):
            total += sum(arm.counts)
            for edge in arm.edges:
                above[edge] = above.get(edge, 0.0) + _above(arm, edge)
    slow = (edge for edge in sorted(above) if above[edge] <= (1 - quantile) * total)
    return next(slow, None)


def _above(histogram: Histogram, edge: float) -> float:
    buckets = pairwise((-math.inf, *histogram.edges, math.inf))
    counted = zip(buckets, histogram.counts, strict=True)
    return sum(count for (low, _), count in counted if low >= edge)
