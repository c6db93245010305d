"""
The checklist: a plan as the document that a person would have written for it.

A rollout that was run from a plan file has no Markdown to fill in. Its report fills in
this checklist instead, by the rules of every other document: each step and each gate
gets a line with a box, and the plan is given the numbers of these lines.
"""

from dataclasses import dataclass, field, replace

from gonogo.analysis.threshold import limit_text
from gonogo.model.plan import Gate, IncidentTask, Plan, Rollback, Stage
from gonogo.report.escaping import code, inline
from gonogo.report.wording import span_text


def checklist_of(plan: Plan) -> tuple[str, Plan]:
    """Return the checklist as Markdown, and the plan with the lines that it has there."""
    page = _Page()
    page.add(f"# {inline(plan.title)}")
    page.add("")
    page.add(
        f"The plan of {code(plan.document)} as a checklist: it was run from a plan file. "
        "A line that the journal itself names is one of that document."
    )
    stages = tuple(_stage(page, stage) for stage in plan.stages)
    triggers = _triggers(page, plan.triggers)
    incident = _incident(page, plan.incident)
    text = "\n".join([*page.lines, ""])
    return text, replace(plan, stages=stages, triggers=triggers, incident=incident)


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)

    def add(self, text: str) -> int:
        """Write a line, and return its number."""
        self.lines.append(text)
        return len(self.lines)

    def heading(self, text: str) -> int:
        """Open a part of the page."""
        self.add("")
        number = self.add(f"## {inline(text)}")
        self.add("")
        return number


def _stage(page: _Page, stage: Stage) -> Stage:
    line = page.heading(stage.title)
    steps = tuple(
        replace(step, line=page.add(f"- [ ] {inline(step.title)}"))
        for step in stage.steps
    )
    gates = tuple(
        replace(gate, line=page.add(f"- [ ] {_gate(gate)}")) for gate in stage.gates
    )
    rollback = _rollback(page, stage.rollback) if stage.rollback else None
    return replace(stage, line=line, steps=steps, gates=gates, rollback=rollback)


def _gate(gate: Gate) -> str:
    title = "" if gate.title == gate.metric else f"{inline(gate.title)}: "
    return f"{title}{inline(gate.metric)} {inline(limit_text(gate.condition))}"


def _rollback(page: _Page, rollback: Rollback) -> Rollback:
    page.add("")
    return replace(rollback, line=page.add(f"Way back: {inline(rollback.title)}"))


def _triggers(page: _Page, gates: tuple[Gate, ...]) -> tuple[Gate, ...]:
    if gates:
        page.heading("In force from the first action to the end")
    return tuple(replace(gate, line=page.add(f"- {_gate(gate)}")) for gate in gates)


def _incident(page: _Page, tasks: tuple[IncidentTask, ...]) -> tuple[IncidentTask, ...]:
    if tasks:
        page.heading("When it goes wrong")
    return tuple(replace(task, line=page.add(f"- {_task(task)}")) for task in tasks)


def _task(task: IncidentTask) -> str:
    due = f"within {span_text(task.within)}" if task.within else "at once"
    words = "; ".join(map(inline, task.items)) or inline(task.title)
    return f"{words} ({due})"
