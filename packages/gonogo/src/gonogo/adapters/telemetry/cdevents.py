"""
CDEvents: a rollout's start, failure and end, as other delivery tools understand them.

A rollout is a `pipelineRun`; what turned it back is an `incident`. `service` events
would need the identity of an artifact, which a document does not name. Pure.

Source: CDEvents 0.5.1 (`core.md`, `continuous-operations.md`, `spec.md`) and its
binding to CloudEvents 1.0, in HTTP's structured mode.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gonogo.adapters.telemetry.cause import called_off
from gonogo.decision.state import RolloutState
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.record import Record
from gonogo.model.tracing import trace_of

CloudEvent = Mapping[str, Any]

SPEC = "0.5.1"
STARTED = "dev.cdevents.pipelinerun.started.0.3.0"
FINISHED = "dev.cdevents.pipelinerun.finished.0.3.0"
DETECTED = "dev.cdevents.incident.detected.0.3.0"
CONTENT_TYPE = "application/cloudevents+json"


def concerns(event: Event) -> bool:
    """Return whether others may be told of an event."""
    return isinstance(
        event,
        events.RolloutStarted
        | events.RolloutAborted
        | events.RolledBack
        | events.RolloutCompleted,
    )


def cdevent_of(record: Record, state: RolloutState, source: str) -> CloudEvent | None:
    """
    Return what others are told of a record, or None.

    Its id is the record's link in the journal's chain: the same at every delivery, so
    that a receiver can drop a repeat, and whoever has the journal can look it up.

    Args:
        record: Of a journal.
        state: After it, or a later one.
        source: A URI reference that names this gonogo among others.
    """
    match record.event:
        case events.RolloutStarted():
            return _told(record, state, source, STARTED, _run(state))
        case events.RolloutAborted() as event if not called_off(event):
            return _told(record, state, source, DETECTED, _incident(event, state))
        case events.RolledBack() as event:
            content = _run(state) | _back(event, state)
            return _told(record, state, source, FINISHED, content)
        case events.RolloutCompleted():
            content = _run(state) | {"outcome": "success"}
            return _told(record, state, source, FINISHED, content)
        case _:
            return None


def _run(state: RolloutState) -> dict[str, str]:
    return {"pipelineName": state.plan.title}


def _back(event: events.RolledBack, state: RolloutState) -> dict[str, str]:
    aborted = state.aborted
    reason = aborted.reason if aborted else ""
    left = len(event.handed_over)
    if left:
        errors = f"{reason} (not undone, handed to people: {left})"
        return {"outcome": "error", "errors": errors}
    cancelled = aborted is not None and called_off(aborted)
    return {"outcome": "cancel" if cancelled else "failure", "errors": reason}


def _incident(event: events.RolloutAborted, state: RolloutState) -> dict[str, Any]:
    return {
        "description": event.reason,
        "environment": {"id": state.plan.environment},
        "service": {"id": state.plan.service},
    }


def _told(
    record: Record,
    state: RolloutState,
    source: str,
    kind: str,
    content: Mapping[str, Any],
) -> CloudEvent:
    """Return the CDEvent in its envelope, which repeats the context's fields."""
    incident = kind == DETECTED
    subject = f"{record.rollout}/incident" if incident else str(record.rollout)
    at = _timestamp(record.recorded_at)
    trace = trace_of(state.rollout, state.started_at)
    context = {
        "specversion": SPEC,
        "id": record.link,
        "source": source,
        "type": kind,
        "timestamp": at,
        # A chain groups what belongs together, as a trace does.
        "chainId": str(UUID(int=trace, version=4)),
    }
    return {
        "specversion": "1.0",
        "id": record.link,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": at,
        "datacontenttype": "application/json",
        "data": {
            "context": context,
            "subject": {"id": subject, "source": source, "content": dict(content)},
            "customData": _custom(record, state),
            "customDataContentType": "application/json",
        },
    }


def _custom(record: Record, state: RolloutState) -> dict[str, Any]:
    return {
        "gonogo": {
            "rollout": record.rollout,
            "service": state.plan.service,
            "environment": state.plan.environment,
            "planDigest": state.plan.digest,
            "seq": record.seq,
            "traceId": f"{trace_of(state.rollout, state.started_at):032x}",
        }
    }


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
