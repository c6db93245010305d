"""The way back: what turned the rollout, each undo, and the end."""

from gonogo.adapters.telemetry.cause import called_off, cause_of
from gonogo.adapters.telemetry.span import Result
from gonogo.adapters.telemetry.spanning.dispatch import Seen, take
from gonogo.adapters.telemetry.spanning.parts import (
    ROLLBACK,
    end_all,
    step_done,
    step_of,
)
from gonogo.adapters.telemetry.trail import ROOT, Trail
from gonogo.decision.state import RolloutState
from gonogo.model import event as events
from gonogo.model.plan import Check
from gonogo.model.tracing import span_of, work_span


@take.register
def _(event: events.RolloutAborted, seen: Seen, trail: Trail) -> None:
    at, gate = seen.at, event.gate
    if gate is not None:
        trail.note(ROOT, at, "gate.tripped", **{"gate.id": gate}, reason=event.reason)
    # What a person gave as a reason is theirs; what gonogo found is not.
    found = {} if event.by else {"reason": event.reason}
    trail.note(ROOT, at, "rollout.aborted", **found)
    result: Result = "cancellation" if called_off(event) else "failure"
    for key in trail.open_keys("attempt"):
        # A look is given up; an action that is under way still answers.
        if isinstance(step_of(trail, str(key[1])), Check):
            trail.end(key, at, "cancellation")
    for key in trail.open_keys("step"):
        own = result if key[1] == event.subject else "cancellation"
        step_done(trail, seen, str(key[1]), own, cause_of(event))
    for key in trail.open_keys("window"):
        trail.end(key, at, "cancellation")
    for key in trail.open_keys("stage"):
        trail.end(key, at, result, kind=cause_of(event))
    trail.begin(
        ROLLBACK,
        at,
        span=span_of(trail.trace, *ROLLBACK),
        name="rollback",
        within=ROOT,
        attributes={} if event.by else {"gonogo.abort.subject": event.subject},
    )


@take.register
def _(event: events.UndoIntended, seen: Seen, trail: Trail) -> None:
    undo = next((each for each in seen.state.undos if each.number == event.undo), None)
    step = undo.step if undo else None
    applied = seen.state.step(step).attempt if step else 0
    links = (work_span(trail.trace, step, applied),) if step and applied else ()
    trail.begin(
        ("undo", event.undo, event.attempt),
        seen.at,
        span=work_span(trail.trace, f"undo-{event.undo}", event.attempt),
        name=f"undo {undo.title if undo else event.undo}",
        within=ROLLBACK,
        attributes={
            "gonogo.undo.number": event.undo,
            "gonogo.attempt": event.attempt,
            "gonogo.operation": event.operation.kind,
        },
        links=links,
    )


@take.register
def _(event: events.UndoApplied, seen: Seen, trail: Trail) -> None:
    trail.end(("undo", event.undo, event.attempt), seen.at, "success")


@take.register
def _(event: events.UndoFailed, seen: Seen, trail: Trail) -> None:
    key = ("undo", event.undo, event.attempt)
    trail.end(key, seen.at, "failure", kind="undo")


@take.register
def _(event: events.UndoNotFound, seen: Seen, trail: Trail) -> None:
    at = seen.at
    trail.note(ROLLBACK, at, "undo.not_found", **{"undo.number": event.undo})


@take.register
def _(event: events.UndoHandedOver, seen: Seen, trail: Trail) -> None:
    at = seen.at
    trail.note(ROLLBACK, at, "undo.handed_over", **{"undo.number": event.undo})


@take.register
def _(event: events.RolledBack, seen: Seen, trail: Trail) -> None:
    result, kind = ended_as(event, seen.state)
    counts = {
        "gonogo.undone": len(event.undone),
        "gonogo.handed_over": len(event.handed_over),
    }
    left = bool(event.handed_over)
    back: Result = "failure" if left else "success"
    at = seen.at
    trail.end(ROLLBACK, at, back, kind="handed_over", attributes=counts)
    end_all(trail, seen, result, kind)


def ended_as(event: events.RolledBack, state: RolloutState) -> tuple[Result, str]:
    """
    Return what came of a rollout that was rolled back, and the class of the error.

    It was cancelled when a person called it off, without anything having gone wrong;
    an error when not all of it could be undone by gonogo; else a failure.
    """
    if event.handed_over:
        return "error", "handed_over"
    aborted = state.aborted
    if aborted is None or called_off(aborted):
        return "cancellation", ""
    return "failure", cause_of(aborted)
