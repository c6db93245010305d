"""
Spans to an OpenTelemetry collector, over OTLP and HTTP.

The SDK reads the standard `OTEL_…` variables: where to, with which headers, which
resource, sampled how. Only the names of spans are ours: they are known beforehand.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from opentelemetry import trace as api
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from gonogo.adapters.telemetry.span import Moment, Span
from gonogo.adapters.telemetry.traces import History, Tracing
from gonogo.model.tracing import SpanId, TraceId
from gonogo.ports.telemetry import EngineMetrics

_EXPORTERS_LOGGER = OTLPSpanExporter.__module__
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SpansNotTaken(Exception):
    """The collector did not take a batch; the SDK has logged why."""

    def __init__(self, count: int) -> None:
        """Compose the message from how many were lost."""
        super().__init__(f"The collector did not take {count} spans.")


@contextmanager
def tracing(
    version: str, *, history: History, metrics: EngineMetrics
) -> Iterator[Tracing]:
    """Yield a watcher whose spans go where the environment says."""
    logging.getLogger(_EXPORTERS_LOGGER).addFilter(_Rarely())
    with closing(Tracing(Collector(version), history=history, metrics=metrics)) as own:
        yield own


class Collector:
    """
    Sends spans, some at a time; for one thread.

    Args:
        version: Of gonogo, as the scope of the spans.
        exporter: Whom they go to; by default what the environment names.
    """

    def __init__(self, version: str, exporter: SpanExporter | None = None) -> None:
        self._exporter = exporter or OTLPSpanExporter()
        self._names, self._gathered = _KnownNames(), _Gathering()
        self._provider = TracerProvider(
            id_generator=self._names,
            resource=_resource(version),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(self._gathered)
        self._tracer = self._provider.get_tracer("gonogo", version)

    def send(self, spans: Sequence[Span]) -> None:
        """
        Send spans, with the exporter's own retries.

        Raises:
            SpansNotTaken: They did not arrive.
        """
        for span in spans:
            self._record(span)
        batch = self._gathered.taken()
        if batch and self._exporter.export(batch) is not SpanExportResult.SUCCESS:
            raise SpansNotTaken(len(batch))

    def close(self) -> None:
        """End retries that are under way; nothing is sent any more."""
        self._exporter.shutdown()

    def _record(self, span: Span) -> None:
        self._names.trace, self._names.span = span.trace, span.span
        recorded = self._tracer.start_span(
            span.name,
            context=self._context(span),
            kind=SpanKind.SERVER if span.served else SpanKind.INTERNAL,
            attributes=span.attributes,
            links=[Link(self._named(span.trace, link)) for link in span.links],
            start_time=_nanoseconds(span.began),
        )
        for moment in span.moments:
            _add(recorded, moment)
        if span.bad is not None:
            recorded.set_status(Status(StatusCode.ERROR, span.bad))
        recorded.end(_nanoseconds(span.ended))

    def _context(self, span: Span) -> Context:
        """Return the context of the parent; an empty one for the rollout itself."""
        if span.parent is None:
            return Context()
        parent = NonRecordingSpan(self._named(span.trace, span.parent))
        return api.set_span_in_context(parent, Context())

    def _named(self, trace: TraceId, span: SpanId) -> SpanContext:
        """Return a span's context, sampled when its whole trace is."""
        sampled = self._provider.sampler.should_sample(None, trace, "RUN")
        dropped = sampled.decision is Decision.DROP
        flags = TraceFlags(TraceFlags.DEFAULT if dropped else TraceFlags.SAMPLED)
        return SpanContext(trace, span, is_remote=True, trace_flags=flags)


class _Rarely(logging.Filter):
    """
    Lets one word of the exporter's through a minute.

    It says at every batch that a collector is away, which would fill a terminal.
    """

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until_s = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.created < self._quiet_until_s:
            return False
        self._quiet_until_s = record.created + 60
        return True


class _KnownNames(IdGenerator):
    """Gives the names that were set, in place of random ones."""

    def __init__(self) -> None:
        self.trace, self.span = TraceId(1), SpanId(1)

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class _Gathering(SpanProcessor):
    """Keeps ended spans until they are taken; our outbox is the queue and thread."""

    def __init__(self) -> None:
        self._spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self._spans.append(span)

    def taken(self) -> list[ReadableSpan]:
        spans, self._spans = self._spans, []
        return spans


def _resource(version: str) -> Resource:
    """Return who sends: `gonogo`, unless OTEL_SERVICE_NAME or the like says else."""
    own = Resource({SERVICE_NAME: "gonogo", "service.version": version})
    return Resource.create().merge(own).merge(OTELResourceDetector().detect())


def _add(recorded: api.Span, moment: Moment) -> None:
    recorded.add_event(moment.name, moment.attributes, _nanoseconds(moment.at))


def _nanoseconds(at: datetime) -> int:
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 10**9 + passed.microseconds * 1000
