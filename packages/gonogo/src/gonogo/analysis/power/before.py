"""
Where only a period before the change exists: what days that differ leave to be shown.

Source: STATISTICS 3.6, formulas (5) and (6).
"""

import math
from dataclasses import dataclass, replace

from gonogo.analysis.grid import harm_grid
from gonogo.analysis.power.normal import chance_below, root


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """
    A canary against what was before, without a control at the same time.

    Attributes:
        events: Expected of the canary in the soak if nothing changed; > 0.
        cv: The uncertainty of today's rate, as a share; > 0.
        alpha: The share of false alarms; all of it goes to the looks on the way.
    """

    limit: float
    events: float
    cv: float
    alpha: float
    direction: int = 1

    @property
    def acts_from(self) -> float:
        """Return the limit itself."""
        return self.limit

    @property
    def wavers(self) -> float:
        """Return how far today may be off, days and counts together."""
        return math.sqrt(self.cv**2 + 1 / self.events)

    def power(self, rise: float) -> float:
        """Return how likely the evidence ends above its bar, averaged over days."""
        needed = self._needed()
        if needed is None:
            return 0.0
        spread = math.sqrt(self.cv**2 + 1 / (self.events * rise))
        return chance_below(math.log(self.events * rise / needed) / spread)

    def within(self, limit: float) -> float:
        """Return 0: a day that differs is no proof that nothing changed."""
        del limit
        return 0.0

    def detection(self, rise: float) -> float:
        """Return when the evidence of an ordinary day passes its bar."""
        grid = self._grid()

        def ahead(log_part: float) -> float:
            events = self.events * math.exp(log_part)
            return self._evidence(events * rise, events, grid) + math.log(self.alpha)

        if ahead(LONGEST) < 0:
            return math.inf
        return math.exp(root(ahead, SHORTEST, LONGEST))

    def scaled(self, factor: float) -> "Before":
        """Return that of so many times the events; the days differ all the same."""
        return replace(self, events=self.events * factor)

    def _needed(self) -> float | None:
        """Return how many events prove harm at the soak's end; None: no number does."""
        grid = self._grid()

        def ahead(log_rise: float) -> float:
            seen = self.events * math.exp(log_rise)
            return self._evidence(seen, self.events, grid) + math.log(self.alpha)

        if ahead(MOST) < 0:
            return None
        return self.events * math.exp(root(ahead, 0.0, MOST))

    def _grid(self) -> tuple[float, ...]:
        return harm_grid(1 / (self.cv**2 + 1 / (self.events * self.limit))).effects

    def _evidence(self, seen: float, expected: float, grid: tuple[float, ...]) -> float:
        """Return ln E of (6), its exposure counted in events that were expected."""
        shape = 1 / self.cv**2

        def weight(rise: float) -> float:
            return seen * math.log(rise) - (shape + seen) * math.log(
                shape + rise * expected
            )

        logs = [weight(self.limit * math.exp(each)) for each in grid]
        best = max(logs)
        mixed = best + math.log(sum(math.exp(each - best) for each in logs) / len(logs))
        return mixed - weight(self.limit)


SHORTEST, LONGEST = -16.0, 3.0
MOST = math.log(1000.0)  # a thousandfold; what does not show then is not shown
