"""The dead letters, for services of coroutines; as `dead_letters`, word for word."""

from asyncio import to_thread
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from hardening.core import (
    Clock,
    Listener,
    Measure,
    SystemClock,
    ignore,
)
from hardening.jobs import asking
from hardening.jobs.counts import LetterCounts
from hardening.jobs.dead_letters import (
    ALL_WAITING,
    NOBODY,
    put_event,
    retention_s,
)
from hardening.jobs.errors import (
    LetterNotFound,
    LetterSettled,
    NotRedrivable,
    SendUncertain,
)
from hardening.jobs.events import (
    DeadLetterNotRedriven,
    DeadLetterRedriven,
    DeadLettersPurged,
    LetterEvent,
)
from hardening.jobs.letter import (
    PROCRASTINATE,
    RETENTION_DAYS,
    Filter,
    Letter,
    LetterStatistics,
    LetterStatus,
    NewLetter,
    Page,
)
from hardening.jobs.question import ConnectAsync, Question, T, ask_async
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
    from psycopg import AsyncConnection

_CLOCK = SystemClock()


class AsyncDeadLetters:
    """
    `DeadLetters`, with each method awaited.

    Args:
        connect: Gives a connection for an `async with` block: the `connection` of an
            `AsyncConnectionPool`, or `connecting_async(url)`.
        senders: Who sends jobs again, by source; they run in a thread.
        listener: Told of each letter put, redriven or refused, and of each purge.
        clock: Waits between the jobs of a redrive of many.
    """

    def __init__(
        self,
        connect: ConnectAsync,
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

    async def put(self, letter: NewLetter) -> int | None:
        """
        Keep a failed job.

        Returns:
            The letter's number; None when this failure was kept before.
        """
        number = await self._ask(asking.put(letter))
        if number is None:
            self._counts.known += 1
        else:
            self._counts.put += 1
            self._listener(put_event(number, letter))
        return number

    async def get(self, letter_id: int) -> Letter:
        """
        Return one letter.

        Raises:
            LetterNotFound: There is none with this number.
        """
        letter = await self._ask(asking.get(letter_id))
        if letter is None:
            raise LetterNotFound(letter_id)
        return letter

    async def count(self, where: Filter = Filter()) -> int:  # noqa: B008 - frozen
        """Return how many letters are meant; by default those that wait."""
        return await self._ask(asking.count(where))

    async def search(
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
        return await self._ask(asking.search(where, before=before, most=most))

    async def statistics(self) -> LetterStatistics:
        """Return how many letters there are, of what kind, and how old."""
        seen = await self._ask(asking.statistics())
        self._counts.seen = seen
        return seen

    async def redrive(self, letter_id: int) -> str:
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
        letter = must_wait(letter_id, await self._ask(asking.get(letter_id)))
        # Only a database with procrastinate's schema understands how its jobs are put.
        here = letter.source == PROCRASTINATE
        job_id = await (self._defer(letter_id) if here else self._send(letter))
        self._counts.redriven += 1
        self._listener(DeadLetterRedriven(letter_id=letter_id, job_id=job_id))
        return job_id

    async def redrive_all(
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
        async with self._connect() as connection:
            held = self._on(connection)
            return await held._redrive_all(where, pace, most)  # noqa: SLF001 - a copy

    async def discard(self, letter_id: int) -> None:
        """
        Give a letter up: it is kept for the retention, and never sent.

        Raises:
            LetterNotFound: There is none with this number.
            LetterSettled: It does not wait.
        """
        if not await self._ask(asking.discard(letter_id)):
            must_wait(letter_id, await self._ask(asking.get(letter_id)))
            raise LetterSettled(letter_id, LetterStatus.REDRIVING)

    async def release(
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
        return await self._ask(asking.release(letter_id, older_than_s=older_than_s))

    async def purge(
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
            deleted = await self._ask(asked)
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

    async def _redrive_all(
        self, where: Filter, pace: Pace, most: int | None
    ) -> Redriven:
        """Send all jobs that are meant, at a pace."""
        until, after, tally = await self._ask(asking.last()), 0, Tally()
        while not tally.done.stopped and (most is None or tally.done.sent < most):
            number = await self._ask(asking.following(where, after=after, until=until))
            if number is None:
                break
            await self._clock.wait_async(pace.wait_s(self._clock.monotonic_s()))
            tally, after = await self._one_of_many(number, tally), number
            pace = pace.sent(self._clock.monotonic_s())
        return tally.done

    def _on(self, connection: "AsyncConnection[Any]") -> Self:
        """Return these letters on one connection, for many calls in a row."""
        held = copy(self)
        held._connect = lambda: nullcontext(connection)  # noqa: SLF001 - a copy
        return held

    async def _defer(self, letter_id: int) -> str:
        """Put a job of procrastinate into its queue; its letter settles with it."""
        try:
            job_id = await self._ask(asking.redrive_here(letter_id))
        except Exception as error:
            refused(letter_id, error)
            raise
        if job_id is None:  # another redriver holds it this instant
            raise LetterSettled(letter_id, LetterStatus.REDRIVING)
        return job_id

    async def _send(self, letter: Letter) -> str:
        """Send a job to its broker: take the letter, send, settle."""
        sender = sender_for(letter, self._senders)
        claimed = await self._ask(asking.claim(letter.id))
        if claimed is None:
            raise LetterSettled(letter.id, LetterStatus.REDRIVING)
        try:
            job_id = await to_thread(sender, claimed)
        except NotRedrivable:
            await self._ask(asking.release(letter.id, older_than_s=0))
            raise
        except Exception as error:
            raise SendUncertain(letter.id) from error
        await self._ask(asking.sent(letter.id, job_id))
        return job_id

    async def _one_of_many(self, letter_id: int, tally: Tally) -> Tally:
        """Send one job of many; one that cannot be sent does not stop the others."""
        try:
            await self.redrive(letter_id)
        except (LetterSettled, LetterNotFound):
            return tally  # somebody else dealt with it meanwhile
        except (NotRedrivable, SendUncertain) as error:
            self._counts.refused += 1
            self._listener(DeadLetterNotRedriven(letter_id=letter_id, error=error))
            return tally.refused()
        return tally.sent()

    async def _ask(self, question: Question[T]) -> T:
        """Ask in a transaction of its own."""
        async with self._connect() as connection, connection.transaction():
            return await ask_async(connection, question)
