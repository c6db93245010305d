"""
One connection to PostgreSQL, made anew when it is lost.

Every wait has a limit: to connect, for a lock, for a statement, for a server that went
away without a word. What a server does not answer in time is tried again, on a new
connection, for as long as the patience lasts.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gonogo.adapters.journals.errors import JournalOutOfReach, JournalUnusable
from hardening.retry import FullJitter, Policy, Retrier, RetryGaveUp, RetryScheduled

R = TypeVar("R")

_LOG = logging.getLogger(__name__)

# When a connection is lost in the middle of a batch, the driver logs the end of the
# pipeline in its own words, besides raising the error; the error is told below.
logging.getLogger("psycopg").addFilter(
    lambda record: not str(record.msg).startswith("error ignored")
)

PATIENCE_S = 30.0  # a restart of PostgreSQL, or a failover, takes 5 to 20 s

# A transaction of ours takes milliseconds. What is slower by a thousand times hangs.
_SETTINGS = {
    "lock_timeout": "5s",
    "statement_timeout": "20s",
    # A worker that stands still must not keep others from taking over its shards.
    "idle_in_transaction_session_timeout": "2500ms",
}

_IDLE = psycopg.pq.TransactionStatus.IDLE

# For libpq; the address may say otherwise. A server that vanished is noticed in 10 s.
_LIBPQ = {
    "application_name": "gonogo",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    # After a failover, the standby that took over and not the one that was left.
    "target_session_attrs": "read-write",
}

# These say nothing of what was asked: the same may succeed a moment later.
_PASSING = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)

_REMEDIES: dict[type[psycopg.Error], str] = {
    psycopg.errors.InsufficientPrivilege: "Grant its role the schema of the journal.",
    psycopg.errors.DiskFull: "Free some space on the server; rollouts can then go on.",
}


# For a server that cannot even give up by itself, such as one that was stopped.
_ANSWER_S = 25.0


class BoundedConnection(psycopg.Connection):
    """A connection that does not wait for an answer for ever."""

    def wait(
        self,
        gen: PQGen[R],
        interval: float = 0.1,  # the driver's own: how soon Ctrl-C is noticed
        timeout: float | None = None,
    ) -> R:
        """Wait as the driver does, but with a limit."""
        limit_s = _ANSWER_S if timeout is None else timeout
        return super().wait(gen, interval, limit_s)


class Again(Exception):
    """What was asked came to nothing, and may succeed when it is asked again."""


class Overtaken(Again):
    """Another transaction came first."""

    def __init__(self) -> None:
        super().__init__("other transactions keep writing to the same rollouts")


class PostgresConnection:
    """
    A connection that is made anew when it is lost; thread-safe, one call at a time.

    Args:
        url: Of the database, as libpq takes it.
        schema: Where the tables are looked for.
        patience_s: How long a call goes on trying.

    Attributes:
        place: Names the database in an error; never holds the password.

    Raises:
        JournalOutOfReach: The server cannot be reached now.
        JournalUnusable: It refuses, or the address is none.
    """

    def __init__(
        self, url: str, *, schema: str, patience_s: float = PATIENCE_S
    ) -> None:
        self.place = place_of(url)
        self._url, self._schema = url, schema
        self._retrier = Retrier(
            Policy(
                on=(Again,),
                attempts=10_000,  # the deadline ends it
                schedule=FullJitter(base_s=0.05, cap_s=1.0),
                deadline_s=patience_s,
            ),
            listener=self._tell,
        )
        self._lock = Lock()
        self._closed = False
        self._connection: psycopg.Connection | None = None
        with self._lock, self._said():
            self._connection = self._connected()

    def run(self, work: Callable[[psycopg.Connection], R]) -> R:
        """
        Return what `work` returns: it commits, and may be run again after a loss.

        Args:
            work: Given a connection without a transaction. Raises `Again` to be run
                again. When it is, an earlier run may have committed all the same.

        Raises:
            JournalOutOfReach: The patience is at an end.
            JournalUnusable: The server refuses what was asked.
        """
        with self._lock, self._said():
            return self._retrier.call(self._once, work)

    def close(self) -> None:
        """Close the connection; nothing can be asked any more."""
        with self._lock:
            self._closed = True
            self._drop()

    def _once(self, work: Callable[[psycopg.Connection], R]) -> R:
        """Run work on a connection that is in good order, and leave it in good order."""
        if self._closed:
            raise JournalUnusable(
                self.place, what="it was closed", remedy="Open it again."
            )
        if self._connection is None:
            self._connection = self._connected()
        try:
            return work(self._connection)
        except psycopg.Error as error:
            if self._lost(self._connection, error) or isinstance(error, _PASSING):
                raise Again(line_of(error)) from error
            raise
        except BaseException:
            self._recovered(self._connection)
            raise

    def _tell(self, told: RetryScheduled | RetryGaveUp) -> None:
        """Log that the server is lost, once a call; being overtaken is no news."""
        if told.attempt == 1 and not isinstance(told.error, Overtaken):
            _LOG.warning("the journal %s: %s; trying again", self.place, told.error)

    def _lost(self, connection: psycopg.Connection, error: psycopg.Error) -> bool:
        """Drop a connection that is lost, or leave it in good order."""
        if _is_of_the_line(error):
            self._drop()
            return True
        return not self._recovered(connection)

    def _recovered(self, connection: psycopg.Connection) -> bool:
        """End a transaction that was left open; drop a connection that is lost."""
        with suppress(psycopg.Error):
            connection.rollback()
        lost = connection.closed or connection.info.transaction_status != _IDLE
        if lost:
            self._drop()
        return not lost

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _connected(self) -> psycopg.Connection:
        """Return a new connection, to a server that can be written to."""
        try:
            return connect(self._url, schema=self._schema)
        except psycopg.OperationalError as error:
            # The driver does not tell a refusal from an absence: both may pass.
            raise Again(line_of(error)) from error

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what the driver raises into errors that say what to do."""
        try:
            yield
        except Again as error:
            raise JournalOutOfReach(
                self.place,
                what=str(error),
                remedy=(
                    "See that the server runs, that nothing holds it up, and that "
                    "the address, role and password are right. Nothing was lost."
                ),
            ) from error
        except psycopg.Error as error:
            raise JournalUnusable(
                self.place, what=line_of(error), remedy=_remedy(error)
            ) from error


