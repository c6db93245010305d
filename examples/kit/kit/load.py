"""
The load: 250 requests a second of 500 users, counted in two arms.

What a document's metrics read is written five times a second: `readings.csv` holds the
numbers as they stand, `counts.csv` grows, in the form of a csv source.
"""

import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .piece import Piece, pct
from .place import Place

RATE_PER_S: Final = 250
USERS: Final = 500  # each comes every two seconds
WINDOW: Final = 500  # requests that the service's own numbers look back on
EVERY_S: Final = 0.2
ARMS: Final = ("canary", "control")


@dataclass(frozen=True, slots=True)
class Served:
    """One request: its arm, how it ended, and how long it took."""

    arm: str
    is_failed: bool
    took_s: float


class Load:
    """Sends requests to a piece, and keeps what came of the last of them."""

    def __init__(self, place: Place, piece: Piece) -> None:
        self._place = place
        self._piece = piece
        self._numbers = itertools.count()
        self._recent: deque[Served] = deque(maxlen=WINDOW)
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._lock = threading.Lock()
        self.failures: Counter[str] = Counter()

    def serve_next(self) -> None:
        """Serve the next user, and count what came of it."""
        user = f"user-{next(self._numbers) % USERS}"
        with self._place.serving(user):
            arm = ARMS[0] if self._place.switch() else ARMS[1]
            start_s = self._piece.clock.monotonic_s()
            failure = self._failure(user)
            took_s = self._piece.clock.monotonic_s() - start_s
        with self._lock:
            self._recent.append(Served(arm, failure is not None, took_s))
            self._counts[arm, failure is not None] += 1
            if failure is not None:
                self.failures[f"{type(failure).__name__}: {failure}"] += 1

    def readings(self) -> Mapping[str, float]:
        """Return the numbers of the service, and those of its piece."""
        with self._lock:
            recent = list(self._recent)
        took_ms = sorted(1000 * each.took_s for each in recent)
        return {
            "error_rate_pct": pct(sum(x.is_failed for x in recent), len(recent)),
            "latency_p50_ms": took_ms[len(took_ms) // 2],
            "latency_p99_ms": took_ms[len(took_ms) * 99 // 100],
            **self._piece.readings(),
        }

    def counts(self) -> Iterator[tuple[str, int, int]]:
        """Return arm, requests and failures since the last time."""
        with self._lock:
            counted, self._counts = self._counts, Counter()
        for arm in ARMS:
            failed = counted[arm, True]
            yield arm, failed + counted[arm, False], failed

    def _failure(self, user: str) -> Exception | None:
        """Serve a user; return what went wrong."""
        try:
            self._piece.serve(user)
        except Exception as error:  # noqa: BLE001 - whatever it is, the user got nothing
            return error
        return None


@contextmanager
def steady(place: Place, piece: Piece) -> Iterator[Load]:
    """Keep a piece under load for the length of a `with` block."""
    load = Load(place, piece)
    for _ in range(WINDOW):
        load.serve_next()
    _write(place.folder, load)
    over = threading.Event()
    pace_s = piece.workers / RATE_PER_S
    threads = [
        threading.Thread(target=_repeat, args=(load.serve_next, pace_s, over))
        for _ in range(piece.workers)
    ]
    threads.append(
        threading.Thread(
            target=_repeat, args=(lambda: _write(place.folder, load), EVERY_S, over)
        )
    )
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _repeat(work: Callable[[], None], pace_s: float, over: threading.Event) -> None:
    """Do something at a steady pace; what a busy machine missed is left out."""
    due_s = time.monotonic()
    while not over.is_set():
        work()
        due_s = max(due_s + pace_s, time.monotonic() - 1)
        over.wait(max(0.0, due_s - time.monotonic()))


def _write(folder: Path, load: Load) -> None:
    """Write both files; who reads them never sees half a file."""
    lines = [f"{name},{value:.6g}\n" for name, value in load.readings().items()]
    fresh = folder / "readings.csv.new"
    fresh.write_text("".join(lines), "utf-8")
    fresh.replace(folder / "readings.csv")
    now = datetime.now(UTC).isoformat()
    counts = folder / "counts.csv"
    head = "" if counts.exists() else "time,arm,requests,failed\n"
    rows = [f"{now},{arm},{came},{failed}\n" for arm, came, failed in load.counts()]
    with counts.open("a", encoding="utf-8") as file:
        file.write(head + "".join(rows))
