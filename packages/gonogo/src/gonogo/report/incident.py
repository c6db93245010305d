"""The incident response: each task of the plan, when it was due, and what proves it."""

from dataclasses import dataclass
from datetime import datetime

from gonogo.model import event as events
from gonogo.model.plan import IncidentTask
from gonogo.report.history import Entry, History


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStory:
    """
    What became of one task.

    Attributes:
        done: A person's answer, or the deed itself; None when neither is recorded.
    """

    task: IncidentTask
    due: datetime
    done: Entry[events.QuestionAnswered | events.UndoApplied] | None


def task_stories_of(history: History) -> tuple[TaskStory, ...]:
    """Return the tasks that were due; empty when nothing went wrong."""
    for began in history.of(events.RolloutAborted):
        if began.event.incident:
            return tuple(
                TaskStory(
                    task=task, due=began.at + task.within, done=_done(history, task)
                )
                for task in history.plan.incident
            )
    return ()


def _done(
    history: History, task: IncidentTask
) -> Entry[events.QuestionAnswered | events.UndoApplied] | None:
    if task.operation is None:
        said = history.of(events.QuestionAnswered)
        return next((e for e in said if e.event.question == task.id), None)
    numbers = {
        undo.number
        for undo in history.state.undos
        if undo.step is None and undo.line == task.line and undo.title == task.title
    }
    applied = history.of(events.UndoApplied)
    return next((e for e in applied if e.event.undo in numbers), None)
