"""Listening for commands: one thread that waits for PostgreSQL to say that one came."""

import logging
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from gonogo.adapters.journals.postgres_connection import connect, line_of
from gonogo.adapters.journals.postgres_schema import CHANNEL

_LOG = logging.getLogger(__name__)

_LOOK_S = 0.25  # how soon a thread that waits notices that it is to end
_AGAIN_S = 1.0  # a server that restarts is back within seconds


class Listening:
    """
    Calls `wake` at every command sent, from `__enter__` to `__exit__`.

    It lives through a lost connection. What was sent meanwhile is made up for by one
    call when it is back, so that a caller who then looks misses nothing.

    Args:
        url: Of the database.
        schema: Of the journal.
        place: Names the database in the log.
        wake: Called from the listening thread; must not raise.
    """

    def __init__(
        self, url: str, *, schema: str, place: str, wake: Callable[[], None]
    ) -> None:
        self._url, self._schema, self._place = url, schema, place
        self._wake = wake
        self._ends = Event()
        self._thread = Thread(target=self._listen, name="gonogo-listen", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._thread.join()

    def _listen(self) -> None:
        """Listen, on one connection after the other, until the end."""
        while not self._ends.is_set():
            try:
                self._listen_once()
            except psycopg.Error as error:
                _LOG.warning(
                    "listening to the journal %s was cut off (%s); trying again",
                    self._place,
                    line_of(error),
                )
                self._ends.wait(_AGAIN_S)

    def _listen_once(self) -> None:
        """Listen until the end, or until the connection is lost."""
        with connect(self._url, schema=self._schema, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._wake()  # for what was sent before anybody listened
            while not self._ends.is_set():
                for _ in connection.notifies(timeout=_LOOK_S, stop_after=1):
                    self._wake()
