"""The trail: what of a rollout has begun and not ended, so that its spans can end."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

from gonogo.adapters.telemetry.span import BAD, Attributes, Moment, Result, Span
from gonogo.model.identifiers import RolloutId
from gonogo.model.plan import Plan
from gonogo.model.tracing import SpanId, trace_of

Key = tuple[Hashable, ...]
ROOT: Key = ("rollout",)

# As many events as the OpenTelemetry SDK keeps of a span by default: a soak that is
# reset every minute for a week must not fill the memory.
MOST_MOMENTS = 128


@dataclass(slots=True, kw_only=True)
class Begun:
    """A span that has not ended."""

    span: SpanId
    parent: SpanId | None
    name: str
    began: datetime
    attributes: dict[str, str | int | float | bool]
    links: tuple[SpanId, ...] = ()
    moments: list[Moment] = field(default_factory=list)


class Trail:
    """
    The spans of one rollout that are open, by what they are of.

    It is derived from the journal and may be forgotten at any time: replaying the
    journal gives the same trail, with the same spans.

    Attributes:
        plan: As it was at the last record taken; None before the first.
    """

    def __init__(
        self, rollout: RolloutId, started_at: datetime, plan: Plan | None = None
    ) -> None:
        """Begin the trail of a rollout, with nothing open."""
        self.plan = plan
        self.trace = trace_of(rollout, started_at)
        self._open: dict[Key, Begun] = {}
        self._ended: list[Span] = []

    def ended(self) -> tuple[Span, ...]:
        """Return the spans that ended since this was last asked, oldest first."""
        spans, self._ended = tuple(self._ended), []
        return spans

    def begin(  # noqa: D417  the attributes' names are their meaning
        self,
        key: Key,
        at: datetime,
        *,
        span: SpanId,
        name: str,
        within: Key | None,
        attributes: Attributes,
        links: tuple[SpanId, ...] = (),
    ) -> None:
        """
        Open a span, unless one of this key is open.

        Args:
            key: What it is of.
            at: On the wall clock.
            within: The key of its parent; the rollout's where that is not open.
        """
        if key in self._open:
            return
        self._open[key] = Begun(
            span=span,
            parent=self._span_of(within),
            name=name,
            began=at,
            attributes=dict(attributes),
            links=links,
        )

    def note(
        self, key: Key, at: datetime, name: str, **attributes: str | float
    ) -> None:
        """Add a moment to the span of a key, or to the rollout where none is open."""
        begun = self._open.get(key) or self._open.get(ROOT)
        if begun is not None and len(begun.moments) < MOST_MOMENTS:
            named = {f"gonogo.{word}": value for word, value in attributes.items()}
            begun.moments.append(Moment(at=at, name=f"gonogo.{name}", attributes=named))

    def end(
        self,
        key: Key,
        at: datetime,
        result: Result,
        *,
        kind: str = "",
        attributes: Attributes | None = None,
    ) -> None:
        """
        End the span of a key, if one is open.

        Args:
            key: What it is of.
            at: On the wall clock.
            result: What came of it.
            kind: The class of the error, for a bad result; the result when empty.
            attributes: Added to those it began with.
        """
        begun = self._open.pop(key, None)
        if begun is None:
            return
        bad = (kind or result) if result in BAD else None
        failed = {"error.type": bad} if bad else {}
        self._ended.append(
            Span(
                trace=self.trace,
                span=begun.span,
                parent=begun.parent,
                name=begun.name,
                began=begun.began,
                ended=max(at, begun.began),
                attributes={**begun.attributes, **(attributes or {}), **failed},
                moments=tuple(begun.moments),
                links=begun.links,
                bad=bad,
                served=key == ROOT,
            )
        )

    def open_keys(self, *kinds: str) -> tuple[Key, ...]:
        """Return the keys of these kinds that are open, the last begun first."""
        return tuple(key for key in reversed(self._open) if key[0] in kinds)

    def _span_of(self, key: Key | None) -> SpanId | None:
        begun = self._open.get(key or ROOT) or self._open.get(ROOT)
        return begun.span if begun else None
