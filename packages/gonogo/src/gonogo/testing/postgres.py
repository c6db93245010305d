"""
A private PostgreSQL: started for one test run, on a free port, gone afterwards.

The server runs from a temporary folder as a user who is not root, listens on the
loopback only, and asks for a random password. It never touches a server that was
there before. A small shell beside it holds a pipe to this process: when this process
dies, even by SIGKILL, the shell stops the server and removes the folder.

Durability is switched off. A clean `stop` keeps every commit; a crash of the machine
may not, and no test here asks for one.
"""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict
from urllib.parse import quote

import psycopg
from psycopg import sql

OLDEST_MAJOR = 15
"""The oldest PostgreSQL that gonogo is tested with (unique nulls, MERGE)."""

_START_S = 30.0  # a cold disk with two busy cores took 4 s; past 30 s it is stuck
_STOP_S = 20.0  # a fast shutdown aborts its clients and takes well under a second
_POLL_S = 0.02
_PORTS_TRIED = 5  # another process can take a free port before the server does
_USER = "gonogo"

_SETTINGS = {
    "autovacuum": "off",
    "full_page_writes": "off",
    "fsync": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "max_wal_senders": "0",
    "shared_buffers": "16MB",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "wal_level": "minimal",
}

# Runs the server ("$@") until it ends by itself, until a line comes in (stop) or until
# the pipe closes (whoever started us is gone: stop, and leave nothing behind).
# The first `wait` may return early for the trap, the second then sees the end.
_WATCH = """
folder=$1; shift
orphaned=
trap 'orphaned=yes' USR1
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( read -r word <&3 || kill -USR1 $$; kill -INT "$server" ) 2>/dev/null & reader=$!
wait "$server"; wait "$server" 2>/dev/null
kill "$reader" 2>/dev/null
[ -z "$orphaned" ] || rm -rf "$folder"
"""


class _Account(TypedDict, total=False):
    """Whom to run a program as, in the words of `subprocess`."""

    user: int
    group: int
    extra_groups: list[int]


class PostgresNotFound(Exception):
    """No PostgreSQL server of the required version is installed here."""

    def __init__(self, *, looked_in: tuple[Path, ...]) -> None:
        self.looked_in = looked_in
        places = ", ".join(map(str, looked_in)) or "no folder at all"
        super().__init__(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found (looked in {places}). "
            "Install it with: scripts/system-deps"
        )


class PostgresFailed(Exception):
    """A private server could not be prepared, started or stopped."""

    def __init__(self, *, doing: str, output: str) -> None:
        self.doing = doing
        self.output = output
        super().__init__(f"PostgreSQL failed while {doing}:\n{output.strip()}")


@dataclass(slots=True)
class PrivatePostgres:
    """
    One private server; made by `private_postgres`, which also ends it.

    Attributes:
        binaries: The folder that holds `postgres` and `initdb`.
        folder: What the server owns: data, log and socket.
        password: Of the only role, which is a superuser.
        port: On 127.0.0.1; it stays the same when stopped and started again.
    """

    binaries: Path
    folder: Path
    password: str = field(repr=False)
    port: int
    _watch: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, dbname: str = "postgres") -> str:
        """Return the address of one database, as psycopg and libpq take it."""
        place = f"127.0.0.1:{self.port}/{quote(dbname, safe='')}"
        return f"postgresql://{_USER}:{self.password}@{place}"

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
        self._watch = _launch(self.binaries, self.folder, self.port)
        deadline = time.monotonic() + _START_S
        while not _answers(self.url()):
            if self._watch.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresFailed(doing="starting", output=_log(self.folder))
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
            raise PostgresFailed(doing="stopping", output=_log(self.folder)) from error

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
def private_postgres(folder: Path | None = None) -> Iterator[PrivatePostgres]:
    """
    Run a private PostgreSQL for the length of a `with` block.

    Args:
        folder: Where to put its folder, which is removed at the end. The server's
            user must be able to reach it: as root the server runs as `postgres` or
            `nobody`, who cannot look into a folder of root's own.

    Raises:
        PostgresNotFound: No server is installed; says what to type.
        PostgresFailed: It did not start; holds what the server printed.
    """
    binaries = find_binaries()
    home = Path(tempfile.mkdtemp(prefix="gonogo-pg-", dir=folder))
    try:
        password = secrets.token_urlsafe(16)
        _initialise(binaries, home, password)
        with _first_start(binaries, home, password) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_binaries(candidates: Iterable[Path] | None = None) -> Path:
    """
    Return the first folder that holds a new enough server.

    Args:
        candidates: Folders to look in, best first; by default what `pg_config`, the
            packages of Debian, Red Hat and Homebrew, and the PATH offer.
    """
    folders = tuple(_candidates() if candidates is None else candidates)
    for folder in folders:
        if _major(folder) >= OLDEST_MAJOR:
            return folder
    raise PostgresNotFound(looked_in=folders)


