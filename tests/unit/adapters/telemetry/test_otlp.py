"""Traces over OTLP: what a collector on this machine receives."""

from datetime import UTC, datetime

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from gonogo.adapters.telemetry.otlp import Collector, SpansNotTaken, tracing
from gonogo.adapters.telemetry.spans import spans_of
from gonogo.ports.telemetry import UNMEASURED
from tests.conformance.played import Played
from tests.conformance.receiving import receiving


@pytest.fixture
def collector(monkeypatch):
    """Give the inbox of a collector that the environment names."""
    with receiving() as inbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", inbox.url)
        yield inbox


def received(inbox):
    """Return the spans of every request, as they came, and their resources."""
    spans, resources = [], []
    for request in inbox.all():
        message = ExportTraceServiceRequest.FromString(request.body)
        for group in message.resource_spans:
            resources.append(values(group.resource.attributes))
            for scope in group.scope_spans:
                spans.extend(scope.spans)
    return spans, resources


def values(attributes):
    """Return attributes by name, as text."""
    return {each.key: each.value.string_value for each in attributes}


def traced(played, how, version="1.2.3"):
    """Play a rollout before a tracing watcher."""
    history = played.journal.read
    with tracing(version, history=history, metrics=UNMEASURED) as watcher:
        played.watchers = [watcher]
        getattr(played, how)()


def test_a_rollout_arrives_as_one_trace_under_its_derived_names(collector):
    """Names, parents, times, links, moments and status are those of the journal."""
    played = Played()
    traced(played, "tripped")
    spans, _ = received(collector)
    expected = {span.span: span for span in spans_of(played.records, played.state)}
    assert set(expected) == {int.from_bytes(span.span_id) for span in spans}
    for span in spans:
        known = expected[int.from_bytes(span.span_id)]
        assert known.trace == int.from_bytes(span.trace_id)
        assert known.parent == (int.from_bytes(span.parent_span_id) or None)
        assert known.name == span.name
        assert known.began == instant(span.start_time_unix_nano)
        assert known.ended == instant(span.end_time_unix_nano)
        assert [m.name for m in known.moments] == [event.name for event in span.events]
        assert list(known.links) == [int.from_bytes(x.span_id) for x in span.links]
        assert (known.bad or "") == span.status.message


def instant(nanoseconds):
    """Return an instant; the journal's have no fractions here."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC)


def test_the_root_is_of_kind_server_and_names_the_pipeline(collector):
    """By the semantic conventions for CI/CD."""
    traced(Played(), "completed")
    spans, _ = received(collector)
    root = next(span for span in spans if not span.parent_span_id)
    assert root.SPAN_KIND_SERVER == root.kind
    assert "r-1" == values(root.attributes)["cicd.pipeline.run.id"]


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "gonogo"),
        ({"OTEL_SERVICE_NAME": "rollouts"}, "rollouts"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=ours,team=a"}, "ours"),
    ],
)
def test_the_standard_variables_say_who_sends(collector, monkeypatch, variables, name):
    """Nothing is configured in a way of our own."""
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    traced(Played(), "completed")
    _, resources = received(collector)
    assert name == resources[0]["service.name"]
    assert "1.2.3" == resources[0]["service.version"]


def test_a_sampler_takes_a_trace_whole_or_not_at_all(collector, monkeypatch):
    """Parts of a trace would mislead; the same rollout is sampled alike by everyone."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    traced(Played(), "completed")
    assert ([], []) == received(collector)


def test_a_collector_that_refuses_is_said_to_have_refused(collector):
    """What was not taken is counted by whoever sends."""
    collector.statuses.append(400)
    played = Played()
    played.completed()
    sender = Collector("1.2.3")
    with pytest.raises(SpansNotTaken, match="6 spans"):
        sender.send(spans_of(played.records, played.state)[:6])
    sender.close()
