"""HTTP: the slots that cancelled calls cost, and what a call costs over httpx2's own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx2

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import ROOT, in_peers_environment
from benchmarks.paired import timings
from hardening.breaker import Breaker
from hardening.http import Client, Provider
from hardening.retry import Policy, Retrier

ROUNDS = 3
HOW_MUCH = ("4000", "12")  # cancellations, and the most seconds for them
MODULE = "benchmarks.peers.hardening_http"
FLOOR = "httpx2.Client.get, without a network"


def measure() -> Iterator[Row]:
    """Yield the slots that are lost, then what a call costs."""
    yield from _slots()
    yield from _calls()


def _slots() -> Iterator[Row]:
    """Yield the lost slots of each library over all rounds: it takes bad luck as well."""
    rounds: dict[str, Callable[[], Any]] = {
        "httpx 0.28": lambda: in_peers_environment(MODULE, "httpx", *HOW_MUCH),
        "hardening.http AsyncClient": lambda: _here("kit"),
    }
    for name, run in rounds.items():
        seen = [run() for _ in range(ROUNDS)]
        cancelled = sum(one["cancelled"] for one in seen)
        is_ours = name.startswith("hardening")
        yield Row(
            figure=f"{name}: slots lost of 10, {ROUNDS} times, {cancelled:,} cancelled",
            value=sum(one["lost"] for one in seen),
            unit="slots",
            bar=Bar(Of.VALUE, most=0) if is_ours else None,
        )


def _here(library: str) -> Any:  # noqa: ANN401 - JSON
    """Return what the same program finds in this environment."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE, library, *HOW_MUCH],
        check=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


def _calls() -> Iterator[Row]:
    """Yield what a call costs without a network: the client's own work."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=b"{}"))
    url = "http://127.0.0.1"
    bare = Provider(name="p", base_url=url)
    guarded = replace(bare, circuit=Breaker("p"), retrier=Retrier(Policy(on=OSError)))
    transports = {"p": transport}
    with (
        httpx2.Client(transport=transport) as floor,
        Client([bare], transports=transports) as plain,
        Client([guarded], transports=transports) as full,
    ):
        taken = timings(
            {
                FLOOR: lambda: floor.get(f"{url}/"),
                "Client.get": lambda: plain.get("p", "/"),
                "Client.get, circuit and retrier": lambda: full.get("p", "/"),
            },
            rounds=20,
            number=200,
        )
    for name in taken.rounds:
        is_floor = name == FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=None if is_floor else FLOOR,
            ratio=None if is_floor else taken.ratio(name, FLOOR),
        )
