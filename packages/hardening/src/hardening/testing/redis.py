"""
A private Redis: started for one test run on a socket of its own, gone afterwards.

It listens on a Unix socket in a temporary folder, so that it takes no port and never
touches a server that was there before, and it can be killed, frozen and started again
at the same address. A small shell beside it holds a pipe to this process: when this
process dies, even by SIGKILL, the server is ended too.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

BINARIES = ("redis-server", "valkey-server")
"""What is looked for on the PATH, in this order; both speak the same protocol."""

_START_S = 30.0  # two busy cores took 1 s; past 30 s it is stuck
_POLL_S = 0.01
_ANSWER_S = 1.0

# Names the server's process, then waits for the pipe to close.
_WATCH = '"$@" </dev/null >/dev/null 2>&1 & echo $!; read -r word; kill -KILL $! 2>&1'


class RedisNotFound(Exception):
    """No server is installed on this machine."""

    def __init__(self) -> None:
        names = " or ".join(BINARIES)
        super().__init__(f"No {names} on the PATH; type: make system-deps")


class RedisFailed(Exception):
    """A private server did not start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        log = folder / "log"
        said = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
        super().__init__(f"Redis did not start:\n{said}")


@dataclass(slots=True)
class PrivateRedis:
    """
    One private server; made by `private_redis`, which also ends it.

    Attributes:
        binary: The program.
        folder: What the server owns: its socket, its log, and its data if it is asked
            to keep any.
        keeps: Whether data outlive a kill (an append-only file, written at each
            command) or are gone with it.
    """

    binary: str
    folder: Path
    keeps: bool = False
    _watch: subprocess.Popen[str] | None = field(default=None, repr=False)
    _pid: int = field(default=0, repr=False)

    @property
    def url(self) -> str:
        """The address, as redis-py takes it; it stays when the server is restarted."""
        return f"unix://{self.folder / 'socket'}"

    def start(self) -> None:
        """
        Start the server and return once it answers; nothing when it runs already.

        Raises:
            RedisFailed: It ended, or did not answer in time; holds its log.
        """
        if self._watch is not None:
            return
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "watch", *self._command()],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is for the tests, not for the server
        )
        said = self._watch.stdout.readline() if self._watch.stdout else ""
        self._pid = int(said)
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End the server at once, as a crash would; `start` brings it back."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.communicate("stop\n")

    def freeze(self) -> None:
        """Stop the server where it stands: it takes connections and answers nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        os.kill(self._pid, signal.SIGCONT)

    def _command(self) -> list[str]:
        keeping = ("yes", "always") if self.keeps else ("no", "no")
        settings = {
            "port": "0",
            "unixsocket": str(self.folder / "socket"),
            "logfile": str(self.folder / "log"),
            "dir": str(self.folder),
            "save": "",
            "appendonly": keeping[0],
            "appendfsync": keeping[1],
        }
        told = [
            word for name, value in settings.items() for word in (f"--{name}", value)
        ]
        return [self.binary, *told]

    def _wait_until_it_answers(self) -> None:
        deadline_s = time.monotonic() + _START_S
        while not _answers(self.folder / "socket"):
            if time.monotonic() > deadline_s:
                self.kill()
                raise RedisFailed(self.folder)
            time.sleep(_POLL_S)


@contextmanager
def private_redis(*, keeps: bool = False) -> Iterator[PrivateRedis]:
    """
    Run a private Redis for the length of a `with` block.

    Args:
        keeps: Whether data outlive a kill.

    Raises:
        RedisNotFound: No server is installed; says what to type.
        RedisFailed: It did not start; holds what the server wrote to its log.
    """
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        raise RedisNotFound
    folder = Path(tempfile.mkdtemp(prefix="hardening-redis-"))
    server = PrivateRedis(binary, folder, keeps)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(path: Path) -> bool:
    """Tell whether the server answers a PING."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_ANSWER_S)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
