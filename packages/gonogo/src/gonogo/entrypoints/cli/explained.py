"""A plan explained: top down, as it will go, each part with the line it comes from."""

from collections.abc import Iterable

from gonogo.analysis.threshold import limit_text
from gonogo.bootstrap.documents import Document
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.explained_operation import every, written
from gonogo.entrypoints.cli.explained_step import Detail, operation_details, row_of
from gonogo.entrypoints.cli.page import Page
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.model.operation import Operation
from gonogo.model.plan import Action, Gate, Holds, IncidentTask, Plan, Stage
from gonogo.report.wording import span_text

LEAD = " " * 17
LABEL = 9


def explain(page: Page, document: Document, *, lines: bool) -> None:
    """Print what a document says: header, open points, the plan, then the notes."""
    diagnostics = findings.by_severity(document.compiled.diagnostics)
    plan = document.compiled.plan
    header(page, document)
    pressing = [each for each in diagnostics if each.severity is not Severity.INFO]
    _section(page, "Open points", document.path.name, pressing)
    if plan is not None:
        for number, stage in enumerate(plan.stages, start=1):
            _stage(page, plan, stage, number)
        _triggers(page, plan)
        _incident(page, plan.incident)
        _contacts(page, plan)
    notes = [each for each in diagnostics if each.severity is Severity.INFO]
    _section(page, "Notes", document.path.name, notes)
    if lines:
        _lines(page, document)


def header(page: Page, document: Document) -> None:
    """Print what a document is, in five lines; the digest is what is approved."""
    plan = document.compiled.plan
    page.row("", plan.title if plan else document.path.name, style="bold")
    page.row("  document  ", f"{document.path}  {document.reading.digest}")
    if plan is None:
        page.row("  plan      ", "none: the errors below come first", style="bold red")
    else:
        page.row("  service   ", f"{plan.service} in {plan.environment}")
        page.row("  plan      ", plan.digest)
        page.row("  holds     ", contents(plan))
    page.row("  reading   ", findings.counted(document.compiled.diagnostics))


def contents(plan: Plan) -> str:
    """Return what a plan holds, in numbers."""
    steps = [step for stage in plan.stages for step in stage.steps]
    names = {
        "action": "actions",
        "check": "checks",
        "question": "questions",
        "approval": "approvals",
        "soak": "soaks",
        "baseline": "baselines",
    }
    counts = (
        (sum(s.kind == kind for s in steps), name) for kind, name in names.items()
    )
    gates = sum(len(stage.gates) for stage in plan.stages) + len(plan.triggers)
    said = [(len(plan.stages), "stages"), *counts, (gates, "gates")]
    return ", ".join(
        f"{count} {name.removesuffix('s') if count == 1 else name}"
        for count, name in said
        if count
    )


def without_way_back(plan: Plan) -> tuple[Action, ...]:
    """Return the actions for which no undo is known."""
    return tuple(
        step
        for stage in plan.stages
        for step in stage.steps
        if isinstance(step, Action)
        and any(
            d.label == "undo" and d.warns for d in row_of(step, stage, plan).details
        )
    )


def _section(page: Page, title: str, file: str, found: Iterable[Diagnostic]) -> None:
    listed = tuple(found)
    if listed:
        page.heading(title)
        findings.show(page, file, listed)


def _stage(page: Page, plan: Plan, stage: Stage, number: int) -> None:
    share = "" if stage.exposure_pct is None else f", exposure {stage.exposure_pct:g} %"
    page.heading(
        f"▶ {number}/{len(plan.stages)}  {stage.title}  (line {stage.line}{share})"
    )
    for row in (row_of(step, stage, plan) for step in stage.steps):
        lead = f"{row.line:>6}  {row.kind:<9}"
        page.row(lead, row.title, style="bold", lead_style="cyan")
        _details(page, row.details)
    if not stage.steps:
        page.row(LEAD, "nothing to do", style="dim")
    for gate in stage.gates:
        _gate(page, plan, gate)
    _rollback(page, stage)


def _details(page: Page, details: Iterable[Detail]) -> None:
    for each in details:
        style = "yellow" if each.warns else ""
        page.row(
            f"{LEAD}{each.label:<{LABEL}}", each.text, style=style, lead_style="dim"
        )


def _gate(page: Page, plan: Plan, gate: Gate) -> None:
    kind = "GATE" if gate.holds is Holds.MUST else "TRIGGER"
    body = f"{gate.metric} {limit_text(gate.condition)}"
    page.row(f"{gate.line:>6}  {kind:<9}", body, style="bold", lead_style="cyan")
    metric = next((each for each in plan.metrics if each.name == gate.metric), None)
    details = []
    if gate.consecutive > 1:
        details.append(Detail("fails", f"after {gate.consecutive} bad looks in a row"))
    if metric is None:
        details.append(Detail("probe", "none: it cannot be measured", warns=True))
    else:
        details.extend(operation_details("probe", metric.probe, changes=False))
        details.append(Detail("", every(metric.cadence)))
    _details(page, details)


def _rollback(page: Page, stage: Stage) -> None:
    rollback = stage.rollback
    if rollback is None:
        return
    lead = f"{rollback.line:>6}  {'ROLLBACK':<9}"
    page.row(lead, rollback.title, style="bold", lead_style="yellow")
    if rollback.operation is not None:
        _details(page, operation_details("runs", rollback.operation))
    else:
        _details(page, (Detail("", line) for line in rollback.text.splitlines()))


def _triggers(page: Page, plan: Plan) -> None:
    if plan.triggers:
        page.heading("In force from the first action to the end")
    for gate in plan.triggers:
        _gate(page, plan, gate)


def _incident(page: Page, tasks: tuple[IncidentTask, ...]) -> None:
    if tasks:
        page.heading("When it goes wrong")
    for task in tasks:
        due = f"within {span_text(task.within)}" if task.within else "at once"
        lead = f"{task.line:>6}  {'RUN' if task.operation else 'ASK':<9}"
        page.row(lead, f"{task.title} ({due})", style="bold", lead_style="cyan")
        _details(page, (Detail("", f"- {item}") for item in task.items))
        _details(page, _shown(task.operation))


def _shown(operation: Operation | None) -> Iterable[Detail]:
    return (Detail("", line) for line in (written(operation) if operation else ()))


def _contacts(page: Page, plan: Plan) -> None:
    if plan.contacts:
        page.heading("Whom to call")
    for each in plan.contacts:
        method = f", {each.method}" if each.method else ""
        page.row(f"{each.line:>6}  ", f"{each.issue}: {each.contact}{method}")


def _lines(page: Page, document: Document) -> None:
    """Print every line with its account: what becomes of it, and as what."""
    page.heading("Every line")
    text = document.reading.text.splitlines()
    for account in document.reading.accounts:
        for number in range(account.first_line, account.last_line + 1):
            content = text[number - 1] if number <= len(text) else ""
            lead = f"{number:>6}  {account.use.value:<9} {account.element:<14} "
            page.row(lead, content, lead_style="dim")
