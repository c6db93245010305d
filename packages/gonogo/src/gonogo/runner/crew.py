"""The crew: does the work that effects ask for, on threads, each kind in its lanes."""

import threading
from collections.abc import Callable
from typing import Protocol

from gonogo.decision import RolloutState
from gonogo.model.command import Command
from gonogo.model.effect import (
    Apply,
    Effect,
    Find,
    Measure,
    Observe,
    Prepare,
    Undo,
)
from gonogo.ports.journal import JournalUnavailable
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner.lanes import Lanes
from gonogo.runner.performing import Performer, failed
from gonogo.runner.sources import source_of

Report = Callable[[Command | None], None]
May = Callable[[], bool]

# Looks at one source at once, and at all. A source that hangs holds eight threads until
# its deadlines; a dozen such leave most of the others.
LOOKS_AT_A_SOURCE, LOOKS = 8, 128
# Deeds at once: each may be a long script. Undos never wait behind actions.
DEEDS, UNDOS = 64, 1024
# A journal that cannot be reached is asked again so often.
ASK_AGAIN_S = 0.5


class Crew(Protocol):
    """Does work, and reports what came of it: once, from any thread."""

    def begin(
        self, effect: Effect, state: RolloutState, report: Report, *, may: May
    ) -> threading.Event:
        """
        Begin the work of an effect; setting what is returned asks to end it.

        Args:
            effect: What is to be done.
            state: Of its rollout.
            report: Takes what came of it.
            may: Asked right before a deed: whether the rollout is still ours. A
                process that stood still comes back amid anything.
        """
        ...


class ThreadedCrew:
    """
    A crew of threads in this process.

    Args:
        performer_of: Who performs the effects of a rollout. Called on the thread that
            does the work.
    """

    def __init__(
        self,
        performer_of: Callable[[RolloutState], Performer],
        *,
        metrics: EngineMetrics = UNMEASURED,
    ) -> None:
        self._performer_of, self._metrics = performer_of, metrics
        self._looks = Lanes(
            "looks", most=LOOKS, most_each=LOOKS_AT_A_SOURCE, metrics=metrics
        )
        # A lane a rollout: too many to be told of each.
        self._deeds = Lanes("deeds", most=DEEDS, most_each=1)
        self._undos = Lanes("undos", most=UNDOS, most_each=1)

    def _timed(
        self, effect: Effect, state: RolloutState, cancelled: threading.Event
    ) -> Command | None:
        performer = self._performer_of(state)
        began = performer.clock.wall()
        command = performer.work(effect, state)(cancelled)
        if isinstance(effect, Measure | Observe | Prepare | Apply | Undo):
            seconds = (performer.clock.wall() - began).total_seconds()
            kind, source = type(effect).__name__, source_of(effect.operation)
            error = command is None or failed(command)
            self._metrics.worked(kind, source, seconds, error=error)
        return command

    def begin(
        self, effect: Effect, state: RolloutState, report: Report, *, may: May
    ) -> threading.Event:
        """Begin the work of an effect; setting what is returned asks to end it."""
        cancelled = threading.Event()

        def work() -> None:
            if isinstance(effect, Apply | Undo) and not _for_certain(may):
                report(None)
                return
            report(self._timed(effect, state, cancelled))

        match effect:
            case Measure() | Observe() | Prepare():
                self._looks.submit(source_of(effect.operation), work)
            case Apply() | Find(sought=Apply()):
                self._deeds.submit(state.rollout, work)
            case Undo() | Find():
                self._undos.submit(state.rollout, work)
            case _:  # People: a prompt may stay open for days.
                threading.Thread(target=work, daemon=True).start()
        return cancelled


def _for_certain(may: May) -> bool:
    """Return whether a deed may be begun; who cannot tell now, asks again."""
    while True:
        try:
            return may()
        except JournalUnavailable:
            threading.Event().wait(ASK_AGAIN_S)


class NoCrew:
    """A crew that does nothing: what it is asked for, a later runner begins again."""

    def begin(
        self, effect: Effect, state: RolloutState, report: Report, *, may: May
    ) -> threading.Event:
        """Begin nothing."""
        del effect, state, report, may
        return threading.Event()
