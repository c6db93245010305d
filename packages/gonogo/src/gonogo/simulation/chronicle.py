"""The chronicle: what has happened so far that rules of the script depend on."""

from bisect import bisect_right
from datetime import datetime

from gonogo.model.identifiers import StageId
from gonogo.simulation.script.when import Moment


class Chronicle:
    """
    When stages were entered, and how many users met the change since when.

    It answers for any instant up to now, so that what was true then can be asked.
    """

    def __init__(self, started_at: datetime) -> None:
        """Begin before the first stage, with nobody exposed."""
        self.started_at = started_at
        self._entered: dict[StageId, datetime] = {}
        self._stage_times: list[datetime] = []
        self._stages: list[StageId] = []
        self._level_times: list[datetime] = [started_at]
        self._levels: list[float] = [0.0]

    def enter(self, stage: StageId, at: datetime) -> None:
        """Take note that a stage is entered."""
        self._entered.setdefault(stage, at)
        self._stage_times.append(at)
        self._stages.append(stage)

    def expose(self, pct: float, at: datetime) -> None:
        """Take note of the share of the users that meets the change from now on."""
        if pct == self._levels[-1]:
            return
        if at <= self._level_times[-1]:
            self._levels[-1] = pct
            return
        self._level_times.append(at)
        self._levels.append(pct)

    def levels(self) -> tuple[tuple[datetime, float], ...]:
        """Return every level, oldest first, with the instant it began."""
        return tuple(zip(self._level_times, self._levels, strict=True))

    def exposure_at(self, at: datetime) -> float:
        """Return how many users met the change then, in percent."""
        place = bisect_right(self._level_times, at) - 1
        return self._levels[place] if place >= 0 else 0.0

    def stage_at(self, at: datetime) -> StageId | None:
        """Return the stage that the rollout was in then."""
        place = bisect_right(self._stage_times, at) - 1
        return self._stages[place] if place >= 0 else None

    def instant(self, moment: Moment) -> datetime | None:
        """Return when a moment is; None while its stage is not entered."""
        if moment.at is not None:
            return moment.at
        if moment.stage is None:
            return self.started_at + moment.after
        entered = self._entered.get(moment.stage)
        return None if entered is None else entered + moment.after
