"""Roles with nobody behind them."""

from collections.abc import Iterator

from gonogo.document.bindings.names import folded
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.model.plan import Approval


def people(looking: Looking) -> Iterator[OpenPoint]:
    """Yield each role that an approval asks for and that nobody has."""
    plan = looking.compiled.plan
    for step in (step for stage in plan.stages for step in stage.steps) if plan else ():
        if isinstance(step, Approval) and not step.people:
            yield OpenPoint(
                kind=Kind.PEOPLE,
                line=step.line,
                text=looking.text(step.line),
                section="people",
                names=(_as_bound(step.role),),
                subject=step.role,
                question=f"Who may approve as '{step.role}'?",
                suggestion=_named(looking, step.role),
            )


def _as_bound(role: str) -> str:
    """Return a role as it is bound: without the extra spaces of a table."""
    return " ".join(role.split())


def _named(looking: Looking, role: str) -> str | None:
    """Return the person whom the document names for a role."""
    for approval in looking.reading.approvals:
        if approval.person and folded(approval.role or "") == folded(role):
            return approval.person
    for contact in looking.reading.contacts:
        if folded(contact.issue) == folded(role):
            return contact.name
    return None
