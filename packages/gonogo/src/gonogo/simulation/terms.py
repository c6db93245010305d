"""The terms of a simulation: what it begins with, and how far it goes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A Monday morning: with working hours in the script, people are there at the start.
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    How a simulation is run.

    Attributes:
        start: The instant of the calendar at which it begins.
        until: It goes no further than this, counted from the start.
        most_turns: Nor through more turns of the machine: about a minute's work.
        seed: What noise is drawn from.
        users_per_minute: Where the script does not say; None: not known.
    """

    start: datetime = MONDAY
    until: timedelta = timedelta(days=366)
    most_turns: int = 300_000
    seed: str = "0"
    users_per_minute: float | None = None