def connect(url: str, *, schema: str, autocommit: bool = False) -> psycopg.Connection:
    """
    Return a connection on which no wait is endless.

    Args:
        url: Of the database, as libpq takes it.
        schema: Where tables are looked for.
        autocommit: Whether each statement is a transaction of its own.

    Raises:
        psycopg.Error: There is none to be had.
    """
    given = conninfo_to_dict(url)
    options = {key: value for key, value in _LIBPQ.items() if key not in given}
    connection = BoundedConnection.connect(
        make_conninfo(url, **options), autocommit=autocommit
    )
    try:
        _set_up(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: psycopg.Connection, schema: str) -> None:
    """Set what holds for the whole session."""
    settings = {**_SETTINGS, "search_path": f'"{schema}"'}
    with connection.pipeline():
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        # Durable on return, even where the server's own setting is not; a stricter
        # one, such as waiting for a standby, stays.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
    if not connection.autocommit:
        connection.commit()


def place_of(url: str) -> str:
    """
    Return the address of a database without what is secret in it.

    Raises:
        JournalUnusable: It is no address; the error does not repeat it.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        place = "in PostgreSQL"
        raise JournalUnusable(
            place,
            what="its address does not read as one",
            remedy="Write it as postgresql://role@host:5432/database.",
        ) from None
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port, name = parts.get("port", 5432), parts.get("dbname") or parts.get("user", "")
    return f"postgresql://{host}:{port}/{name}"


def line_of(error: BaseException) -> str:
    """Return the first line of an error, without the full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__


def _is_of_the_line(error: psycopg.Error) -> bool:
    """
    Tell what the driver found itself from what the server said, which has a SQLSTATE.

    An answer that did not come in time may have come since, for example while this
    process stood still: the connection then looks well, and is given up all the same.
    """
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def _remedy(error: psycopg.Error) -> str:
    """Return what to do about one of PostgreSQL's errors."""
    for kind, remedy in _REMEDIES.items():
        if isinstance(error, kind):
            return remedy
    return "Look at the server's log; `gonogo journal verify` checks the records."
