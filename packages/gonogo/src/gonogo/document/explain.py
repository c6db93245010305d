"""Explain: a Reading as the JSON contract that `gonogo explain --json` prints."""

from typing import Any

from gonogo.document.reading import (
    Approval,
    Box,
    Command,
    Contact,
    Deadline,
    Gate,
    NumberedItem,
    Placeholder,
    Reading,
    Rollback,
    Stage,
    StatedExpectation,
    Trigger,
    Wait,
)
from gonogo.model.condition import Condition
from gonogo.model.diagnostic import Diagnostic


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """
    Return the reading as plain JSON values, in the keys of the published contract.

    `plan` is None; who compiles the plan puts it in.
    """
    return {
        "document": reading.name,
        "digest": reading.digest,
        "stages": [_stage(s) for s in reading.stages],
        "substages": [_stage(s) for s in reading.substages],
        "commands": [_command(c) for c in reading.commands],
        "expectations": [_expectation(e) for e in reading.expectations],
        "boxes": [_box(b) for b in reading.boxes],
        "items": [_item(i) for i in reading.items],
        "gates": [_gate(g) for g in reading.gates],
        "waits": [_wait(w) for w in reading.waits],
        "rollbacks": [_rollback(r) for r in reading.rollbacks],
        "triggers": [_trigger(t) for t in reading.triggers],
        "approvals": [_approval(a) for a in reading.approvals],
        "contacts": [_contact(c) for c in reading.contacts],
        "placeholders": [_placeholder(p) for p in reading.placeholders],
        "deadlines": [_deadline(d) for d in reading.deadlines],
        "accounts": [
            {
                "first_line": a.first_line,
                "last_line": a.last_line,
                "use": a.use.value,
                "element": a.element,
            }
            for a in reading.accounts
        ],
        "plan": None,
        "diagnostics": [diagnostic_as_json(d) for d in reading.diagnostics],
    }


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _span(value: float | tuple[float, float] | None) -> float | int | list[Any] | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return [_number(v) for v in value]
    return _number(value)


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "line": stage.line,
        "last_line": stage.last_line,
        "title": stage.title,
        "exposure_pct": _span(stage.exposure_pct),
        "exposures_pct": [_number(e) for e in stage.exposures_pct],
        "stage_line": stage.stage_line,
    }


def _command(command: Command) -> dict[str, Any]:
    return {
        "line": command.line,
        "end_line": command.end_line,
        "lang": command.lang,
        "role": command.role.value,
        "runnable": command.runnable,
        "why_not": command.why_not,
        "label": command.label,
        "name": command.name,
        "cwd": command.cwd,
        "alternatives": command.alternatives,
        "destructive": list(command.destructive),
        "box_line": command.box_line,
        "stage_line": command.stage_line,
        "substage_line": command.substage_line,
    }


def _expectation(stated: StatedExpectation) -> dict[str, Any]:
    return {
        "line": stated.line,
        "kind": stated.kind.value,
        "value": stated.value,
        "command_line": stated.command_line,
        "stage_line": stated.stage_line,
    }


def _box(box: Box) -> dict[str, Any]:
    return {
        "line": box.line,
        "kind": box.kind.value,
        "text": box.text,
        "checked": box.checked,
        "role": box.role,
        "command_line": box.command_line,
        "stage_line": box.stage_line,
        "substage_line": box.substage_line,
    }


def _item(item: NumberedItem) -> dict[str, Any]:
    return {
        "line": item.line,
        "kind": item.kind.value,
        "text": item.text,
        "command_line": item.command_line,
        "stage_line": item.stage_line,
        "substage_line": item.substage_line,
    }


def _condition(condition: Condition) -> dict[str, Any]:
    window = condition.window
    return {
        "comparator": condition.comparator.value,
        "value": _span(condition.value),
        "unit": condition.unit,
        "relative": condition.relative.value if condition.relative else None,
        "window_s": _number(window.total_seconds()) if window else None,
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "line": gate.line,
        "metric": gate.metric,
        **_condition(gate.condition),
        "context": gate.context.value,
        "words": gate.condition.words,
        "stage_line": gate.stage_line,
        "actual_column": list(gate.actual_column) if gate.actual_column else None,
    }


def _wait(wait: Wait) -> dict[str, Any]:
    return {
        "line": wait.line,
        "seconds": _span(wait.seconds),
        "kind": wait.kind.value,
        "text": wait.text,
        "stage_line": wait.stage_line,
    }


def _rollback(rollback: Rollback) -> dict[str, Any]:
    return {
        "line": rollback.line,
        "end_line": rollback.end_line,
        "scope": rollback.scope.value,
        "title": rollback.title,
        "stage_line": rollback.stage_line,
        "has_commands": rollback.has_commands,
        "command_lines": list(rollback.command_lines),
    }


def _trigger(trigger: Trigger) -> dict[str, Any]:
    return {
        "line": trigger.line,
        "numeric": trigger.numeric,
        "text": trigger.text,
        "response": trigger.response,
        "within_s": _span(trigger.within_s),
        "stage_line": trigger.stage_line,
    }


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "line": approval.line,
        "role": approval.role,
        "person": approval.person,
        "when": approval.when.value,
        "stage_line": approval.stage_line,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "line": contact.line,
        "issue": contact.issue,
        "name": contact.name,
        "method": contact.method,
    }


def _placeholder(placeholder: Placeholder) -> dict[str, Any]:
    return {
        "line": placeholder.line,
        "column": placeholder.column,
        "text": placeholder.text,
        "command_line": placeholder.command_line,
    }


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "line": deadline.line,
        "within_s": _number(deadline.within_s),
        "title": deadline.title,
        "items": [{"line": i.line, "text": i.text} for i in deadline.items],
        "command_line": deadline.command_line,
    }


def diagnostic_as_json(found: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as plain JSON values."""
    return {
        "line": found.line,
        "column": found.column,
        "severity": found.severity.value,
        "code": found.code,
        "message": found.message,
        "remedy": found.remedy,
        "path": found.path,
    }
