"""
What is worth telling of a journal: each event becomes one line, or none.

The teller remembers what it said last, so that a verdict is told when it changes and
a soak every now and then; a folded state beside each event gives the titles.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import singledispatchmethod
from typing import Any

from gonogo.decision import RolloutState, hold
from gonogo.decision.alignment import every_gate
from gonogo.entrypoints.cli.line import Line, Tone
from gonogo.entrypoints.cli.telling_people import of_people
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.plan import Gate, Soak, Step
from gonogo.model.verdict import GateVerdict, Observation, Outcome
from gonogo.report.found import found_text
from gonogo.report.wording import (
    later_text,
    number_text,
    one_line,
    seen_text,
    span_text,
)

SOAK_PARTS = 4
"""A soak is told at each quarter of its time: enough for a log, not a flood."""

VERDICTS = {
    Outcome.PASS: Tone.GOOD,
    Outcome.FAIL: Tone.BAD,
    Outcome.ERROR: Tone.DOUBT,
    Outcome.INCONCLUSIVE: Tone.DOUBT,
}


class Teller:
    """Turns the events of one rollout into lines, in order."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._verdicts: dict[GateId, Outcome] = {}
        self._soak_part: dict[StepId, int] = {}
        self._ended: dict[GateId, GateVerdict] = {}

    def tell(self, event: Event, state: RolloutState) -> tuple[Line, ...]:
        """
        Return the lines of an event; empty when it is not worth one.

        Args:
            event: As journaled.
            state: After this event, or a later one: titles and progress come from it.
        """
        said = of_people(event, state) or self._line(event, state)
        if said is None:
            return ()
        return tuple(said) if isinstance(said, list) else (said,)

    @singledispatchmethod
    def _line(self, event: Any, state: RolloutState) -> Line | list[Line] | None:  # noqa: ANN401
        del event, state
        return None

    # -- the way of the rollout ------------------------------------------------

    @_line.register
    def _(self, event: events.RolloutStarted, state: RolloutState) -> Line:
        text = f"rollout {state.rollout} of '{event.plan.title}' begins"
        return Line(event.at, Tone.STAGE, f"{text}, started by {event.by.name}")

    @_line.register
    def _(self, event: events.RunnerRecovered, state: RolloutState) -> Line:
        text = f"rollout {state.rollout} goes on where its journal ends"
        return Line(event.at, Tone.STAGE, text)

    @_line.register
    def _(self, event: events.WatchInterrupted, state: RolloutState) -> Line:
        del state
        text = "nobody looked for a while: what was held so far counts for nothing"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.StageEntered, state: RolloutState) -> Line:
        stages = state.plan.stages
        number = [stage.id for stage in stages].index(event.stage)
        title = stages[number].title
        return Line(event.at, Tone.STAGE, f"stage {number + 1}/{len(stages)}: {title}")

    @_line.register
    def _(self, event: events.WindowAwaited, state: RolloutState) -> Line:
        del state
        if event.until is None:
            text = f"no change window ever opens again for {event.stage}"
            return Line(event.at, Tone.BAD, text)
        until = later_text(event.until, after=event.at)
        text = f"waits for the change window, which opens {until}"
        return Line(event.at, Tone.NEWS, text)

    @_line.register
    def _(self, event: events.WindowOpened, state: RolloutState) -> Line:
        del state
        return Line(event.at, Tone.NEWS, "the change window is open")

    @_line.register
    def _(self, event: events.RolloutCompleted, state: RolloutState) -> Line:
        taken = span_text(event.at - state.started_at)
        return Line(event.at, Tone.GOOD, f"COMPLETED after {taken}")

    # -- actions and checks ----------------------------------------------------

    @_line.register
    def _(self, event: events.ActionIntended, state: RolloutState) -> Line:
        again = f", attempt {event.attempt}" if event.attempt > 1 else ""
        return Line(event.at, Tone.NEWS, f"run   {_named(state, event.step)}{again}")

    @_line.register
    def _(self, event: events.ActionApplied, state: RolloutState) -> Line:
        took = span_text(timedelta(seconds=event.observation.took_s))
        text = f"done  {_named(state, event.step)}, in {took}"
        return Line(event.at, Tone.GOOD, text)

    @_line.register
    def _(self, event: events.ActionFailed, state: RolloutState) -> Line:
        text = f"failed  {_named(state, event.step)}: {seen_text(event.observation)}"
        return Line(event.at, Tone.BAD, text, tail(event.observation))

    @_line.register
    def _(self, event: events.ActionInDoubt, state: RolloutState) -> Line:
        text = f"in doubt after a crash: {_named(state, event.step)}"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.ActionNotFound, state: RolloutState) -> Line:
        text = f"nothing was found of it here: {_named(state, event.step)}"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.ActionNotApplied, state: RolloutState) -> Line:
        return Line(event.at, Tone.NEWS, f"not applied: {_named(state, event.step)}")

    @_line.register
    def _(self, event: events.CheckJudged, state: RolloutState) -> Line:
        name, verdict = _named(state, event.step), event.verdict
        if verdict.outcome is Outcome.PASS:
            return Line(event.at, Tone.GOOD, f"holds {name}")
        reasons = one_line("; ".join(verdict.reasons))
        text = f"{verdict.outcome}  {name}, attempt {event.attempt}: {reasons}"
        tone = VERDICTS[verdict.outcome]
        return Line(event.at, tone, text, tail(event.observation))

    # -- measuring and holding -------------------------------------------------

    @_line.register
    def _(self, event: events.BaselineCaptured, state: RolloutState) -> Line:
        del state
        value = number_text(event.value)
        return Line(event.at, Tone.GOOD, f"baseline of {event.metric}: {value}")

    @_line.register
    def _(self, event: events.MeasurementTaken, state: RolloutState) -> list[Line]:
        changed = [
            Line(event.at, VERDICTS[each.verdict.outcome], _judged(state, each))
            for each in event.verdicts
            if self._verdicts.get(each.gate) is not each.verdict.outcome
        ]
        for each in event.verdicts:
            self._verdicts[each.gate] = each.verdict.outcome
            if each.final:
                self._ended[each.gate] = each
        return [*changed, *self._soak_progress(event, state)]

    @_line.register
    def _(self, event: events.SoakStarted, state: RolloutState) -> Line | None:
        step = state.find_step(event.step)
        if not isinstance(step, Soak) or not step.duration:
            return None
        self._soak_part[step.id] = 0
        end = span_text(event.since + step.duration - event.at)
        return Line(event.at, Tone.NEWS, f"soak  {_named(state, step.id)}: {end} to go")

    @_line.register
    def _(self, event: events.SoakReset, state: RolloutState) -> Line:
        text = f"soak  {_named(state, event.step)} counts anew: {event.reason}"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.HoldPaused, state: RolloutState) -> Line:
        text = f"soak  {_named(state, event.step)} stands still: {event.reason}"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.HoldResumed, state: RolloutState) -> Line:
        text = f"soak  {_named(state, event.step)} goes on: there are data again"
        return Line(event.at, Tone.NEWS, text)

    @_line.register
    def _(self, event: events.SoakProlonged, state: RolloutState) -> Line:
        until = later_text(event.until, after=event.at)
        text = (
            f"soak  {_named(state, event.step)} goes on until {until}: {event.reason}"
        )
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.SoakAccepted, state: RolloutState) -> Line:
        named = _named(state, event.step)
        text = f"{event.by.name} proceeds without proof: {named}: {event.reason}"
        return Line(event.at, Tone.PERSON, text)

    @_line.register
    def _(self, event: events.SoakExtended, state: RolloutState) -> Line:
        text = f"soak  {_named(state, event.step)} may take longer"
        return Line(event.at, Tone.NEWS, text)

    @_line.register
    def _(self, event: events.StepCompleted, state: RolloutState) -> Line | None:
        step = state.find_step(event.step)
        if isinstance(step, Soak):
            held = f"for {span_text(step.duration)}" if step.duration else "at a look"
            text = f"held  {_named(state, step.id)} {held}{self._found(step, state)}"
            return Line(event.at, Tone.GOOD, text)
        return None

    # -- the way back ----------------------------------------------------------

    @_line.register
    def _(self, event: events.UndoIntended, state: RolloutState) -> Line:
        again = f", attempt {event.attempt}" if event.attempt > 1 else ""
        return Line(
            event.at, Tone.BACK, f"undo  {undo_named(state, event.undo)}{again}"
        )

    @_line.register
    def _(self, event: events.UndoApplied, state: RolloutState) -> Line:
        return Line(event.at, Tone.GOOD, f"undone {undo_named(state, event.undo)}")

    @_line.register
    def _(self, event: events.UndoFailed, state: RolloutState) -> Line:
        what = seen_text(event.observation)
        text = f"undo failed  {undo_named(state, event.undo)}: {what}"
        return Line(event.at, Tone.BAD, text, tail(event.observation))

    @_line.register
    def _(self, event: events.UndoNotFound, state: RolloutState) -> Line:
        text = f"nothing was found of it here: {undo_named(state, event.undo)}"
        return Line(event.at, Tone.DOUBT, text)

    @_line.register
    def _(self, event: events.UndoHandedOver, state: RolloutState) -> Line:
        text = f"by hand  {undo_named(state, event.undo)}: {event.reason}"
        return Line(event.at, Tone.PERSON, text)

    @_line.register
    def _(self, event: events.RolledBack, state: RolloutState) -> Line:
        del state
        undone = f"{len(event.undone)} undone"
        by_hand = f", {len(event.handed_over)} left to people"
        text = f"ROLLED BACK: {undone}{by_hand if event.handed_over else ''}"
        return Line(event.at, Tone.BACK, text)

    def _found(self, step: Soak, state: RolloutState) -> str:
        """Return what a soak ended with, of each gate that took its final look."""
        ended = [self._ended.pop(gate) for gate in step.gates if gate in self._ended]
        said = [_found(state, each) for each in ended]
        if len(said) == 1:
            return f": {said[0][1]}"
        told = "; ".join(f"{name} {words}" for name, words in said)
        return f": {told}" if told else ""

    def _soak_progress(
        self, event: events.MeasurementTaken, state: RolloutState
    ) -> Iterable[Line]:
        step = state.current_step
        if not isinstance(step, Soak) or not step.duration or state.going_back:
            return
        held = hold.held(step, state.step(step.id), event.at)
        part = int(SOAK_PARTS * (held / step.duration))
        if self._soak_part.get(step.id, 0) < part < SOAK_PARTS:
            self._soak_part[step.id] = part
            share = f"{span_text(held)} of {span_text(step.duration)}"
            text = f"soak  {_named(state, step.id)}: {share} held"
            yield Line(event.at, Tone.NEWS, text)


