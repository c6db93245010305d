"""
Before a run: what may keep a document from running, and what is said beforehand.

A document is run only after it was explained under the same digest; a run explains it
in short itself, and names what a person would want to have known.
"""

import os
from collections.abc import Iterator

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.running import missing_values, spelled_out
from gonogo.bootstrap.workspace import AnotherRollout, Workspace
from gonogo.decision import RolloutState
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.explained import header, without_way_back
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.speaking import Refused
from gonogo.model.command import Abort, Amend
from gonogo.model.diagnostic import Severity
from gonogo.model.plan import Plan
from gonogo.report.wording import span_text


def runnable(document: Document) -> Plan:
    """
    Return the plan of a document that may run.

    Raises:
        Refused: It has errors; they are printed first.
    """
    errors = findings.errors_of(document.compiled.diagnostics)
    plan = document.compiled.plan
    if errors or plan is None:
        findings.show(page_for(stderr=True), str(document.path), errors)
        text = f"{document.path} cannot run: {findings.counted(errors)}."
        raise Refused(text)
    return plan


def check_values(
    workspace: Workspace, document: Document, plan: Plan, before: RolloutState | None
) -> None:
    """
    Refuse to run with a variable missing, or a secret spelled out.

    The way back is never refused (law 3).

    Raises:
        Refused: With every variable that is missing, or secret that stands there.
    """
    if before is not None and _goes_back(workspace, before):
        return
    missing = missing_values(plan, os.environ)
    wrong = [str(each) for each in missing] or spelled_out(document, os.environ)
    if wrong:
        raise Refused("\n        ".join(wrong))


def announce(
    page: Page,
    document: Document,
    plan: Plan,
    before: RolloutState | None,
    *,
    pace: float,
) -> None:
    """Say what is about to run, under which digest, and what is open about it."""
    header(page, document)
    for text in _open_points(document, plan):
        page.row("  ! ", text, style="yellow", lead_style="yellow")
    if before is not None and pace == 1:
        _tell_of_pace(page, before)
    page.row("", _beginning(before), style="bold")
    page.gap()


def to_run(workspace: Workspace, plan: Plan) -> tuple[Plan, RolloutState | None]:
    """
    Return what to run: the plan, or the way back of one that was changed since.

    A rollout that goes on has its plan in its journal, under its own names; an
    amendment to this very plan that lies in its inbox is taken up there.

    The plan of a rollout stands in its journal: going back needs no document, so that
    a change to it does not stand in the way (law 3).

    Raises:
        AnotherRollout: An unfinished one of another plan, that nobody aborted.
    """
    try:
        before = workspace.unfinished(plan)
    except AnotherRollout as other:
        before = other.state
        if not (_goes_back(workspace, before) or _goes_over(workspace, before, plan)):
            raise
    return before.plan if before else plan, before


def _goes_back(workspace: Workspace, before: RolloutState) -> bool:
    waiting = workspace.journal.received(before.rollout)
    return before.going_back or any(isinstance(w.command, Abort) for w in waiting)


def _goes_over(workspace: Workspace, before: RolloutState, plan: Plan) -> bool:
    """Return whether somebody has let a rollout go over to this plan."""
    waiting = (w.command for w in workspace.journal.received(before.rollout))
    amends = (word for word in waiting if isinstance(word, Amend))
    return any(word.plan.digest == plan.digest for word in amends)


def _tell_of_pace(page: Page, before: RolloutState) -> None:
    """Say so when a rehearsal is gone on with in real time: it would seem to hang."""
    ahead = before.at - clock_for(1, None).now()
    if ahead.total_seconds() > 1:
        text = (
            f"it ran at another pace: its time is {span_text(ahead)} ahead, and stands "
            "still for so long; --pace goes on at once"
        )
        page.row("  ! ", text, style="yellow", lead_style="yellow")


def _open_points(document: Document, plan: Plan) -> Iterator[str]:
    warnings = [
        each
        for each in document.compiled.diagnostics
        if each.severity is Severity.WARNING
    ]
    if warnings:
        yield f"{findings.counted(warnings)}: see `gonogo explain {document.path}`"
    for action in without_way_back(plan):
        yield f"no way back is known for '{action.title}' (line {action.line})"


def _beginning(before: RolloutState | None) -> str:
    if before is None:
        return "A new rollout begins."
    stage = before.current_stage
    where = f", in '{stage.title}'" if stage else ""
    back = ", on its way back" if before.going_back else ""
    return f"Rollout {before.rollout} goes on where it was{where}{back}."
