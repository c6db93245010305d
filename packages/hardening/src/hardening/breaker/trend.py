"""The trend: what happened to a circuit's calls in each of the last minutes."""

from collections import deque
from dataclasses import dataclass

MINUTES = 60
"""How many minutes are kept; the last one is the one that runs."""

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Totals:
    """
    What happened, counted since the start.

    Attributes:
        succeeded: Calls after which the service counts as well.
        failed: Calls that failed with an error that counts.
        ignored: Calls that showed nothing, of those that ended with an error.
        rejected: Calls that were not let through.
        probes: Trial calls among those let through.
        openings: How often the circuit opened by what it measured.
    """

    succeeded: int = 0
    failed: int = 0
    ignored: int = 0
    rejected: int = 0
    probes: int = 0
    openings: int = 0


@dataclass(frozen=True, slots=True)
class Minute:
    """
    What happened in one minute.

    Attributes:
        ago: 0 is the minute that runs, 1 the one before.
    """

    ago: int
    succeeded: int
    failed: int
    rejected: int
    openings: int


class Trend:
    """
    Cuts totals into minutes; not thread-safe.

    Invariant: whoever counts calls `roll` before counting the first thing of a minute.

    Args:
        now_s: The time, monotonic, in seconds.
    """

    __slots__ = ("_base", "_number", "_past")

    def __init__(self, now_s: float) -> None:
        self._number = int(now_s // _MINUTE_S)
        self._base = Totals()
        self._past: deque[tuple[int, Totals, Totals]] = deque(maxlen=MINUTES)

    @property
    def ends_s(self) -> float:
        """When the minute that runs is over."""
        return (self._number + 1) * _MINUTE_S

    def roll(self, now_s: float, totals: Totals) -> None:
        """Close the minute that ran, if another one has begun."""
        number = int(now_s // _MINUTE_S)
        if number > self._number:
            self._past.append((self._number, self._base, totals))
            self._number, self._base = number, totals

    def minutes(self, now_s: float, totals: Totals) -> tuple[Minute, ...]:
        """Return the last sixty minutes, oldest first, the quiet ones too."""
        self.roll(now_s, totals)
        spans = {number: (before, after) for number, before, after in self._past}
        spans[self._number] = (self._base, totals)
        quiet = (totals, totals)
        return tuple(
            _minute(ago, *spans.get(self._number - ago, quiet))
            for ago in reversed(range(MINUTES))
        )


def _minute(ago: int, before: Totals, after: Totals) -> Minute:
    """Return what was counted between two totals."""
    return Minute(
        ago=ago,
        succeeded=after.succeeded - before.succeeded,
        failed=after.failed - before.failed,
        rejected=after.rejected - before.rejected,
        openings=after.openings - before.openings,
    )
