"""Beside a load: how late this machine lets a process be that does next to nothing."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NAP_S = 0.01
SYNC_EVERY_S = 0.04
PAGE = bytes(4096)


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What was seen; spans in milliseconds.

    Attributes:
        overslept_ms: How long after its end each sleep of 10 ms was over. Nobody who
            waits for the same processors can be on time more often.
        synced_ms: What it took to overwrite a page of a file and to sync it. Nobody who
            keeps something on the same disk can be quicker.
    """

    overslept_ms: list[float] = field(default_factory=list)
    synced_ms: list[float] = field(default_factory=list)


@contextmanager
def beside(folder: Path) -> Iterator[Beside]:
    """
    Sleep, and sync a file, again and again for the length of a `with` block.

    Args:
        folder: On the disk that the load is on.

    Yields:
        What is seen, which grows.
    """
    seen, ends = Beside(), threading.Event()
    with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as file:
        file.write(PAGE)
        os.fsync(file.fileno())

        def nap() -> None:
            took_ms = _took_ms(lambda: time.sleep(NAP_S))
            seen.overslept_ms.append(took_ms - 1000 * NAP_S)

        def sync() -> None:
            seen.synced_ms.append(_took_ms(lambda: _overwrite(file.fileno())))
            ends.wait(SYNC_EVERY_S)

        threads = [
            threading.Thread(target=_until, args=(ends, each), daemon=True)
            for each in (nap, sync)
        ]
        for each in threads:
            each.start()
        try:
            yield seen
        finally:
            ends.set()
            for each in threads:
                each.join()


def _until(ends: threading.Event, once: Callable[[], None]) -> None:
    while not ends.is_set():
        once()


def _took_ms(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def _overwrite(file: int) -> None:
    os.pwrite(file, PAGE, 0)
    # Where there is no fdatasync, fsync is what a journal has as well.
    getattr(os, "fdatasync", os.fsync)(file)
