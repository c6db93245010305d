"""
Engine, large: a hundred thousand rollouts that soak, each looked at every five minutes.

It takes some 25 minutes, most of them to begin the rollouts and to let them settle.
"""

from collections.abc import Iterator

from benchmarks.engine.rows import alone, shared
from benchmarks.engine.soaking import LARGE
from benchmarks.form import Row


def measure() -> Iterator[Row]:
    """Yield the rows of one process over SQLite, and of two over PostgreSQL."""
    yield from alone(LARGE)
    yield from shared(LARGE)
