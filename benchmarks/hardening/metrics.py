"""Metrics: what counting costs on the way, and what a scrape costs afterwards."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client import Histogram as TheirHistogram
from prometheus_client.exposition import generate_latest

from benchmarks.form import Row
from benchmarks.paired import timings
from hardening.breaker import Circuits
from hardening.core import Histogram
from hardening.metrics import Collector

COUNTER = "prometheus_client: Counter.inc"
HISTOGRAM = "prometheus_client: Histogram.observe"
CIRCUITS = 9
"""As many as the founding plans have."""


class Numbers:
    """What a piece counts in."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0

    def count(self) -> None:
        """Count a call."""
        self.calls += 1


def measure() -> Iterator[Row]:
    """Yield nanoseconds of a count, and microseconds of a scrape."""
    registry = CollectorRegistry()
    counter = Counter("calls", "Calls.", ["name"], registry=registry).labels("a")
    theirs = TheirHistogram("waits", "Waits.", ["name"], registry=registry).labels("a")
    numbers, ours = Numbers(), Histogram()
    calls = {
        COUNTER: counter.inc,
        "a plain integer": numbers.count,
        HISTOGRAM: lambda: theirs.observe(0.03),
        "Histogram.observe": lambda: ours.observe(0.03),
    }
    taken = timings(calls, number=5_000)
    peers = {"a plain integer": COUNTER, "Histogram.observe": HISTOGRAM}
    for name in calls:
        against = peers.get(name)
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=against,
            ratio=taken.ratio(name, against) if against else None,
        )
    yield _scrape()


def _scrape() -> Row:
    """Return what reading and writing nine circuits takes."""
    circuits, registry = Circuits(), CollectorRegistry()
    for number in range(CIRCUITS):
        circuits.get(f"service-{number}").call(int)
    registry.register(Collector([circuits]))
    name = f"a scrape of {CIRCUITS} circuits"
    taken = timings({name: lambda: generate_latest(registry)}, number=20)
    return Row(figure=name, value=taken.median_ns(name) / 1e3, unit="µs")
