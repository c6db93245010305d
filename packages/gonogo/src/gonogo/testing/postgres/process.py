"""
The server's process: its cluster is made, then it is started under a watch, not as root.

A small shell beside the server holds a pipe to this process: when this process dies,
even by SIGKILL, the shell stops the server and removes the folder.
"""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

USER = "gonogo"
"""The only role, a superuser."""

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


class PostgresFailed(Exception):
    """A private server could not be prepared, started or stopped."""

    def __init__(self, *, doing: str, output: str) -> None:
        self.doing = doing
        self.output = output
        super().__init__(f"PostgreSQL failed while {doing}:\n{output.strip()}")


class _Account(TypedDict, total=False):
    """Whom to run a program as, in the words of `subprocess`."""

    user: int
    group: int
    extra_groups: list[int]


def initialise(binaries: Path, home: Path, password: str) -> None:
    """Create the cluster that the server runs on, owned by the server's user."""
    secret = home / "password"
    secret.write_text(password, encoding="ascii")
    for path in (home, secret):
        _give_away(path)
    command = [
        *(str(binaries / "initdb"), "--pgdata", str(home / "data")),
        *("--username", USER, "--pwfile", str(secret), "--auth", "password"),
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


def launch(
    binaries: Path, home: Path, port: int, over: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start the server under its watch, in a session of its own."""
    server = [
        *(str(binaries / "postgres"), "-D", str(home / "data")),
        *("-p", str(port), "-k", str(home)),
    ]
    told = {**_SETTINGS, **over}
    settings = [f"--{name}={value}" for name, value in told.items()]
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


def log_of(home: Path) -> str:
    """Return the end of the server's log."""
    path = home / "log"
    return path.read_text("utf-8", "replace")[-2000:] if path.exists() else ""
