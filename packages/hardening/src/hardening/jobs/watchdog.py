"""The watchdog: finds jobs that stopped moving on, and takes them from their workers."""

from asyncio import to_thread
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hardening.core import (
    Clock,
    Kind,
    Listener,
    Measure,
    Sample,
    SystemClock,
    ignore,
    require_not_negative,
)
from hardening.jobs import running
from hardening.jobs.events import (
    HeartbeatMissed,
    JobMovedToDlq,
    JobRescued,
    WatchEvent,
)
from hardening.jobs.outlived import outlived
from hardening.jobs.question import Connect, Question, T, ask
from hardening.jobs.redriving import lock_is_taken
from hardening.jobs.rounds import Rounds
from hardening.jobs.stuck import (
    Limit,
    Limits,
    Remedy,
    RunningJob,
    is_stuck,
    remedy_for,
    trusted,
)
from hardening.jobs.switches import JobSwitch, every_job

_CLOCK = SystemClock()
_LIMITS = Limits()
_HOUR_S = 3_600.0
# A watchdog that moves more than this within an hour has an outage to tell of; the
# numbers of the hour stop growing, those since the start do not.
_HOUR_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Scan:
    """
    What one look found.

    Attributes:
        running: Jobs that run.
        missed: Jobs silent for too long.
        moved: Of them, those that became dead letters.
        rescued: Of them, those that went back to their queues.
        held: Whether silence could not be trusted, so that nothing was done: the
            database was away until a moment ago.
    """

    running: int = 0
    missed: int = 0
    moved: int = 0
    rescued: int = 0
    held: bool = False


@dataclass(slots=True)
class _Counts:
    """Since the process began, and when, for those of the last hour."""

    scans: int = 0
    failures: int = 0
    missed: int = 0
    moved: int = 0
    rescued: int = 0
    missed_at: deque[float] = field(default_factory=lambda: deque(maxlen=_HOUR_MOST))
    moved_at: deque[float] = field(default_factory=lambda: deque(maxlen=_HOUR_MOST))
    last: Scan = field(default_factory=Scan)
    last_s: float | None = None


