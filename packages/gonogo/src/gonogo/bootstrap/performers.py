"""Performers: who performs the effects of a rollout, made when first needed."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from gonogo.adapters.operators import Redactor, Values, all_operators
from gonogo.bootstrap.asked import Asked
from gonogo.decision import RolloutState
from gonogo.model.identifiers import RolloutId
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
        self._made: OrderedDict[tuple[RolloutId, str], Performer] = OrderedDict()
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
                self._made.popitem(last=False)
            return found

    def _make(self, state: RolloutState) -> Performer:
        values = values_of(state.plan, self._environ, state.rollout)
        operators = all_operators(
            values=values,
            redact=Redactor(values.secrets()),
            folder=self._beside or Path(state.folder or "."),
            sessions=self._folder / "sessions" / state.rollout,
        )
        return Performer(
            operators=operators,
            people=self._people,
            clock=self._clock,
            looks=self._looks,
            traced=Asked.by(self._environ).traces,
        )


def values_of(plan: Plan, environ: Mapping[str, str], rollout: RolloutId) -> Values:
    """Return the plan's values, and those that every plan has."""
    own = {
        "GONOGO_ROLLOUT": rollout,
        "GONOGO_SERVICE": plan.service,
        "GONOGO_ENVIRONMENT": plan.environment,
    }
    known = {name: ValueSource(literal=value) for name, value in own.items()}
    return Values({**known, **plan.values}, environ, connections=plan.connections)
