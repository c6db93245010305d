"""An amendment shown before it is made: what differs, and who will be asked anew."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gonogo.bootstrap.documents import Document
from gonogo.decision import RolloutState
from gonogo.decision.amendment import amended_plan
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.speaking import Refused
from gonogo.model.plan import Plan
from gonogo.report.difference import Change, Difference, difference_of

END = "end"
"""How a person says: behind the last stage."""

_MARKS = {
    Change.UNCHANGED: "  ",
    Change.CHANGED: "± ",
    Change.ADDED: "+ ",
    Change.REMOVED: "- ",
}
_STYLES = {
    Change.UNCHANGED: "dim",
    Change.CHANGED: "yellow",
    Change.ADDED: "green",
    Change.REMOVED: "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """
    What is about to change.

    Attributes:
        document_plan: The digest under which `explain` shows the changed document.
        before: Of the plan that runs.
        after: Of the same plan under the rollout's own names: consents bind this one.
        from_stage: The title of the first stage that may change; None: the end.
        may_be_own: Whoever amends may consent to it too.
    """

    rollout: str
    document: Path
    document_plan: str
    before: str
    after: str
    from_stage: str | None
    difference: Difference
    may_be_own: bool


def place_of(name: str, old: Plan, new: Plan) -> int:
    """
    Return the place, from 0, of the first stage that may change.

    Args:
        name: A number from 1, a title or its beginning, an identifier, or 'end'.
        old: The plan that runs; its stages are looked at first.
        new: The changed one, for a stage that it adds.

    Raises:
        Refused: No stage is called so, or several are.
    """
    most = max(len(old.stages), len(new.stages))
    if name.casefold() == END:
        return len(old.stages)
    if name.isdigit() and 0 < int(name) <= most:
        return int(name) - 1
    for plan in (old, new):
        found = _called(name, plan)
        if len(found) == 1:
            return found[0]
    titles = dict.fromkeys(s.title for s in (*old.stages, *new.stages))
    listed = "\n".join(f"  {title}" for title in titles)
    many = "more than one stage is" if _called(name, old) else "no stage is"
    text = f"{many} called '{name}'; name one of these, its number, or 'end':\n{listed}"
    raise Refused(text)


def _called(name: str, plan: Plan) -> list[int]:
    said = name.casefold()
    whole = [n for n, s in enumerate(plan.stages) if said in {s.title.casefold(), s.id}]
    begun = [
        n for n, s in enumerate(plan.stages) if s.title.casefold().startswith(said)
    ]
    return whole or begun


def change_of(
    state: RolloutState, document: Document, plan: Plan, place: int
) -> Amendment:
    """Return what the change of a rollout to a document's plan is about."""
    stages = state.plan.stages
    from_stage = stages[place].id if place < len(stages) else None
    title = plan.stages[place].title if place < len(plan.stages) else None
    return Amendment(
        rollout=state.rollout,
        document=document.path,
        document_plan=plan.digest,
        before=state.plan.digest,
        after=amended_plan(state, plan, from_stage).digest,
        from_stage=title,
        difference=difference_of(state, plan, min(place, len(stages))),
        may_be_own=plan.self_approval,
    )


def as_object(change: Amendment) -> dict[str, Any]:
    """Return an amendment as plain JSON values."""
    return {**asdict(change), "document": str(change.document)}


def show(page: Page, change: Amendment, name: str) -> None:
    """Print what differs, who is asked anew, and under which digest it goes on."""
    start = f"from '{change.from_stage}' on" if change.from_stage else "behind the end"
    page.row("", f"Rollout {change.rollout} changes {start}", style="bold")
    page.row("  document  ", f"{change.document}  {change.document_plan}")
    page.row("  runs      ", change.before)
    page.row(
        "  becomes   ", f"{change.after}  (the same, under this rollout's own names)"
    )
    _parts(page, change.difference)
    _consents(page, change, name)
    page.gap()


def _parts(page: Page, found: Difference) -> None:
    page.heading("What differs")
    for part in found.parts:
        line = f" (line {part.line})" if part.line is not None else ""
        text = f"{part.kind} {part.change}: {part.title}{line}"
        page.row(f"  {_MARKS[part.change]}", text, style=_STYLES[part.change])
        for detail in part.details:
            page.row("        ", detail)


def _consents(page: Page, change: Amendment, name: str) -> None:
    found = change.difference
    if found.asked or found.kept:
        page.heading("Consents")
    for title in found.kept:
        page.row("    ", f"carried over: {title}", style="dim")
    for each in found.asked:
        lapses = f"; the word of {each.given_by} lapses" if each.given_by else ""
        text = f"asked of {each.role}: {each.title} (line {each.line}){lapses}"
        page.row("  ? ", text, style="yellow")
    if found.asked and not change.may_be_own:
        page.row("  ! ", f"{name} may give none of them: the change is their own")
