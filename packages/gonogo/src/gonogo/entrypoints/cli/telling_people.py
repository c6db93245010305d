"""What people are asked and what they say, as lines."""

from functools import singledispatch
from typing import Any

from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.line import Line, Tone
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Approval
from gonogo.report.sentences import amended_from, carried_over
from gonogo.report.status_people import answer_command, approve_command
from gonogo.report.wording import later_text, one_line, person_text


def of_people(event: Event, state: RolloutState) -> Line | None:
    """Return the line of an event that is about people; None of any other."""
    return _line(event, state)


@singledispatch
def _line(event: Any, state: RolloutState) -> Line | None:  # noqa: ANN401
    del event, state
    return None


@_line.register
def _(event: events.QuestionAsked, state: RolloutState) -> Line:
    head, *rest = event.text.splitlines()
    asked = f"asks {event.role}: " if event.role else "asks: "
    due = f" (due {later_text(event.due, after=event.at)})" if event.due else ""
    commands = (
        answer_command(state.rollout, event.question, choice)
        for choice in event.choices or ("TEXT",)
    )
    return Line(event.at, Tone.PERSON, f"{asked}{head}{due}", (*rest, *commands))


@_line.register
def _(event: events.QuestionAnswered, state: RolloutState) -> Line:
    del state
    early = ", early" if event.early else ""
    comment = f": {event.comment}" if event.comment else ""
    who = person_text(event.by)
    text = f"{who} answered {event.question} with '{event.answer}'{early}{comment}"
    return Line(event.at, Tone.PERSON, text)


@_line.register
def _(event: events.QuestionWithdrawn, state: RolloutState) -> Line:
    del state
    return Line(event.at, Tone.NEWS, f"no longer asked: {event.question}")


@_line.register
def _(event: events.ApprovalAsked, state: RolloutState) -> Line:
    step = state.find_step(event.step)
    named = step.people if isinstance(step, Approval) else ()
    people = f" ({', '.join(named)})" if named else ""
    until = ""
    if event.expires is not None:
        until = f", until {later_text(event.expires, after=event.at)}"
    text = f"asks {event.role}{people} to approve{until}"
    command = approve_command(state.rollout, event.step)
    return Line(
        event.at, Tone.PERSON, f"{text}: {_title(state, event.step)}", (command,)
    )


@_line.register
def _(event: events.ApprovalGiven, state: RolloutState) -> Line:
    del state
    comment = f": {event.comment}" if event.comment else ""
    text = f"{person_text(event.by)} approves as {event.role}{comment}"
    return Line(event.at, Tone.GOOD, text)


@_line.register
def _(event: events.ApprovalRefused, state: RolloutState) -> Line:
    del state
    comment = f": {event.comment}" if event.comment else ""
    text = f"{person_text(event.by)} REFUSES as {event.role}{comment}"
    return Line(event.at, Tone.BAD, text)


@_line.register
def _(event: events.ApprovalTimedOut, state: RolloutState) -> Line:
    return Line(event.at, Tone.BAD, f"nobody answered: {_title(state, event.step)}")


@_line.register
def _(event: events.ApprovalLapsed, state: RolloutState) -> Line:
    why = f", {event.reason}" if event.reason else ""
    text = f"the consent of {event.by.name} has lapsed{why}: "
    return Line(event.at, Tone.DOUBT, f"{text}{_title(state, event.step)}")


@_line.register
def _(event: events.PlanAmended, state: RolloutState) -> Line:
    del state
    why = f": {event.reason}" if event.reason else ""
    text = f"AMENDED by {event.by.name} {amended_from(event)}{why}"
    digests = f"plan {event.before} became {event.plan.digest}"
    return Line(event.at, Tone.PERSON, text, (digests, carried_over(event)))


@_line.register
def _(event: events.ActionByHand, state: RolloutState) -> Line:
    text = f"done by {event.by.name}: {_title(state, event.step)}"
    return Line(event.at, Tone.GOOD, text)


@_line.register
def _(event: events.RolloutPaused, state: RolloutState) -> Line:
    del state
    reason = f": {event.reason}" if event.reason else ""
    return Line(event.at, Tone.PERSON, f"PAUSED by {event.by.name}{reason}")


@_line.register
def _(event: events.RolloutResumed, state: RolloutState) -> Line:
    del state
    return Line(event.at, Tone.PERSON, f"resumed by {event.by.name}")


@_line.register
def _(event: events.RolloutFrozen, state: RolloutState) -> Line:
    del state
    reason = f": {event.reason}" if event.reason else ""
    text = f"FROZEN by {event.by.name}, with {event.scope}{reason}"
    return Line(event.at, Tone.PERSON, text)


@_line.register
def _(event: events.RolloutThawed, state: RolloutState) -> Line:
    del state
    return Line(event.at, Tone.PERSON, f"{event.scope} thawed by {event.by.name}")


@_line.register
def _(event: events.RetryAsked, state: RolloutState) -> Line:
    what = _title(state, event.step) if event.step else f"undo {event.undo}"
    reason = f": {event.reason}" if event.reason else ""
    return Line(event.at, Tone.PERSON, f"{event.by.name} retries {what}{reason}")


@_line.register
def _(event: events.SkipAsked, state: RolloutState) -> Line:
    what = _title(state, event.step)
    text = f"{event.by.name} wants to skip {what}: {event.reason}"
    return Line(event.at, Tone.PERSON, text)


@_line.register
def _(event: events.StepSkipped, state: RolloutState) -> Line:
    who = f"as {event.asked_by.name} and {event.approved_by.name} want it"
    text = f"SKIPPED {who}: {_title(state, event.step)}"
    return Line(event.at, Tone.DOUBT, text)


@_line.register
def _(event: events.RolloutAborted, state: RolloutState) -> Line:
    del state
    return Line(event.at, Tone.BACK, f"ROLLING BACK: {one_line(event.reason, 400)}")


@_line.register
def _(event: events.CommandRejected, state: RolloutState) -> Line:
    del state
    text = f"refused the {event.command} of {event.by.name}: {event.reason}"
    return Line(event.at, Tone.DOUBT, text)


def _title(state: RolloutState, step: StepId) -> str:
    found = state.find_step(step)
    return f"{one_line(found.title)} (line {found.line})" if found else str(step)
