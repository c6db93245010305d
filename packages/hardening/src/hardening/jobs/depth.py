"""Queue depth and latency: what is too much; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hardening.core import require


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """
    One queue, as it stands.

    Attributes:
        queue: Its name.
        depth: Jobs that wait and could run now.
        latency_s: Since the oldest of them could first run; None is not known.
        scheduled: Jobs that wait for their time.
        blocked: Jobs, of `depth`, kept waiting by a job of the same lock whose own time
            has not come. It blocks them until then (procrastinate #1599).
    """

    queue: str
    depth: int
    latency_s: float | None = None
    scheduled: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """
    What is too much; each is passed by more than it, not by exactly it.

    Attributes:
        depth_warning: Jobs in one queue.
        depth_critical: Likewise.
        total_critical: Jobs in all queues together.
        latency_warning_s: Age of a queue's oldest job.

    Source:
        The founding plans' monitor of Sidekiq: 500, 2,000 and 5,000 jobs, 300 s.
    """

    depth_warning: int = 500
    depth_critical: int = 2_000
    total_critical: int = 5_000
    latency_warning_s: float = 300.0

    def __post_init__(self) -> None:
        for name in ("depth_warning", "total_critical", "latency_warning_s"):
            limit = getattr(self, name)
            require(f"Thresholds.{name}", limit, "0 or more", holds=limit >= 0)
        holds = self.depth_critical >= self.depth_warning
        rule = "depth_warning or more"
        require("Thresholds.depth_critical", self.depth_critical, rule, holds=holds)


class Excess(StrEnum):
    """What there is too much of; the names of the events."""

    DEPTH_WARNING = "queue_depth_warning"
    DEPTH_CRITICAL = "queue_depth_critical"
    LATENCY_WARNING = "queue_latency_warning"
    TOTAL_CRITICAL = "queue_total_critical"
    BLOCKED = "queue_blocked"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is too much.

    Attributes:
        excess: Of what.
        queue: Where; 'all' for the total.
        measured: Jobs or seconds.
        limit: What it is more than.
    """

    excess: Excess
    queue: str
    measured: float
    limit: float


ALL = "all"


def findings(
    queues: Sequence[QueueDepth], thresholds: Thresholds
) -> tuple[Finding, ...]:
    """Return what is too much, queue by queue, then in all."""
    found = [finding for queue in queues for finding in _of(queue, thresholds)]
    total, limit = sum(queue.depth for queue in queues), thresholds.total_critical
    if total > limit:
        found.append(Finding(Excess.TOTAL_CRITICAL, ALL, total, limit))
    return tuple(found)


def _of(queue: QueueDepth, thresholds: Thresholds) -> Iterable[Finding]:
    """Yield what is too much in one queue."""
    name, depth, latency_s = queue.queue, queue.depth, queue.latency_s
    if depth > thresholds.depth_critical:
        limit = thresholds.depth_critical
        yield Finding(Excess.DEPTH_CRITICAL, name, depth, limit)
    elif depth > thresholds.depth_warning:
        yield Finding(Excess.DEPTH_WARNING, name, depth, thresholds.depth_warning)
    if latency_s is not None and latency_s > thresholds.latency_warning_s:
        limit_s = thresholds.latency_warning_s
        yield Finding(Excess.LATENCY_WARNING, name, latency_s, limit_s)
    if queue.blocked:
        yield Finding(Excess.BLOCKED, name, queue.blocked, 0)
