"""
Hardening: what each piece of the kit costs and keeps, beside the peers that it is for.

    python -m benchmarks.hardening breaker csv    parts of it, by the piece's name

A part that times peers runs them, and ours beside them, in the peers' environment: see
`in_peers_environment`.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.form import Row

ROOT = Path(__file__).parents[2]
PARTS = (
    "imports",
    "breaker",
    "metrics",
    "http",
    "retry",
    "jobs",
    "pool",
    "locks",
    "cache",
    "graphql_cache",
    "dedup",
    "grpc",
    "csv",
    "logs",
    "webhooks",
    "prompts",
)
"""The modules of this folder, in the order of the page."""


def measure() -> Iterator[Row]:
    """Yield the rows of all parts."""
    for name in PARTS:
        yield from rows_of(name)


def rows_of(name: str) -> Iterator[Row]:
    """Yield the rows of one part, each figure with the piece's name before it."""
    part = import_module(f"benchmarks.hardening.{name}")
    yield from part.measure()


def in_peers_environment(module: str, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    """
    Return what a module prints as JSON, run where the peers are, with the kit on its path.

    Args:
        module: Its name: 'benchmarks.peers.hardening_breaker'.
        arguments: For its command line.
    """
    done = subprocess.run(
        [ROOT / ".venv-peers/bin/python", "-m", module, *arguments],
        check=True,
        cwd=ROOT,
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT}/packages/hardening/src",
            "PYTHONHASHSEED": "0",
            "PATH": os.environ["PATH"],
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


__all__ = ["PARTS", "in_peers_environment", "measure", "rows_of"]
