"""
Ending work early: because its deadline has passed, or because it was cancelled.

Some work cannot look up from what it does, such as a query that waits for a lock. It
runs on a thread of its own, and whoever started it watches the clock.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from threading import Event, Thread
from typing import Generic, TypeVar

from gonogo.ports.operator import Cancellation


class Why(StrEnum):
    """Why work is ended before it is done."""

    DEADLINE = "deadline"
    CANCELLED = "cancelled"


T = TypeVar("T")

_POLL_S = 0.05  # how late a cancellation may be noticed


class Ended(Exception):
    """
    Work was ended before it was done.

    Attributes:
        why: Whether its deadline had passed, or it was cancelled.
        unfinished: Whether it did not even stop when told to, and was left to itself.
    """

    def __init__(self, why: Why, *, unfinished: bool = False) -> None:
        """Keep the reason; the text for people is `told`."""
        self.why, self.unfinished = why, unfinished
        super().__init__(why)

    def told(self, what: str, deadline: timedelta) -> str:
        """
        Return a sentence for people.

        Args:
            what: The subject, such as 'The script'.
            deadline: How long it was given.
        """
        seconds = f"{deadline.total_seconds():g} s"
        told = {
            Why.DEADLINE: f"{what} did not end within its deadline of {seconds}, and was "
            "ended. Give it a longer deadline, or look why it hangs.",
            Why.CANCELLED: f"{what} was cancelled.",
        }[self.why]
        if self.unfinished:
            told += " It did not stop when told to: what it did is not known."
        return told


class _Work(Thread, Generic[T]):
    """A thread that keeps what its work gave, or raised."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.done = Event()
        self.results: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self.error = error
        finally:
            self.done.set()


def watched(
    work: Callable[[], T],
    *,
    end: Callable[[], bool],
    deadline: timedelta,
    grace_s: float,
    cancelled: Cancellation,
) -> T:
    """
    Return what work gives, or end it when its time is over.

    Args:
        work: Runs on a thread of its own.
        end: Makes the work stop; called once, from here. Returns whether it has begun,
            so that its end is worth waiting for.
        deadline: How long the work may take.
        grace_s: How long it may take to stop.
        cancelled: Set when nobody wants the result any more.

    Raises:
        Ended: It was ended. What came through all the same is returned instead:
            a commit that won the race did happen.
    """
    limit = time.monotonic() + deadline.total_seconds()
    thread = _Work(work)
    thread.start()
    why = _wait(thread.done, limit, cancelled)
    if why is not None:
        begun = end()
        if not thread.done.wait(grace_s if begun else 0):
            raise Ended(why, unfinished=begun)
    if thread.results:
        return thread.results[0]
    if why is not None:
        raise Ended(why) from thread.error
    assert thread.error is not None  # noqa: S101 - it ended without a result
    raise thread.error


def _wait(done: Event, limit: float, cancelled: Cancellation) -> Why | None:
    """Wait until the work is done; return why it must be ended instead."""
    while not done.is_set():
        if cancelled.is_set():
            return Why.CANCELLED
        left_s = limit - time.monotonic()
        if left_s <= 0:
            return Why.DEADLINE
        done.wait(min(_POLL_S, left_s))
    return None
