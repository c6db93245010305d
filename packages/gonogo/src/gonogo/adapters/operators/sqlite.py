"""A script in an SQLite file: one transaction, unless it brings its own."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from gonogo.adapters.operators.ending import Ended, Why
from gonogo.adapters.operators.output import Redact
from gonogo.adapters.operators.result import DatabaseError, Result, result_of_rows
from gonogo.adapters.operators.statements import split

_STEPS = 10_000  # of SQLite's machine, between two looks whether to stop: about 1 ms


class SqliteScript:
    """
    One script on one file. `run` does the work, `end` makes it stop.

    Args:
        path: The file, which has to be there.
        script: One or more statements.
        deadline: How long to wait for the file's lock.
        redact: Takes the secrets out of rows and messages.
    """

    def __init__(
        self, path: Path, script: str, *, deadline: timedelta, redact: Redact
    ) -> None:
        self._path, self._script = path, script
        self._deadline, self._redact = deadline, redact
        self._ended = False
        self.connected = True

    def run(self) -> Result:
        """
        Run the script, and return the result of its last query.

        Raises:
            DatabaseError: The file cannot be opened, or SQLite refuses.
            Ended: `end` was called.
        """
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self._path.absolute()))}?mode=rw",
                uri=True,
                timeout=self._deadline.total_seconds(),
                isolation_level=None,
            )
        except sqlite3.Error as error:
            raise self._refused(error) from error
        try:
            connection.set_progress_handler(lambda: self._ended, _STEPS)
            return self._run(connection)
        except sqlite3.Error as error:
            if self._ended:
                raise Ended(Why.CANCELLED) from error
            raise self._refused(error) from error
        finally:
            connection.close()  # rolls back what is not committed

    def end(self) -> bool:
        """Make the statement under way the last, and roll it back."""
        self._ended = True
        return True

    def _run(self, connection: sqlite3.Connection) -> Result:
        result, statements = Result(), tuple(_statements(self._script))
        if not any(each.upper().startswith("BEGIN") for each in statements):
            connection.execute("BEGIN")
        for statement in statements:
            cursor = connection.execute(statement)
            if cursor.description is not None:
                result = result_of_rows(cursor, self._redact)
            elif result.value is None and cursor.rowcount >= 0:
                result = Result(rows=cursor.rowcount)
        if self._ended:
            # A lock came free after the end was called: nothing may happen any more.
            raise Ended(Why.CANCELLED)
        if connection.in_transaction:
            connection.execute("COMMIT")
        return result

    def _refused(self, error: sqlite3.Error) -> DatabaseError:
        """Return the error in words."""
        if not self._path.is_file():
            return DatabaseError(
                f"There is no SQLite file {self._path}. Check the connection's URL."
            )
        return DatabaseError(self._redact(f"SQLite refused ({self._path}): {error}."))


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; the body of a trigger belongs to it."""
    statement = ""
    for piece in split(script):
        statement = f"{statement}\n{piece}" if statement else piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
