"""
Tracing: the names under which a rollout is known to distributed tracing.

They are derived and never drawn, so that every process and machine that ever works on
a rollout adds to the same trace, without a span being kept open for weeks.
"""

from datetime import datetime
from hashlib import sha256
from typing import NewType

from gonogo.model.identifiers import RolloutId

TraceId = NewType("TraceId", int)
SpanId = NewType("SpanId", int)


def trace_of(rollout: RolloutId, started_at: datetime) -> TraceId:
    """
    Return the trace of a rollout: 128 bits, never zero.

    The instant is part of it: two journals may each have a rollout of one name.
    """
    return TraceId(_number("trace", rollout, started_at.isoformat(), size=16))


def span_of(trace: TraceId, *parts: object) -> SpanId:
    """Return the span of a part of a rollout: 64 bits, never zero."""
    return SpanId(_number("span", trace, *parts, size=8))


def work_span(trace: TraceId, subject: str, attempt: int) -> SpanId:
    """Return the span of one attempt at a piece of work, named as `Ticket` does."""
    return span_of(trace, "work", subject, attempt)


def root_span(trace: TraceId) -> SpanId:
    """Return the span of the rollout itself."""
    return span_of(trace, "rollout")


def traceparent_of(
    rollout: RolloutId, started_at: datetime, subject: str, attempt: int | None
) -> str:
    """
    Return what a process is told that does a piece of work, named as `Ticket` does.

    What it traces then stands below the attempt, or, for a look without one, below
    the rollout.

    Source: W3C Trace Context, the `traceparent` header; `01` stands for sampled. In
    the environment of a process it is `TRACEPARENT`, by the OpenTelemetry
    specification of environment variables as carriers.
    """
    trace = trace_of(rollout, started_at)
    span = root_span(trace) if attempt is None else work_span(trace, subject, attempt)
    return f"00-{trace:032x}-{span:016x}-01"


def _number(*parts: object, size: int) -> int:
    """Return a number of so many bytes; zero stands for none in W3C's format."""
    text = "\n".join(str(part) for part in parts)
    return int.from_bytes(sha256(text.encode()).digest()[:size]) or 1
