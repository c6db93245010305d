"""gRPC: what a call over the rotation costs, and what a killed server costs callers."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import grpc

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import ROOT
from benchmarks.paired import timings
from hardening.grpc import Rotation, Settings

METHOD = "/t.T/Get"
BEFORE, CALLS = 60, 200
BARE = "grpc: a call over a bare channel"
# A call that was on its way when its server died is repeated if it may run twice.
OURS = "Rotation, of idempotent calls"
QUIET = Settings(health_interval_s=None)
IDEMPOTENT = Settings(health_interval_s=None, idempotent=lambda _: True)


def measure() -> Iterator[Row]:
    """Yield the cost of a call, then the errors of each way when a server is killed."""
    yield from _calls()
    ways: dict[str, Callable[[Sequence[str]], grpc.Channel]] = {
        "pick_first, gRPC's default": _pick_first,
        "round_robin, gRPC's own": _round_robin,
        "Rotation": lambda addresses: Rotation(addresses, settings=QUIET),
        OURS: lambda addresses: Rotation(addresses, settings=IDEMPOTENT),
    }
    for name, way in ways.items():
        answered, errors = _killed(way)
        yield Row(
            figure=f"grpc: errors of {CALLS} calls, a server of three killed: {name}",
            value=errors,
            unit="calls",
            bar=Bar(Of.VALUE, most=0) if name == OURS else None,
        )
        yield Row(
            figure=f"grpc: share of the busiest server before: {name}",
            value=100 * max(answered.values()) / answered.total(),
            unit="%",
        )


def _calls() -> Iterator[Row]:
    """Yield what a call costs, by wall clock, against the same server."""
    with (
        _servers(1) as (server,),
        grpc.insecure_channel(server.address) as bare,
        Rotation([server.address], settings=QUIET) as rotation,
    ):
        plain = bare.unary_unary(METHOD)
        rotating = rotation.unary_unary(METHOD)
        calls: dict[str, Callable[[], object]] = {
            BARE: lambda: plain(b"", timeout=5),
            "grpc: a call over a Rotation": lambda: rotating(b"", timeout=5),
        }
        taken = timings(calls, number=100)
    for name in calls:
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=None if name == BARE else BARE,
            ratio=None if name == BARE else taken.ratio(name, BARE),
        )


def _killed(
    way: Callable[[Sequence[str]], grpc.Channel],
) -> tuple[Counter[bytes], int]:
    """Return who answered before a server is killed, and the errors after."""
    answered: Counter[bytes] = Counter()
    errors = 0
    with _servers(3) as servers, way([one.address for one in servers]) as channel:
        call = channel.unary_unary(METHOD)
        for _ in range(BEFORE):
            answered[call(b"", timeout=5)] += 1
        # The one that pick_first uses.
        busiest = int(answered.most_common(1)[0][0])
        next(one for one in servers if one.process.pid == busiest).process.kill()
        for _ in range(CALLS):
            try:
                call(b"", timeout=5)
            except grpc.RpcError:
                errors += 1
    return answered, errors


def _pick_first(addresses: Sequence[str]) -> grpc.Channel:
    return grpc.insecure_channel("ipv4:" + ",".join(addresses))


def _round_robin(addresses: Sequence[str]) -> grpc.Channel:
    options = [("grpc.lb_policy_name", "round_robin")]
    return grpc.insecure_channel("ipv4:" + ",".join(addresses), options)


class _Server:
    """A server's process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.hardening.serving"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None  # noqa: S101 - piped
        self.address = f"127.0.0.1:{int(self.process.stdout.readline())}"


@contextmanager
def _servers(count: int) -> Iterator[list[_Server]]:
    """Run some servers for the length of a `with` block."""
    servers: list[_Server] = []
    try:
        servers.extend(_Server() for _ in range(count))
        yield servers
    finally:
        for server in servers:
            server.process.kill()
            server.process.communicate()
