"""
What a rollout waits for from people, each with the command that gives it.

The commands are whole lines for a shell, quoted: at night they are copied, not typed.
"""

import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gonogo.decision import RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.model.event import Asked, QuestionAsked
from gonogo.model.identifiers import QuestionId, RolloutId
from gonogo.model.plan import Approval, IncidentTask


class Needed(StrEnum):
    """What kind of word is waited for."""

    ANSWER = "answer"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """
    Something that a person has to say.

    Attributes:
        id: The question's, or the approval step's.
        about: What a question is about; None for an approval.
        role: Who is asked; None for whoever runs the rollout.
        people: Who may approve; empty for whoever acts in the role.
        commands: What to type, one line for each choice.
        due: When it is wanted, or expires; None for no limit.
    """

    kind: Needed
    id: str
    about: Asked | None
    role: str | None
    people: tuple[str, ...]
    text: str
    line: int | None
    choices: tuple[str, ...]
    commands: tuple[str, ...]
    since: datetime | None
    due: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentStatus:
    """A task of the incident response: when it is due, and whether it is done."""

    id: QuestionId
    title: str
    line: int
    items: tuple[str, ...]
    due: datetime
    done: bool
    overdue: bool


def waiting_of(state: RolloutState, now: datetime) -> tuple[Waiting, ...]:
    """Return what people have to say: approvals first, then questions as asked."""
    approvals = [_approval(state, step, now) for step in _open_approvals(state)]
    questions = [_question(state, each, now) for each in state.questions.values()]
    return (*approvals, *questions)


def incident_of(state: RolloutState, now: datetime) -> tuple[IncidentStatus, ...]:
    """Return the tasks of the incident response; empty when nothing went wrong."""
    if state.aborted is None or not state.aborted.incident:
        return ()
    people = [task for task in state.plan.incident if task.operation is None]
    return tuple(_task(state, task, state.aborted.at, now) for task in people)


def answer_command(rollout: RolloutId, question: str, answer: str) -> str:
    """Return the line that answers a question."""
    return shlex.join(["gonogo", "answer", rollout, question, answer])


def approve_command(rollout: RolloutId, step: str) -> str:
    """Return the line that gives a consent."""
    return shlex.join(["gonogo", "approve", rollout, step])


def _open_approvals(state: RolloutState) -> tuple[Approval, ...]:
    if state.phase is not Phase.RUNNING:
        return ()
    return tuple(
        step
        for step in state.plan_steps()
        if isinstance(step, Approval)
        and state.step(step.id).phase is StepPhase.UNDER_WAY
        and step.id not in state.approvals
    )


def _approval(state: RolloutState, step: Approval, now: datetime) -> Waiting:
    known = state.step(step.id)
    return Waiting(
        kind=Needed.APPROVAL,
        id=step.id,
        about=None,
        role=step.role,
        people=step.people,
        text=step.title,
        line=step.line,
        choices=(),
        commands=(approve_command(state.rollout, step.id),),
        since=known.started_at,
        due=known.expires,
        overdue=known.expires is not None and now > known.expires,
    )


def _question(state: RolloutState, asked: QuestionAsked, now: datetime) -> Waiting:
    return Waiting(
        kind=Needed.ANSWER,
        id=asked.question,
        about=asked.about,
        role=asked.role,
        people=(),
        text=asked.text,
        line=_line_of(state, asked),
        choices=asked.choices,
        commands=tuple(
            answer_command(state.rollout, asked.question, choice)
            for choice in asked.choices or ("TEXT",)
        ),
        since=asked.at,
        due=asked.due,
        overdue=asked.due is not None and now > asked.due,
    )


def _line_of(state: RolloutState, asked: QuestionAsked) -> int | None:
    step = state.find_step(asked.subject)
    if step is not None:
        return step.line
    named = {task.id: task.line for task in state.plan.incident}
    undos = {f"undo-{undo.number}": undo.line for undo in state.undos}
    return named.get(QuestionId(asked.subject)) or undos.get(asked.subject)


def _task(
    state: RolloutState, task: IncidentTask, began: datetime, now: datetime
) -> IncidentStatus:
    is_open = task.id in state.questions
    due = began + task.within
    return IncidentStatus(
        id=task.id,
        title=task.title,
        line=task.line,
        items=task.items,
        due=due,
        done=not is_open,
        overdue=is_open and now > due,
    )
