"""
Settling: what is journaled is acted upon once it is durable (law 5).

Where the journal is durable at every append, that is at once. Where a sync of the disk
may take long, it is done on a thread of its own, and the engine decides on other
rollouts meanwhile: one that waits for its sync is not decided on.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from gonogo.model.identifiers import RolloutId
from gonogo.ports.journal import Append, Appended, Journal, SyncedBehind
from gonogo.runner.batch import Kept


class Settling(Protocol):
    """Journals, and says when what was journaled may be acted upon."""

    def append_all(self, appends: Sequence[Append]) -> tuple[Appended, ...]:
        """Add to many rollouts; see `Journal.append_all`."""
        ...

    def put(self, kept: Sequence[Kept]) -> None:
        """Take in what was just journaled."""
        ...

    def take(self) -> tuple[Kept, ...]:
        """
        Return what has become durable since the last call, in the order it was put.

        Raises:
            Exception: A sync has failed: what waits may be lost, and more with it.
        """
        ...

    def flush(self) -> None:
        """Wait until nothing waits any more."""
        ...

    def __contains__(self, rollout: RolloutId) -> bool:
        """Return whether something of a rollout was put and not taken."""
        ...

    def __len__(self) -> int:
        """Return how many rollouts wait."""
        ...

    def close(self) -> None:
        """Wait for nothing more."""
        ...


class AtOnce:
    """Implements `Settling` over a journal that is durable at every append."""

    def __init__(self, journal: Journal) -> None:
        self.append_all = journal.append_all
        self._kept: tuple[Kept, ...] = ()

    def put(self, kept: Sequence[Kept]) -> None:
        """Take it in, durable as it is."""
        self._kept = tuple(kept)

    def take(self) -> tuple[Kept, ...]:
        """Return what was put."""
        kept, self._kept = self._kept, ()
        return kept

    def flush(self) -> None:
        """Do nothing: nothing waits."""

    def __contains__(self, rollout: RolloutId) -> bool:
        """Return False: nothing waits."""
        return False

    def __len__(self) -> int:
        """Return 0: nothing waits."""
        return 0

    def close(self) -> None:
        """Do nothing: nothing waits."""


class Behind:
    """
    Implements `Settling` with a thread that syncs; all else is for the engine's thread.

    What comes in while a sync is under way is covered by the next, all of it at once.

    Args:
        wake: Called on the thread whenever something has become durable, or failed.
    """

    def __init__(self, journal: SyncedBehind, wake: Callable[[], None]) -> None:
        self.append_all = journal.write_all
        self._journal, self._wake = journal, wake
        self._rollouts: set[RolloutId] = set()
        self._put: deque[Kept] = deque()
        self._durable: deque[Kept] = deque()
        self._failure: BaseException | None = None
        self._changed, self._closed = threading.Condition(), False
        self._thread = threading.Thread(
            target=self._settle, name="gonogo sync", daemon=True
        )
        self._thread.start()

    def put(self, kept: Sequence[Kept]) -> None:
        """Let the thread make it durable."""
        if kept:
            self._rollouts.update(each.running.rollout for each in kept)
            with self._changed:
                self._put.extend(kept)
                self._changed.notify_all()

    def take(self) -> tuple[Kept, ...]:
        """Return what has become durable since the last call."""
        if self._failure is not None:
            raise self._failure
        kept = tuple(self._durable.popleft() for _ in range(len(self._durable)))
        self._rollouts.difference_update(each.running.rollout for each in kept)
        return kept

    def flush(self) -> None:
        """Wait until nothing waits to become durable."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure or len(self._durable) == len(self._rollouts)
            )

    def __contains__(self, rollout: RolloutId) -> bool:
        """Return whether something of a rollout was put and not taken."""
        return rollout in self._rollouts

    def __len__(self) -> int:
        """Return how many rollouts wait."""
        return len(self._rollouts)

    def close(self) -> None:
        """End the thread, after the sync that is under way."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _settle(self) -> None:
        try:
            while self._wait_for_more():
                self._sync()
        except BaseException as failure:  # noqa: BLE001  raised again by `take`
            with self._changed:
                self._failure = failure
                self._changed.notify_all()
            self._wake()

    def _wait_for_more(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._put or self._closed)
            return not self._closed

    def _sync(self) -> None:
        covered = len(self._put)
        self._journal.sync()
        with self._changed:
            self._durable.extend(self._put.popleft() for _ in range(covered))
            self._changed.notify_all()
        self._wake()
