"""Servers for the tests of the rotation, each in a process of its own."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("grpc")

from hardening.grpc import BackendAdded

PROGRAM = Path(__file__).with_name("server.py")


@dataclass
class Backend:
    """One server; made by the fixture `backends`, which also ends it."""

    name: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self):
        """Where it serves, also after a restart."""
        return f"127.0.0.1:{self.port}"

    def start(self):
        """Start it, at the same port as before."""
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", PROGRAM, self.name, str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.port = int(self.process.stdout.readline())

    def signal(self, number):
        """Send a signal: SIGSTOP freezes."""
        self.process.send_signal(number)  # nothing, if it has ended

    def report(self, status):
        """Have it report a status of health, 'SERVING' or 'NOT_SERVING', from now on."""
        self.process.stdin.write(status.encode() + b"\n")
        self.process.stdin.flush()
        assert b"done\n" == self.process.stdout.readline()

    def kill(self):
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def state_of(channel, address):
    """Return how an address of a rotation stands; None when it is none of its."""
    member = channel.hub._fleet.members.get(address)
    return member.state if member is not None else None


class HandlerBroke(Exception):
    """What a listener raises that writes to a disk that is full."""


class Raising:
    """A listener that raises at every event but the first, of the making."""

    def __init__(self):
        self.told = []

    def __call__(self, event):
        """Note the event, and raise."""
        self.told.append(event)
        if type(event) is not BackendAdded:
            raise HandlerBroke


@pytest.fixture(scope="module")
def _started():
    """Give three servers for all tests of a module; starting one takes a while."""
    servers = [Backend(name) for name in "abc"]
    for one in servers:
        one.start()
    yield servers
    for one in servers:
        one.signal(signal.SIGCONT)
        one.kill()


@pytest.fixture
def backends(_started):
    """Give three servers that serve, whatever the test before did to them."""
    for one in _started:
        if one.process.poll() is not None:
            one.start()
        one.signal(signal.SIGCONT)
        one.report("SERVING")
    return _started


@pytest.fixture
def until():
    """Give what waits for a condition, for ten seconds at most."""

    def wait(holds):
        deadline_s = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline_s, "it never came to that"
            time.sleep(0.01)

    return wait
