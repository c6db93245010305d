"""
Sentences: one for every kind of event, saying what it bears witness to and no more.

Every event type of the vocabulary has exactly one function here; a test holds the two
lists against each other, so that a new event cannot be forgotten.
"""

from functools import singledispatch
from typing import Any

from gonogo.model import event as events
from gonogo.model.event import Asked, Event
from gonogo.report.wording import (
    instant_text,
    number_text,
    one_line,
    operation_text,
    person_text,
    seen_text,
    value_text,
)


class UnknownEvent(TypeError):
    """An event has no sentence: a defect of gonogo."""

    def __init__(self, event: object) -> None:
        """Compose the message from the event's type."""
        super().__init__(f"No sentence is known for {type(event).__name__}.")


def sentence_of(event: Event) -> str:
    """Return one plain sentence about an event, without mark-up, on one line."""
    return one_line(_say(event), 600)


@singledispatch
def _say(event: Any) -> str:  # noqa: ANN401
    raise UnknownEvent(event)


@_say.register
def _(event: events.RolloutStarted) -> str:
    return (
        f"{person_text(event.by)} started the rollout '{event.rollout}' of "
        f"'{event.plan.title}'."
    )


@_say.register
def _(event: events.RunnerRecovered) -> str:
    del event
    return "Another runner took over, after the last one ended without finishing."


@_say.register
def _(event: events.WatchInterrupted) -> str:
    return (
        f"Nobody looked at the gates since {instant_text(event.since)}: the time held "
        "so far counts for nothing."
    )


@_say.register
def _(event: events.StageEntered) -> str:
    return f"The stage '{event.stage}' was entered."


@_say.register
def _(event: events.StagePromoted) -> str:
    return f"The stage '{event.stage}' was left through its gate."


@_say.register
def _(event: events.StepStarted) -> str:
    return f"The step '{event.step}' began{_attempt(event.attempt)}."


@_say.register
def _(event: events.StepCompleted) -> str:
    return f"The step '{event.step}' is done."


@_say.register
def _(event: events.ActionIntended) -> str:
    if event.undo is not None:
        back = f"the way back: {operation_text(event.undo)}"
    elif event.covered:
        back = "its way back is recorded already"
    else:
        back = "no way back is known"
    return (
        f"'{event.step}' is about to {operation_text(event.operation)}"
        f"{_attempt(event.attempt)}; {back}."
    )


@_say.register
def _(event: events.ActionByHand) -> str:
    return f"{person_text(event.by)} says that '{event.step}' was done by hand."


@_say.register
def _(event: events.ActionApplied) -> str:
    return f"'{event.step}' was applied{_attempt(event.attempt)}: {_seen(event)}."


@_say.register
def _(event: events.ActionFailed) -> str:
    if event.attempt == 0:
        why = seen_text(event.observation)
        return f"'{event.step}' failed before it was applied: {why}."
    return f"'{event.step}' failed{_attempt(event.attempt)}: {_seen(event)}."


@_say.register
def _(event: events.ActionInDoubt) -> str:
    return f"'{event.step}' is in doubt: there is an intent and no result."


@_say.register
def _(event: events.ActionNotFound) -> str:
    attempt = _attempt(event.attempt)
    return f"Nothing was found here of what became of '{event.step}'{attempt}."


@_say.register
def _(event: events.UndoNotFound) -> str:
    attempt = _attempt(event.attempt)
    return f"Nothing was found here of what became of undo {event.undo}{attempt}."


@_say.register
def _(event: events.ActionNotApplied) -> str:
    return f"The doubt about '{event.step}' is settled: it had not happened."


@_say.register
def _(event: events.CheckJudged) -> str:
    why = "; ".join(event.verdict.reasons)
    outcome = event.verdict.outcome.value
    return f"'{event.step}' was judged{_attempt(event.attempt)}: {outcome}: {why}."


_ASKED = {
    Asked.STEP: "Asked",
    Asked.CONFIRM: "Asked to confirm",
    Asked.IN_DOUBT: "Asked about a doubt",
    Asked.ATTENTION: "Called a person",
    Asked.HANDOVER: "Handed to a person",
    Asked.INCIDENT: "Incident task",
    Asked.FAILED: "Asked about a failure",
    Asked.SKIP: "Asked for a second person",
    Asked.UNDECIDED: "Asked what to do without proof",
}


