"""The standing of a rollout: what others ask of it, without replaying its journal."""

from dataclasses import dataclass
from datetime import datetime

from gonogo.model.identifiers import RolloutId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    One line about a rollout, written with every append and derived from its state.

    Attributes:
        phase: As `decision.transitions.Phase` writes it.
        due: When the machine has to be woken next, in the time of the plan; None for
            never, or for an ended rollout.
        ended_at: None while it is under way. At most one rollout that is under way
            holds a service and environment.
        soaking: It only holds: time and measurements bring it on. Else work may be
            under way, or somebody asked, that a runner taking over begins again.
    """

    rollout: RolloutId
    service: str
    environment: str
    title: str
    digest: str
    phase: str
    started_at: datetime
    due: datetime | None = None
    ended_at: datetime | None = None
    soaking: bool = False
