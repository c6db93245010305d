"""Law 1 for a soak: it held for its time, and every gate passed or was shown enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId
from gonogo.model.plan import Approval, Soak
from gonogo.model.verdict import GateVerdict, Outcome
from gonogo.testing.laws.law import events_of, hold, steps_of

_SHOWN = frozenset({Finding.WITHIN_LIMIT, Finding.NO_HARM_SEEN})


@dataclass(frozen=True, slots=True)
class _Look:
    """One verdict on one gate, and whether it came behind the last prolongation."""

    at: datetime
    told: datetime
    found: GateVerdict
    last_round: bool


def is_held(before: Sequence[Event], step: Soak) -> bool:
    """Tell whether the events before a promotion prove a soak."""
    begun = events_of(before, events.StepStarted, step.id)[0]
    started = events_of(before, events.SoakStarted, step.id)[-1]
    ended = events_of(before, events.StepCompleted, step.id)[-1]
    held = before[before.index(started) : before.index(ended)]
    if events_of(held, events.SoakReset, step.id):
        return False
    end = _end(held, step, started.since)
    if ended.at < end or (not step.counts_held and started.since < begun.at):
        return False
    accepted = bool(events_of(held, events.SoakAccepted, step.id))
    until, look = before[: before.index(ended)], end if step.duration else begun.at
    for gate in step.gates:
        looks = list(_looks(until, held, gate, started, step))
        within = [each for each in looks if each.told > started.since]
        if not looks or looks[-1].at < look:
            return False
        if any(_ends_hold(each.found) for each in within):
            return False
        if not _shows(looks, timed=bool(step.duration), accepted=accepted):
            return False
    return True


def _end(held: Sequence[Event], step: Soak, since: datetime) -> datetime:
    """Return when the hold was long enough, by what was journaled of it."""
    end = since + step.duration
    paused: datetime | None = None
    for event in held:
        match event:
            case events.HoldPaused(step=name) if name == step.id:
                paused = event.since
            case events.HoldResumed(step=name) if name == step.id and paused:
                end, paused = end + (event.at - paused), None
            case events.SoakProlonged(step=name) if name == step.id:
                end = event.until
            case _:
                pass
    return end


def _shows(looks: Sequence[_Look], *, timed: bool, accepted: bool) -> bool:
    """Tell whether a gate has shown what it has to, by its last looks."""
    last = looks[-1].found
    if last.finding is None or not timed:
        return last.verdict.outcome is Outcome.PASS
    return accepted or _is_shown([each for each in looks if each.last_round])


def _is_shown(looks: Sequence[_Look]) -> bool:
    """Tell whether a final look has shown enough, or the limit was proven since."""
    if not looks or looks[-1].found.verdict.outcome is not Outcome.PASS:
        return False
    final = [each.found.finding for each in looks if each.found.final]
    return any(f in _SHOWN for f in final) or (
        looks[-1].found.finding is Finding.WITHIN_LIMIT
    )


def _ends_hold(found: GateVerdict) -> bool:
    """Tell whether a verdict lets the time held count for nothing."""
    if found.verdict.outcome is Outcome.PASS:
        return False
    return found.finding is None or found.verdict.outcome is Outcome.FAIL


def _looks(
    until: Sequence[Event],
    held: Sequence[Event],
    gate: GateId,
    started: events.SoakStarted,
    step: Soak,
) -> Iterator[_Look]:
    prolonged = [each for each in held if isinstance(each, events.SoakProlonged)]
    began = until.index(prolonged[-1] if prolonged else started)
    counts_before = step.counts_held and not prolonged
    for number, event in enumerate(until):
        if isinstance(event, events.MeasurementTaken):
            counts = counts_before and event.at >= started.since
            for found in event.verdicts:
                if found.gate == gate:
                    last = number > began or counts
                    yield _Look(event.measurement.at, event.at, found, last)


def only_who_may_let_a_soak_be_over(history: Sequence[Event]) -> None:
    """Law 7: without proof a soak is over only by who approves its stage, for a reason."""
    for index, event in enumerate(history):
        if not isinstance(event, events.SoakAccepted):
            continue
        hold(bool(event.reason.strip()), f"'{event.step}' was let pass for no reason")
        named = _named(history[:index], event)
        speaker = event.by.name.casefold()
        hold(not named or speaker in named, f"{event.by} may not let it pass")
        answers = [e for e in history[:index] if isinstance(e, events.QuestionAnswered)]
        hold(bool(answers) and answers[-1].by == event.by, "nobody was asked")


def _named(before: Sequence[Event], event: events.SoakAccepted) -> set[str]:
    plans = [
        e.plan
        for e in before
        if isinstance(e, events.RolloutStarted | events.PlanAmended)
    ]
    assert event.step in steps_of(before)  # noqa: S101  a soak of the plan
    stage = next(
        s for s in plans[-1].stages if any(t.id == event.step for t in s.steps)
    )
    return {
        name.casefold()
        for step in stage.steps
        if isinstance(step, Approval)
        for name in step.people
    }