@_say.register
def _(event: events.QuestionAsked) -> str:
    role = f" {event.role}" if event.role else ""
    due = f" Due {instant_text(event.due)}." if event.due else ""
    return f"{_ASKED[event.about]}{role}: {one_line(event.text)}{due}"


@_say.register
def _(event: events.QuestionAnswered) -> str:
    early = ", before it was asked" if event.early else ""
    return (
        f"{person_text(event.by)} answered '{event.answer}' to "
        f"'{event.question}'{early}{_comment(event.comment)}."
    )


@_say.register
def _(event: events.QuestionWithdrawn) -> str:
    return f"The question '{event.question}' needs no answer any more."


@_say.register
def _(event: events.ApprovalAsked) -> str:
    until = f", until {instant_text(event.expires)}" if event.expires else ""
    return f"{event.role} was asked for consent to '{event.step}'{until}."


@_say.register
def _(event: events.ApprovalGiven) -> str:
    early = ", before it was asked" if event.early else ""
    return (
        f"{person_text(event.by)} consented as {event.role} to '{event.step}'"
        f"{early}{_comment(event.comment)}."
    )


@_say.register
def _(event: events.ApprovalRefused) -> str:
    return (
        f"{person_text(event.by)} refused consent as {event.role} to "
        f"'{event.step}'{_comment(event.comment)}."
    )


@_say.register
def _(event: events.ApprovalTimedOut) -> str:
    return f"Nobody answered '{event.step}' in time."


@_say.register
def _(event: events.ApprovalLapsed) -> str:
    why = f"lapsed: {event.reason}" if event.reason else "grew too old"
    return f"The consent of {event.by.name} to '{event.step}' {why}."


@_say.register
def _(event: events.MeasurementTaken) -> str:
    taken = event.measurement
    if taken.error is not None:
        value = f"could not be measured: {one_line(taken.error)}"
    else:
        value = f"measured: {value_text(taken.value, None)}"
    found = ", ".join(
        f"'{each.gate}' {each.verdict.outcome.value}" for each in event.verdicts
    )
    return f"{event.metric} {value}{f'; {found}' if found else ''}."


@_say.register
def _(event: events.BaselineCaptured) -> str:
    return f"The baseline of {event.metric} is {number_text(event.value)}."


@_say.register
def _(event: events.SoakStarted) -> str:
    return f"The soak '{event.step}' counts from {instant_text(event.since)}."


@_say.register
def _(event: events.SoakReset) -> str:
    return f"The soak '{event.step}' counts anew: {event.reason}."


@_say.register
def _(event: events.HoldPaused) -> str:
    return (
        f"The soak '{event.step}' stands still since {instant_text(event.since)}: "
        f"{event.reason}."
    )


@_say.register
def _(event: events.HoldResumed) -> str:
    return f"The soak '{event.step}' goes on: there are data again."


@_say.register
def _(event: events.SoakProlonged) -> str:
    return (
        f"The soak '{event.step}' goes on until {instant_text(event.until)}, for its "
        f"final look {event.look}: {event.reason}."
    )


@_say.register
def _(event: events.SoakAccepted) -> str:
    return (
        f"{person_text(event.by)} let the soak '{event.step}' be over without proof: "
        f"{event.reason}."
    )


@_say.register
def _(event: events.SoakExtended) -> str:
    return f"A person let the soak '{event.step}' go on."


@_say.register
def _(event: events.RolloutPaused) -> str:
    why = f": {event.reason}" if event.reason else ""
    return f"{person_text(event.by)} paused the rollout{why}."


@_say.register
def _(event: events.RolloutResumed) -> str:
    return f"{person_text(event.by)} resumed the rollout."


@_say.register
def _(event: events.RolloutFrozen) -> str:
    why = f": {event.reason}" if event.reason else ""
    return f"{person_text(event.by)} froze {event.scope}{why}."


@_say.register
def _(event: events.RolloutThawed) -> str:
    return f"{person_text(event.by)} thawed {event.scope}."


