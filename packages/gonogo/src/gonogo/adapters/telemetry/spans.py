"""
A rollout as a trace: from the records of a journal to spans. Pure.

The rollout is the root, its stages and its rollback are below it, steps below their
stages, attempts and questions below their steps. A part's span is made when the part
has ended, from what the journal says of its begin. People's names and what they wrote
are left out: the journal and the report are where they belong.
"""

from collections.abc import Iterable

from gonogo.adapters.telemetry.span import Span
from gonogo.adapters.telemetry.spanning import Seen, concerns, take
from gonogo.adapters.telemetry.trail import Trail
from gonogo.decision.state import RolloutState
from gonogo.model.record import Record

__all__ = ["concerns", "follow", "spans_of"]


def spans_of(records: Iterable[Record], state: RolloutState) -> tuple[Span, ...]:
    """
    Return the spans of a rollout that have ended, in the order in which they did.

    Args:
        records: From the first on, without a gap.
        state: After the last of them.
    """
    trail = Trail(state.rollout, state.started_at)
    for record in records:
        follow(trail, record, state)
    return trail.ended()


def follow(trail: Trail, record: Record, state: RolloutState) -> None:
    """Take one more record into a trail; `state` is the one after it, or a later one."""
    seen = Seen(at=record.recorded_at, seq=record.seq, state=state)
    take(record.event, seen, trail)
