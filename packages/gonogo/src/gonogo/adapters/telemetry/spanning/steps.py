"""Steps: begun, attempted, in doubt, and done."""

from typing import Any

from gonogo.adapters.telemetry.span import Result
from gonogo.adapters.telemetry.spanning.dispatch import Seen, take
from gonogo.adapters.telemetry.spanning.parts import (
    ROLLBACK,
    begin_attempt,
    begin_step,
    step_done,
    step_of,
)
from gonogo.adapters.telemetry.trail import Trail
from gonogo.model import event as events
from gonogo.model.plan import Check
from gonogo.model.verdict import Outcome

RESULTS: dict[Outcome, Result] = {
    Outcome.PASS: "success",
    Outcome.FAIL: "failure",
    Outcome.ERROR: "error",
    Outcome.INCONCLUSIVE: "inconclusive",
}


@take.register
def _(event: events.StepStarted, seen: Seen, trail: Trail) -> None:
    begin_step(trail, seen, event.step)
    if isinstance(step_of(trail, event.step), Check):
        begin_attempt(trail, seen, event.step, event.attempt)


@take.register
def _(event: events.ActionIntended, seen: Seen, trail: Trail) -> None:
    begin_step(trail, seen, event.step)
    begin_attempt(trail, seen, event.step, event.attempt, event.operation)


@take.register
def _(event: events.ActionByHand, seen: Seen, trail: Trail) -> None:
    begin_step(trail, seen, event.step)
    trail.note(("step", event.step), seen.at, "action.by_hand")


@take.register
def _(event: events.ActionApplied, seen: Seen, trail: Trail) -> None:
    trail.end(("attempt", event.step, event.attempt), seen.at, "success")


@take.register
def _(event: events.ActionFailed, seen: Seen, trail: Trail) -> None:
    if event.attempt == 0:  # it could not even be prepared: its step is not open
        begin_step(trail, seen, event.step)
    at = seen.at
    trail.note(("step", event.step), at, "action.failed", attempt=event.attempt)
    trail.end(("attempt", event.step, event.attempt), at, "failure", kind="action")


@take.register
def _(event: events.ActionInDoubt, seen: Seen, trail: Trail) -> None:
    at = seen.at
    trail.note(("step", event.step), at, "action.in_doubt", attempt=event.attempt)
    key = ("attempt", event.step, event.attempt)
    trail.end(key, at, "error", kind="in_doubt")


@take.register(events.ActionNotApplied)
@take.register(events.ActionNotFound)
@take.register(events.SkipAsked)
@take.register(events.SoakStarted)
def _(event: Any, seen: Seen, trail: Trail) -> None:  # noqa: ANN401
    names = {
        events.ActionNotApplied: "action.not_applied",
        events.ActionNotFound: "action.not_found",
        events.SkipAsked: "step.skip_asked",
        events.SoakStarted: "soak.started",
    }
    trail.note(("step", event.step), seen.at, names[type(event)])


@take.register
def _(event: events.RetryAsked, seen: Seen, trail: Trail) -> None:
    key = ROLLBACK if event.step is None else ("step", event.step)
    trail.note(key, seen.at, "retry.asked")


@take.register
def _(event: events.StepSkipped, seen: Seen, trail: Trail) -> None:
    begin_step(trail, seen, event.step)
    step_done(trail, seen, event.step, "skip")


@take.register
def _(event: events.CheckJudged, seen: Seen, trail: Trail) -> None:
    key = ("attempt", event.step, event.attempt)
    trail.end(key, seen.at, RESULTS[event.verdict.outcome], kind="check")


@take.register
def _(event: events.SoakReset, seen: Seen, trail: Trail) -> None:
    reason = event.reason
    trail.note(("step", event.step), seen.at, "soak.reset", reason=reason)


@take.register
def _(event: events.HoldPaused, seen: Seen, trail: Trail) -> None:
    key, reason = ("step", event.step), event.reason
    trail.note(key, seen.at, "soak.paused", reason=reason)


@take.register
def _(event: events.SoakProlonged, seen: Seen, trail: Trail) -> None:
    key, reason = ("step", event.step), event.reason
    trail.note(key, seen.at, "soak.prolonged", reason=reason)


@take.register
def _(event: events.StepCompleted, seen: Seen, trail: Trail) -> None:
    # What was answered before it was asked is done the moment its turn comes.
    begin_step(trail, seen, event.step)
    step_done(trail, seen, event.step, "success")
