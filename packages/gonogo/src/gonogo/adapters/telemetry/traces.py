"""
The watcher that traces: records become spans, and spans go to a collector.

On the engine's thread a record is looked at and handed on. The rest happens on the
outbox's thread: the open spans of a rollout are kept there, and are found again from
its journal when another process began them.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gonogo.adapters.telemetry.continuity import Continuity
from gonogo.adapters.telemetry.outbox import Outbox
from gonogo.adapters.telemetry.span import Span
from gonogo.adapters.telemetry.spans import concerns, follow
from gonogo.adapters.telemetry.trail import Trail
from gonogo.decision.state import RolloutState
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.ports.telemetry import EngineMetrics

History = Callable[[RolloutId], Sequence[Record]]

# A trail is about 2 KB; one that was let go of costs a read of its journal.
_MOST_TRAILS = 10_000
# Spans go together with what ends within this time.
_LINGER_S = 1.0


class Sender(Protocol):
    """Whoever takes spans away; for one thread."""

    def send(self, spans: Sequence[Span]) -> None:
        """Send spans; raise when they did not arrive."""
        ...

    def close(self) -> None:
        """End what is under way; from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """Records that concern a trace; `whole` when none were missed before them."""

    state: RolloutState
    records: tuple[Record, ...]
    whole: bool


class Tracing:
    """
    Implements `runner.watching.Watcher`.

    Args:
        sender: Takes the spans.
        history: Reads a rollout's records from the first on; from another thread.
        metrics: Is told what was dropped.
    """

    def __init__(
        self, sender: Sender, *, history: History, metrics: EngineMetrics
    ) -> None:
        self._sender, self._history = sender, history
        self._continuity = Continuity()
        self._trails: OrderedDict[RolloutId, Trail] = OrderedDict()
        self._outbox: Outbox[_Seen] = Outbox(
            "traces", self._deliver, metrics=metrics, linger_s=_LINGER_S
        )

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Hand on what concerns a trace, without waiting."""
        if not records:
            return
        kept = tuple(record for record in records if concerns(record.event))
        self._continuity.seen(
            records,
            ended=state.ended,
            offer=lambda whole: self._outbox.offer(_Seen(state, kept, whole)),
            wanted=bool(kept),
        )

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        self._outbox.close()
        self._sender.close()

    # -- on the outbox's thread ------------------------------------------------

    def _deliver(self, seen: Sequence[_Seen]) -> None:
        spans = [span for each in seen for span in self._ended(each)]
        if spans:
            self._sender.send(spans)

    def _ended(self, seen: _Seen) -> tuple[Span, ...]:
        state = seen.state
        if not seen.whole:
            self._trails.pop(state.rollout, None)
        trail = self._trail(state, seen.records[0].seq)
        for record in seen.records:
            follow(trail, record, state)
        if state.ended:
            self._trails.pop(state.rollout, None)
        return trail.ended()

    def _trail(self, state: RolloutState, seq: int) -> Trail:
        """Return the trail up to a record, from the journal when it is not at hand."""
        trail = self._trails.pop(state.rollout, None)
        if trail is None:
            trail = Trail(state.rollout, state.started_at)
            before = self._history(state.rollout) if seq > 1 else ()
            for record in before[: seq - 1]:
                follow(trail, record, state)
            trail.ended()  # whoever saw these end has sent them
        self._trails[state.rollout] = trail
        if len(self._trails) > _MOST_TRAILS:
            self._trails.popitem(last=False)
        return trail
