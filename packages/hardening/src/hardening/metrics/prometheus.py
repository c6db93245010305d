"""The collector: measures in the form of `prometheus_client`, made when it asks."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from hardening.core import Distribution, Kind, Listener, Measure, Measured, ignore
from hardening.metrics.events import MetricsSourceFailed
from hardening.metrics.gather import Gatherer

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.registry import Collector as Base
else:
    Base = object  # a registry takes anything that collects


class Collector(Base):
    """
    Hands sources to a registry of `prometheus_client`, which reads them at the scrape.

    Counters get the suffix `_total` there, as is its way.

    Args:
        sources: What counts.
        listener: Told of each source that failed, at each reading.
    """

    def __init__(
        self,
        sources: Iterable[Measured],
        listener: Listener[MetricsSourceFailed] = ignore,
    ) -> None:
        self._gatherer = Gatherer(sources, listener)

    def describe(self) -> "Iterable[Metric]":
        """Return nothing: names are known when they are read."""
        return ()

    def collect(self) -> "Iterator[Metric]":
        """Yield each family as it stands."""
        for measure in self._gatherer.measures():
            yield _metric(measure)


def _metric(measure: Measure) -> "Metric":
    """Return a family in the form of the library."""
    from prometheus_client.core import (  # noqa: PLC0415 - not needed to import this
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    names = [name for name, _ in measure.samples[0].labels] if measure.samples else []
    metric: CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily
    match measure.kind:
        case Kind.COUNTER:
            metric = CounterMetricFamily(measure.name, measure.meaning, labels=names)
        case Kind.GAUGE:
            metric = GaugeMetricFamily(measure.name, measure.meaning, labels=names)
        case Kind.HISTOGRAM:
            metric = HistogramMetricFamily(measure.name, measure.meaning, labels=names)
        case _:
            assert_never(measure.kind)
    for sample in measure.samples:
        labels = dict(sample.labels)
        values = [str(labels[name]) for name in names]
        if isinstance(metric, HistogramMetricFamily):
            assert isinstance(sample.value, Distribution)  # noqa: S101 - was checked
            metric.add_metric(values, _buckets(sample.value), sample.value.total)
        else:
            assert not isinstance(sample.value, Distribution)  # noqa: S101 - likewise
            metric.add_metric(values, sample.value)
    return metric


def _buckets(values: Distribution) -> list[tuple[str, float]]:
    """Return the buckets with their bounds as the exposition format writes them."""
    return [
        ("+Inf" if bound == float("inf") else str(float(bound)), count)
        for bound, count in values.buckets
    ]
