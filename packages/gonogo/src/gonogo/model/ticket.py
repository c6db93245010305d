"""A ticket: which piece of a rollout's work an operator is asked to do."""

from dataclasses import dataclass, field
from datetime import datetime

from gonogo.model.identifiers import RolloutId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """
    Names a piece of work, the same for every worker that ever asks for it.

    Attributes:
        subject: The step, the metric, or 'undo/' and the number of an undo.
        attempt: Of an action or undo, from 1: a deed, journaled before it is begun
            and never begun twice. None for a look, which changes nothing.
        traceparent: What a process that does the work is told, so that what it traces
            stands below the rollout (W3C Trace Context). '' where nobody traces.
        since: Of a look: the instant of the one before, where the stretch begins that
            it asks about. None where there was none.
        at: Of a look: as of when it counts, where the stretch ends. None for now.
    """

    rollout: RolloutId
    subject: str
    attempt: int | None = None
    traceparent: str = field(default="", compare=False)
    since: datetime | None = field(default=None, compare=False)
    at: datetime | None = field(default=None, compare=False)
