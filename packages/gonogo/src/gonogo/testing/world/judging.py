"""The judge of a world: what holds at each turn, and of the whole at its end."""

import json
from collections.abc import Collection, Container, Hashable, Iterable, Sequence
from datetime import datetime

from gonogo.decision import Decision, RolloutState, decide, evolve
from gonogo.decision.state import UndoState
from gonogo.decision.transitions import Phase, UndoPhase
from gonogo.model import command as commands
from gonogo.model import effect as effects
from gonogo.model import event as events
from gonogo.model.command import Command
from gonogo.model.encoding import decode_event, encode_event
from gonogo.model.event import Event
from gonogo.model.operation import Operation, Shell
from gonogo.model.plan import Action, Plan, Purpose, Question, Step
from gonogo.model.sealing import canonical
from gonogo.testing.laws import Watch
from gonogo.testing.laws.law import hold
from gonogo.testing.world.truth import Truth, plan_steps, subject_of


def check_decision(
    state: RolloutState | None, command: Command, decision: Decision
) -> None:
    """Check determinism, and that the state is the fold of the events."""
    hold(decision == decide(state, command), "decide is not determined")
    for event in decision.events:
        state = evolve(state, event)
    hold(state == decision.state, "the state is not the fold of its events")
    if not isinstance(command, commands.Recover):
        _check_repeat(command, decide(state, command))


def _check_repeat(command: Command, again: Decision) -> None:
    """Check that the same command delivered twice changes the world once."""
    told = [e for e in again.events if not isinstance(e, events.CommandRejected)]
    deeds = [e for e in again.effects if isinstance(e, effects.Apply | effects.Undo)]
    hold(not told and not deeds, f"{command} twice: {told} {deeds}")


class ReplayJudge:
    """Law 8, through the written form of every event: read once, folded as it comes."""

    def __init__(self) -> None:
        """Begin with an empty journal."""
        self._state: RolloutState | None = None

    def take(self, event: Event) -> None:
        """Take notice of what was journaled: it reads as it was written."""
        read = decode_event(json.loads(canonical(encode_event(event))))
        hold(read == event, "an event reads otherwise than it was written")
        self._state = evolve(self._state, read)

    def check(self, state: RolloutState | None) -> None:
        """Check that what the runner knows is what a replay of the journal gives."""
        hold(state == self._state, "the journal replays to another state")


def is_intended(history: Sequence[Event], effect: effects.Apply | effects.Undo) -> bool:
    """Law 5: tell whether the intent of a deed is in the journal."""
    match effect:
        case effects.Apply(step=step, attempt=attempt):
            return any(
                isinstance(event, events.ActionIntended)
                and (event.step, event.attempt) == (step, attempt)
                for event in history
            )
        case effects.Undo(undo=undo, attempt=attempt):
            return any(
                isinstance(event, events.UndoIntended)
                and (event.undo, event.attempt) == (undo, attempt)
                for event in history
            )


def check_done_once(
    operation: Operation,
    history: Sequence[Event],
    state: RolloutState,
    truth: Truth,
) -> None:
    """Law 5: what does harm when it is repeated is done again only on people's word."""
    subject = subject_of(operation)
    retried = (e.step for e in history if isinstance(e, events.RetryAsked) and e.step)
    steps = (state.find_step(step) for step in retried)
    asked = [
        s for s in steps if isinstance(s, Action) and subject_of(s.apply) == subject
    ]
    hold(truth.done[subject] <= len(asked), f"{subject} was done twice")


class WatchJudge:
    """Law 4: the metric of each gate in force is looked at, or was of late."""

    def __init__(self, plan: Plan) -> None:
        """Begin with nothing in force."""
        self._cadences = {metric.name: metric.cadence for metric in plan.metrics}
        self._watch = Watch(plan)
        self._measured: dict[str, datetime] = {}

    def take(self, event: Event) -> None:
        """Take notice of what was journaled."""
        self._watch.take(event)
        if isinstance(event, events.PlanAmended):
            self._cadences = {m.name: m.cadence for m in event.plan.metrics}
        if isinstance(event, events.MeasurementTaken):
            self._measured[event.metric] = event.at

    def check(self, now: datetime, under_way: Container[tuple[Hashable, ...]]) -> None:
        """Check every gate in force; `under_way` has the keys of the work begun."""
        for gate in self._watch.in_force().values():
            looking = (effects.Measure, gate.metric) in under_way
            last = self._measured.get(gate.metric)
            fresh = last is not None and now - last < self._cadences[gate.metric]
            hold(looking or fresh, f"nobody looks at {gate.metric}, for {gate.id}")


def check_truth(
    state: RolloutState, truth: Truth, history: Sequence[Event] = ()
) -> None:
    """Law 2, by the world itself: what stands was named, or is not there."""
    steps = plan_steps(state.plan).values()
    stands = {key for key in truth.stands if not key.startswith("incident/")}
    if state.phase is Phase.ROLLED_BACK:
        left = stands - _harmless(steps) - _handed_over(state)
        left -= _called_back(steps, history)
        hold(not left, f"{left} still stand, and nobody was told")
        return
    wanted = _wanted(steps)
    # What was left out may stand all the same: it failed, and was applied in part.
    odd = (wanted ^ stands) - _wanted(s for s in steps if state.step(s.id).skipped)
    hold(not odd, f"complete, but {odd} do not stand")


def _harmless(steps: Collection[Step]) -> set[str]:
    return {
        subject_of(step.apply)
        for step in steps
        if isinstance(step, Action) and step.harmless
    }


def _wanted(steps: Iterable[Step]) -> set[str]:
    """Return what stands when every one of these steps was done."""
    return {
        subject_of(step.apply) if isinstance(step, Action) else step.id
        for step in steps
        if isinstance(step, Action)
        or (isinstance(step, Question) and step.purpose is Purpose.DO)
    }


def _handed_over(state: RolloutState) -> set[str]:
    """Return what people were told of, because it could not be undone."""
    steps, named = plan_steps(state.plan), set[str]()
    for undo in state.undos:
        if undo.phase is UndoPhase.HANDED_OVER and undo.step is not None:
            named |= _named(steps[undo.step], undo, state)
    return named


def _called_back(steps: Collection[Step], history: Sequence[Event]) -> set[str]:
    """Return what people said too late that they had done, and were told to undo."""
    refused = [e for e in history if isinstance(e, events.CommandRejected)]
    told = [e.reason for e in refused if "undo by hand" in e.reason]
    return {
        step.id
        for step in steps
        if isinstance(step, Question)
        and step.purpose is Purpose.DO
        and any(f"'{step.title}'" in reason for reason in told)
    }


def _named(step: Step, undo: UndoState, state: RolloutState) -> set[str]:
    named = {step.id, subject_of(step.apply) if isinstance(step, Action) else ""}
    if isinstance(undo.operation, Shell) and "stage" in undo.operation.run:
        named |= {each.id for each in state.stage_of(step.id).steps}
    return named
