"""The dead letters, for services of threads; `dead_letters_async` mirrors it."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from hardening.core import (
    Clock,
    Listener,
    Measure,
    SystemClock,
    ignore,
    require,
)
from hardening.jobs import asking
from hardening.jobs.counts import LetterCounts
from hardening.jobs.errors import (
    LetterNotFound,
    LetterSettled,
    NotRedrivable,
    SendUncertain,
)
from hardening.jobs.events import (
    DeadLetterNotRedriven,
    DeadLetterPut,
    DeadLetterRedriven,
    DeadLettersPurged,
    LetterEvent,
)
from hardening.jobs.letter import (
    DAY_S,
    PROCRASTINATE,
    RETENTION_DAYS,
    Filter,
    Letter,
    LetterStatistics,
    LetterStatus,
    NewLetter,
    Page,
)
from hardening.jobs.question import Connect, Question, T, ask
from hardening.jobs.redriving import (
    Pace,
    Redriven,
    Sender,
    Tally,
    must_wait,
    refused,
    sender_for,
)

if TYPE_CHECKING:
    from psycopg import Connection

_CLOCK = SystemClock()
NOBODY: Mapping[str, Sender] = MappingProxyType({})
ALL_WAITING = Filter(late=False)
"""What a redrive of many takes: not what came to a good end after all."""


class DeadLetters:
    """
    Jobs that failed for good, in the table `job_dlq`; thread-safe.

    Each call takes one connection and gives it back. When PostgreSQL is gone, calls
    raise its error: `psycopg.OperationalError`, or the pool's `PoolTimeout`.

    Args:
        connect: Gives a connection for a `with` block: `pool.connection`, or
            `connecting(url)`.
        senders: Who sends jobs again, by source: `{"celery": CelerySender(app)}`.
            Jobs of procrastinate need none.
        listener: Told of each letter put, redriven or refused, and of each purge.
        clock: Waits between the jobs of a redrive of many.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        senders: Mapping[str, Sender] = NOBODY,
        listener: Listener[LetterEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        self._connect = connect
        self._senders = senders
        self._listener = listener
        self._clock = clock
        self._counts = LetterCounts()

    def put(self, letter: NewLetter) -> int | None:
        """
        Keep a failed job.

        Returns:
            The letter's number; None when this failure was kept before.
        """
        number = self._ask(asking.put(letter))
        if number is None:
            self._counts.known += 1
        else:
            self._counts.put += 1
            self._listener(put_event(number, letter))
        return number

    def get(self, letter_id: int) -> Letter:
        """
        Return one letter.

        Raises:
            LetterNotFound: There is none with this number.
        """
        letter = self._ask(asking.get(letter_id))
        if letter is None:
            raise LetterNotFound(letter_id)
        return letter

    def count(self, where: Filter = Filter()) -> int:  # noqa: B008 - frozen
        """Return how many letters are meant; by default those that wait."""
        return self._ask(asking.count(where))

    def search(
        self,
        where: Filter = Filter(),  # noqa: B008 - frozen
        *,
        before: int | None = None,
        most: int = 50,
    ) -> Page:
        """
        Return a page of letters, newest first.

        Args:
            where: Which are meant.
            before: `Page.next_before` of the page before; None is the first page.
            most: Letters a page, 500 at most.
        """
        return self._ask(asking.search(where, before=before, most=most))

    def statistics(self) -> LetterStatistics:
        """Return how many letters there are, of what kind, and how old."""
        seen = self._ask(asking.statistics())
        self._counts.seen = seen
        return seen

    def redrive(self, letter_id: int) -> str:
        """
        Send one job again, at once; exactly once, whoever else tries.

        Returns:
            The new job's id.

        Raises:
            LetterNotFound: There is none with this number.
            LetterSettled: It does not wait; nothing was sent.
            NotRedrivable: Its job cannot be sent; it still waits.
            SendUncertain: The broker failed; it stays `redriving`.
        """
        letter = must_wait(letter_id, self._ask(asking.get(letter_id)))
        # Only a database with procrastinate's schema understands how its jobs are put.
        here = letter.source == PROCRASTINATE
        job_id = self._defer(letter_id) if here else self._send(letter)
        self._counts.redriven += 1
        self._listener(DeadLetterRedriven(letter_id=letter_id, job_id=job_id))
        return job_id

    def redrive_all(
        self,
        where: Filter = ALL_WAITING,
        *,
        per_second: float = 10.0,
        most: int | None = None,
    ) -> Redriven:
        """
        Send all jobs that are meant, oldest first, no faster than the rate.

        Letters put after the start are left for the next time, so that jobs that fail
        again do not go round. Two redrives at once send each job once, each at its rate.

        Args:
            where: Which are meant; those that do not wait are left alone.
            per_second: Jobs sent a second.
            most: Stop after this many; None sends them all.
        """
        pace = Pace.of(per_second, self._clock.monotonic_s())
        with self._connect() as connection:
            held = self._on(connection)
            return held._redrive_all(where, pace, most)  # noqa: SLF001 - a copy

    def discard(self, letter_id: int) -> None:
        """
        Give a letter up: it is kept for the retention, and never sent.

        Raises:
            LetterNotFound: There is none with this number.
            LetterSettled: It does not wait.
        """
        if not self._ask(asking.discard(letter_id)):
            must_wait(letter_id, self._ask(asking.get(letter_id)))
            raise LetterSettled(letter_id, LetterStatus.REDRIVING)

    def release(
        self, letter_id: int | None = None, *, older_than_s: float = 300.0
    ) -> int:
        """
        Let letters wait again whose sender died in the middle, or failed unclearly.

        Look first whether the job reached the broker: if it did, it will run twice.

        Args:
            letter_id: Only this one; None is all that are being redriven.
            older_than_s: Only those taken at least this long ago.

        Returns:
            How many wait again.
        """
        return self._ask(asking.release(letter_id, older_than_s=older_than_s))

    def purge(
        self,
        *,
        older_than_days: float = RETENTION_DAYS,
        waiting: bool = False,
        batch: int = 1_000,
    ) -> int:
        """
        Delete letters that were redriven or discarded longer ago than the retention.

        Args:
            older_than_days: The retention.
            waiting: Delete letters that still wait, too, by the age of their failure.
            batch: Letters deleted in one transaction.

        Returns:
            How many were deleted.
        """
        older_than_s = retention_s(older_than_days, batch)
        purged = 0
        while True:
            asked = asking.purge(
                older_than_s=older_than_s, waiting=waiting, batch=batch
            )
            deleted = self._ask(asked)
            purged += deleted
            self._counts.purged += deleted
            if deleted < batch:
                break
        if purged:
            event = DeadLettersPurged(letters=purged, older_than_s=older_than_s)
            self._listener(event)
        return purged

    def measures(self) -> Iterable[Measure]:
        """Return what this process counted, and the last `statistics`."""
        return self._counts.measures()

    def _redrive_all(self, where: Filter, pace: Pace, most: int | None) -> Redriven:
        """Send all jobs that are meant, at a pace."""
        until, after, tally = self._ask(asking.last()), 0, Tally()
        while not tally.done.stopped and (most is None or tally.done.sent < most):
            number = self._ask(asking.following(where, after=after, until=until))
            if number is None:
                break
            self._clock.wait(pace.wait_s(self._clock.monotonic_s()))
            tally, after = self._one_of_many(number, tally), number
            pace = pace.sent(self._clock.monotonic_s())
        return tally.done

    def _on(self, connection: "Connection[Any]") -> Self:
        """Return these letters on one connection, for many calls in a row."""
        held = copy(self)
        held._connect = lambda: nullcontext(connection)  # noqa: SLF001 - a copy
        return held

    def _defer(self, letter_id: int) -> str:
        """Put a job of procrastinate into its queue; its letter settles with it."""
        try:
            job_id = self._ask(asking.redrive_here(letter_id))
        except Exception as error:
            refused(letter_id, error)
            raise
        if job_id is None:  # another redriver holds it this instant
            raise LetterSettled(letter_id, LetterStatus.REDRIVING)
        return job_id

    def _send(self, letter: Letter) -> str:
        """Send a job to its broker: take the letter, send, settle."""
        sender = sender_for(letter, self._senders)
        claimed = self._ask(asking.claim(letter.id))
        if claimed is None:
            raise LetterSettled(letter.id, LetterStatus.REDRIVING)
        try:
            job_id = sender(claimed)
        except NotRedrivable:
            self._ask(asking.release(letter.id, older_than_s=0))
            raise
        except Exception as error:
            raise SendUncertain(letter.id) from error
        self._ask(asking.sent(letter.id, job_id))
        return job_id

    def _one_of_many(self, letter_id: int, tally: Tally) -> Tally:
        """Send one job of many; one that cannot be sent does not stop the others."""
        try:
            self.redrive(letter_id)
        except (LetterSettled, LetterNotFound):
            return tally  # somebody else dealt with it meanwhile
        except (NotRedrivable, SendUncertain) as error:
            self._counts.refused += 1
            self._listener(DeadLetterNotRedriven(letter_id=letter_id, error=error))
            return tally.refused()
        return tally.sent()

    def _ask(self, question: Question[T]) -> T:
        """Ask in a transaction of its own."""
        with self._connect() as connection, connection.transaction():
            return ask(connection, question)


def put_event(number: int, letter: NewLetter) -> DeadLetterPut:
    """Return what to tell of a letter that was put."""
    return DeadLetterPut(
        letter_id=number,
        job_id=letter.job_id,
        queue=letter.queue,
        task=letter.task,
        reason=letter.reason,
        error_class=letter.error_class,
    )


def retention_s(older_than_days: float, batch: int) -> float:
    """Return a valid retention in seconds."""
    days_hold = 0 <= older_than_days < float("inf")
    require("purge.older_than_days", older_than_days, "0 or more", holds=days_hold)
    require("purge.batch", batch, "1 or more", holds=batch >= 1)
    return older_than_days * DAY_S
