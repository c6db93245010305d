"""Flags: what asking for a 5 % flag costs."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import Timings

ROOT = Path(__file__).parents[1]
FLOOR = "one murmur3 and one comparison"
BARS = {"gonogo_flags is_on": Bar(Of.RATIO, most=3)}


def measure() -> Iterator[Row]:
    """Yield the cost of one look-up: ours, the floor's and flagd's own in Python."""
    taken = _in_peers_environment()
    for name in taken.rounds:
        against = None if name == FLOOR else FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=against,
            ratio=taken.ratio(name, FLOOR) if against else None,
            bar=BARS.get(name),
        )


def _in_peers_environment() -> Timings:
    """Time all candidates in one process that has the peers and our package."""
    paths = f"{ROOT}:{ROOT}/packages/gonogo_flags/src"
    done = subprocess.run(
        [ROOT / ".venv-peers/bin/python", "-m", "benchmarks.peers.flags"],
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": paths, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    return Timings({name: tuple(ns) for name, ns in json.loads(done.stdout).items()})
