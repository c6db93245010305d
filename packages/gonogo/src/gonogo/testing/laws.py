"""
The laws of `DESIGN.md`, judged from outside: over a journal, without the machine.

Each function keeps everything and looks back; it shares no code with `decision`. It
raises `LawBroken` with what it found, and returns nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.operation import Operation
from gonogo.model.plan import (
    Action,
    Approval,
    Baseline,
    Check,
    Gate,
    Plan,
    Purpose,
    Question,
    Soak,
    Stage,
    Step,
)
from gonogo.model.verdict import GateVerdict, Outcome

E = TypeVar("E")


class LawBroken(AssertionError):
    """A journal, or the world beside it, shows that a law does not hold."""


def check_journal(history: Sequence[Event]) -> None:
    """Check every law that a journal alone can show."""
    for law in LAWS:
        law(history)


def plan_of(history: Sequence[Event]) -> Plan:
    """Return the plan of a journal."""
    started = history[0]
    _hold(isinstance(started, events.RolloutStarted), "a journal begins with its plan")
    assert isinstance(started, events.RolloutStarted)  # noqa: S101
    return started.plan


def _hold(held: bool, otherwise: str) -> None:  # noqa: FBT001
    if not held:
        raise LawBroken(otherwise)


def _of(history: Sequence[Event], kind: type[E], step: str) -> list[E]:
    return [e for e in history if isinstance(e, kind) and getattr(e, "step", 0) == step]


# -- law 1 ---------------------------------------------------------------------


def promotion_is_proven(history: Sequence[Event]) -> None:
    """Law 1: nothing is promoted unless the events that open its gate are there."""
    stages = {stage.id: stage for stage in plan_of(history).stages}
    for index, event in enumerate(history):
        if isinstance(event, events.StagePromoted):
            for step in stages[event.stage].steps:
                _proven(history[:index], step, event.at)
        if isinstance(event, events.RolloutCompleted):
            left = [e for e in history[:index] if isinstance(e, events.StagePromoted)]
            _hold(
                list(stages) == [each.stage for each in left],
                f"completed, but left only {left}",
            )


def _proven(before: Sequence[Event], step: Step, at: datetime) -> None:
    proofs: Mapping[type[Any], Callable[[Sequence[Event], Any, datetime], bool]] = {
        Action: _is_applied,
        Check: _is_passed,
        Question: _is_affirmed,
        Approval: _is_consented,
        Soak: _is_held,
        Baseline: _is_captured,
    }
    held = proofs[type(step)](before, step, at)
    _hold(held, f"step {step.id} ({step.kind}) is not proven at its promotion")


def _is_applied(before: Sequence[Event], step: Action, _: datetime) -> bool:
    return bool(_of(before, events.ActionApplied, step.id))


def _is_passed(before: Sequence[Event], step: Check, _: datetime) -> bool:
    looks = _of(before, events.CheckJudged, step.id)
    passed = bool(looks) and looks[-1].verdict.outcome is Outcome.PASS
    return passed or "yes" in _answers(before, step.id)


def _is_affirmed(before: Sequence[Event], step: Question, _: datetime) -> bool:
    given = _answers(before, step.id)
    good = {"done", "yes", "go"}
    fills_in = step.purpose is Purpose.FILL_IN
    return len(given) == 1 and (bool(given[0]) if fills_in else given[0] in good)


def _answers(before: Sequence[Event], question: str) -> list[str]:
    return [
        event.answer
        for event in before
        if isinstance(event, events.QuestionAnswered) and event.question == question
    ]


def _is_consented(before: Sequence[Event], step: Approval, at: datetime) -> bool:
    given = _of(before, events.ApprovalGiven, step.id)
    if not given or _of(before, events.ApprovalRefused, step.id):
        return False
    last = given[-1]
    plan, started = plan_of(before), before[0]
    own = last.by == getattr(started, "by", None) and not plan.self_approval
    allowed = not step.people or last.by.name in step.people
    fresh = at - last.at <= step.valid_for
    right = last.digest == plan.digest and last.role == step.role
    return fresh and right and allowed and not own


def _is_captured(before: Sequence[Event], step: Baseline, _: datetime) -> bool:
    taken = {e.metric for e in before if isinstance(e, events.BaselineCaptured)}
    return taken >= set(step.metrics)


def _is_held(before: Sequence[Event], step: Soak, _: datetime) -> bool:
    begun = _of(before, events.StepStarted, step.id)[0]
    started = _of(before, events.SoakStarted, step.id)[-1]
    ended = _of(before, events.StepCompleted, step.id)[-1]
    resets = _of(before, events.SoakReset, step.id)
    if any(before.index(reset) > before.index(started) for reset in resets):
        return False
    end = started.since + step.duration
    if ended.at < end or (not step.counts_held and started.since < begun.at):
        return False
    look = end if step.duration else begun.at
    return all(
        _gate_held(before, gate, started.since, ended, look) for gate in step.gates
    )


def _gate_held(
    before: Sequence[Event],
    gate: GateId,
    since: datetime,
    ended: events.StepCompleted,
    look: datetime,
) -> bool:
    within = [
        (event.measurement.at, found.verdict.outcome)
        for event in before[: before.index(ended)]
        if isinstance(event, events.MeasurementTaken) and event.at > since
        for found in event.verdicts
        if found.gate == gate
    ]
    proven = any(at >= look for at, _ in _verdicts(before, gate, ended))
    return proven and all(outcome is Outcome.PASS for _, outcome in within)


def _verdicts(
    before: Sequence[Event], gate: GateId, until: Event
) -> list[tuple[datetime, Outcome]]:
    return [
        (event.measurement.at, found.verdict.outcome)
        for event in before[: before.index(until)]
        if isinstance(event, events.MeasurementTaken)
        for found in event.verdicts
        if found.gate == gate and found.verdict.outcome is Outcome.PASS
    ]


# -- laws 2 and 3 --------------------------------------------------------------


@dataclass
class _Entry:
    number: int
    step: StepId | None
    operation: Operation | None
    attempts: int = 0
    failed: int = 0
    end: str = ""


@dataclass
class _WayBack:
    """What the journal recorded to undo, and what became of it."""

    plan: Plan
    entries: list[_Entry] = field(default_factory=list)

    def arm(self, step: StepId | None, operation: Operation | None) -> None:
        number = max((each.number for each in self.entries), default=0) + 1
        self.entries.append(_Entry(number, step, operation))

    def entry(self, number: int) -> _Entry:
        return next(each for each in self.entries if each.number == number)

    def newest_open(self) -> int:
        return max(each.number for each in self.entries if not each.end)

    def ended(self, end: str) -> tuple[int, ...]:
        return tuple(each.number for each in self.entries if each.end == end)

    def take(self, event: Event) -> None:  # noqa: C901
        match event:
            case events.ActionIntended() | events.ActionByHand():
                if not event.covered:
                    self.arm(event.step, event.undo)
            case events.ActionNotApplied():
                self.entries = [e for e in self.entries if e.step != event.step]
            case events.RolloutAborted(incident=True):
                for task in reversed(self.plan.incident):
                    if task.operation is not None:
                        self.arm(None, task.operation)
            case events.UndoIntended():
                self._intended(event)
            case events.UndoFailed():
                self.entry(event.undo).failed += 1
            case events.UndoApplied():
                self.entry(event.undo).end = "undone"
            case events.UndoHandedOver():
                self._newest(event.undo)
                self.entry(event.undo).end = "handed over"
            case _:
                pass

    def _intended(self, event: events.UndoIntended) -> None:
        self._newest(event.undo)
        entry = self.entry(event.undo)
        _hold(
            event.operation == entry.operation,
            f"undo {event.undo} is not what the journal recorded",
        )
        entry.attempts += 1
        _hold(
            event.attempt == entry.attempts,
            f"undo {event.undo} is attempt {event.attempt}, not {entry.attempts}",
        )
        _hold(entry.failed <= 3, f"undo {event.undo} was tried too often")  # noqa: PLR2004

    def _newest(self, number: int) -> None:
        _hold(
            number == self.newest_open(),
            f"undo {number} went before undo {self.newest_open()}, which is newer",
        )


def way_back_is_walked(history: Sequence[Event]) -> None:
    """Law 2: all applied is undone or reported, newest first, as recorded."""
    back = _WayBack(plan_of(history))
    aborted = False
    for event in history:
        aborted = aborted or isinstance(event, events.RolloutAborted)
        back.take(event)
        if isinstance(event, events.UndoIntended | events.UndoHandedOver):
            _hold(aborted, "something was undone without an abort")
        if isinstance(event, events.RolledBack):
            left = [each.number for each in back.entries if not each.end]
            _hold(not left, f"rolled back, but undos {left} are neither done nor named")
            told = (event.undone, event.handed_over)
            _hold(
                (back.ended("undone"), back.ended("handed over")) == told,
                f"it says {told} of what was undone and handed over",
            )


def rollback_is_final(history: Sequence[Event]) -> None:
    """Laws 2 and 3: after the abort nothing goes forward, and there is one end."""
    forward = (
        events.ActionIntended,
        events.StagePromoted,
        events.StageEntered,
        events.RolloutCompleted,
        events.ApprovalAsked,
    )
    aborted = False
    for event in history:
        _hold(
            not (aborted and isinstance(event, forward)),
            f"{type(event).__name__} after the abort",
        )
        aborted = aborted or isinstance(event, events.RolloutAborted)
    ends = [e for e in history if isinstance(e, events.RolledBack)]
    _hold(len(ends) <= 1, "rolled back twice")


# -- law 4 ---------------------------------------------------------------------


@dataclass
class Watch:
    """Which gates are in force, by the history alone."""

    plan: Plan
    stage: Stage | None = None
    changed: list[StepId] = field(default_factory=list)
    soak: Soak | None = None
    bad: Counter[GateId] = field(default_factory=Counter)
    going: bool = True

    def in_force(self) -> dict[GateId, Gate]:
        """Return the gates that may end the rollout now, as law 4 wants them."""
        if not self.going:
            return {}
        every = (*self.plan.triggers, *(g for s in self.plan.stages for g in s.gates))
        found = [*self.plan.triggers] if self.changed else []
        if self.stage is not None:
            own = {step.id for step in self.stage.steps}
            found += self.stage.gates if own & set(self.changed) else ()
        if self.soak is not None:
            found += (gate for gate in every if gate.id in self.soak.gates)
        return {gate.id: gate for gate in found}

    def take(self, event: Event) -> None:
        """Take notice of what happened."""
        stages = {stage.id: stage for stage in self.plan.stages}
        match event:
            case events.StageEntered():
                self.stage = stages[event.stage]
            case events.ActionIntended() | events.ActionByHand():
                # What is covered is harmless, or no first change of its stage.
                self.changed += () if event.covered else (event.step,)
            case events.ActionNotApplied():
                self.changed = [each for each in self.changed if each != event.step]
            case events.StepStarted():
                self.soak = self._soak(event.step)
            case events.StepCompleted():
                self.soak = None
            case events.RolloutAborted() | events.RolloutCompleted():
                self.going = False
            case events.MeasurementTaken():
                self._count(event.verdicts)
            case _:
                pass

    def _soak(self, step: StepId) -> Soak | None:
        steps = self.stage.steps if self.stage else ()
        found = next(each for each in steps if each.id == step)
        return found if isinstance(found, Soak) else None

    def _count(self, verdicts: Sequence[GateVerdict]) -> None:
        for found in verdicts:
            if found.verdict.outcome is Outcome.FAIL:
                self.bad[found.gate] += 1
            elif found.verdict.outcome is Outcome.PASS:
                self.bad[found.gate] = 0


def a_bad_value_turns_back(history: Sequence[Event]) -> None:
    """Law 4: a gate in force that trips ends the way forward at that measurement."""
    watch = Watch(plan_of(history))
    for index, event in enumerate(history):
        forcing = watch.in_force()
        watch.take(event)
        if not isinstance(event, events.MeasurementTaken):
            continue
        judged = {found.gate for found in event.verdicts}
        wanted = {g.id for g in forcing.values() if g.metric == event.metric}
        _hold(judged >= wanted, f"{wanted - judged} in force, but not judged")
        tripped = any(
            watch.bad[gate] >= forcing[gate].consecutive
            for gate in judged & forcing.keys()
        )
        turned = _follows(history[index + 1 :], events.RolloutAborted, event.at)
        _hold(turned or not tripped, f"{judged} tripped, and nothing turned back")


def _follows(after: Sequence[Event], kind: type[Any], at: datetime) -> bool:
    """Tell whether a kind of event comes in the same turn."""
    between = (events.QuestionWithdrawn, events.BaselineCaptured, events.StepCompleted)
    for event in after:
        if isinstance(event, between):
            continue
        return isinstance(event, kind) and event.at == at
    return False


def a_pause_starts_nothing(history: Sequence[Event]) -> None:
    """While somebody holds the rollout, nothing new begins; only ends and undos do."""
    starts = (
        events.ActionIntended,
        events.StepStarted,
        events.StageEntered,
        events.StagePromoted,
    )
    paused = False
    for event in history:
        match event:
            case events.RolloutPaused():
                paused = True
            case events.RolloutResumed() | events.RolloutAborted():
                paused = False
            case _:
                name = type(event).__name__
                _hold(not (paused and isinstance(event, starts)), f"{name} in a pause")


# -- law 5 ---------------------------------------------------------------------


def intents_come_first(history: Sequence[Event]) -> None:
    """Law 5: each result has its intent before it; a repeat needs a check or a word."""
    attempts: Counter[StepId] = Counter()
    steps = {step.id: step for stage in plan_of(history).stages for step in stage.steps}
    for index, event in enumerate(history):
        match event:
            case events.ActionIntended():
                _hold(
                    event.attempt == attempts[event.step] + 1,
                    f"{event.step} is attempt {event.attempt} anew",
                )
                attempts[event.step] = event.attempt
            case events.ActionApplied() | events.ActionFailed() if event.attempt:
                _hold(
                    event.attempt == attempts[event.step],
                    f"{event.step} has a result without an intent",
                )
            case events.ActionNotApplied():
                step = steps[event.step]
                asked = isinstance(step, Action) and step.check is not None
                _hold(
                    asked or _said_not_applied(history[:index], event.step),
                    f"{event.step} is taken for not applied without a person's word",
                )
            case _:
                pass


def _said_not_applied(before: Sequence[Event], step: StepId) -> bool:
    last = before[-1]
    return (
        isinstance(last, events.QuestionAnswered)
        and last.question.startswith(f"{step}/in-doubt")
        and last.answer == "not applied"
    )


# -- law 7 ---------------------------------------------------------------------


def consents_count_once(history: Sequence[Event]) -> None:
    """Law 7: an approval step is done by a consent of its own, and by no other."""
    for stage in plan_of(history).stages:
        for step in stage.steps:
            if isinstance(step, Approval):
                _consents_of(history, step)


def _consents_of(history: Sequence[Event], step: Approval) -> None:
    open_consent: events.ApprovalGiven | None = None
    for event in history:
        if getattr(event, "step", None) != step.id:
            continue
        match event:
            case events.ApprovalGiven():
                _hold(
                    open_consent is None or event.at - open_consent.at > step.valid_for,
                    f"{step.id} was given twice",
                )
                open_consent = event
            case events.ApprovalLapsed():
                open_consent = None
            case events.StepCompleted():
                _hold(
                    open_consent is not None
                    and event.at - open_consent.at <= step.valid_for,
                    f"{step.id} is done without a consent that holds",
                )
            case events.ApprovalTimedOut():
                _hold(open_consent is None, f"{step.id} timed out, though given")
            case _:
                pass


# -- time and order ------------------------------------------------------------


def time_never_goes_back(history: Sequence[Event]) -> None:
    """Events stand in the order of their instants."""
    instants = [event.at for event in history]
    _hold(instants == sorted(instants), "an event is earlier than the one before")


def every_question_is_settled_once(history: Sequence[Event]) -> None:
    """Law 7: a question is answered or withdrawn while it is open, and once."""
    still_open: set[str] = set()
    for event in history:
        match event:
            case events.QuestionAsked():
                _hold(event.question not in still_open, f"{event.question} asked twice")
                still_open.add(event.question)
            case events.QuestionAnswered(early=False) | events.QuestionWithdrawn():
                _hold(event.question in still_open, f"{event.question} is not open")
                still_open.remove(event.question)
            case _:
                pass


LAWS: Sequence[Callable[[Sequence[Event]], None]] = (
    time_never_goes_back,
    promotion_is_proven,
    way_back_is_walked,
    rollback_is_final,
    a_bad_value_turns_back,
    a_pause_starts_nothing,
    intents_come_first,
    consents_count_once,
    every_question_is_settled_once,
)
