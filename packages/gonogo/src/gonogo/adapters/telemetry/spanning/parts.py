"""The parts that several subjects begin and end: steps, their attempts, the whole."""

from typing import Any

from gonogo.adapters.telemetry.span import Result
from gonogo.adapters.telemetry.spanning.dispatch import Seen
from gonogo.adapters.telemetry.trail import ROOT, Key, Trail
from gonogo.decision.plan_index import index_of
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Approval, Step
from gonogo.model.tracing import span_of, work_span

ROLLBACK: Key = ("rollback",)


def step_of(trail: Trail, name: str) -> Step | None:
    """Return a step of the plan as it was at the time."""
    return index_of(trail.plan).steps.get(StepId(name)) if trail.plan else None


def begin_step(trail: Trail, seen: Seen, name: str) -> None:
    """Begin the span of a step, unless it is open."""
    step, key = step_of(trail, name), ("step", name)
    title = step.title if step else name
    stage = index_of(trail.plan).stage_of[step.id] if trail.plan and step else None
    attributes = {
        "cicd.pipeline.task.name": title,
        "cicd.pipeline.task.run.id": f"{name}#{seen.seq}",
        "gonogo.step.id": name,
        "gonogo.step.kind": step.kind if step else "unknown",
        **({"gonogo.role": step.role} if isinstance(step, Approval) else {}),
    }
    trail.begin(
        key,
        seen.at,
        span=span_of(trail.trace, *key, seen.seq),
        name=title,
        within=("stage", stage.id) if stage else ROOT,
        attributes=attributes,
    )


def step_done(
    trail: Trail, seen: Seen, step: str, result: Result, kind: str = ""
) -> None:
    """End the span of a step; `kind` is the class of the error, the result if empty."""
    trail.end(
        ("step", step),
        seen.at,
        result,
        kind=kind,
        attributes={"cicd.pipeline.task.run.result": result},
    )


def begin_attempt(
    trail: Trail,
    seen: Seen,
    step: str,
    attempt: int,
    operation: Any = None,  # noqa: ANN401
) -> None:
    """Begin the span of an attempt; `operation` only for an action."""
    trail.begin(
        ("attempt", step, attempt),
        seen.at,
        span=work_span(trail.trace, step, attempt),
        name=f"attempt {attempt}",
        within=("step", step),
        attributes={
            "gonogo.attempt": attempt,
            **({"gonogo.operation": operation.kind} if operation else {}),
        },
    )


def asked_in(trail: Trail, subject: str) -> Key:
    """Return what a question stands under: its step, the rollback, or the stage."""
    if ("step", subject) in trail.open_keys("step"):
        return ("step", subject)
    return next(iter(trail.open_keys("rollback", "stage")), ROOT)


def end_all(trail: Trail, seen: Seen, result: Result, kind: str = "") -> None:
    """End the rollout, and whatever is still open below it."""
    at = seen.at
    for key in trail.open_keys(
        "attempt", "question", "undo", "window", "step", "stage"
    ):
        trail.end(key, at, "cancellation")
    status = "succeeded" if result == "success" else "failed"
    attributes = {"cicd.pipeline.result": result, "deployment.status": status}
    trail.end(ROOT, at, result, kind=kind, attributes=attributes)
