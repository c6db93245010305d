"""What is scripted: how much goes wrong in a world, drawn from its seed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from gonogo.model.operation import Operation, Query
from gonogo.model.verdict import Observation
from gonogo.testing.clock import NOON
from gonogo.testing.plans import BAD, GOOD, Dice, chance, pick
from gonogo.testing.world import sampling

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Moment(IntEnum):
    """Between which steps of a turn the runner dies."""

    DECIDED = 0
    JOURNALED = 1
    PERFORMING = 2
    PERFORMED = 3


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How much goes wrong, in percent of the cases."""

    probes: int = 6
    actions: int = 8
    undos: int = 15
    people: int = 10
    crashes: int = 2
    repeats: int = 4
    meddling: int = 2


CALM = Weather(probes=0, actions=0, undos=0, people=0, crashes=0, repeats=0, meddling=0)
WEATHERS = (
    Weather(),
    CALM,
    replace(CALM, crashes=8, undos=20),
    replace(CALM, probes=15, actions=3),
    replace(CALM, people=30, meddling=6),
    Weather(probes=15, actions=20, undos=50, people=25, crashes=6, repeats=20),
)


class Script(Dice):
    """
    The dice of one world, and how they are loaded.

    Attributes:
        seed: What it is all drawn from; other dice may be too.
        weather: How much goes wrong.
        kind: From now on nothing goes wrong any more.
    """

    def __init__(self, seed: object, *, weather: Weather | None) -> None:
        """Take the seed; without a weather, draw that too."""
        super().__init__("world", seed)
        self.seed = seed
        self.weather = pick(self, WEATHERS) if weather is None else weather
        self.kind = False

    def wrong(self, percent: int) -> bool:
        """Tell whether something goes wrong that does in so many of a hundred cases."""
        return not self.kind and chance(self, percent)

    def moment_of_death(self) -> Moment | None:
        """Return when in a turn the runner dies; None when it lives on."""
        return Moment(self.number(3)) if self.wrong(self.weather.crashes) else None

    def lateness(self) -> timedelta:
        """Return by how much a tick comes late."""
        late = chance(self, 10)
        return SECOND * self.number(90) if late else timedelta(0)

    def failure(self) -> tuple[Observation, bool]:
        """Return how something fails, and whether it took effect all the same."""
        failures = (
            Observation(error="it hung until its deadline"),
            Observation(exit_status=1, output="no"),
            Observation(http_status=500, output="no"),
        )
        return pick(self, failures), chance(self, 50)

    def metric(
        self, name: str, at: datetime, operation: Operation, since: datetime | None
    ) -> Observation:
        """Return what a metric reads: its mood lasts for a quarter of an hour."""
        moods = Dice("mood", self.seed, name, (at - NOON) // (15 * MINUTE))
        well = self.kind or not chance(moods, self.weather.probes)
        if isinstance(operation, Query):
            return self._counted(name, at, operation, since or at, moods, well=well)
        if well:
            return Observation(value=GOOD)
        if chance(moods, 50):
            return Observation(value=BAD)
        readings = (
            Observation(error="refused"),
            Observation(),
            Observation(value=float("nan")),
            Observation(value="fine"),
            Observation(exit_status=2, output="1"),
        )
        return pick(moods, readings)

    def _counted(
        self,
        name: str,
        at: datetime,
        query: Query,
        since: datetime,
        moods: Dice,
        *,
        well: bool,
    ) -> Observation:
        """Return what a source gives; how much traffic there is stays the same."""
        lasting = Dice("traffic", self.seed, name)
        if well:
            return sampling.asked(query, lasting, since, at)
        if chance(moods, 30):
            return sampling.broken(query, lasting, since, at)
        return sampling.lying(query, moods, since, at)
