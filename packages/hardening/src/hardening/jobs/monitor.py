"""The monitor: looks at the queues, and tells what is too much, once a minute."""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from hardening.core import (
    Clock,
    Kind,
    Listener,
    Measure,
    OncePer,
    Sample,
    SystemClock,
    ignore,
    require_not_negative,
)
from hardening.core.event import ERROR, WARNING
from hardening.jobs.depth import Excess, Finding, QueueDepth, Thresholds, findings
from hardening.jobs.events import WatchFailed
from hardening.jobs.outlived import outlived
from hardening.jobs.rounds import Rounds

_CLOCK = SystemClock()
_THRESHOLDS = Thresholds()


class Queues(Protocol):
    """Where queues are looked at. Each wait within has a limit."""

    def depths(self) -> Sequence[QueueDepth]:
        """Return every queue that holds jobs, as it stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _QueueExcess:
    """
    There is too much of something.

    Attributes:
        queue: Where.
        measured: Jobs or seconds.
        limit: What it is more than.
        held_back: How often this was not told since it was told last.
    """

    queue: str
    measured: float
    limit: float
    held_back: int = 0

    @property
    def subject(self) -> str:
        """The queue."""
        return self.queue


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepthWarning(_QueueExcess):
    """More jobs wait in a queue than should."""

    event: ClassVar[str] = Excess.DEPTH_WARNING.value
    level: ClassVar[int] = WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepthCritical(_QueueExcess):
    """So many jobs wait in a queue that somebody has to look now."""

    event: ClassVar[str] = Excess.DEPTH_CRITICAL.value
    level: ClassVar[int] = ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLatencyWarning(_QueueExcess):
    """A queue's oldest job waits too long."""

    event: ClassVar[str] = Excess.LATENCY_WARNING.value
    level: ClassVar[int] = WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTotalCritical(_QueueExcess):
    """So many jobs wait in all queues that somebody has to look now."""

    event: ClassVar[str] = Excess.TOTAL_CRITICAL.value
    level: ClassVar[int] = ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBlocked(_QueueExcess):
    """Jobs that could run wait for one with their lock, whose time has not come."""

    event: ClassVar[str] = Excess.BLOCKED.value
    level: ClassVar[int] = WARNING


MonitorEvent = (
    QueueDepthWarning
    | QueueDepthCritical
    | QueueLatencyWarning
    | QueueTotalCritical
    | QueueBlocked
    | WatchFailed
)
_EVENTS: Mapping[Excess, type[Any]] = MappingProxyType(
    {
        Excess.DEPTH_WARNING: QueueDepthWarning,
        Excess.DEPTH_CRITICAL: QueueDepthCritical,
        Excess.LATENCY_WARNING: QueueLatencyWarning,
        Excess.TOTAL_CRITICAL: QueueTotalCritical,
        Excess.BLOCKED: QueueBlocked,
    }
)


@dataclass(slots=True)
class _Seen:
    """What was seen last, and how often there was a look."""

    queues: tuple[QueueDepth, ...] = ()
    found: tuple[Finding, ...] = ()
    looks: int = 0
    failures: int = 0


