"""What a simulation found: values, ready to be shown or written as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gonogo.decision.state import RolloutState
from gonogo.model.event import Event
from gonogo.model.identifiers import GateId, MetricName, StageId


class Ending(StrEnum):
    """How a simulated rollout ends."""

    COMPLETED = "completed"
    ROLLED_BACK = "rolled back"
    WAITING = "waiting"
    CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """So many users meet the change from an instant on."""

    at: datetime
    pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpan:
    """A stage that was entered; `left` None: it never was left forwards."""

    stage: StageId
    title: str
    line: int
    entered: datetime
    left: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """
    The gate that turned the rollout back, and how fast that went.

    Attributes:
        began: When the metric really went beyond its limit.
        tripped: When that was decided on.
        undo_begun: None: nothing was undone.
        undo_finished: None: something was left undone.
    """

    gate: GateId
    metric: MetricName
    title: str
    line: int
    reason: str
    began: datetime
    tripped: datetime
    undo_begun: datetime | None
    undo_finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFound:
    """
    One entry of the way back, newest first.

    Attributes:
        how: 'undone', 'by hand', or 'not reached'.
        what: What was done, or has to be, or why a person has to.
    """

    title: str
    line: int
    how: str
    what: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody was asked; `until` None: nobody answered."""

    who: str
    what: str
    line: int | None
    at: datetime
    until: datetime | None
    came: str

    @property
    def waited(self) -> timedelta | None:
        """Return how long it took; None when it never came."""
        return None if self.until is None else self.until - self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """
    How much of the users' time met the change.

    Attributes:
        user_minutes: None where the traffic is not known.
        full_minutes: The same as minutes of all users.
    """

    full_minutes: float
    user_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """
    One simulated rollout.

    Attributes:
        reason: Why it ended so, or what it waits for; '' when completed.
        journal: Every event, oldest first, as a real run would journal them.
        states: The state after each event.
        exposed_after_breach: None: no gate was broken.
        left_exposed_pct: What share still meets the change at the end.
        notes: What was assumed, as sentences.
    """

    ending: Ending
    reason: str
    started_at: datetime
    ended_at: datetime
    state: RolloutState
    journal: tuple[Event, ...]
    levels: tuple[Level, ...]
    stages: tuple[StageSpan, ...]
    breach: Breach | None
    undos: tuple[UndoFound, ...]
    asked: tuple[Asked, ...]
    exposed: Exposed
    exposed_after_breach: Exposed | None
    left_exposed_pct: float
    notes: tuple[str, ...]
    turns: int

    @property
    def lasted(self) -> timedelta:
        """Return how long the rollout took."""
        return self.ended_at - self.started_at


def peak(levels: Sequence[Level]) -> float:
    """Return the highest share that was reached, in percent."""
    return max((level.pct for level in levels), default=0.0)
