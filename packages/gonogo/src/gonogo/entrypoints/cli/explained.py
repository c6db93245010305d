"""A plan explained: top down, as it will go, each part with the line it comes from."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gonogo.bootstrap.documents import Document
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.page import Page
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.model.plan import Action, Gate, OnFailure, Plan, Stage
from gonogo.report.explained.part import (
    contact_row,
    exposure_text,
    gate_row,
    rollback_row,
    task_row,
)
from gonogo.report.explained.row import Detail, Row
from gonogo.report.explained.step import row_of
from gonogo.report.explained.windows import window_text

if TYPE_CHECKING:
    from gonogo.analysis.forecast import Forecast

LEAD = " " * 17
LABEL = 9


def explain(
    page: Page,
    document: Document,
    *,
    lines: bool,
    power: Sequence["Forecast"] = (),
) -> None:
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
        _power(page, power)
        _incident(page, plan)
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
        for window in plan.windows:
            page.row("  window    ", window_text(window))
        if plan.on_failure is OnFailure.ASK:
            page.row("  failing   ", "a step that fails asks a person")
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
    share = "" if stage.exposure_pct is None else f", exposure {exposure_text(stage)}"
    page.heading(
        f"▶ {number}/{len(plan.stages)}  {stage.title}  (line {stage.line}{share})"
    )
    for window in stage.windows:
        page.row(f"{LEAD}{'window':<{LABEL}}", window_text(window), lead_style="dim")
    for step in stage.steps:
        _row(page, row_of(step, stage, plan))
    if not stage.steps:
        page.row(LEAD, "nothing to do", style="dim")
    _gates(page, plan, stage.gates)
    if stage.rollback is not None:
        _row(page, rollback_row(stage.rollback), lead_style="yellow")


def _row(page: Page, row: Row, lead_style: str = "cyan") -> None:
    lead = f"{row.line:>6}  {row.kind:<9}"
    page.row(lead, row.title, style="bold", lead_style=lead_style)
    _details(page, row.details)


def _details(page: Page, details: Iterable[Detail]) -> None:
    for each in details:
        style = "yellow" if each.warns else ""
        page.row(
            f"{LEAD}{each.label:<{LABEL}}", each.text, style=style, lead_style="dim"
        )


def _gates(page: Page, plan: Plan, gates: Iterable[Gate]) -> None:
    metrics = {metric.name: metric for metric in plan.metrics}
    for gate in gates:
        _row(page, gate_row(gate, metrics.get(gate.metric)))


def _triggers(page: Page, plan: Plan) -> None:
    if plan.triggers:
        page.heading("In force from the first action to the end")
    _gates(page, plan, plan.triggers)


def _power(page: Page, power: Sequence["Forecast"]) -> None:
    if not power:
        return
    # Not at the top: most documents count nothing, and need not wait for it.
    from gonogo.report.explained.power import power_row  # noqa: PLC0415

    page.heading("What the soaks can show")
    for forecast in power:
        _row(page, power_row(forecast))


def _incident(page: Page, plan: Plan) -> None:
    if plan.incident:
        page.heading("When it goes wrong")
    for task in plan.incident:
        _row(page, task_row(task))


def _contacts(page: Page, plan: Plan) -> None:
    if plan.contacts:
        page.heading("Whom to call")
    for each in plan.contacts:
        row = contact_row(each)
        page.row(f"{row.line:>6}  ", row.title)


def _lines(page: Page, document: Document) -> None:
    """Print every line with its account: what becomes of it, and as what."""
    page.heading("Every line")
    text = document.reading.text.split("\n")
    for account in document.reading.accounts:
        for number in range(account.first_line, account.last_line + 1):
            content = text[number - 1] if number <= len(text) else ""
            lead = f"{number:>6}  {account.use.value:<9} {account.element:<14} "
            page.row(lead, content, lead_style="dim")
