"""
The pulse of one attempt: what its work said last, and whether it still owns its job.

A beat is one assignment and takes about a microsecond, whatever the database does. The
writer takes what is newest, once a second; what came between is not missed by anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import NamedTuple

from hardening.jobs.errors import Fenced

NOTE_MOST = 500
"""Characters kept of a note."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    One try at a job.

    Attributes:
        job_id: In its queue system.
        attempt: Counted from 1; together with the job's id the fencing token.
    """

    job_id: str
    attempt: int


class Beat(NamedTuple):
    """
    What an attempt's work said at an instant; a tuple, which is made in half the time.

    Attributes:
        at_s: On the process's own clock.
        progress: From 0 to 1, or any number that grows; None says nothing new.
        note: Likewise in words.
    """

    at_s: float
    progress: float | None = None
    note: str | None = None


class Pulse:
    """
    The beats of one attempt; callable from any thread.

    Args:
        attempt: Whose.
        now_s: Reads the process's clock.
        wake: Wakes the writer.
    """

    __slots__ = ("_last", "_now_s", "_wake", "_written", "attempt", "beats", "fenced")

    def __init__(
        self, attempt: Attempt, now_s: Callable[[], float], wake: Event
    ) -> None:
        self.attempt = attempt
        self.beats = 0
        self.fenced = False
        self._now_s = now_s
        self._wake = wake
        self._written: Beat | None = None
        self._last = Beat(now_s())

    def __call__(self, progress: float | None = None, note: str | None = None) -> None:
        """
        Say that the work has moved on. Call it from the work, never from a timer.

        Args:
            progress: From 0 to 1, or any number that grows.
            note: What was done, in a few words; no secrets, it is shown to operators.

        Raises:
            Fenced: The job was taken from this attempt; stop.
            TypeError, ValueError: The progress is no number.
        """
        if self.fenced:
            raise Fenced(job_id=self.attempt.job_id, attempt=self.attempt.attempt)
        last = self._last
        self._last = Beat(
            self._now_s(),
            # All beats are written together: what is no number has to fail here, in its
            # own job, and not later with the beats of all the others.
            last.progress if progress is None else float(progress),
            last.note if note is None else str(note)[:NOTE_MOST],
        )
        self.beats += 1
        # Looking is cheaper than waking, and mostly the writer is awake.
        if not self._wake.is_set():
            self._wake.set()

    def unwritten(self) -> Beat | None:
        """Return the newest beat, if it was not written; the start of work is one."""
        last = self._last
        return None if last is self._written else last

    def wrote(self, beat: Beat) -> None:
        """Remember which beat was written."""
        self._written = beat
