"""
Metrics of the engine itself, and counts of its rollouts, as Prometheus keeps them.

Names follow Prometheus' practice: base units, `_total` for what only grows. Every
label's values are few: names of sources are kept apart up to a limit, and are `other`
beyond it.
"""

from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
)

from gonogo.adapters.telemetry.cause import cause_of
from gonogo.decision.state import RolloutState
from gonogo.model import event as events
from gonogo.model.record import Record
from gonogo.ports.telemetry import Refusal

# From a millisecond to ten seconds; the bars of the engine are 50, 100 and 200 ms.
_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10)
# Work in the world: from 5 ms to the half hour that a script may take.
_WORK_S = (0.005, 0.025, 0.1, 0.25, 1, 2.5, 5, 10, 30, 60, 300, 1800)

# More sources than a team probes from one place; each costs some thirty time series.
_MOST_SOURCES = 50
OTHER = "other"


class PrometheusMetrics:
    """
    Implements `ports.telemetry.EngineMetrics` and `runner.watching.Watcher`.

    Thread-safe.

    Attributes:
        registry: Holds these metrics and no others.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._sources: set[str] = set()
        self._phases = Gauge(
            "gonogo_rollouts",
            "Rollouts that this engine has under way, by phase.",
            ["phase"],
            registry=registry,
        )
        self._late = Histogram(
            "gonogo_tick_lateness_seconds",
            "How long after its due time a tick was taken.",
            buckets=_QUICK_S,
            registry=registry,
        )
        self._decisions = Counter(
            "gonogo_decisions_total",
            "Decisions, by the command that was decided on.",
            ["command"],
            registry=registry,
        )
        self._events = Counter(
            "gonogo_events_appended_total",
            "Events that were made durable in the journal.",
            registry=registry,
        )
        self._append = Histogram(
            "gonogo_append_duration_seconds",
            "How long one commit to the journal took.",
            buckets=_QUICK_S,
            registry=registry,
        )
        self._refused = Counter(
            "gonogo_appends_refused_total",
            "Appends of which nothing was kept, by reason.",
            ["reason"],
            registry=registry,
        )
        self._acted = Histogram(
            "gonogo_command_delay_seconds",
            "How long a person's command lay until it was acted on, by command.",
            ["command"],
            buckets=_QUICK_S,
            registry=registry,
        )
        self._turned_back = Histogram(
            "gonogo_breach_to_undo_seconds",
            "From the measurement that broke a trigger to the first undo begun.",
            buckets=_QUICK_S,
            registry=registry,
        )
        self._waiting = Gauge(
            "gonogo_queue_depth",
            "How many wait in a lane.",
            ["lane"],
            registry=registry,
        )
        self._busy = Gauge(
            "gonogo_workers_busy",
            "How many workers of a lane are at work.",
            ["lane"],
            registry=registry,
        )
        self._work = Histogram(
            "gonogo_work_duration_seconds",
            "How long work in the world took, by kind and source.",
            ["kind", "source"],
            buckets=_WORK_S,
            registry=registry,
        )
        self._work_errors = Counter(
            "gonogo_work_errors_total",
            "Work in the world that ended without a result, by kind and source.",
            ["kind", "source"],
            registry=registry,
        )
        self._shared = Counter(
            "gonogo_measurements_shared_total",
            "Measurements answered by an identical one under way, by source.",
            ["source"],
            registry=registry,
        )
        self._takeovers = Counter(
            "gonogo_takeovers_total",
            "Turns of shards taken, by whether the last holder had left cleanly.",
            ["clean"],
            registry=registry,
        )
        self._shards = Gauge(
            "gonogo_shards_held",
            "Shards that this engine holds.",
            registry=registry,
        )
        self._started = Counter(
            "gonogo_rollouts_started_total",
            "Rollouts that this engine began.",
            registry=registry,
        )
        self._ended = Counter(
            "gonogo_rollouts_ended_total",
            "Rollouts that this engine brought to an end, by phase.",
            ["phase"],
            registry=registry,
        )
        self._aborted = Counter(
            "gonogo_rollouts_aborted_total",
            "Rollouts that this engine turned back, by what did it.",
            ["cause"],
            registry=registry,
        )
        self._in_doubt = Counter(
            "gonogo_actions_in_doubt_total",
            "Actions found with an intent and no result.",
            registry=registry,
        )
        self._handed_over = Counter(
            "gonogo_undos_handed_over_total",
            "Undos that became a person's to do.",
            registry=registry,
        )
        self._dropped = Counter(
            "gonogo_telemetry_dropped_total",
            "What telemetry could not keep up with and let go of, by exporter.",
            ["exporter"],
            registry=registry,
        )

    def moved(self, before: str | None, after: str | None) -> None:
        """Count a rollout out of one phase and into another."""
        if before is not None:
            self._phases.labels(before).dec()
        if after is not None:
            self._phases.labels(after).inc()

    def ticked(self, late_s: float) -> None:
        """Count a tick by its lateness."""
        self._late.observe(max(late_s, 0.0))

    def decided(self, command: str) -> None:
        """Count a decision."""
        self._decisions.labels(command).inc()

    def appended(self, events: int, seconds: float) -> None:
        """Count events, and a commit by its duration."""
        self._events.inc(events)
        self._append.observe(seconds)

    def refused(self, why: Refusal) -> None:
        """Count an append that was refused."""
        self._refused.labels(why).inc()

    def acted(self, command: str, seconds: float) -> None:
        """Count a person's command by how long it lay."""
        self._acted.labels(command).observe(max(seconds, 0.0))

    def turned_back(self, seconds: float) -> None:
        """Count a rollback by how soon its first undo began."""
        self._turned_back.observe(max(seconds, 0.0))

    def waiting(self, lane: str, depth: int) -> None:
        """Set the depth of a lane."""
        self._waiting.labels(self._known(lane)).set(depth)

    def busy(self, lane: str, workers: int) -> None:
        """Set how many workers of a lane are at work."""
        self._busy.labels(self._known(lane)).set(workers)

    def worked(self, kind: str, source: str, seconds: float, *, error: bool) -> None:
        """Count a piece of work by its duration."""
        source = self._known(source)
        self._work.labels(kind, source).observe(seconds)
        if error:
            self._work_errors.labels(kind, source).inc()

    def shared(self, source: str) -> None:
        """Count a measurement that was not asked twice."""
        self._shared.labels(self._known(source)).inc()

    def took_over(self, *, clean: bool) -> None:
        """Count a turn taken."""
        self._takeovers.labels("true" if clean else "false").inc()

    def holding(self, shards: int) -> None:
        """Set how many shards are held."""
        self._shards.set(shards)

    def dropped(self, watcher: str, count: int) -> None:
        """Count what was let go of."""
        self._dropped.labels(watcher).inc(count)

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Count what rollouts came to."""
        for record in records:
            match record.event:
                case events.RolloutStarted():
                    self._started.inc()
                case events.RolloutCompleted() | events.RolledBack():
                    self._ended.labels(state.phase.value).inc()
                case events.RolloutAborted() as event:
                    self._aborted.labels(cause_of(event)).inc()
                case events.ActionInDoubt():
                    self._in_doubt.inc()
                case events.UndoHandedOver():
                    self._handed_over.inc()
                case _:
                    pass

    def _known(self, source: str) -> str:
        """Return the name, or `other` when too many names are kept apart."""
        if source in self._sources:
            return source
        if len(self._sources) >= _MOST_SOURCES:
            return OTHER
        self._sources.add(source)
        return source
