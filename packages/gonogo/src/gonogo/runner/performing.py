"""Performing effects: each becomes a piece of work that gives one command back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gonogo.analysis.measuring import measurement_of
from gonogo.decision import RolloutState
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command
from gonogo.model.event import ApprovalAsked
from gonogo.model.operation import Operation
from gonogo.model.plan import Approval
from gonogo.model.verdict import Observation
from gonogo.ports.clock import Clock
from gonogo.ports.operator import Cancellation, Operator, PreparationFailed
from gonogo.ports.people import People

Operators = Mapping[type[Any], Operator]
Work = Callable[[Cancellation], Command | None]


@dataclass(frozen=True, slots=True)
class Performer:
    """
    Turns effects into work, with the ports that it needs.

    Work may be done on any thread. What goes wrong in it comes back as a report with
    an error, never as an exception: a defect in an adapter must not end a rollout.
    """

    operators: Operators
    people: People
    clock: Clock

    def work(self, effect: effects.Effect, state: RolloutState) -> Work:
        """Return the work of an effect, as things stand when it is asked for."""
        works: Mapping[type[Any], Callable[[Any, Cancellation], Command | None]] = {
            effects.Prepare: self._prepare,
            effects.Apply: self._apply,
            effects.Observe: self._observe,
            effects.Measure: self._measure,
            effects.Undo: self._undo,
            effects.Ask: lambda each, _: self._ask(each, state),
            effects.AskApproval: lambda each, _: self._ask_approval(each, state),
            effects.Notify: self._tell,
        }
        return partial(works[type(effect)], effect)

    def _prepare(self, effect: effects.Prepare, _: Cancellation) -> Command:
        undo, error = None, None
        try:
            undo = self._operator(effect.operation).prepare(effect.operation)
        except PreparationFailed as failure:
            error = str(failure)
        except Exception as defect:  # noqa: BLE001  an adapter's defect is a report
            error = _defect(defect)
        at = self.clock.now()
        return commands.ReportPrepared(at=at, step=effect.step, undo=undo, error=error)

    def _apply(self, effect: effects.Apply, cancelled: Cancellation) -> Command:
        observation = self._perform(effect.operation, cancelled)
        return commands.ReportApplied(
            at=self.clock.now(),
            step=effect.step,
            attempt=effect.attempt,
            observation=observation,
        )

    def _observe(self, effect: effects.Observe, cancelled: Cancellation) -> Command:
        observation = self._perform(effect.operation, cancelled)
        return commands.ReportObserved(
            at=self.clock.now(),
            step=effect.step,
            attempt=effect.attempt,
            observation=observation,
        )

    def _measure(self, effect: effects.Measure, cancelled: Cancellation) -> Command:
        # As of when the look began: one begun before a soak's end does not prove it.
        looked_at = self.clock.now()
        observation = self._perform(effect.operation, cancelled)
        return commands.ReportMeasured(
            at=self.clock.now(),
            metric=effect.metric,
            measurement=measurement_of(observation, looked_at),
        )

    def _undo(self, effect: effects.Undo, cancelled: Cancellation) -> Command:
        observation = self._perform(effect.operation, cancelled)
        return commands.ReportUndone(
            at=self.clock.now(),
            undo=effect.undo,
            attempt=effect.attempt,
            observation=observation,
        )

    def _ask(self, effect: effects.Ask, state: RolloutState) -> Command | None:
        asked = state.questions.get(effect.question)
        if asked is None:
            return None
        answer = self.people.answer(asked, state.plan)
        return None if answer is None else replace(answer, at=self.clock.now())

    def _ask_approval(
        self, effect: effects.AskApproval, state: RolloutState
    ) -> Command | None:
        step = state.find_step(effect.step)
        if not isinstance(step, Approval):
            return None
        expires = state.step(step.id).expires
        asked = ApprovalAsked(
            at=state.at, step=step.id, role=step.role, expires=expires
        )
        consent = self.people.consent(asked, step, state.plan)
        return None if consent is None else replace(consent, at=self.clock.now())

    def _tell(self, effect: effects.Notify, _: Cancellation) -> None:
        self.people.tell(effect.text, urgent=effect.urgent)

    def _perform(self, operation: Operation, cancelled: Cancellation) -> Observation:
        try:
            return self._operator(operation).perform(operation, cancelled)
        except Exception as defect:  # noqa: BLE001  an adapter's defect is a report
            return Observation(error=_defect(defect))

    def _operator(self, operation: Operation) -> Operator:
        return self.operators[type(operation)]


SAME: Mapping[type[Any], tuple[str, ...]] = {
    effects.Measure: ("metric",),
    effects.Prepare: ("step",),
    effects.Apply: ("step", "attempt"),
    effects.Observe: ("step", "attempt"),
    effects.Undo: ("undo", "attempt"),
    effects.Ask: ("question",),
    effects.AskApproval: ("step",),
    effects.Notify: ("text",),
}


def key_of(effect: effects.Effect) -> tuple[Hashable, ...]:
    """Return what makes two effects the same piece of work: kind and subject."""
    subject = (getattr(effect, name) for name in SAME[type(effect)])
    return (type(effect), *subject)


def _defect(defect: Exception) -> str:
    return f"gonogo itself failed here ({type(defect).__name__}: {defect})"
