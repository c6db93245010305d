"""What each event means for a trace, told apart by its type; each subject has its own."""

from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from gonogo.adapters.telemetry.trail import Trail
from gonogo.decision.state import RolloutState


@dataclass(frozen=True, slots=True)
class Seen:
    """When an event was recorded, as which record, and the state after it or later."""

    at: datetime
    seq: int
    state: RolloutState


@singledispatch
def take(event: Any, seen: Seen, trail: Trail) -> None:  # noqa: ANN401
    """Leave an event out that is no part of a trace, such as a measurement."""
    del event, seen, trail


_NOTHING = take.dispatch(object)


def concerns(event: object) -> bool:
    """Return whether an event begins, ends or marks a part of a trace."""
    return take.dispatch(type(event)) is not _NOTHING
