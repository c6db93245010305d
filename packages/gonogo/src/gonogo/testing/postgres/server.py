"""One private server, for the length of a `with` block."""

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from gonogo.testing.postgres.binaries import find_binaries
from gonogo.testing.postgres.process import (
    USER,
    PostgresFailed,
    initialise,
    launch,
    log_of,
)

_START_S = 30.0  # a cold disk with two busy cores took 4 s; past 30 s it is stuck
_STOP_S = 20.0  # a fast shutdown aborts its clients and takes well under a second
_POLL_S = 0.02
_NO_SETTINGS: Mapping[str, str] = {}
_PORTS_TRIED = 5  # another process can take a free port before the server does


@dataclass(slots=True)
class PrivatePostgres:
    """
    One private server; made by `private_postgres`, which also ends it.

    Attributes:
        binaries: The folder that holds `postgres` and `initdb`.
        folder: What the server owns: data, log and socket.
        password: Of the only role, which is a superuser.
        port: On 127.0.0.1; it stays the same when stopped and started again.
        settings: Of the server, over those of every private one.
    """

    binaries: Path
    folder: Path
    password: str = field(repr=False)
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    _watch: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, dbname: str = "postgres") -> str:
        """Return the address of one database, as psycopg and libpq take it."""
        place = f"127.0.0.1:{self.port}/{quote(dbname, safe='')}"
        return f"postgresql://{USER}:{self.password}@{place}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, and end the sessions that still use it."""
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(
            sql.Identifier(name)
        )
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def start(self) -> None:
        """
        Start the server and return once it answers; nothing when it runs already.

        Raises:
            PostgresFailed: It ended, or did not answer in time; holds its log.
        """
        if self._watch is not None:
            return
        self._watch = launch(self.binaries, self.folder, self.port, self.settings)
        deadline = time.monotonic() + _START_S
        while not _answers(self.url()):
            if self._watch.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresFailed(doing="starting", output=log_of(self.folder))
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Stop the server as an operator would: clients are cut off, commits stay."""
        watch, self._watch = self._watch, None
        if watch is None:
            return
        try:
            watch.communicate(b"stop\n", timeout=_STOP_S)
        except subprocess.TimeoutExpired as error:
            watch.kill()
            raise PostgresFailed(
                doing="stopping", output=log_of(self.folder)
            ) from error

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()


@contextmanager
def private_postgres(
    folder: Path | None = None, *, settings: Mapping[str, str] = _NO_SETTINGS
) -> Iterator[PrivatePostgres]:
    """
    Run a private PostgreSQL for the length of a `with` block.

    Args:
        folder: Where to put its folder, which is removed at the end. The server's
            user must be able to reach it: as root the server runs as `postgres` or
            `nobody`, who cannot look into a folder of root's own.
        settings: Of the server, over those of every private one: autovacuum is off
            unless it says 'on'.

    Raises:
        PostgresNotFound: No server is installed; says what to type.
        PostgresFailed: It did not start; holds what the server printed.
    """
    binaries = find_binaries()
    home = Path(tempfile.mkdtemp(prefix="gonogo-pg-", dir=folder))
    try:
        password = secrets.token_urlsafe(16)
        initialise(binaries, home, password)
        with _first_start(binaries, home, password, settings) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _first_start(
    binaries: Path, home: Path, password: str, settings: Mapping[str, str]
) -> PrivatePostgres:
    """Return a running server, on a port that was free and still is."""
    for tried in range(1, _PORTS_TRIED + 1):
        server = PrivatePostgres(
            binaries=binaries,
            folder=home,
            password=password,
            port=_free_port(),
            settings=settings,
        )
        try:
            server.start()
        except PostgresFailed:
            if tried == _PORTS_TRIED or "Address already in use" not in log_of(home):
                raise
        else:
            return server
    raise AssertionError  # the last try returned or raised


def _free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    """Tell whether a client can connect."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
