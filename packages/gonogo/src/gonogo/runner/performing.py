"""Performing effects: each becomes a piece of work that gives one command back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gonogo.analysis.measuring import measurement_of
from gonogo.decision import RolloutState
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model.command import Command
from gonogo.model.event import ApprovalAsked
from gonogo.model.operation import Operation, Query
from gonogo.model.plan import Approval
from gonogo.model.ticket import Ticket
from gonogo.model.tracing import traceparent_of
from gonogo.model.verdict import Observation
from gonogo.ports.clock import Clock
from gonogo.ports.operator import Cancellation, Operator, PreparationFailed
from gonogo.ports.people import People
from gonogo.runner.looks import SharedLooks

Operators = Mapping[type[Any], Operator]
Work = Callable[[Cancellation], Command | None]
Look = effects.Observe | effects.Measure
Deed = effects.Apply | effects.Undo
_Way = Callable[[Any, Cancellation, RolloutState], Command | None]


@dataclass(frozen=True, slots=True)
class Performer:
    """
    Turns effects into work, with the ports that it needs.

    Work may be done on any thread. What goes wrong in it comes back as a report with
    an error, never as an exception: a defect in an adapter must not end a rollout.

    Attributes:
        looks: Shared with the other rollouts of this runner.
        traced: Whether scripts are told the trace that they belong to.
    """

    operators: Operators
    people: People
    clock: Clock
    looks: SharedLooks
    traced: bool = False

    def work(self, effect: effects.Effect, state: RolloutState) -> Work:
        """Return the work of an effect, as things stand when it is asked for."""
        ways: Mapping[type[Any], _Way] = {
            effects.Prepare: self._prepare,
            effects.Apply: self._do,
            effects.Observe: self._observe,
            effects.Measure: self._measure,
            effects.Undo: self._do,
            effects.Find: self._find,
            effects.Ask: self._ask,
            effects.AskApproval: self._ask_approval,
            effects.Notify: self._tell,
        }
        way = ways[type(effect)]
        return lambda cancelled: way(effect, cancelled, state)

    def _prepare(
        self, effect: effects.Prepare, _: Cancellation, __: RolloutState
    ) -> Command:
        undo, error = None, None
        try:
            undo = self._operator(effect.operation).prepare(effect.operation)
        except PreparationFailed as failure:
            error = str(failure)
        except Exception as defect:  # noqa: BLE001  an adapter's defect is a report
            error = _defect(defect)
        at = self.clock.now()
        return commands.ReportPrepared(at=at, step=effect.step, undo=undo, error=error)

    def _do(self, deed: Deed, cancelled: Cancellation, state: RolloutState) -> Command:
        return self._report(deed, self._perform(deed, cancelled, state))

    def _find(
        self, effect: effects.Find, cancelled: Cancellation, state: RolloutState
    ) -> Command:
        deed = effect.sought
        ticket = ticket_of(deed, state, traced=self.traced)
        try:
            operator = self._operator(deed.operation)
            found = operator.find(deed.operation, cancelled, ticket)
        except Exception as defect:  # noqa: BLE001  an adapter's defect is a report
            self.people.tell(_defect(defect), urgent=True)
            found = None
        if found is None:
            return commands.ReportNotFound(at=self.clock.now(), sought=deed)
        return self._report(deed, found)

    def _report(self, deed: Deed, observation: Observation) -> Command:
        at, attempt = self.clock.now(), deed.attempt
        match deed:
            case effects.Apply(step=step):
                return commands.ReportApplied(
                    at=at, step=step, attempt=attempt, observation=observation
                )
            case effects.Undo(undo=undo):
                return commands.ReportUndone(
                    at=at, undo=undo, attempt=attempt, observation=observation
                )

    def _observe(
        self, effect: effects.Observe, cancelled: Cancellation, state: RolloutState
    ) -> Command:
        observation = self._perform(effect, cancelled, state)
        return commands.ReportObserved(
            at=self.clock.now(),
            step=effect.step,
            attempt=effect.attempt,
            observation=observation,
        )

    def _measure(
        self, effect: effects.Measure, cancelled: Cancellation, state: RolloutState
    ) -> Command:
        observation, looked_at = self._look(effect, cancelled, state)
        return commands.ReportMeasured(
            at=self.clock.now(),
            metric=effect.metric,
            measurement=measurement_of(observation, looked_at),
        )

    def _look(
        self, effect: effects.Measure, cancelled: Cancellation, state: RolloutState
    ) -> tuple[Observation, datetime]:
        """Return what a look saw, and as of when it counts."""
        if isinstance(effect.operation, Query):
            # Its stretch ends at this very instant, where the next one begins: what
            # happened between two looks belongs to one of them.
            at = self.clock.now()
            return self._perform(effect, cancelled, state, at=at), at
        return self.looks.take(
            effect.operation,
            state,
            lambda: self._perform(effect, cancelled, state),
        )

    def _ask(
        self, effect: effects.Ask, _: Cancellation, state: RolloutState
    ) -> Command | None:
        asked = state.questions.get(effect.question)
        if asked is None:
            return None
        answer = self.people.answer(asked, state.plan)
        return None if answer is None else replace(answer, at=self.clock.now())

    def _ask_approval(
        self, effect: effects.AskApproval, _: Cancellation, state: RolloutState
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

    def _tell(self, effect: effects.Notify, _: Cancellation, __: RolloutState) -> None:
        self.people.tell(effect.text, urgent=effect.urgent)

    def _perform(
        self,
        effect: Look | Deed,
        cancelled: Cancellation,
        state: RolloutState,
        *,
        at: datetime | None = None,
    ) -> Observation:
        operation = effect.operation
        ticket = replace(ticket_of(effect, state, traced=self.traced), at=at)
        try:
            return self._operator(operation).perform(operation, cancelled, ticket)
        except Exception as defect:  # noqa: BLE001  an adapter's defect is a report
            return Observation(error=_defect(defect))

    def _operator(self, operation: Operation) -> Operator:
        return self.operators[type(operation)]


def failed(report: Command) -> bool:
    """Return whether a report tells of an error instead of a result."""
    match report:
        case commands.ReportMeasured(measurement=measurement):
            return measurement.error is not None
        case commands.ReportPrepared(error=error):
            return error is not None
        case (
            commands.ReportApplied(observation=seen)
            | commands.ReportObserved(observation=seen)
            | commands.ReportUndone(observation=seen)
        ):
            return seen.error is not None
        case _:
            return False


def ticket_of(effect: Look | Deed, state: RolloutState, *, traced: bool) -> Ticket:
    """Return what names a piece of work for its operator."""
    subject, attempt = _named(effect)
    rollout, began = state.rollout, state.started_at
    parent = traceparent_of(rollout, began, subject, attempt) if traced else ""
    return Ticket(
        rollout=rollout,
        subject=subject,
        attempt=attempt,
        traceparent=parent,
        since=effect.since if isinstance(effect, effects.Measure) else None,
    )


def _named(effect: Look | Deed) -> tuple[str, int | None]:
    match effect:
        case effects.Apply(step=step, attempt=attempt):
            return step, attempt
        case effects.Undo(undo=undo, attempt=attempt):
            return f"undo/{undo}", attempt
        case effects.Observe(step=step):
            return step, None
        case effects.Measure(metric=metric):
            return metric, None


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
    """
    Return what makes two effects the same piece of work: kind and subject.

    To seek a deed and to do it is the same work: never both at once, and what cancels
    one cancels the other.
    """
    if isinstance(effect, effects.Find):
        effect = effect.sought
    subject = (getattr(effect, name) for name in SAME[type(effect)])
    return (type(effect), *subject)


def _defect(defect: Exception) -> str:
    return f"gonogo itself failed here ({type(defect).__name__}: {defect})"
