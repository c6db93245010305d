"""Driving a load: workers are started, measured, sent aborts, and stopped."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.engine.beside import beside
from benchmarks.engine.figures import Figures, Load, together
from benchmarks.engine.load import ADA, names
from benchmarks.engine.world import breaks
from gonogo.adapters.clocks import SystemClock
from gonogo.model.command import Abort
from gonogo.ports.journal import Journal

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
"""Not the system's temporary folder, which may be memory: a sync of that is free."""

ABORTS_PER_S = 10
# Turns of shards end, at the latest, when an action does; none is long here.
LEAVES_S = 30.0
# A cadence, and a bit for shards that change hands at the start.
WARMER = 1.2


class WorkerProcess:
    """A `benchmarks.engine.worker` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def wait_until_at_work(self) -> None:
        """Return after its first tick."""
        self._line()

    def begin(self) -> None:
        """Measure from now on."""
        self._tell("begin")

    def end(self) -> None:
        """Measure no more; the figures are on their way."""
        self._tell("end")

    def figures(self) -> Figures:
        """Return what was measured, once `end` was said."""
        return Figures.parsed(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101  it was asked for
        line = self._process.stdout.readline()
        if not line:
            message = f"a worker ended with status {self._process.wait()}"
            raise RuntimeError(message)
        return line

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  it was asked for
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()


def measured(
    workers: Sequence[WorkerProcess], journal: Journal, *, count: int, seconds: float
) -> Load:
    """
    Return what workers see within so many seconds, while people abort rollouts.

    Args:
        workers: All that work on the journal; warm.
        journal: To send through, as `gonogo abort` does from a process of its own.
        count: How many rollouts the load has.
        seconds: How long.
    """
    for each in workers:
        each.begin()
    BUILD.mkdir(exist_ok=True)
    with beside(BUILD) as seen:
        aborted = _abort(journal, count, seconds)
    for each in workers:
        each.end()
    found = [each.figures() for each in workers]
    return together(found, aborted, seconds=seconds, beside=seen)


def _abort(journal: Journal, count: int, seconds: float) -> dict[str, float]:
    """Send aborts at random instants; return when each was sent."""
    dice, clock = Random(4), SystemClock()
    spared = [name for name in names(count) if not breaks(name)]
    chosen = iter(dice.sample(spared, len(spared)))
    sent: dict[str, float] = {}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(min(dice.expovariate(ABORTS_PER_S), 1.0))
        rollout = next(chosen)
        sent[rollout] = time.time()
        journal.send(rollout, Abort(at=clock.now(), by=ADA))
    return sent


@contextmanager
def workers(
    place: str, number: int, *options: str
) -> Iterator[tuple[WorkerProcess, ...]]:
    """Yield so many workers of one place; they have left when the block ends."""
    with ExitStack() as stack:
        yield tuple(
            stack.enter_context(_worker(place, *options)) for _ in range(number)
        )


@contextmanager
def _worker(place: str, *options: str) -> Iterator[WorkerProcess]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.engine.worker", place, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield WorkerProcess(process)
        process.communicate(timeout=LEAVES_S)
    finally:
        process.kill()
        process.wait()


def warm_up(workers: Sequence[WorkerProcess], cadence: timedelta) -> None:
    """Return once every rollout was woken once: its state is at hand then."""
    for each in workers:
        each.wait_until_at_work()
    time.sleep(WARMER * cadence.total_seconds())