class Monitor:
    """
    Looks at queues and tells what is too much.

    Args:
        queues: Which: `PostgresQueues(connect)`, `CeleryQueues(redis, …)`,
            `RqQueues(redis)`.
        thresholds: What is too much; the same for every queue.
        every_s: The same excess of the same queue is told once in this span; 0 tells it
            at each look.
        listener: Told of each excess; what it raises is logged.
        clock: Measures the span, and waits between looks.
    """

    def __init__(
        self,
        queues: Queues,
        *,
        thresholds: Thresholds = _THRESHOLDS,
        every_s: float = 60.0,
        listener: Listener[MonitorEvent] = ignore,
        clock: Clock = _CLOCK,
    ) -> None:
        require_not_negative("Monitor.every_s", every_s)
        self._queues = queues
        self._thresholds = thresholds
        self._once = OncePer(every_s)
        self._listener = outlived(listener)
        self._clock = clock
        self._rounds = Rounds(
            watcher="monitor", look=self.look, listener=self._listener, clock=clock
        )
        self._seen = _Seen()

    def look(self) -> tuple[Finding, ...]:
        """
        Look once, and tell what is too much.

        Raises:
            Exception: The queues' own error, when they cannot be asked.
        """
        try:
            queues = tuple(self._queues.depths())
        except Exception:
            self._seen.failures += 1
            raise
        found = findings(queues, self._thresholds)
        looks, failures = self._seen.looks + 1, self._seen.failures
        self._seen = _Seen(queues, found, looks, failures)
        for finding in found:
            self._tell(finding)
        return found

    async def look_async(self) -> tuple[Finding, ...]:
        """Look once, in a thread."""
        return await to_thread(self.look)

    def run(self, *, every_s: float = 5.0, until: Callable[[], bool]) -> None:
        """
        Look again and again, until told to stop; failures are told and outlived.

        Raises:
            InvalidSetting: The span is not more than 0.
        """
        self._rounds.go(every_s, until)

    async def run_async(self, *, every_s: float = 5.0) -> None:
        """
        Look again and again, until cancelled; failures are told and outlived.

        Raises:
            InvalidSetting: The span is not more than 0.
        """
        await self._rounds.go_async(every_s)

    def statistics(self) -> dict[str, Any]:
        """Return what was seen last, as JSON."""
        seen = self._seen
        return {
            "queues": [
                {
                    "queue": queue.queue,
                    "depth": queue.depth,
                    "latencySeconds": queue.latency_s,
                    "scheduled": queue.scheduled,
                    "blocked": queue.blocked,
                }
                for queue in seen.queues
            ],
            "total": sum(queue.depth for queue in seen.queues),
            "excess": [
                {
                    "event": finding.excess.value,
                    "queue": finding.queue,
                    "measured": finding.measured,
                    "limit": finding.limit,
                }
                for finding in seen.found
            ],
            "looks": seen.looks,
            "lookFailures": seen.failures,
        }

    def measures(self) -> Iterable[Measure]:
        """Return what was seen last."""
        seen = self._seen
        for name, meaning, kind, count in (
            ("looks", "Looks at the queues.", Kind.COUNTER, seen.looks),
            ("look_failures", "Looks that failed.", Kind.COUNTER, seen.failures),
        ):
            yield Measure(f"hardening_jobs_{name}", meaning, kind, (Sample(count),))
        depth = {queue.queue: float(queue.depth) for queue in seen.queues}
        latency = {
            queue.queue: queue.latency_s
            for queue in seen.queues
            if queue.latency_s is not None  # which is not the same as no wait
        }
        blocked = {queue.queue: float(queue.blocked) for queue in seen.queues}
        yield _by_queue("depth", "Jobs that wait and could run.", depth)
        yield _by_queue(
            "latency_seconds", "Age of the oldest of them, where it is known.", latency
        )
        yield _by_queue("blocked", "Of them, kept waiting by a later job.", blocked)

    def _tell(self, finding: Finding) -> None:
        """Tell of an excess, unless that was done just now."""
        key = (finding.excess, finding.queue)
        held_back = self._once.passes(key, self._clock.monotonic_s())
        if held_back is None:
            return
        event = _EVENTS[finding.excess](
            queue=finding.queue, measured=finding.measured, limit=finding.limit
        )
        self._listener(replace(event, held_back=held_back))


def _by_queue(name: str, meaning: str, numbers: Mapping[str, float]) -> Measure:
    """Return a gauge with a number for each queue."""
    samples = tuple(Sample(n, (("queue", queue),)) for queue, n in numbers.items())
    return Measure(f"hardening_jobs_queue_{name}", meaning, Kind.GAUGE, samples)
