"""Metrics: 500 workers are scraped in turns; those with the piece show its numbers."""

import time
from collections import deque
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest

from hardening.core import Measure, Measured
from hardening.metrics import Collector, MetricsSourceFailed
from hardening.retry import Policy, Retrier

from .piece import Piece, SimulatedClock, Upstream, UpstreamFailed
from .place import Place


class Service(Piece):
    """Answers scrapes; broken, one of the sources raises."""

    def __init__(self, place: Place) -> None:
        self._switch = place.switch
        self._upstream = Upstream()
        policy = Policy(on=UpstreamFailed)
        self._retrier = Retrier(policy, name="orders", clock=SimulatedClock())
        sources: list[Measured] = [Broken()] if place.is_broken else [self._retrier]
        self._registry = CollectorRegistry()
        self._registry.register(Collector(sources, listener=self._note))
        self._errors = self._series = 0
        self._spans_s: deque[float] = deque([0.0], maxlen=100)

    def serve(self, user: str) -> None:
        """Do a worker's work, and answer its scrape."""
        self._retrier.call(self._upstream.ask, user)
        if not self._switch():
            return
        start_s = time.perf_counter()
        page = generate_latest(self._registry).decode()
        self._spans_s.append(time.perf_counter() - start_s)
        self._series = sum(not line.startswith("#") for line in page.splitlines())

    def readings(self) -> Mapping[str, float]:
        """Return how scrapes went, and how much they showed."""
        spans_s = sorted(self._spans_s)
        return {
            "metrics_source_errors": self._errors,
            "metrics_series": self._series,
            "metrics_scrape_ms": 1000 * spans_s[len(spans_s) // 2],
        }

    def _note(self, _: MetricsSourceFailed) -> None:
        """Count a source that could not be read."""
        self._errors += 1


class Broken:
    """A source that cannot be read."""

    def measures(self) -> Iterable[Measure]:
        """Fail."""
        raise UpstreamFailed
