"""Spans: the parts of a trace, as values; `spans` finds them, `traces` sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gonogo.model.tracing import SpanId, TraceId

Attributes = Mapping[str, str | int | float | bool]
Result = Literal[
    "success", "failure", "error", "timeout", "cancellation", "skip", "inconclusive"
]
"""What came of a part; all but the last as the semantic conventions for CI/CD name it."""

BAD: frozenset[Result] = frozenset({"failure", "error", "timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened within a span, at an instant of the wall clock."""

    at: datetime
    name: str
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """
    One part of a rollout that has ended.

    Attributes:
        parent: None for the rollout itself.
        began: On the wall clock, as `ended`; a paced rollout is traced as it ran.
        links: Spans of the same trace that it has to do with.
        bad: Why it went wrong, as a class of errors; None when it did not.
        served: Whether it is the entry into gonogo, by the conventions for CI/CD.
    """

    trace: TraceId
    span: SpanId
    parent: SpanId | None
    name: str
    began: datetime
    ended: datetime
    attributes: Attributes = field(default_factory=dict)
    moments: tuple[Moment, ...] = ()
    links: tuple[SpanId, ...] = ()
    bad: str | None = None
    served: bool = False
