"""Row locks: requests read a contact, change it and write it back."""

from collections.abc import Mapping

from psycopg_pool import ConnectionPool

from hardening.locks import Locks

from .piece import Piece, quantile_ms, total
from .place import Place

CONTACTS = 100
_SETUP = """
create table contacts (id integer primary key, score integer not null);
insert into contacts select number, 0 from generate_series(1, %d) as number
"""


class Service(Piece):
    """Raises scores; broken, it looks something up meanwhile, on a row all share."""

    workers = 4

    def __init__(self, place: Place) -> None:
        url = place.postgres()
        pool = ConnectionPool(url, min_size=self.workers, open=False)
        self._pool = place.keep(pool)
        self._is_broken = place.is_broken
        self._switch = place.switch
        self._locks = Locks(timeout_s=5, switch=place.switch)
        with self._pool.connection() as connection:
            connection.execute(_SETUP % CONTACTS)

    def serve(self, user: str) -> None:
        """Raise the score of the user's contact by one."""
        is_slow = self._is_broken and self._switch()
        contact = 1 if is_slow else int(user.removeprefix("user-")) % CONTACTS + 1
        with (
            self._pool.connection() as connection,
            self._locks.row(connection, "contacts", contact) as row,
        ):
            if is_slow:
                connection.execute("select pg_sleep(0.12)")
            score = row["score"] + 1
            update = "update contacts set score = %s where id = %s"
            connection.execute(update, [score, contact])

    def readings(self) -> Mapping[str, float]:
        """Return how long rows were waited for, and how often in vain."""
        measures = tuple(self._locks.measures())
        waits = "hardening_locks_wait_seconds"
        return {
            "locks_wait_p95_ms": quantile_ms(measures, waits, 0.95),
            "locks_wait_max_ms": quantile_ms(measures, waits, 1),
            "locks_timeouts": total(measures, "hardening_locks_timeouts"),
            "locks_deadlocks": total(measures, "hardening_locks_deadlocks"),
        }