def _candidates() -> Iterator[Path]:
    """Yield the folders that may hold a server, without repeats, newest first."""
    seen: set[Path] = set()
    for folder in (*_configured(), *_packaged(), *_on_path()):
        if folder not in seen and (folder / "initdb").exists():
            seen.add(folder)
            yield folder


def _configured() -> Iterator[Path]:
    """Yield what `pg_config` names, when there is one."""
    command = shutil.which("pg_config")
    if command is not None:
        yield Path(_output([command, "--bindir"]).strip())


def _packaged() -> Iterator[Path]:
    """Yield the folders where package managers put servers, newest first."""
    patterns = (
        ("/usr/lib/postgresql", "*/bin"),
        ("/usr", "pgsql-*/bin"),
        ("/opt/homebrew/opt", "postgresql@*/bin"),
        ("/usr/local/opt", "postgresql@*/bin"),
    )
    for root, pattern in patterns:
        yield from sorted(Path(root).glob(pattern), key=_major, reverse=True)


def _on_path() -> Iterator[Path]:
    """Yield the folder of the `postgres` that the PATH finds."""
    command = shutil.which("postgres")
    if command is not None:
        yield Path(command).resolve().parent


def _major(folder: Path) -> int:
    """Return the server's major version, 0 when there is none to run."""
    try:
        version = _output([str(folder / "postgres"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", version)
    return int(found.group(1)) if found else 0


def _output(command: list[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _initialise(binaries: Path, home: Path, password: str) -> None:
    """Create the cluster that the server runs on, owned by the server's user."""
    secret = home / "password"
    secret.write_text(password, encoding="ascii")
    for path in (home, secret):
        _give_away(path)
    command = [
        *(str(binaries / "initdb"), "--pgdata", str(home / "data")),
        *("--username", _USER, "--pwfile", str(secret), "--auth", "password"),
        *("--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"),
    ]
    done = subprocess.run(
        command,
        check=False,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **_as_server_user(),
    )
    secret.unlink()
    if done.returncode != 0:
        raise PostgresFailed(doing="creating its folder", output=done.stdout)


def _first_start(binaries: Path, home: Path, password: str) -> PrivatePostgres:
    """Return a running server, on a port that was free and still is."""
    for tried in range(1, _PORTS_TRIED + 1):
        server = PrivatePostgres(
            binaries=binaries, folder=home, password=password, port=_free_port()
        )
        try:
            server.start()
        except PostgresFailed:
            if tried == _PORTS_TRIED or "Address already in use" not in _log(home):
                raise
        else:
            return server
    raise AssertionError  # the last try returned or raised


def _launch(binaries: Path, home: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server under its watch, in a session of its own."""
    server = [
        *(str(binaries / "postgres"), "-D", str(home / "data")),
        *("-p", str(port), "-k", str(home)),
    ]
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "watch", str(home), *server, *settings],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C is for the tests, not for the server
            **_as_server_user(),
        )


def _as_server_user() -> _Account:
    """Return the arguments that drop root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return {}
    entry = _server_user()
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _server_user() -> pwd.struct_passwd:
    """Return the account to run as in place of root."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _give_away(path: Path) -> None:
    """Hand a path to the server's user, when that is somebody else."""
    if os.geteuid() == 0:
        entry = _server_user()
        os.chown(path, entry.pw_uid, entry.pw_gid)


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


def _log(home: Path) -> str:
    """Return the end of the server's log."""
    path = home / "log"
    return path.read_text("utf-8", "replace")[-2000:] if path.exists() else ""
