"""
Prepare a database for wake-ups, or work on one until ended.

    python -m benchmarks.peers.wakeups KIND prepare URL COUNT CADENCE_S
    python -m benchmarks.peers.wakeups KIND work URL CADENCE_S

KIND is `floor`, `on_pgqueuer` or `on_procrastinate`.
"""

import asyncio
import sys
import time
from importlib import import_module

import psycopg

from benchmarks.peers.wakeups.woken import TABLE

STARTS_S = 5.0
"""So long it takes to prepare, and to start the workers: nothing is late by that."""


def main(arguments: list[str]) -> None:
    """Do what is asked for."""
    kind, what, url, *numbers = arguments
    queue = import_module(f"benchmarks.peers.wakeups.{kind}")
    if what == "work":
        asyncio.run(queue.work(url, cadence_s=float(numbers[0])))
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
    count, cadence_s = int(numbers[0]), float(numbers[1])
    first = time.time() + STARTS_S
    due = [(n, first + cadence_s * n / count) for n in range(count)]
    asyncio.run(queue.prepare(url, due))


if __name__ == "__main__":
    main(sys.argv[1:])
