"""
Metrics: the plain numbers that pieces keep, read at the time of the scrape.

    REGISTRY.register(Collector([circuits, pool]))  # prometheus_client
    observe(meter, [circuits, pool])  # OpenTelemetry

A counter of a metrics library costs more than a closed breaker does, so that no piece
has one. Names and labels are the same in both. A source that raises costs the others
nothing: it is counted in `hardening_metrics_source_errors`, and the listener is told.
"""

from hardening.metrics.events import MetricsSourceFailed
from hardening.metrics.gather import BadMeasure, Gatherer
from hardening.metrics.opentelemetry import Observer, observe
from hardening.metrics.prometheus import Collector

__all__ = [
    "BadMeasure",
    "Collector",
    "Gatherer",
    "MetricsSourceFailed",
    "Observer",
    "observe",
]
