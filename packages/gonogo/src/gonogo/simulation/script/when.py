"""When a line of the script is true: instants that are not known yet, and conditions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gonogo.model.identifiers import StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """
    An instant to come: so long after the start, or after a stage is entered.

    Attributes:
        after: Zero: at that very instant.
        stage: None: counted from the start of the rollout.
        at: An instant of the calendar instead.
    """

    after: timedelta = timedelta()
    stage: StageId | None = None
    at: datetime | None = None


class Side(StrEnum):
    """On which side of a share of the users something is so."""

    AT_LEAST = "at"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An exposure at which something is so: 'at 5 % exposure' and from there up."""

    side: Side
    pct: float

    def holds(self, exposure_pct: float) -> bool:
        """Tell whether an exposure lies on the side that is meant."""
        if self.side is Side.BELOW:
            return exposure_pct < self.pct
        if self.side is Side.ABOVE:
            return exposure_pct > self.pct
        return exposure_pct >= self.pct


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """
    When something is so; every part that is given has to hold.

    Attributes:
        start: None: always, or with `lasts` from the first time that it matters.
        end: The instant itself does not belong to it any more.
        stage: While the rollout is in this stage.
    """

    start: Moment | None = None
    end: Moment | None = None
    lasts: timedelta | None = None
    share: Share | None = None
    stage: StageId | None = None


ALWAYS = When()
