"""Reading rows from a database: nothing can be changed, and nothing takes for ever."""

import math
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from gonogo.adapters.sources.binding import Parameters, for_psycopg, used

if TYPE_CHECKING:
    import psycopg

MOST_ROWS = 10_000
_SQLITE = "sqlite:///"
_CANCEL_S = 1.0  # a server that answers at all takes milliseconds to cancel
_SHORTEST_CONNECT_S = 2  # libpq rounds up to it anyway


class Unanswered(Exception):
    """A database did not answer; says what it said."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a statement gave; one row more than allowed when there are too many."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Reading(Protocol):
    """One statement, ready to be run in a database."""

    def run(self) -> Table:
        """
        Return its rows.

        Raises:
            Unanswered: The database could not be reached, or refused.
        """
        ...

    def end(self) -> None:
        """Make it stop, from another thread."""
        ...


def reading(
    url: str,
    statement: str,
    values: Parameters,
    *,
    folder: Path,
    deadline: timedelta,
) -> Reading:
    """Return a statement for the kind of database that an address names."""
    if url.startswith(_SQLITE):
        return _Sqlite(folder / url.removeprefix(_SQLITE), statement, values, deadline)
    if url.startswith(("postgresql://", "postgres://")):
        return _Postgres(url, statement, values, deadline)
    return _Alchemy(url, statement, values)


class _Sqlite:
    def __init__(
        self, path: Path, statement: str, values: Parameters, deadline: timedelta
    ) -> None:
        self._path, self._statement, self._deadline = path, statement, deadline
        self._values = {name: _as_text(value) for name, value in values.items()}
        self._connection: sqlite3.Connection | None = None

    def run(self) -> Table:
        if not self._path.is_file():
            message = f"there is no SQLite file {self._path}. Check its `url`."
            raise Unanswered(message)
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA query_only = ON")
                cursor = connection.execute(self._statement, self._values)
                columns = [column[0] for column in cursor.description or ()]
                return Table(columns, cursor.fetchmany(MOST_ROWS + 1))
        except sqlite3.Error as error:
            message = f"SQLite refused: {error}."
            raise Unanswered(message) from error

    def end(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.interrupt()

    def _connect(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self._path.absolute()))}?mode=ro"
        self._connection = sqlite3.connect(
            address,
            uri=True,
            timeout=self._deadline.total_seconds(),
            check_same_thread=False,  # it is ended from another thread
            isolation_level=None,
        )
        return self._connection


class _Postgres:
    def __init__(
        self, url: str, statement: str, values: Parameters, deadline: timedelta
    ) -> None:
        self._url, self._statement = url, for_psycopg(statement)
        self._values, self._deadline = values, deadline
        self._connection: psycopg.Connection[Any] | None = None
        self._ended, self._lock = False, Lock()

    def run(self) -> Table:
        import psycopg  # noqa: PLC0415 - 40 ms that only who uses it waits for

        try:
            with psycopg.connect(
                self._url,
                connect_timeout=self._connect_timeout_s(),
                fallback_application_name="gonogo",
                options=f"-c statement_timeout={self._milliseconds()}",
            ) as connection:
                return self._read(connection)
        except psycopg.ProgrammingError as error:
            if self._connection is None:
                message = "its address is not one that PostgreSQL understands."
                raise Unanswered(message) from error
            raise Unanswered(_said(error)) from error
        except psycopg.Error as error:
            raise Unanswered(_said(error)) from error

    def end(self) -> None:
        with self._lock:
            self._ended, connection = True, self._connection
        if connection is not None:
            with suppress(Exception):
                connection.cancel_safe(timeout=_CANCEL_S)

    def _read(self, connection: "psycopg.Connection[Any]") -> Table:
        with self._lock:
            self._connection = connection
            if self._ended:
                message = "its deadline has passed."
                raise Unanswered(message)
        connection.read_only = True
        cursor = connection.execute(self._statement.encode(), dict(self._values))
        if cursor.description is None:
            return Table((), ())
        columns = [column.name for column in cursor.description]
        table = Table(columns, cursor.fetchmany(MOST_ROWS + 1))
        connection.rollback()
        return table

    def _connect_timeout_s(self) -> int:
        return max(_SHORTEST_CONNECT_S, math.ceil(self._deadline.total_seconds()))

    def _milliseconds(self) -> int:
        return max(1, round(self._deadline.total_seconds() * 1000))


# Databases that commit when a table is changed need more than a rollback.
_READ_ONLY = {
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "postgresql": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
_READS = re.compile(r"\s*(?:select|with|values|show|table)\b", re.IGNORECASE)


class _Alchemy:
    """Any other database, over SQLAlchemy; what is read is rolled back."""

    def __init__(self, url: str, statement: str, values: Parameters) -> None:
        self._url, self._statement = url, statement
        self._values: Parameters | Mapping[str, str | float] = {
            name: values[name] for name in used(statement)
        }
        if url.startswith("sqlite"):
            self._values = {k: _as_text(value) for k, value in self._values.items()}

    def run(self) -> Table:
        try:
            import sqlalchemy  # noqa: PLC0415 - optional
            from sqlalchemy.pool import NullPool  # noqa: PLC0415
        except ModuleNotFoundError as missing:
            message = (
                "its database is reached over SQLAlchemy, which is not installed. Run "
                "`pip install sqlalchemy`, and install the database's driver."
            )
            raise Unanswered(message) from missing
        if not _READS.match(self._statement):
            message = "a statement that does not read is refused. Write a SELECT."
            raise Unanswered(message)
        try:
            engine = sqlalchemy.create_engine(self._url, poolclass=NullPool)
            with engine.connect() as connection:
                if guard := _READ_ONLY.get(engine.dialect.name):
                    connection.exec_driver_sql(guard)
                found = connection.execute(
                    sqlalchemy.text(self._statement), self._values
                )
                columns = list(found.keys())
                return Table(columns, [tuple(row) for row in _some(found)])
        except ModuleNotFoundError as missing:
            message = f"the database's driver '{missing.name}' is not installed."
            raise Unanswered(message) from missing
        except sqlalchemy.exc.ArgumentError as error:
            message = "its address is not one that SQLAlchemy understands."
            raise Unanswered(message) from error
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise Unanswered(_refused(getattr(error, "orig", None) or error)) from error

    def end(self) -> None:
        """Leave it to itself: drivers have no common way to be ended."""


def _some(found: Any) -> Sequence[Sequence[Any]]:  # noqa: ANN401 - SQLAlchemy's result
    rows: Sequence[Sequence[Any]] = found.fetchmany(MOST_ROWS + 1)
    return rows


def _as_text(value: datetime | float) -> str | float:
    """Return an instant as SQLite's own functions write it, so that texts compare."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return text[:-3]
    return value


def _said(error: "psycopg.Error") -> str:
    said = error.diag.message_primary
    if said is None:
        line = str(error).strip().partition("\n")[0]
        return f"the database did not answer: {_without_address(line)}."
    hint = f" {error.diag.message_hint}" if error.diag.message_hint else ""
    return f"the database refused: {said} (SQLSTATE {error.sqlstate}).{hint}"


def _refused(error: BaseException) -> str:
    line = str(error).strip().partition("\n")[0]
    return f"the database refused: {_without_address(line)}."


def _without_address(text: str) -> str:
    return re.sub(r"\w+://\S+", "…", text).rstrip(".")
