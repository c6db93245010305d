"""
The outbox: what a watcher saw, handed to a thread that takes it to the world.

An engine never waits for those who look on: an outbox takes an item at once or lets go
of it, counts what it let go of, and delivers on a thread of its own.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from gonogo.ports.telemetry import EngineMetrics

Item = TypeVar("Item")

# Two minutes of a busy engine (333 ticks/s, a record or two each are of interest at
# most), at some hundred bytes an item.
CAPACITY = 50_000
_LARGEST_BATCH = 512
PATIENCE_S = 5.0
"""How long the end of a process waits for what is left to go."""

_log = logging.getLogger("gonogo.telemetry")


class Outbox(Generic[Item]):
    """
    A bounded queue and the one thread that empties it.

    Args:
        name: Whose it is, in metrics and in the log.
        deliver: Called with the oldest items, never none, on the thread. What it
            raises is logged, and its items count as dropped.
        metrics: Is told what was dropped.
        capacity: So many items wait at most.
        linger_s: How long an item may wait for others to go with it.
        pause_s: With nothing to deliver, `rest` is called this often.
        rest: Called on the thread; None: it sleeps until an item comes.
        closing: Set when it is closed, for whoever waits within `deliver`.
    """

    def __init__(
        self,
        name: str,
        deliver: Callable[[Sequence[Item]], None],
        *,
        metrics: EngineMetrics,
        capacity: int = CAPACITY,
        linger_s: float = 0.0,
        pause_s: float | None = None,
        rest: Callable[[], None] | None = None,
        closing: threading.Event | None = None,
    ) -> None:
        self._name, self._deliver, self._metrics = name, deliver, metrics
        self._capacity, self._linger_s = capacity, linger_s
        self._pause_s, self._rest = pause_s, rest
        self._failing, self._given_up = False, False
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._closing = closing or threading.Event()
        self._thread = threading.Thread(
            target=self._work, name=f"gonogo {name}", daemon=True
        )
        self._thread.start()

    def offer(self, item: Item) -> bool:
        """Take an item, unless too many wait or it is closed; return whether it was."""
        if self._queue.qsize() >= self._capacity or self._closing.is_set():
            self._metrics.dropped(self._name, 1)
            return False
        self._queue.put(item)
        return True

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """Take nothing more, and wait so long at most for what is left to go."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(patience_s)
        self._given_up = self._thread.is_alive()
        left = self._queue.qsize()
        if self._given_up and left:
            self._metrics.dropped(self._name, left)
            _log.warning("%s: %d were not delivered before the end", self._name, left)

    # -- on the thread ---------------------------------------------------------

    def _work(self) -> None:
        while not (self._given_up or (self._closing.is_set() and self._queue.empty())):
            try:
                first = self._queue.get(timeout=self._pause_s)
            except Empty:
                self._guarded(self._rest or _nothing, 0)
                continue
            if first is not None:
                self._closing.wait(self._linger_s)
                self._hand_over(self._batch(first))

    def _batch(self, first: Item) -> Sequence[Item]:
        """Return what waits now, oldest first; the mark of the end stays behind."""
        batch = [first]
        while len(batch) < _LARGEST_BATCH:
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
            if item is None:
                self._queue.put(None)
                break
            batch.append(item)
        return batch

    def _hand_over(self, batch: Sequence[Item]) -> None:
        self._guarded(lambda: self._deliver(batch), len(batch))

    def _guarded(self, work: Callable[[], None], items: int) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001
            # Whatever goes wrong with those who look on is no matter of a rollout.
            self._metrics.dropped(self._name, items)
            self._failed(error, items)
        else:
            self._failing = False

    def _failed(self, error: Exception, items: int) -> None:
        """Say it once, until it goes well again."""
        quiet = self._failing or self._given_up
        level = logging.DEBUG if quiet else logging.WARNING
        self._failing = True
        why = f"{type(error).__name__}: {error}"
        _log.log(level, "%s: %d were not delivered (%s)", self._name, items, why)
        _log.debug("%s: where it failed", self._name, exc_info=error)


def _nothing() -> None:
    """Do nothing."""
