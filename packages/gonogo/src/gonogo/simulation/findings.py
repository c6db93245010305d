"""Findings: what a journal of a simulation says, for the summary."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from gonogo.decision.state import RolloutState, UndoState
from gonogo.decision.transitions import UndoPhase
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.plan import Approval
from gonogo.report.wording import one_line, operation_text
from gonogo.simulation.result import Asked, StageSpan, UndoFound


def stage_spans(journal: Sequence[Event], state: RolloutState) -> Iterator[StageSpan]:
    """Yield the stages that were entered, in order."""
    left = {e.stage: e.at for e in journal if isinstance(e, events.StagePromoted)}
    stages = {stage.id: stage for stage in state.plan.stages}
    for event in journal:
        if isinstance(event, events.StageEntered):
            stage = stages[event.stage]
            yield StageSpan(
                stage=stage.id,
                title=stage.title,
                line=stage.line,
                entered=event.at,
                left=left.get(stage.id),
            )


def undos_found(journal: Sequence[Event], state: RolloutState) -> Iterator[UndoFound]:
    """Yield the entries of the way back, newest first; none before a rollback."""
    if state.aborted is None:
        return
    applied = {e.undo: e.at for e in journal if isinstance(e, events.UndoApplied)}
    handed = {e.undo: e for e in journal if isinstance(e, events.UndoHandedOver)}
    for undo in reversed(state.undos):
        hand = handed.get(undo.number)
        yield UndoFound(
            title=one_line(undo.title),
            line=undo.line,
            how=_how(undo),
            what=hand.reason if hand is not None else _what(undo),
            at=applied.get(undo.number, hand.at if hand is not None else None),
        )


def _how(undo: UndoState) -> str:
    if undo.phase is UndoPhase.UNDONE:
        return "undone"
    return "by hand" if undo.phase is UndoPhase.HANDED_OVER else "not reached"


def _what(undo: UndoState) -> str:
    return "" if undo.operation is None else operation_text(undo.operation)


def people_asked(journal: Sequence[Event], state: RolloutState) -> Iterator[Asked]:
    """Yield everything that people were asked, in order, and when they answered."""
    for place, event in enumerate(journal):
        if isinstance(event, events.QuestionAsked):
            yield _question(event, journal[place + 1 :], state)
        elif isinstance(event, events.ApprovalAsked):
            yield _approval(event, journal[place:], state)


def _question(
    asked: events.QuestionAsked, after: Sequence[Event], state: RolloutState
) -> Asked:
    end, came = _end_of_question(asked.question, after)
    step = state.find_step(asked.subject)
    return Asked(
        who=asked.role or "somebody",
        what=one_line(asked.text.splitlines()[0]),
        line=step.line if step else None,
        at=asked.at,
        until=end,
        came=came,
    )


def _end_of_question(
    question: QuestionId, after: Sequence[Event]
) -> tuple[datetime | None, str]:
    for event in after:
        if isinstance(event, events.QuestionAnswered) and event.question == question:
            return event.at, f"answered '{event.answer}'"
        if isinstance(event, events.QuestionWithdrawn) and event.question == question:
            return event.at, "needed no answer any more"
    return None, "nobody answered"


def _approval(
    asked: events.ApprovalAsked, after: Sequence[Event], state: RolloutState
) -> Asked:
    end, came = _end_of_approval(asked.step, after)
    early = state.approvals.get(asked.step)
    if end is None and early is not None and early.at <= asked.at:
        end, came = asked.at, "had answered before"
    step = state.find_step(asked.step)
    return Asked(
        who=asked.role,
        what=f"consent: {one_line(step.title)}" if step else "consent",
        line=step.line if isinstance(step, Approval) else None,
        at=asked.at,
        until=end,
        came=came,
    )


def _end_of_approval(
    step: StepId, after: Sequence[Event]
) -> tuple[datetime | None, str]:
    for event in after:
        match event:
            case events.ApprovalGiven() if event.step == step:
                return event.at, "approved"
            case events.ApprovalRefused() if event.step == step:
                return event.at, "refused"
            case events.ApprovalTimedOut() if event.step == step:
                return event.at, "nobody answered in time"
            case _:
                pass
    return None, "nobody answered"


def waits_for(state: RolloutState) -> str:
    """Return what a rollout that stands still waits for, as a phrase."""
    waits = [
        f"{asked.role or 'somebody'} to answer '{one_line(asked.text.splitlines()[0])}'"
        for asked in state.questions.values()
    ]
    step = state.current_step
    if isinstance(step, Approval) and step.id not in state.approvals:
        waits.append(f"the consent of {step.role} (line {step.line})")
    if state.paused is not None:
        waits.append(f"{state.paused.by.name}, who paused it, to let it go on")
    if state.awaited is not None and not waits:
        waits.append("a change window")
    if not waits and step is not None:
        waits.append(f"'{one_line(step.title)}' (line {step.line})")
    return "; ".join(waits) or "nothing that can come"