def tail(seen: Observation, lines: int = 6) -> tuple[str, ...]:
    """Return the last lines of what was printed: what a person looks at first."""
    return tuple(one_line(each) for each in seen.output.strip().splitlines()[-lines:])


def undo_named(state: RolloutState, number: int) -> str:
    """Return an undo's title and line."""
    undo = next((each for each in state.undos if each.number == number), None)
    return f"{undo.title} (line {undo.line})" if undo else f"number {number}"


def _named(state: RolloutState, step: StepId) -> str:
    found: Step | None = state.find_step(step)
    return f"{one_line(found.title)} (line {found.line})" if found else str(step)


def _found(state: RolloutState, found: GateVerdict) -> tuple[str, str]:
    """Return the name of a gate, and what its soak ended with."""
    gate = _gate(state, found)
    metrics = state.plan.metrics
    metric = next((m for m in metrics if gate and m.name == gate.metric), None)
    return gate.title if gate else found.gate, found_text(metric, found)


def _gate(state: RolloutState, found: GateVerdict) -> Gate | None:
    # The state may be a later one, whose plan was amended and has it no more.
    return next((g for g in every_gate(state.plan) if g.id == found.gate), None)


def _judged(state: RolloutState, found: GateVerdict) -> str:
    gate = _gate(state, found)
    reasons = one_line("; ".join(found.verdict.reasons))
    where = f" (line {gate.line})" if gate else ""
    return f"gate  {found.verdict.outcome}: {reasons}{where}"


__all__ = ["Teller", "tail", "undo_named"]
