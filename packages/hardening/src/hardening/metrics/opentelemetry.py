"""
The observer: measures as observable instruments of OpenTelemetry.

It has no observable histogram, so that a distribution becomes the three counters that
Prometheus would show: `…_bucket` with the upper bound as `le`, `…_count` and `…_sum`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from hardening.core import (
    Distribution,
    Kind,
    Listener,
    Measure,
    Measured,
    Sample,
    ignore,
)
from hardening.metrics.events import MetricsSourceFailed
from hardening.metrics.gather import Gatherer

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Meter, Observation


def observe(
    meter: "Meter",
    sources: Iterable[Measured],
    listener: Listener[MetricsSourceFailed] = ignore,
) -> "Observer":
    """
    Hand sources to a meter, which reads them at each collection.

    Args:
        meter: Of OpenTelemetry.
        sources: What counts.
        listener: Told of each source that failed, at each reading.
    """
    observer = Observer(meter, Gatherer(sources, listener))
    observer.discover()
    return observer


class Observer:
    """
    Makes an instrument for each name; made by `observe`.

    A reading serves every instrument once, so that a collection reads the sources once.
    """

    __slots__ = ("_gatherer", "_known", "_lock", "_meter", "_reading", "_served")

    def __init__(self, meter: "Meter", gatherer: Gatherer) -> None:
        self._meter = meter
        self._gatherer = gatherer
        self._known: set[str] = set()
        self._reading: Mapping[str, Measure] = {}
        self._served: set[str] = set()
        self._lock = Lock()

    def discover(self) -> None:
        """
        Make instruments for names that no source had before.

        `observe` does it once. Call it again after adding something that counts under
        names of its own; not from within a collection.
        """
        for name, measure in self._read().items():
            if name not in self._known:
                self._known.add(name)
                self._make(measure)

    def _make(self, measure: Measure) -> None:
        """Make the instrument of a measure."""
        callback = self._callback(measure.name)
        make = (
            self._meter.create_observable_gauge
            if measure.kind is Kind.GAUGE
            else self._meter.create_observable_counter
        )
        make(measure.name, callbacks=[callback], description=measure.meaning)

    def _callback(
        self, name: str
    ) -> "Callable[[CallbackOptions], Iterable[Observation]]":
        """Return what gives a measure's samples when the meter asks."""
        from opentelemetry.metrics import (  # noqa: PLC0415 - not needed to import this
            Observation,
        )

        def given(_: "CallbackOptions") -> "Iterator[Observation]":
            for sample in self._samples(name):
                if not isinstance(sample.value, Distribution):
                    yield Observation(sample.value, dict(sample.labels))

        return given

    def _samples(self, name: str) -> Iterable[Sample]:
        """Return a measure's samples, from a reading that it was not served yet."""
        with self._lock:
            if name in self._served or not self._reading:
                self._reading, self._served = self._read(), set()
            self._served.add(name)
            measure = self._reading.get(name)
        return measure.samples if measure else ()

    def _read(self) -> Mapping[str, Measure]:
        """Return all measures by name, distributions as counters."""
        return {
            measure.name: measure
            for found in self._gatherer.measures()
            for measure in _plain(found)
        }


def _plain(measure: Measure) -> Iterator[Measure]:
    """Yield a measure, or the three counters of a histogram."""
    if measure.kind is not Kind.HISTOGRAM:
        yield measure
        return
    for suffix, samples_of in _PARTS.items():
        samples = tuple(
            part for sample in measure.samples for part in samples_of(sample)
        )
        name = f"{measure.name}_{suffix}"
        yield Measure(name, measure.meaning, Kind.COUNTER, samples)


def _buckets(sample: Sample) -> Iterator[Sample]:
    """Yield how many values are at most each bound."""
    assert isinstance(sample.value, Distribution)  # noqa: S101 - was checked
    for bound, count in sample.value.buckets:
        le = "+Inf" if bound == float("inf") else str(float(bound))
        yield Sample(count, (*sample.labels, ("le", le)))


def _count(sample: Sample) -> Iterator[Sample]:
    """Yield how many values there were."""
    assert isinstance(sample.value, Distribution)  # noqa: S101 - was checked
    yield Sample(sample.value.count, sample.labels)


def _sum(sample: Sample) -> Iterator[Sample]:
    """Yield the values' sum."""
    assert isinstance(sample.value, Distribution)  # noqa: S101 - was checked
    yield Sample(sample.value.total, sample.labels)


_PARTS: Mapping[str, Callable[[Sample], Iterator[Sample]]] = {
    "bucket": _buckets,
    "count": _count,
    "sum": _sum,
}
