"""The other parts of a plan as rows: stages, gates, ways back, incident, contacts."""

from datetime import timedelta

from gonogo.analysis.threshold import limit_text
from gonogo.model.plan import (
    Contact,
    Gate,
    Holds,
    IncidentTask,
    Metric,
    Rollback,
    Stage,
)
from gonogo.report.explained.operation import every, written
from gonogo.report.explained.row import Detail, Row, operation_details, verbatim
from gonogo.report.explained.windows import window_text
from gonogo.report.wording import span_text


def stage_row(stage: Stage, number: int, of: int) -> Row:
    """Return a stage: which of how many, its share, and how much there is to do."""
    details = [Detail("holds", holds_text(stage))]
    if stage.exposure_pct is not None:
        details.insert(0, Detail("exposure", exposure_text(stage)))
    details += (Detail("window", window_text(each)) for each in stage.windows)
    return Row(stage.line, "STAGE", f"{number} of {of}", tuple(details))


def exposure_text(stage: Stage) -> str:
    """Return the share of a stage: '5 %'; '' where the document names none, or many."""
    return "" if stage.exposure_pct is None else f"{stage.exposure_pct:g} %"


def holds_text(stage: Stage) -> str:
    """Return how many steps and gates a stage has."""
    counts = ((len(stage.steps), "step"), (len(stage.gates), "gate"))
    said = (f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
    return ", ".join(text for text in said if not text.startswith("0 ")) or "nothing"


def gate_row(gate: Gate, metric: Metric | None) -> Row:
    """Return a gate with its probe; a trigger is a gate that must not hold."""
    details = []
    if gate.consecutive > 1:
        details.append(Detail("fails", f"after {gate.consecutive} bad looks in a row"))
    if metric is None:
        details.append(Detail("probe", "none: it cannot be measured", warns=True))
    else:
        details.extend(operation_details("probe", metric.probe, changes=False))
        details.append(Detail("", every(metric.cadence)))
    kind = "GATE" if gate.holds is Holds.MUST else "TRIGGER"
    title = f"{gate.metric} {limit_text(gate.condition)}"
    return Row(gate.line, kind, title, tuple(details))


def rollback_row(rollback: Rollback) -> Row:
    """Return a way back: what is run, or what a person reads."""
    if rollback.operation is not None:
        details = tuple(operation_details("runs", rollback.operation))
    else:
        details = tuple(verbatim(rollback.text))
    return Row(rollback.line, "ROLLBACK", rollback.title, details)


def task_row(task: IncidentTask) -> Row:
    """Return what has to happen after things went wrong, and by when."""
    items = (Detail("", f"- {item}") for item in task.items)
    script = written(task.operation) if task.operation else ()
    runs = (Detail("", line, verbatim=True) for line in script)
    kind = "RUN" if task.operation else "ASK"
    return Row(task.line, kind, f"{task.title} ({_due(task.within)})", (*items, *runs))


def contact_row(contact: Contact) -> Row:
    """Return whom to call about what."""
    method = f", {contact.method}" if contact.method else ""
    return Row(contact.line, "CALL", f"{contact.issue}: {contact.contact}{method}")


def _due(within: timedelta) -> str:
    return f"within {span_text(within)}" if within else "at once"
