"""
Rounds of changing a value under readers: who is given the old one afterwards.

Each round changes the truth, invalidates, and announces that the invalidation is
confirmed. A reader notes what was confirmed before it reads; a value from before that
is stale. Loads take a few milliseconds, so that one is in flight at each invalidation.
The standard library alone, so that it runs in the peers' environment as well.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_int64
from dataclasses import dataclass, field
from typing import Any

LOAD_S = 0.002
PAUSE_S = 0.0003  # between reads; without it the readers have the cores to themselves
_START_S, _END_S = 60.0, 30.0
_SPAWN = multiprocessing.get_context("spawn")


def _number() -> Any:  # noqa: ANN401 - ctypes shows no type for it
    """Return a number that processes share, written by one and read without a lock."""
    return _SPAWN.Value(c_int64, 0, lock=False)


@dataclass(slots=True)
class Board:
    """
    What the processes share.

    Attributes:
        truth: What a load that begins now returns: the round's number.
        confirmed: The last round whose invalidation was confirmed.
        going: Zero ends the readers.
        ready: Released once by each reader process.
        reports: One from each reader process, when it ends.
    """

    truth: Any = field(default_factory=_number)
    confirmed: Any = field(default_factory=_number)
    going: Any = field(default_factory=_number)
    ready: Any = field(default_factory=lambda: _SPAWN.Semaphore(0))
    reports: Any = field(default_factory=_SPAWN.Queue)

    def change(self, invalidate: Callable[[], object]) -> None:
        """Go one round."""
        self.truth.value += 1
        invalidate()
        self.confirmed.value = self.truth.value


@dataclass(slots=True)
class Report:
    """
    What readers saw.

    Attributes:
        reads: How many.
        stale: How many gave a value from before a confirmed invalidation.
        loads: How many loads they took.
        overtaken: How many of them an invalidation overtook.
    """

    reads: int = 0
    stale: int = 0
    loads: int = 0
    overtaken: int = 0

    def add(self, other: "Report") -> None:
        """Add another's numbers."""
        self.reads += other.reads
        self.stale += other.stale
        self.loads += other.loads
        self.overtaken += other.overtaken

    def note(self, *, floor: int, got: int) -> None:
        """Note a read, and what was confirmed before it."""
        self.reads += 1
        self.stale += got < floor


@contextmanager
def readers(
    target: Callable[[str, Board], None], url: str, *, processes: int
) -> Iterator[tuple[Board, Report]]:
    """
    Run reader processes; the report is complete when the block has ended.

    Args:
        target: What each runs; it releases `ready`, and puts its report when it ends.
        url: Of the Redis.
        processes: How many.
    """
    board, total = Board(), Report()
    board.going.value = 1
    running = [
        _SPAWN.Process(target=target, args=(url, board), daemon=True)
        for _ in range(processes)
    ]
    try:
        for process in running:
            process.start()
        for _ in running:
            if not board.ready.acquire(timeout=_START_S):
                raise TimeoutError
        yield board, total
        board.going.value = 0
        for _ in running:
            total.add(board.reports.get(timeout=_END_S))
        for process in running:
            process.join(_END_S)
    finally:
        for process in running:
            process.kill()
            process.join()
            process.close()
        board.reports.close()
        board.reports.join_thread()
