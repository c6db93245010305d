"""Performers: who performs the effects of a rollout, made when first needed."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from gonogo.adapters.operators import (
    RedactingOperator,
    Redactor,
    Values,
    all_operators,
)
from gonogo.adapters.sources import QueryOperator, Sources, opened
from gonogo.bootstrap.asked import Asked
from gonogo.decision import RolloutState
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Query
from gonogo.model.plan import Plan, ValueSource
from gonogo.ports.clock import Clock
from gonogo.ports.people import People
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner.looks import SharedLooks
from gonogo.runner.performing import Performer

# A performer holds a few kilobytes and the sessions of its shell; making one takes
# under a millisecond.
MOST = 2_000


class Performers:
    """
    Performers by rollout; the one used least goes when there are too many.

    Args:
        folder: The workspace's: shell sessions are kept there.
        environ: Where the plans' values and connections stand.
        beside: Where the documents lie; None: where they lay when they were begun.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        *,
        people: People,
        clock: Clock,
        beside: Path | None = None,
        metrics: EngineMetrics = UNMEASURED,
    ) -> None:
        self._folder, self._environ, self._beside = folder, environ, beside
        self._people, self._clock = people, clock
        self._looks = SharedLooks(clock, metrics=metrics)
        self._made: OrderedDict[tuple[RolloutId, str], _Made] = OrderedDict()
        self._lock = Lock()

    def of(self, state: RolloutState) -> Performer:
        """Return who performs the effects of a rollout; from any thread."""
        key = (state.rollout, state.plan.digest)
        with self._lock:
            found = self._made.get(key)
            if found is None:
                found = self._made[key] = self._make(state)
            self._made.move_to_end(key)
            if len(self._made) > MOST:
                _, oldest = self._made.popitem(last=False)
                oldest.sources.close()
            return found.performer

    def _make(self, state: RolloutState) -> "_Made":
        values = values_of(state.plan, self._environ, state.rollout)
        redact = Redactor(values.secrets())
        folder = self._beside or Path(state.folder or ".")
        operators = all_operators(
            values=values,
            redact=redact,
            folder=folder,
            sessions=self._folder / "sessions" / state.rollout,
        )
        sources = opened(
            state.plan,
            self._environ,
            folder=folder,
            own=own_values(state.plan, state.rollout),
            now=self._clock.now,
        )
        sources.listen()
        asking = QueryOperator(sources, now=self._clock.now)
        performer = Performer(
            operators={**operators, Query: RedactingOperator(asking, redact)},
            people=self._people,
            clock=self._clock,
            looks=self._looks,
            traced=Asked.by(self._environ).traces,
        )
        return _Made(performer, sources)


@dataclass(frozen=True, slots=True)
class _Made:
    """A performer, and the sources that it asks."""

    performer: Performer
    sources: Sources


def values_of(plan: Plan, environ: Mapping[str, str], rollout: RolloutId) -> Values:
    """Return the plan's values, and those that every plan has."""
    own = own_values(plan, rollout)
    return Values({**own, **plan.values}, environ, connections=plan.connections)


def own_values(plan: Plan, rollout: RolloutId) -> dict[str, ValueSource]:
    """Return the values that every plan has."""
    own = {
        "GONOGO_ROLLOUT": rollout,
        "GONOGO_SERVICE": plan.service,
        "GONOGO_ENVIRONMENT": plan.environment,
    }
    return {name: ValueSource(literal=value) for name, value in own.items()}
