"""Databases by the name of a connection: PostgreSQL, and SQLite files."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from gonogo.adapters.operators.ending import Ended, Why, watched
from gonogo.adapters.operators.output import Redact
from gonogo.adapters.operators.postgres import PostgresScript
from gonogo.adapters.operators.result import DatabaseError, Result
from gonogo.adapters.operators.sqlite import SqliteScript
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation

_GRACE_S = 3.0  # for a script to stop, beside the time that its cancelling takes
_SQLITE = "sqlite:///"


class _Script(Protocol):
    """A script that is ready to run in a database."""

    @property
    def connected(self) -> bool: ...

    def run(self) -> Result: ...

    def end(self) -> bool: ...


class Databases:
    """
    Runs scripts in the databases that a plan names.

    Args:
        values: Has the URLs, by connection name: `postgresql://…`, or `sqlite:///` and
            a path, which one more slash makes absolute.
        redact: Takes the secrets out of rows and errors.
        folder: What a relative SQLite path is relative to.
    """

    def __init__(self, values: Values, redact: Redact, *, folder: Path) -> None:
        self._values, self._redact, self._folder = values, redact, folder

    def execute(
        self,
        script: str,
        *,
        connection: str,
        deadline: timedelta,
        cancelled: Cancellation,
    ) -> Observation:
        """Run a script, and return its result or, in words, why there is none."""
        began = time.monotonic()
        result, error = Result(), None
        try:
            ready = self._ready(script, connection, deadline)
            result = self._watched(ready, deadline, cancelled)
        except UnresolvedValue as unresolved:
            error = str(unresolved)
        except DatabaseError as refused:
            error = f"Connection '{connection}': {refused}"
        return Observation(
            output=result.output,
            value=result.value,
            rows=result.rows,
            error=error,
            took_s=time.monotonic() - began,
        )

    def _ready(self, script: str, connection: str, deadline: timedelta) -> _Script:
        """Return the script for the kind of database that the URL names."""
        url = self._values.connection(connection)
        if url.startswith(_SQLITE):
            path = self._folder / url.removeprefix(_SQLITE)
            return SqliteScript(path, script, deadline=deadline, redact=self._redact)
        if url.startswith(("postgresql", "postgres")):
            return PostgresScript(url, script, deadline=deadline, redact=self._redact)
        message = (
            "Its URL names a kind of database that gonogo does not know. Write "
            "postgresql://user:password@host/name, or sqlite:///path."
        )
        raise DatabaseError(message)

    def _watched(
        self, script: _Script, deadline: timedelta, cancelled: Cancellation
    ) -> Result:
        try:
            return watched(
                script.run,
                end=script.end,
                deadline=deadline,
                grace_s=_GRACE_S,
                cancelled=cancelled,
            )
        except Ended as ended:
            if script.connected or ended.why is Why.CANCELLED:
                raise DatabaseError(ended.told("The script", deadline)) from ended
            message = (
                f"The database did not answer within {deadline.total_seconds():g} s. "
                "Check that it runs, and that the connection's URL is right."
            )
            raise DatabaseError(message) from ended
