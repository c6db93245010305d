"""Shared looks: the same question, asked by many rollouts in one second, is asked once."""

import re
import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from gonogo.decision import RolloutState
from gonogo.model.operation import Http, Operation, ReadFlag, Sql
from gonogo.model.verdict import Observation
from gonogo.ports.clock import Clock
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner.sources import source_of

_NAME = re.compile(r"\$\{?([A-Za-z_]\w*)", re.ASCII)
# What differs from rollout to rollout beside the plan's own values.
_OWN = ("GONOGO_ROLLOUT", "GONOGO_SERVICE", "GONOGO_ENVIRONMENT")


@dataclass(slots=True)
class _Look:
    """A look taken, or under way, in one second."""

    began: datetime
    taken: threading.Event = field(default_factory=threading.Event)
    seen: Observation | None = None


class SharedLooks:
    """
    Takes looks; those that are the same share one a second. Thread-safe.

    What it gives counts as of when the look began, whoever asked for it: one begun
    before a soak's end does not prove it.
    """

    def __init__(self, clock: Clock, *, metrics: EngineMetrics = UNMEASURED) -> None:
        self._clock, self._metrics = clock, metrics
        self._looks: dict[Hashable, _Look] = {}
        self._lock = threading.Lock()

    def take(
        self, operation: Operation, state: RolloutState, look: Callable[[], Observation]
    ) -> tuple[Observation, datetime]:
        """
        Return what a look saw, and as of when it counts.

        Args:
            operation: What is asked.
            state: Of the rollout that asks.
            look: Asks it; must not raise.
        """
        key = _same(operation, state)
        if key is None:
            began = self._clock.now()
            return look(), began
        shared, mine = self._join(key)
        if mine:
            shared.seen = look()
            shared.taken.set()
        else:
            self._metrics.shared(source_of(operation))
            shared.taken.wait()
        assert shared.seen is not None  # noqa: S101  set before the event is
        return shared.seen, shared.began

    def _join(self, key: Hashable) -> tuple[_Look, bool]:
        """Return the look of this second, and whether the caller has to take it."""
        now = self._clock.now()
        with self._lock:
            found = self._looks.get(key)
            if found is not None and _second(found.began) == _second(now):
                return found, False
            self._forget_before(_second(now))
            made = self._looks[key] = _Look(now)
            return made, True

    def _forget_before(self, second: datetime) -> None:
        first = next(iter(self._looks.values()), None)
        if first is not None and first.began < second:
            self._looks.clear()


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def _same(operation: Operation, state: RolloutState) -> Hashable | None:
    """Return what makes two looks one; None for what is never shared."""
    match operation:
        case Http(method="GET"):
            names = _names(operation.url, operation.body, *operation.headers.values())
            where = ""
            asked: Hashable = (
                operation.url,
                operation.json,
                operation.body,
                tuple(operation.headers.items()),
                operation.deadline,
            )
        case Sql():
            names, where, asked = _names(operation.query), state.folder, operation
        case ReadFlag():
            names, where, asked = _names(operation.file), state.folder, operation
        case _:  # A script has a session of its own; the others are no looks.
            return None
    return asked, where, tuple(_meant(names, operation, state))


def _names(*texts: str | None) -> tuple[str, ...]:
    return tuple(name for text in texts if text for name in _NAME.findall(text))


def _meant(
    names: tuple[str, ...], operation: Operation, state: RolloutState
) -> Iterator[Hashable]:
    """Yield what the names of a look stand for in its rollout."""
    plan = state.plan
    own = (state.rollout, plan.service, plan.environment)
    for name in names:
        yield dict(zip(_OWN, own, strict=True)).get(name) or plan.values.get(name)
    if isinstance(operation, Sql):
        yield plan.connections.get(operation.connection)