@_say.register
def _(event: events.WindowAwaited) -> str:
    if event.until is None:
        return f"No change window of '{event.stage}' ever opens again."
    until = instant_text(event.until)
    return f"'{event.stage}' waits for its change window, which opens {until}."


@_say.register
def _(event: events.WindowOpened) -> str:
    return f"The change window of '{event.stage}' is open."


@_say.register
def _(event: events.RetryAsked) -> str:
    what = f"undo {event.undo}" if event.undo is not None else f"'{event.step}'"
    why = f": {event.reason}" if event.reason else ""
    return f"{person_text(event.by)} had {what} tried again{why}."


@_say.register
def _(event: events.SkipAsked) -> str:
    who = person_text(event.by)
    return f"{who} asked to skip '{event.step}': {event.reason}."


@_say.register
def _(event: events.StepSkipped) -> str:
    who = (
        f"{person_text(event.asked_by)} asked, {person_text(event.approved_by)} agreed"
    )
    return f"The step '{event.step}' was skipped: {who}: {event.reason}."


@_say.register
def _(event: events.LineStopped) -> str:
    why = f": {event.reason}" if event.reason else ""
    return f"{person_text(event.by)} stopped the line for {event.scope}{why}."


@_say.register
def _(event: events.LineReleased) -> str:
    return f"{person_text(event.by)} released the line for {event.scope}."


@_say.register
def _(event: events.RolloutAborted) -> str:
    incident = " The incident response is due." if event.incident else ""
    return f"The rollout turned back: {event.reason}.{incident}"


@_say.register
def _(event: events.PlanAmended) -> str:
    why = f" ({event.reason})" if event.reason else ""
    return (
        f"{person_text(event.by)} amended the plan {amended_from(event)}{why}: "
        f"{event.before} became {event.plan.digest}. {carried_over(event)}"
    )


def amended_from(event: events.PlanAmended) -> str:
    """Return from where on an amended plan may differ: "from the stage 'x' on"."""
    stages = (s for s in event.plan.stages if s.id == event.from_stage)
    stage = next(stages, None)
    return f"from the stage '{stage.title}' on" if stage else "behind its last stage"


def carried_over(event: events.PlanAmended) -> str:
    """Return which consents an amended plan took over, and why it may."""
    if not event.kept:
        return "No consent was carried over."
    kept = ", ".join(f"'{step}'" for step in event.kept)
    return f"The consents to {kept} stand: their stages say what they said."


@_say.register
def _(event: events.UndoIntended) -> str:
    what = operation_text(event.operation)
    return f"Undo {event.undo} is about to {what}{_attempt(event.attempt)}."


@_say.register
def _(event: events.UndoApplied) -> str:
    return f"Undo {event.undo} was done{_attempt(event.attempt)}: {_seen(event)}."


@_say.register
def _(event: events.UndoFailed) -> str:
    return f"Undo {event.undo} failed{_attempt(event.attempt)}: {_seen(event)}."


@_say.register
def _(event: events.UndoHandedOver) -> str:
    return f"Undo {event.undo} was handed to a person: {event.reason}."


@_say.register
def _(event: events.RolledBack) -> str:
    done, left = len(event.undone), len(event.handed_over)
    return f"The rollback is over: {done} undone, {left} handed to people."


@_say.register
def _(event: events.RolloutCompleted) -> str:
    del event
    return "The last stage was left through its gate: the rollout is complete."


@_say.register
def _(event: events.CommandRejected) -> str:
    return f"'{event.command}' by {person_text(event.by)} was rejected: {event.reason}."


def _attempt(attempt: int) -> str:
    return f" (attempt {attempt})" if attempt > 1 else ""


def _comment(comment: str) -> str:
    return f", saying '{one_line(comment)}'" if comment else ""


_Deed = (
    events.ActionApplied | events.ActionFailed | events.UndoApplied | events.UndoFailed
)


def _seen(event: _Deed) -> str:
    """Return what came of a deed, and how long it took in real time."""
    seen = event.observation
    return f"{seen_text(seen)}, {number_text(seen.took_s)} s"