class Watchdog:
    """
    Watches the running jobs of procrastinate for progress.

    Any number may watch at once: each stuck job is taken once. What is taken is fenced:
    the attempt's next beat raises `Fenced`, and its end changes nothing (`guard`).

    Args:
        connect: Gives a connection for a `with` block.
        limits: How long each task may be silent.
        switch: Jobs for which it is off are left alone; asked with the job's id.
        grace_s: After the database was away, nothing is taken for this long, so that
            writers can write what they kept.
        listener: Told of each silent job and what was done with it; what it raises is
            logged, and holds up no other job.
        clock: Waits between looks.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        limits: Limits = _LIMITS,
        switch: JobSwitch = every_job,
        grace_s: float = 60.0,
        listener: Listener[WatchEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        require_not_negative("Watchdog.grace_s", grace_s)
        self._connect = connect
        self._limits = limits
        self._switch = switch
        self._grace_s = grace_s
        self._listener = outlived(listener)
        self._clock = clock
        self._rounds = Rounds(
            watcher="watchdog", look=self.scan, listener=self._listener, clock=clock
        )
        self._counts = _Counts()
        self._failed_s = -float("inf")

    def scan(self) -> Scan:
        """
        Look once, and take what is stuck.

        Raises:
            psycopg.Error: The database could not be asked; nothing is lost by that.
        """
        try:
            scan = self._scan()
        except Exception:
            self._failed_s = self._clock.monotonic_s()
            self._counts.failures += 1
            raise
        self._counts.scans += 1
        self._counts.last = scan
        self._counts.last_s = self._clock.monotonic_s()
        return scan

    async def scan_async(self) -> Scan:
        """Look once, in a thread: a loop that is blocked must not stop the watch."""
        return await to_thread(self.scan)

    def run(self, *, every_s: float = 60.0, until: Callable[[], bool]) -> None:
        """
        Look again and again, until told to stop; failures are told and outlived.

        Raises:
            InvalidSetting: The span is not more than 0.
        """
        self._rounds.go(every_s, until)

    async def run_async(self, *, every_s: float = 60.0) -> None:
        """
        Look again and again, until cancelled; failures are told and outlived.

        Raises:
            InvalidSetting: The span is not more than 0.
        """
        await self._rounds.go_async(every_s)

    def statistics(self) -> dict[str, Any]:
        """Return what this watchdog counted, as JSON: `watchdogMetrics` of a page."""
        counts, now_s = self._counts, self._clock.monotonic_s()
        return {
            "scans": counts.scans,
            "scanFailures": counts.failures,
            "lastScanAgeSeconds": None
            if counts.last_s is None
            else now_s - counts.last_s,
            "running": counts.last.running,
            "held": counts.last.held,
            "heartbeatMisses": counts.missed,
            "heartbeatMissesLastHour": _within(counts.missed_at, now_s),
            "jobsMovedToDlq": counts.moved,
            "jobsMovedToDlqLastHour": _within(counts.moved_at, now_s),
            "jobsRescued": counts.rescued,
        }

    def measures(self) -> Iterable[Measure]:
        """Return what this watchdog counted."""
        counts = self._counts
        for name, meaning, kind, count in (
            ("scans", "Looks at the running jobs.", Kind.COUNTER, counts.scans),
            ("scan_failures", "Looks that failed.", Kind.COUNTER, counts.failures),
            ("heartbeats_missed", "Jobs silent too long.", Kind.COUNTER, counts.missed),
            ("moved_to_dlq", "Stuck jobs made letters.", Kind.COUNTER, counts.moved),
            ("rescued", "Stuck jobs queued again.", Kind.COUNTER, counts.rescued),
            ("running", "Jobs that run.", Kind.GAUGE, counts.last.running),
        ):
            yield Measure(f"hardening_jobs_{name}", meaning, kind, (Sample(count),))

    def _scan(self) -> Scan:
        """Look once."""
        up_s, jobs = self._ask(running.up())
        seen_for_s = self._clock.monotonic_s() - self._failed_s
        if not trusted(
            database_up_s=up_s, seen_for_s=seen_for_s, grace_s=self._grace_s
        ):
            return Scan(running=jobs, held=True)
        done = [self._deal_with(job, limit) for job, limit in self._stuck()]
        self._ask(running.sweep())
        moved, rescued = done.count(Remedy.DEAD_LETTER), done.count(Remedy.RETRY)
        return Scan(running=jobs, missed=len(done), moved=moved, rescued=rescued)

    def _stuck(self) -> Iterator[tuple[RunningJob, Limit]]:
        """Yield the stuck jobs that are ours to deal with."""
        after = 0
        while True:
            page = self._ask(running.silent(self._limits, after=after))
            for job in page:
                limit = self._limits.of(job.task)
                if limit and is_stuck(job, limit) and self._switch(str(job.job_id)):
                    yield job, limit
            if len(page) < running.PAGE:
                return
            after = page[-1].job_id

    def _deal_with(self, job: RunningJob, limit: Limit) -> Remedy | None:
        """Take a stuck job from its worker; None when it moved on meanwhile."""
        remedy, taken, letter_id = self._take(job, limit)
        if not taken:
            return None
        self._missed(job, limit)
        if remedy is Remedy.RETRY:
            self._counts.rescued += 1
            self._listener(_rescued(job))
        else:
            self._counts.moved += 1
            self._counts.moved_at.append(self._clock.monotonic_s())
            self._listener(_moved(job, letter_id))
        return remedy

    def _take(self, job: RunningJob, limit: Limit) -> tuple[Remedy, bool, int | None]:
        """Take a stuck job; return what was done, whether it was, and its letter."""
        remedy = remedy_for(job, limit)
        try:
            return remedy, *self._ask(running.take(job, limit, remedy))
        except Exception as error:
            if remedy is not Remedy.RETRY or not lock_is_taken(error):
                raise
        # Its successor waits in the queue already, and they cannot wait there together.
        remedy = Remedy.DEAD_LETTER
        return remedy, *self._ask(running.take(job, limit, remedy))

    def _missed(self, job: RunningJob, limit: Limit) -> None:
        """Count and tell that a job was silent for too long."""
        self._counts.missed += 1
        self._counts.missed_at.append(self._clock.monotonic_s())
        self._listener(
            HeartbeatMissed(
                job_id=str(job.job_id),
                attempt=job.attempt,
                queue=job.queue,
                task=job.task,
                silence_s=job.silence_s,
                limit_s=limit.silence_s,
            )
        )

    def _ask(self, question: Question[T]) -> T:
        """Ask in a transaction of its own."""
        with self._connect() as connection, connection.transaction():
            return ask(connection, question)


def _rescued(job: RunningJob) -> JobRescued:
    """Return what to tell of a job that went back to its queue."""
    return JobRescued(
        job_id=str(job.job_id), attempt=job.attempt, queue=job.queue, task=job.task
    )


def _moved(job: RunningJob, letter_id: int | None) -> JobMovedToDlq:
    """Return what to tell of a job that became a dead letter."""
    return JobMovedToDlq(
        letter_id=letter_id or 0,
        job_id=str(job.job_id),
        attempt=job.attempt,
        queue=job.queue,
        task=job.task,
    )


def _within(instants: Iterable[float], now_s: float) -> int:
    """Return how many instants lie within the last hour."""
    return sum(1 for at_s in instants if now_s - at_s < _HOUR_S)
