"""Connections to PostgreSQL that notice a dead server, and let go of what they lock."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gonogo.adapters.shards.errors import ShardsUnusable

# A worker that stands still in the middle of a transaction keeps its row locks; the
# server ends that session before others count the worker as dead, or what takes over
# from it would wait for the locks.
_IDLE_IN_TRANSACTION_MS = 2_500

# No statement here takes long; past this the server is stuck and another try is better.
_STATEMENT_MS = 20_000
_LOCK_MS = 10_000

_SETTINGS = (
    f"SET idle_in_transaction_session_timeout = {_IDLE_IN_TRANSACTION_MS};"
    f"SET statement_timeout = {_STATEMENT_MS};"
    f"SET lock_timeout = {_LOCK_MS}"
)


def connect(url: str, *, autocommit: bool) -> psycopg.Connection:
    """
    Return a connection with a limit on every wait.

    Raises:
        psycopg.OperationalError: The server cannot be reached, or refuses.
    """
    connection = psycopg.connect(
        url,
        autocommit=True,
        application_name="gonogo worker",
        connect_timeout=5,
        # A server that vanished without a word is noticed within about ten seconds.
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )
    try:
        connection.execute(_SETTINGS)
        connection.autocommit = autocommit
    except BaseException:
        connection.close()
        raise
    return connection


def checked(url: str) -> psycopg.Connection:
    """
    Return a connection in autocommit, or the reason why there is none, for a person.

    Raises:
        ShardsUnusable: The address cannot be read, or the server not be reached.
    """
    try:
        return connect(url, autocommit=True)
    except psycopg.Error as error:
        raise out_of_reach(url, error) from error


def out_of_reach(url: str, error: Exception) -> ShardsUnusable:
    """Return the error for a person whose database does not answer."""
    remedy = "Check that the server runs and that the address names it."
    return unusable(url, error, remedy)


def unusable(url: str, error: Exception, remedy: str) -> ShardsUnusable:
    """Return the error for a person, without the password."""
    what = str(error).strip().splitlines()[0].rstrip(". ")
    return ShardsUnusable(place(url), what=what, remedy=remedy)


def place(url: str) -> str:
    """Return where an address points, without user and password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return "the PostgreSQL address"
    host = parts.get("host") or parts.get("hostaddr") or "the local socket"
    return f"PostgreSQL {host}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"
