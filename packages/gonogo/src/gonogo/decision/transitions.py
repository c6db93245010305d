"""
The legal moves of a rollout, a step and an undo, as data.

Anything else is `IllegalTransition`: a defect of gonogo, caught before it is
journaled. The diagrams in `docs/reference/states.md` are drawn from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class Phase(StrEnum):
    """Where a rollout stands; the last two are its ends."""

    RUNNING = "running"
    ROLLING_BACK = "rolling_back"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"


class StepPhase(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    UNDER_WAY = "under_way"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    DONE = "done"


class UndoPhase(StrEnum):
    """Where one undo stands; it is armed when its action is intended."""

    ARMED = "armed"
    UNDER_WAY = "under_way"
    UNDONE = "undone"
    HANDED_OVER = "handed_over"


ROLLOUT: Mapping[Phase, frozenset[Phase]] = {
    Phase.RUNNING: frozenset({Phase.ROLLING_BACK, Phase.COMPLETED}),
    Phase.ROLLING_BACK: frozenset({Phase.ROLLED_BACK}),
    Phase.COMPLETED: frozenset(),
    Phase.ROLLED_BACK: frozenset(),
}

STEP: Mapping[StepPhase, frozenset[StepPhase]] = {
    StepPhase.PENDING: frozenset(
        {StepPhase.UNDER_WAY, StepPhase.FAILED, StepPhase.DONE}
    ),
    # Back to pending: a check is tried again, a person lets a soak start anew.
    StepPhase.UNDER_WAY: frozenset(
        {StepPhase.PENDING, StepPhase.IN_DOUBT, StepPhase.FAILED, StepPhase.DONE}
    ),
    StepPhase.IN_DOUBT: frozenset(
        {StepPhase.PENDING, StepPhase.UNDER_WAY, StepPhase.FAILED, StepPhase.DONE}
    ),
    # A person lets it be tried again, or two leave it out.
    StepPhase.FAILED: frozenset({StepPhase.PENDING, StepPhase.DONE}),
    # A consent that lapsed before its stage was left is asked for again.
    StepPhase.DONE: frozenset({StepPhase.PENDING}),
}

UNDO: Mapping[UndoPhase, frozenset[UndoPhase]] = {
    UndoPhase.ARMED: frozenset({UndoPhase.UNDER_WAY, UndoPhase.HANDED_OVER}),
    UndoPhase.UNDER_WAY: frozenset(
        {UndoPhase.ARMED, UndoPhase.UNDONE, UndoPhase.HANDED_OVER}
    ),
    UndoPhase.UNDONE: frozenset(),
    # A person lets it be tried again.
    UndoPhase.HANDED_OVER: frozenset({UndoPhase.ARMED}),
}


class IllegalTransition(AssertionError):
    """The machine was about to make a move that its tables do not hold."""

    def __init__(self, subject: str, before: StrEnum | None, after: StrEnum) -> None:
        """Compose the message from the move; without `before` there is no subject."""
        if before is None:
            super().__init__(f"{subject} is not known and may not become {after}.")
        else:
            super().__init__(f"{subject}: {before} may not become {after}.")


P = TypeVar("P", bound=StrEnum)


def moved(table: Mapping[P, frozenset[P]], subject: str, before: P, after: P) -> P:
    """
    Return `after`, when the table lets `before` become it.

    Raises:
        IllegalTransition: It does not. Staying put is always legal.
    """
    if after is not before and after not in table[before]:
        raise IllegalTransition(subject, before, after)
    return after
