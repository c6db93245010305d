"""How each effect goes: what it does to the world, how long it takes, what it reports."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.analysis.measuring import measurement_of
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command
from gonogo.model.effect import Effect
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Operation, Shell
from gonogo.model.verdict import Observation
from gonogo.testing.laws import LawBroken
from gonogo.testing.plans import chance, pick
from gonogo.testing.world.agenda import Agenda
from gonogo.testing.world.script import MINUTE, SECOND, Script
from gonogo.testing.world.truth import Truth, subject_of


@dataclass(kw_only=True)
class Work:
    """
    One effect under way: what it will do to the world, and what it will report.

    Attributes:
        key: One effect; while it is under way the same one is not begun again.
        deed: What is still to take effect.
        crash: Whether the runner dies 'before' the deed, 'after' it, or not ('').
        dead: Nobody waits for it any more.
        supervised: It outlives its runner.
        left: It has outlived its runner, and nobody has found it yet.
        ended: It came to its end; what it left can be found.
        found: Tells whoever has found it; nobody has while it is None.
    """

    key: tuple[Hashable, ...]
    report: Callable[[], Command]
    deed: Operation | None = None
    crash: str = ""
    dead: bool = False
    supervised: bool = False
    left: bool = False
    ended: bool = False
    found: Callable[[], None] | None = None


def key_of(deed: effects.Apply | effects.Undo) -> tuple[Hashable, ...]:
    """Return the key of a deed, whether it is done or sought."""
    if isinstance(deed, effects.Apply):
        return (effects.Apply, deed.step, deed.attempt)
    return (effects.Undo, deed.undo, deed.attempt)


class Workshop:
    """Makes the work of an effect, as the script has it."""

    def __init__(self, script: Script, agenda: Agenda, truth: Truth) -> None:
        """Take the world that the work is done in."""
        self._script, self._weather = script, script.weather
        self._agenda, self._truth = agenda, truth

    def work_of(self, effect: Effect) -> tuple[Work, timedelta]:
        """Return the work of an effect, and how long it takes."""
        span = SECOND * (1 + self._script.number(20))
        match effect:
            case effects.Prepare():
                return self._prepare(effect), span
            case effects.Apply():
                return self._apply(effect), span * (1 + self._script.number(20))
            case effects.Undo():
                return self._undo(effect), span
            case effects.Find():
                return self._not_found(effect.sought), span
            case effects.Observe():
                return self._observe(effect), span
            case effects.Measure():
                hangs = self._script.wrong(self._weather.probes // 2)
                span = MINUTE * 4 if hangs else span
                return self._measure(effect, self._agenda.now, hangs=hangs), span
            case _:
                message = f"{effect} is no work"
                raise LawBroken(message)

    def cancelled(self, work: Work) -> Work:
        """Return what is left of an action that was stopped: its report."""
        _, step, attempt = work.key
        return Work(
            key=work.key,
            report=lambda: commands.ReportApplied(
                at=self._agenda.now,
                step=StepId(str(step)),
                attempt=int(str(attempt)),
                observation=Observation(error="it was cancelled"),
            ),
        )

    def _prepare(self, effect: effects.Prepare) -> Work:
        wrong = self._script.wrong(self._weather.actions // 4)
        error = "unreadable" if wrong else None
        return Work(
            key=(effects.Prepare, effect.step),
            report=lambda: commands.ReportPrepared(
                at=self._agenda.now,
                step=effect.step,
                undo=None if error else self._truth.prepare(effect.operation),
                error=error,
            ),
        )

    def _apply(self, effect: effects.Apply) -> Work:
        seen, takes_effect = self._end_of_deed(self._weather.actions)
        return Work(
            key=key_of(effect),
            deed=effect.operation if takes_effect else None,
            crash=self._crash(),
            supervised=self._is_supervised(effect.operation),
            report=lambda: commands.ReportApplied(
                at=self._agenda.now,
                step=effect.step,
                attempt=effect.attempt,
                observation=seen,
            ),
        )

    def _undo(self, effect: effects.Undo) -> Work:
        seen, takes_effect = self._end_of_deed(self._weather.undos)
        return Work(
            key=key_of(effect),
            deed=effect.operation if takes_effect else None,
            crash=self._crash(),
            supervised=self._is_supervised(effect.operation),
            report=lambda: commands.ReportUndone(
                at=self._agenda.now,
                undo=effect.undo,
                attempt=effect.attempt,
                observation=seen,
            ),
        )

    def _not_found(self, sought: effects.Apply | effects.Undo) -> Work:
        return Work(
            key=key_of(sought),
            report=lambda: commands.ReportNotFound(at=self._agenda.now, sought=sought),
        )

    def _end_of_deed(self, wrong_pct: int) -> tuple[Observation, bool]:
        """Return what is seen of a deed, and whether it took effect."""
        wrong = self._script.wrong(wrong_pct)
        return self._script.failure() if wrong else (Observation(), True)

    def _is_supervised(self, operation: Operation) -> bool:
        """Return whether a deed outlives its runner: its supervisor may die with it."""
        return isinstance(operation, Shell) and chance(self._script, 60)

    def _crash(self) -> str:
        """Return whether the runner dies 'before' or 'after' a deed; '' for neither."""
        # More often than at other moments: there are few deeds in a world.
        crashes = self._script.wrong(4 * self._weather.crashes)
        return pick(self._script, ("before", "after")) if crashes else ""

    def _measure(self, effect: effects.Measure, at: datetime, *, hangs: bool) -> Work:
        looked_at_end = chance(self._script, 50)

        def report() -> Command:
            looked_at = self._agenda.now if looked_at_end else at
            seen = self._script.metric(
                effect.metric, looked_at, effect.operation, effect.since
            )
            seen = Observation(error="timed out") if hangs else seen
            return commands.ReportMeasured(
                at=self._agenda.now,
                metric=effect.metric,
                measurement=measurement_of(seen, looked_at),
            )

        return Work(key=(effects.Measure, effect.metric), report=report)

    def _observe(self, effect: effects.Observe) -> Work:
        def report() -> Command:
            return commands.ReportObserved(
                at=self._agenda.now,
                step=effect.step,
                attempt=effect.attempt,
                observation=self._look(effect),
            )

        return Work(key=(effects.Observe, effect.step, effect.attempt), report=report)

    def _look(self, effect: effects.Observe) -> Observation:
        if self._script.wrong(self._weather.probes):
            return Observation(error="refused")
        if not subject_of(effect.operation).startswith("health/"):
            stands = subject_of(effect.operation) in self._truth.stands
            word = "applied" if stands else "missing"
            return Observation(output=word, exit_status=0 if stands else 1)
        if self._script.wrong(self._weather.probes):
            return Observation(output="UNHEALTHY", exit_status=0)
        return Observation(output="all HEALTHY", exit_status=0)
