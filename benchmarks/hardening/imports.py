"""What importing one piece takes, over starting Python with nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.form import Bar, Of, Row

PIECES = Path(__file__).parents[2] / "packages/hardening/src/hardening"
ROUNDS = 11
BAR = Bar(Of.VALUE, most=50)


def measure() -> Iterator[Row]:
    """Yield the milliseconds that each piece adds to the start, the median of rounds."""
    names = sorted(path.parent.name for path in PIECES.glob("*/__init__.py"))
    programs = {"": "pass"} | {name: f"import hardening.{name}" for name in names}
    spans: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            spans[name].append(_started_ms(program))
    for name in names:
        added = [ours - bare for ours, bare in zip(spans[name], spans[""], strict=True)]
        figure = f"import hardening.{name}"
        yield Row(figure=figure, value=median(added), unit="ms", bar=BAR)


def _started_ms(program: str) -> float:
    """Return what a new interpreter takes to run a program, to its end."""
    started = time.perf_counter_ns()
    subprocess.run([sys.executable, "-c", program], check=True)
    return (time.perf_counter_ns() - started) / 1e6
