"""
A script in PostgreSQL: one transaction, one deadline, and an end that is an end.

Statements that PostgreSQL refuses inside a transaction (`CREATE INDEX CONCURRENTLY`,
`VACUUM`, …) make the whole script run without one, statement by statement: what was
done before a failing one stays done, and the error says how much that is.
"""

import math
import os
import re
import socket
from contextlib import suppress
from datetime import timedelta
from threading import Event, Lock
from typing import Any

import psycopg
from psycopg.errors import QueryCanceled

from gonogo.adapters.operators.ending import Ended, Why
from gonogo.adapters.operators.output import Redact, bounded
from gonogo.adapters.operators.result import DatabaseError, Result, result_of_rows
from gonogo.adapters.operators.statements import refuses_transaction, split

_CANCEL_S = 1.0  # a server that answers at all takes milliseconds to cancel
# PostgreSQL, appendix A: 'connection exception', and the shutdowns of 'intervention'.
_GONE = re.compile(r"08|57P0[1-5]")
_SHORTEST_CONNECT_S = 2  # libpq rounds up to it anyway


class PostgresScript:
    """
    One script on one connection. `run` does the work, `end` makes it stop.

    Args:
        url: Of the database.
        script: One or more statements.
        deadline: The server ends a statement after it, even if gonogo is gone.
        redact: Takes the secrets out of rows and messages.
    """

    def __init__(
        self, url: str, script: str, *, deadline: timedelta, redact: Redact
    ) -> None:
        self._url = re.sub(r"^(postgres(?:ql)?)\+\w+://", r"\1://", url)
        self._script, self._deadline, self._redact = script, deadline, redact
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = Lock()
        self._ended, self._done = False, Event()

    @property
    def connected(self) -> bool:
        """Return whether the database has answered."""
        return self._connection is not None

    def run(self) -> Result:
        """
        Connect, run the script, and return the result of its last query.

        Raises:
            DatabaseError: The database cannot be reached, refuses, or goes away.
            Ended: `end` was called, or the server kept the deadline itself.
        """
        try:
            with self._connect() as connection:
                return self._run(connection)
        except QueryCanceled as cancelled:
            raise Ended(Why.DEADLINE) from cancelled
        except psycopg.Error as error:
            raise DatabaseError(self._told(error)) from error
        finally:
            self._done.set()

    def end(self) -> bool:
        """
        Cancel the statement; when the server does not react, cut the line.

        Returns:
            Whether there was a connection. Without one, nothing will be run any more.
        """
        with self._lock:
            self._ended, connection = True, self._connection
        if connection is None:
            return False
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=_CANCEL_S)
        if not self._done.wait(_CANCEL_S):
            _cut(connection)
        return True

    def _connect(self) -> "psycopg.Connection[Any]":
        timeout_s = max(_SHORTEST_CONNECT_S, math.ceil(self._deadline.total_seconds()))
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=timeout_s,
            fallback_application_name="gonogo",
        )
        with self._lock:
            self._connection = connection
        return connection

    def _run(self, connection: "psycopg.Connection[Any]") -> Result:
        self._check()
        milliseconds = max(1, round(self._deadline.total_seconds() * 1000))
        connection.execute(
            "SELECT set_config('statement_timeout', %s, false)", (str(milliseconds),)
        )
        if refuses_transaction(self._script):
            return self._run_one_by_one(connection)
        with connection.transaction():
            cursor = connection.cursor()
            self._check()
            cursor.execute(self._script.encode())
            result = self._result(cursor)
            self._check()
        return result

    def _run_one_by_one(self, connection: "psycopg.Connection[Any]") -> Result:
        result, statements = Result(), split(self._script)
        for done, statement in enumerate(statements):
            self._check()
            try:
                result = self._result(connection.execute(statement.encode()))
            except QueryCanceled:
                raise
            except psycopg.Error as error:
                message = (
                    f"{self._told(error)} It was statement {done + 1} of "
                    f"{len(statements)}, which cannot run in one transaction: the "
                    f"{done} before it stay done."
                )
                raise DatabaseError(message) from error
        return result

    def _result(self, cursor: "psycopg.Cursor[Any]") -> Result:
        """Return the last result that has rows; without any, what was done."""
        messages: list[str] = []
        changed: int | None = None
        found: Result | None = None
        more: bool | None = True
        while more:
            if cursor.description is not None:
                found = result_of_rows(cursor, self._redact)
            else:
                messages.append(cursor.statusmessage or "")
                changed = cursor.rowcount if cursor.rowcount >= 0 else None
            more = cursor.nextset()
        text = bounded("\n".join(messages), self._redact)
        return found or Result(output=text, rows=changed)

    def _check(self) -> None:
        """Stop here when nobody wants the result any more."""
        if self._ended:
            raise Ended(Why.CANCELLED)

    def _told(self, error: psycopg.Error) -> str:
        """Return an error in words, without the URL and its password."""
        if isinstance(error, psycopg.ProgrammingError) and not self.connected:
            return (
                "Its URL is not one that PostgreSQL understands. Write it as "
                "postgresql://user:password@host:port/name."
            )
        said = error.diag.message_primary
        if said is None or _GONE.match(error.sqlstate or ""):
            words = bounded(" ".join((said or str(error)).split()), self._redact)
            return self._lost(words.removesuffix("."))
        return bounded(_refusal(error, self._script), self._redact)

    def _lost(self, words: str) -> str:
        """Return that the database is not there, or not there any more."""
        if not self.connected:
            return (
                f"The database did not answer: {words}. Check that it runs, and that "
                "the connection's URL is right."
            )
        return (
            f"The connection to the database was lost: {words}. Whether the "
            "statements took effect is not known."
        )


def _refusal(error: psycopg.Error, script: str) -> str:
    """Return what the server said, with the line of the script."""
    said = error.diag
    where = ""
    if said.statement_position is not None:
        line = script.count("\n", 0, int(said.statement_position) - 1) + 1
        where = f" at line {line}"
    parts = [f"The database refused{where}: {said.message_primary}"]
    parts += [each for each in (said.message_detail, said.message_hint) if each]
    text = ". ".join(part.rstrip(".") for part in parts)
    return f"{text} (SQLSTATE {said.sqlstate})."


def _cut(connection: "psycopg.Connection[Any]") -> None:
    """Shut the socket down, so that whoever waits for the server stops waiting."""
    with suppress(psycopg.Error, OSError):
        copy = socket.socket(fileno=os.dup(connection.fileno()))
        with copy:
            copy.shutdown(socket.SHUT_RDWR)
