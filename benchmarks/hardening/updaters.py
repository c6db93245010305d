"""
Processes that update one row, told how and how often; 16 of them make the benchmark.

    python -m benchmarks.hardening.updaters URL WAY TIMES
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from hardening.counters import Counters
from hardening.locks import Locks, LockWaitLong

ROOT = Path(__file__).parents[2]
LIMIT_S = 600.0
"""Nothing here takes longer."""

_READ = "select score from contacts where id = 1"
_WRITE = "update contacts set score = %s where id = 1"


def run_together(url: str, way: str, *, processes: int, times: int) -> list[float]:
    """Update from many processes at once; return how long each wait or call took."""
    command = [sys.executable, "-m", "benchmarks.hardening.updaters", url, way]
    running = [
        subprocess.Popen(
            [*command, str(times)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    spans: list[float] = []
    try:
        for process in running:
            assert process.stdout is not None  # noqa: S101 - asked for above
            process.stdout.readline()  # it is ready
        for process in running:
            assert process.stdin is not None  # noqa: S101 - asked for above
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in running:
            spans += json.loads(process.communicate(timeout=LIMIT_S)[0])
    finally:
        for process in running:
            process.kill()
            process.communicate()
    return spans


def main(url: str, way: str, times: int) -> None:
    """Wait for the word, update, and print the spans in seconds."""
    with psycopg.connect(url, autocommit=True) as connection:
        update, spans = WAYS[way](connection)
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(times):
            update()
    print(json.dumps(spans))


Updater = tuple[Callable[[], object], list[float]]


def unlocked(connection: "psycopg.Connection[Any]") -> Updater:
    """Read, change and write, as code does that never met a second process."""

    def update() -> None:
        [score] = connection.execute(_READ).fetchone() or [0]
        connection.execute(_WRITE, [score + 1])

    return update, []


def locked(connection: "psycopg.Connection[Any]") -> Updater:
    """Read, change and write under a row lock; the spans are the waits."""
    spans: list[float] = []

    def note(event: object) -> None:
        if isinstance(event, LockWaitLong):
            spans.append(event.waited_s)

    locks = Locks(timeout_s=60, long_s=0, listener=note)

    def update() -> None:
        with locks.row(connection, "contacts", 1) as contact:
            connection.execute(_WRITE, [contact["score"] + 1])

    return update, spans


def counted(connection: "psycopg.Connection[Any]") -> Updater:
    """Call the counter function; the spans are the calls."""
    spans: list[float] = []
    counters = Counters("hot")
    one = {"total_violations": 1, "severity_counts.medium": 1}

    def update() -> None:
        started = time.perf_counter()
        counters.add(connection, "u1", one)
        spans.append(time.perf_counter() - started)

    return update, spans


WAYS = {"unlocked": unlocked, "locked": locked, "counted": counted}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
