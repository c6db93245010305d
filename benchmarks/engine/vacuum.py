"""Vacuum: what a server does beside its work, and a private one is told not to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

PAUSE_S = 5.0
"""Shorter than a real server's minute, as long as these runs are short."""


@contextmanager
def vacuumed(url: str) -> Iterator[None]:
    """
    Vacuum a database again and again, for the length of a `with` block.

    Queues leave a dead row behind each job; without this, the figures would show that.
    """
    ends = threading.Event()
    thread = threading.Thread(target=_vacuum, args=(url, ends), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def _vacuum(url: str, ends: threading.Event) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while not ends.wait(PAUSE_S):
            connection.execute("VACUUM ANALYZE")
