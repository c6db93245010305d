"""What is usual of the metrics of a document, read from its sources just now."""

from collections.abc import Mapping

from gonogo.analysis.expecting import Expected
from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document
from gonogo.entrypoints.cli.looking_back import past_of
from gonogo.model.identifiers import MetricName
from gonogo.model.operation import Query
from gonogo.model.plan import Plan


def expected_of(document: Document, plan: Plan) -> Mapping[MetricName, Expected]:
    """Return what the sources of a plan know of the last day, by metric."""
    now = clock_for(1, None).wall()
    with past_of(document, plan) as past:
        return {
            metric.name: past.expected(metric, now)
            for metric in plan.metrics
            if isinstance(metric.probe, Query)
        }
