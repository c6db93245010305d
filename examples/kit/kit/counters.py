"""Counters: actions of users are counted, in the database or in the old way."""

from collections import Counter
from collections.abc import Mapping

from psycopg_pool import ConnectionPool

from hardening.counters import Counters

from .piece import Piece, Upstream, mean_ms, pct, total
from .place import Place


class Service(Piece):
    """Counts actions; broken, under a name that cannot be counted."""

    def __init__(self, place: Place) -> None:
        pool = ConnectionPool(place.postgres(), min_size=1, open=False)
        self._pool = place.keep(pool)
        self._name = "" if place.is_broken else "actions"
        self._counters = Counters("shop", switch=place.switch)
        self._before: Counter[str] = Counter()
        self._upstream = Upstream()

    def serve(self, user: str) -> None:
        """Count an action of the user, and go on with it."""
        with self._pool.connection() as connection:
            counted = self._counters.add(connection, user, {self._name: 1})
        if counted is None:
            self._before[user] += 1
        self._upstream.ask()

    def readings(self) -> Mapping[str, float]:
        """Return how long calls took, and how many failed."""
        measures = tuple(self._counters.measures())
        calls = "hardening_counters_calls"
        failed = total(measures, calls, outcome="failed")
        return {
            "counters_call_mean_ms": mean_ms(
                measures, "hardening_counters_call_seconds"
            ),
            "counters_failed_pct": pct(failed, total(measures, calls)),
        }
