"""The gate before a pool: requests borrow one of twenty connections."""

from collections.abc import Mapping

from psycopg_pool import ConnectionPool

from hardening.pool import Gate

from .piece import Piece, pct, quantile_ms, rate_pct, total
from .place import Place

CONNECTIONS = 20


class Service(Piece):
    """Asks the database; broken, the gate closes at the first connection lent."""

    workers = 4

    def __init__(self, place: Place) -> None:
        url = place.postgres()
        pool = ConnectionPool(
            url, min_size=self.workers, max_size=CONNECTIONS, open=False
        )
        self._pool = place.keep(pool)
        self._pool.wait()
        threshold = 0.01 if place.is_broken else 0.85
        self._gate = Gate(
            self._pool, name="shop", threshold=threshold, switch=place.switch
        )
        self._switch = place.switch
        self._asked = 0

    def serve(self, user: str) -> None:
        """Look something up for a user."""
        self._asked += self._switch()
        with self._gate.admit(self._pool.connection) as connection:
            connection.execute("select %s, pg_sleep(0.005)", [user])

    def readings(self) -> Mapping[str, float]:
        """Return how much of the pool is used, and how many were rejected."""
        measures = self._gate.measures()
        rejected = total(measures, "hardening_pool_rejections")
        used = total(measures, "hardening_pool_connections_in_use")
        waits = "hardening_pool_wait_seconds"
        return {
            "pool_use_pct": pct(used, CONNECTIONS),
            "pool_rejected_pct": rate_pct(rejected, self._asked),
            "pool_wait_p99_ms": quantile_ms(measures, waits, 0.99),
        }
