"""Commands: how long a person waits for one, as a whole process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine.load import fill_history
from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from gonogo.adapters.journals import SqliteJournal
from gonogo.bootstrap.workspace import JOURNAL

COUNT = 10_000
START = "python -c pass"
VERSION = "gonogo --version"
EMPTY = "gonogo status, nothing was run here"
MANY = f"gonogo status, {COUNT:,} rollouts"
BARS = {
    VERSION: Bar(Of.VALUE, most=0.3),
    EMPTY: Bar(Of.VALUE, most=0.3),
    MANY: Bar(Of.VALUE, most=0.5),
}
NOTHING_THERE = 2
"""The exit status of a command that finds no rollout."""


def measure() -> Iterator[Row]:
    """Yield start-up, and what it takes to look at a full journal."""
    with tempfile.TemporaryDirectory() as folder:
        empty, many = Path(folder, "empty"), Path(folder, "many")
        empty.mkdir()
        _fill(many)
        # Whoever installs compiles once; a checkout may keep no byte code.
        kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        taken = timings(
            {
                START: lambda: _run(empty, kept, "-c", "pass"),
                VERSION: lambda: _run(empty, kept, "-m", "gonogo", "--version"),
                EMPTY: lambda: _run(empty, kept, "-m", "gonogo", "status"),
                MANY: lambda: _run(many, kept, "-m", "gonogo", "status"),
            },
            rounds=10,
            number=1,
        )
    for name in taken.rounds:
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e9,
            unit="s",
            against=START if name in BARS else None,
            ratio=taken.ratio(name, START) if name in BARS else None,
            bar=BARS.get(name),
        )


def _fill(folder: Path) -> None:
    """Keep rollouts where `gonogo status` looks for them, under way and ended."""
    (folder / ".gonogo").mkdir(parents=True)
    with SqliteJournal(folder / ".gonogo" / JOURNAL) as journal:
        fill_history(journal, COUNT, datetime(2025, 1, 1, 12, tzinfo=UTC))


def _run(folder: Path, environ: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
    )
    if done.returncode not in {0, NOTHING_THERE}:
        message = f"{arguments} ended with {done.returncode}: {done.stderr}"
        raise RuntimeError(message)
