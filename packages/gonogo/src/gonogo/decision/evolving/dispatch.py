"""The fold of one event, told apart by its type; each subject registers its own."""

from functools import singledispatch
from typing import Any

from gonogo.decision.state import RolloutState


@singledispatch
def fold(event: Any, state: RolloutState) -> RolloutState:  # noqa: ANN401
    """Return the state unchanged: some events only bear witness."""
    del event
    return state
