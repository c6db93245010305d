"""
Ready metrics: what teams measure in a rollout, by name, with the queries for it.

`ready("p99 latency", "prometheus")` gives the queries, and what a judge has to know of
them; the catalogue never guesses: words that it does not know whole are not bound.
"""

from gonogo.document.ready_metrics.catalogue import (
    CATALOGUE,
    named,
    ready,
    source_kinds,
)
from gonogo.document.ready_metrics.definition import (
    Definition,
    ParameterMissing,
    ParameterUnknown,
    Ready,
)

__all__ = [
    "CATALOGUE",
    "Definition",
    "ParameterMissing",
    "ParameterUnknown",
    "Ready",
    "named",
    "ready",
    "source_kinds",
]
