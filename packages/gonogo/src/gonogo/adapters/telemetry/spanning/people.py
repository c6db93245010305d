"""People: how long they were waited for."""

from typing import Any

from gonogo.adapters.telemetry.span import Result
from gonogo.adapters.telemetry.spanning.dispatch import Seen, take
from gonogo.adapters.telemetry.spanning.parts import asked_in, begin_step, step_done
from gonogo.adapters.telemetry.trail import Trail
from gonogo.model import event as events
from gonogo.model.event import Asked
from gonogo.model.tracing import span_of

_UNCONSENTED: dict[type[Any], tuple[Result, str]] = {
    events.ApprovalRefused: ("failure", "refused"),
    events.ApprovalTimedOut: ("timeout", "timeout"),
    events.ApprovalLapsed: ("timeout", "lapsed"),
}


@take.register
def _(event: events.ApprovalAsked, seen: Seen, trail: Trail) -> None:
    begin_step(trail, seen, event.step)


@take.register
def _(event: events.ApprovalGiven, seen: Seen, trail: Trail) -> None:
    if not event.early:
        trail.note(("step", event.step), seen.at, "approval.given")


@take.register(events.ApprovalRefused)
@take.register(events.ApprovalTimedOut)
@take.register(events.ApprovalLapsed)
def _(
    event: events.ApprovalRefused | events.ApprovalTimedOut | events.ApprovalLapsed,
    seen: Seen,
    trail: Trail,
) -> None:
    begin_step(trail, seen, event.step)
    result, kind = _UNCONSENTED[type(event)]
    step_done(trail, seen, event.step, result, kind)


@take.register
def _(event: events.QuestionAsked, seen: Seen, trail: Trail) -> None:
    if event.about is Asked.STEP:
        begin_step(trail, seen, event.subject)
    key = ("question", event.question)
    trail.begin(
        key,
        seen.at,
        span=span_of(trail.trace, *key, seen.seq),
        name=f"question {event.about.value}",
        within=asked_in(trail, event.subject),
        attributes={
            "gonogo.question.id": event.question,
            "gonogo.question.about": event.about.value,
            **({"gonogo.role": event.role} if event.role else {}),
        },
    )


@take.register
def _(event: events.QuestionAnswered, seen: Seen, trail: Trail) -> None:
    if not event.early:
        trail.end(("question", event.question), seen.at, "success")


@take.register
def _(event: events.QuestionWithdrawn, seen: Seen, trail: Trail) -> None:
    trail.end(("question", event.question), seen.at, "cancellation")
