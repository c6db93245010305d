"""
The window: how many of the latest calls failed, at no cost for those that succeed.

A success is counted by a number that the breaker keeps anyway. A failure is remembered
as the number of calls until then, which tells how many calls ago it was. Every tenth of
the span the number of calls is noted, which tells how many calls the span holds.
"""

from collections import deque
from dataclasses import dataclass

from hardening.breaker.policy import FailureRate

_NOTES = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """Of the latest calls, as many as the window holds, so many failed."""

    failures: int
    calls: int


class Window:
    """
    The latest calls of one circuit; not thread-safe.

    The number of calls that it is told is that of all calls ever, and never shrinks.

    Args:
        limit: How many calls it holds, and how old they may be.
        now_s: The time, monotonic, in seconds.
        calls: How many calls there were.
    """

    __slots__ = ("_failures", "_limit", "_notes", "_step_s")

    def __init__(self, limit: FailureRate, now_s: float, calls: int = 0) -> None:
        self._limit = limit
        self._step_s = limit.within_s / _NOTES
        self._failures: deque[int] = deque(maxlen=limit.calls)
        self._notes = deque([(now_s, calls)])

    @property
    def next_note_s(self) -> float:
        """When `note` is to be called next, or soon after."""
        return self._notes[-1][0] + self._step_s

    def note(self, now_s: float, calls: int) -> None:
        """Note the number of calls, unless it was noted lately."""
        if now_s >= self.next_note_s:
            self._notes.append((now_s, calls))

    def failed(self, calls: int) -> None:
        """Remember that a call failed: the last one of so many."""
        self._failures.append(calls)

    def clear(self, now_s: float, calls: int) -> None:
        """Forget every call so far."""
        self._failures.clear()
        self._notes = deque([(now_s, calls)])

    def rate(self, now_s: float, calls: int) -> Rate:
        """Return how many of the latest calls failed."""
        # What came after a note came within a step of it, or was noted anew.
        oldest_s = now_s - self._limit.within_s - self._step_s
        while len(self._notes) > 1 and self._notes[0][0] <= oldest_s:
            self._notes.popleft()
        before = max(self._notes[0][1], calls - self._limit.calls)
        while self._failures and self._failures[0] <= before:
            self._failures.popleft()
        return Rate(len(self._failures), calls - before)
