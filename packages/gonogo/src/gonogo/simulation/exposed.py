"""Exposed time: the area below the exposure, with the traffic of each minute."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from gonogo.simulation.conditions import Conditions
from gonogo.simulation.result import Exposed, Level
from gonogo.simulation.script.rules import Traffic

_MINUTE = timedelta(minutes=1)


class Crossing:
    """Knows the traffic at every instant."""

    def __init__(self, conditions: Conditions, otherwise: float | None) -> None:
        """Take the script, and what counts where it says nothing."""
        rules = conditions.rules
        self._rules = [rule for rule in reversed(rules) if isinstance(rule, Traffic)]
        self._conditions, self._otherwise = conditions, otherwise

    @property
    def known(self) -> bool:
        """Tell whether any traffic is given."""
        return bool(self._rules) or self._otherwise is not None

    def at(self, at: datetime) -> float:
        """Return the users in a minute at an instant; zero where nothing is said."""
        for rule in self._rules:
            if self._conditions.hold(rule, at):
                return rule.users_per_minute
        return self._otherwise or 0.0

    def edges(self) -> Iterator[datetime]:
        """Yield the instants at which the traffic changes."""
        for rule in self._rules:
            yield from self._conditions.edges(rule)


def exposed(
    levels: Sequence[Level], traffic: Crossing, *, since: datetime, until: datetime
) -> Exposed:
    """Return how much of the users' time met the change between two instants."""
    cuts = {since, until, *(each.at for each in levels), *traffic.edges()}
    inside = sorted(cut for cut in cuts if since <= cut <= until)
    full = users = 0.0
    for begin, end in pairwise(inside):
        share = _level(levels, begin) / 100 * ((end - begin) / _MINUTE)
        full += share
        users += share * traffic.at(begin)
    return Exposed(full_minutes=full, user_minutes=users if traffic.known else None)


def _level(levels: Sequence[Level], at: datetime) -> float:
    return next((each.pct for each in reversed(levels) if each.at <= at), 0.0)
