"""Redriving: how fast, through whom, and what came of it; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hardening.core import require
from hardening.jobs.errors import LetterNotFound, LetterSettled, NotRedrivable
from hardening.jobs.letter import Letter, LetterStatus

Sender = Callable[[Letter], str]
"""
Sends a letter's job to its broker, and returns the new job's id.

It raises `NotRedrivable` when the job was surely not sent: the letter waits again. After
any other error nobody knows; the letter stays `redriving` until a person releases it
(`SendUncertain`).
It sends under the id that `sending_id` gives, so that a broker that knows ids sends a
released letter once.
"""

_UNIQUE_VIOLATION = "23505"  # of SQL: another job holds the same queueing lock

# Letters sent late are caught up with, but never more than this much of them at once.
_BURST_S = 1.0
# A broker that refuses this many in a row is gone; the rest would fare no better.
REFUSED_MOST = 10


@dataclass(frozen=True, slots=True)
class Redriven:
    """
    What a redrive of many did.

    Attributes:
        sent: Jobs that were sent again.
        refused: Letters that were left: their job could not be sent, or not surely.
        stopped: Whether it ended early, because ten in a row were refused.
    """

    sent: int = 0
    refused: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """
    Spreads sends evenly; the rate holds over the whole, not from one to the next.

    Attributes:
        period_s: From one to the next.
        due_s: When the next one is due.
    """

    period_s: float
    due_s: float

    @classmethod
    def of(cls, per_second: float, now_s: float) -> "Pace":
        """Return a pace whose first send is due now."""
        rule = "more than 0 and finite"
        holds = 0 < per_second < float("inf")
        require("redrive_all.per_second", per_second, rule, holds=holds)
        return cls(1 / per_second, now_s)

    def wait_s(self, now_s: float) -> float:
        """Return how long to wait for the next one; 0 when it is due."""
        return max(0.0, self.due_s - now_s)

    def sent(self, now_s: float) -> "Pace":
        """Return the pace after one was sent."""
        following_s = max(self.due_s, now_s - _BURST_S) + self.period_s
        return replace(self, due_s=following_s)


@dataclass(frozen=True, slots=True)
class Tally:
    """A redrive of many, as it stands: what was done, and how often it failed last."""

    done: Redriven = Redriven()
    in_a_row: int = 0

    def sent(self) -> "Tally":
        """Return the tally after a letter was sent."""
        return Tally(replace(self.done, sent=self.done.sent + 1))

    def refused(self) -> "Tally":
        """Return the tally after a letter was refused."""
        in_a_row = self.in_a_row + 1
        stopped = in_a_row >= REFUSED_MOST
        done = replace(self.done, refused=self.done.refused + 1, stopped=stopped)
        return Tally(done, in_a_row)


def sending_id(letter: Letter) -> str:
    """Return the new job's id for brokers that let us choose; each letter has one."""
    return f"dlq-{letter.id}"


def sender_for(letter: Letter, senders: Mapping[str, Sender]) -> Sender:
    """Return who sends jobs of the letter's queue system."""
    sender = senders.get(letter.source)
    if sender is None:
        why = f"no sender for {letter.source!r} was passed."
        raise NotRedrivable(letter.id, why)
    return sender


def must_wait(letter_id: int, letter: Letter | None) -> Letter:
    """
    Return the letter if it waits.

    Raises:
        LetterNotFound: There is none.
        LetterSettled: It does not wait.
    """
    if letter is None:
        raise LetterNotFound(letter_id)
    if letter.status is not LetterStatus.WAITING:
        raise LetterSettled(letter_id, letter.status)
    return letter


def lock_is_taken(error: Exception) -> bool:
    """Tell whether a database's error says that another job waits with the same lock."""
    return getattr(error, "sqlstate", None) == _UNIQUE_VIOLATION


def refused(letter_id: int, error: Exception) -> None:
    """
    Raise what a database's error means while redriving, if it means anything.

    Raises:
        NotRedrivable: The queue holds a job with the same queueing lock.
    """
    if lock_is_taken(error):
        why = "a job with the same queueing lock waits in the queue already."
        raise NotRedrivable(letter_id, why) from error
