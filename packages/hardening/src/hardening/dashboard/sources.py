"""
Sources: what the dashboard asks, as shapes; the kit's other pieces have them.

Each method may be plain or a coroutine function. A plain one is called in a thread; both
are given a bounded time.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from hardening.core import Measured, is_number, require

T = TypeVar("T")
Answer: TypeAlias = T | Awaitable[T]


class Minute(Protocol):
    """One minute of a circuit's trend."""

    @property
    def succeeded(self) -> int:
        """Calls after which the service counted as well."""
        ...

    @property
    def failed(self) -> int:
        """Calls that failed."""
        ...

    @property
    def rejected(self) -> int:
        """Calls that were not let through."""
        ...


class Standing(Protocol):
    """One circuit, as it stands; `hardening.breaker.Standing` is one."""

    @property
    def name(self) -> str:
        """The circuit's."""
        ...

    @property
    def state(self) -> str:
        """'closed', 'open', 'half_open', 'forced_open' or 'disabled'."""
        ...

    @property
    def for_s(self) -> float:
        """Seconds in this state."""
        ...

    @property
    def retry_in_s(self) -> float | None:
        """Seconds until a trial call, while open."""
        ...

    @property
    def trend(self) -> Sequence[Minute]:
        """The last minutes, oldest first."""
        ...


class CircuitSource(Protocol):
    """The circuits; `hardening.breaker.Circuits` is one."""

    def standings(self) -> Answer[Sequence[Standing]]:
        """Return how they stand."""
        ...

    def reset(self, name: str, /) -> Answer[None]:
        """Close one; raises what says that there is none of this name."""
        ...


class QueueDepth(Protocol):
    """One queue, as it stands; `hardening.jobs.QueueDepth` is one."""

    @property
    def queue(self) -> str:
        """Its name."""
        ...

    @property
    def depth(self) -> int:
        """Jobs that wait and could run."""
        ...

    @property
    def latency_s(self) -> float | None:
        """Since the oldest of them could first run; None is not known."""
        ...


class QueueSource(Protocol):
    """The queues; `hardening.jobs.PostgresQueues` is one."""

    def depths(self) -> Answer[Sequence[QueueDepth]]:
        """Return those that hold jobs."""
        ...


class Statistics(Protocol):
    """How many dead letters there are; `hardening.jobs.LetterStatistics` is one."""

    @property
    def waiting(self) -> int:
        """Those that nobody dealt with."""
        ...

    @property
    def by_reason(self) -> Mapping[str, int]:
        """Of them, by reason."""
        ...

    @property
    def by_queue(self) -> Mapping[str, int]:
        """Of them, by queue."""
        ...

    @property
    def oldest_age_s(self) -> float | None:
        """Since the oldest of them failed."""
        ...


class Letter(Protocol):
    """One dead letter; `hardening.jobs.Letter` is one. Its arguments are not shown."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def queue(self) -> str:
        """Where its job was."""
        ...

    @property
    def task(self) -> str:
        """Its function."""
        ...

    @property
    def reason(self) -> str:
        """Why it is dead."""
        ...

    @property
    def error_class(self) -> str:
        """The error's class."""
        ...

    @property
    def error_text(self) -> str:
        """The error's text, already redacted."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried."""
        ...


@dataclass(frozen=True, slots=True)
class LetterSource:
    """
    The dead letters, put together of three calls.

        LetterSource(
            statistics=dlq.statistics,
            search=lambda text: dlq.search(Filter(text=text or None)).letters,
            redrive=dlq.redrive,
        )

    Attributes:
        statistics: How many there are.
        search: Those that hold a text, newest first; all for ''. The first fifty are
            shown.
        redrive: Sends one again; raises what says why not. None offers no button.
    """

    statistics: Callable[[], Answer[Statistics]]
    search: Callable[[str], Answer[Iterable[Letter]]]
    redrive: Callable[[int], Answer[object]] | None = None


class Use(Protocol):
    """A pool at one instant."""

    @property
    def in_use(self) -> int:
        """Connections that nobody else can have."""
        ...

    @property
    def size(self) -> int:
        """The most that there may be."""
        ...

    @property
    def waiting(self) -> int:
        """Callers that wait for one."""
        ...


class PoolSource(Protocol):
    """A pool of connections; `hardening.pool.Gate` is one."""

    @property
    def name(self) -> str:
        """The pool's."""
        ...

    @property
    def threshold(self) -> float:
        """The share of use from which callers are rejected, 0 to 1."""
        ...

    @property
    def rejections(self) -> int:
        """Callers rejected so far."""
        ...

    def use(self) -> Answer[Use]:
        """Return the pool as it stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """
    What is too much in the queues; each is passed by more than it.

    Attributes:
        depth_warning: Jobs in one queue.
        depth_critical: Likewise.
        total_critical: Jobs in all queues together.
        latency_warning_s: Age of a queue's oldest job.
    """

    depth_warning: int = 500
    depth_critical: int = 2_000
    total_critical: int = 5_000
    latency_warning_s: float = 300.0

    def __post_init__(self) -> None:
        for name in ("depth_warning", "total_critical", "latency_warning_s"):
            limit = getattr(self, name)
            holds = is_number(limit) and limit >= 0
            require(f"Thresholds.{name}", limit, "0 or more", holds=holds)
        critical = self.depth_critical
        holds = is_number(critical) and critical >= self.depth_warning
        rule = "at least depth_warning"
        require("Thresholds.depth_critical", critical, rule, holds=holds)


_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """
    What the dashboard shows; a part without a source has no panel.

    Attributes:
        circuits: Of the breakers.
        queues: Of the jobs.
        letters: Dead ones.
        pools: Of connections.
        locks: `hardening.locks.Locks`: their waits, from its measures.
        thresholds: What is too much in the queues.
    """

    circuits: CircuitSource | None = None
    queues: QueueSource | None = None
    letters: LetterSource | None = None
    pools: Sequence[PoolSource] = ()
    locks: Measured | None = None
    thresholds: Thresholds = _THRESHOLDS

    def named(self) -> Mapping[str, Any]:
        """Return those that are there, by the name of their panel, in order."""
        return {
            name: source
            for name in ("circuits", "queues", "letters", "pools", "locks")
            if (source := getattr(self, name)) not in (None, ())
        }
