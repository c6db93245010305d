"""
The story of each step: when it began, who proved it done, what went wrong, its undo.

Nothing is concluded here that the journal does not say. A step is done when its
`StepCompleted` stands there and it was not taken back; it was undone when its undo,
or the rollback that covers its stage, was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gonogo.decision.state import UndoState
from gonogo.decision.transitions import StepPhase, UndoPhase
from gonogo.model import event as events
from gonogo.model.command import Person
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.plan import Step
from gonogo.report.history import Entry, History
from gonogo.report.wording import one_line, seen_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An instant, and the record that bears witness to it."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStory:
    """
    What became of one entry of the way back.

    Attributes:
        undone: When it was undone; None when it was not.
        handed_over: When it was given to a person.
        confirmed: The person who said that it is done by hand.
    """

    state: UndoState
    intents: tuple[Entry[events.UndoIntended], ...]
    undone: Entry[events.UndoApplied] | None
    failures: tuple[Entry[events.UndoFailed], ...]
    handed_over: Entry[events.UndoHandedOver] | None
    confirmed: Entry[events.QuestionAnswered] | None

    @property
    def left_open(self) -> bool:
        """Return whether it was handed over and nobody has said that it is done."""
        return self.handed_over is not None and self.confirmed is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStory:
    """
    What became of one step.

    Attributes:
        phase: As the machine has it at the end of the journal.
        completed: The event that proves it; None when it is not, or no more, done.
        by: The person whose word completed it; None when gonogo proved it.
        applied: For an action: when it was applied, by gonogo or by hand.
        trouble: Why it is not done, where the journal says; '' otherwise.
        undo: The entry of the way back that reverses it.
        seqs: Every record about it, oldest first.
    """

    step: Step
    phase: StepPhase
    began: Point | None
    completed: Point | None
    by: Person | None
    answer: str
    applied: Point | None
    trouble: str
    undo: UndoStory | None
    seqs: tuple[int, ...]

    @property
    def done(self) -> bool:
        """Return whether the journal proves the step done."""
        return self.completed is not None


_OF_STEPS: tuple[type[Any], ...] = (
    events.StepStarted,
    events.ActionIntended,
    events.ActionByHand,
    events.ActionApplied,
    events.ActionFailed,
    events.ActionInDoubt,
    events.ActionNotFound,
    events.ActionNotApplied,
    events.CheckJudged,
    events.ApprovalAsked,
    events.ApprovalGiven,
    events.ApprovalRefused,
    events.ApprovalTimedOut,
    events.ApprovalLapsed,
    events.BaselineCaptured,
    events.SoakStarted,
    events.SoakReset,
    events.HoldPaused,
    events.HoldResumed,
    events.SoakProlonged,
    events.SoakAccepted,
    events.SoakExtended,
    events.StepCompleted,
    events.RetryAsked,
    events.SkipAsked,
    events.StepSkipped,
)


def undo_stories_of(history: History) -> tuple[UndoStory, ...]:
    """Return what became of the way back, oldest entry first."""
    return tuple(_undo_story(history, undo) for undo in history.state.undos)


def stories_of(history: History) -> Mapping[StepId, StepStory]:
    """Return the story of every step of the plan, in order."""
    told = _entries_by_step(history)
    undos = undo_stories_of(history)
    return {
        step.id: _story(history, step, told.get(step.id, []), undos)
        for step in history.state.plan_steps()
    }


def _entries_by_step(history: History) -> dict[StepId, list[Entry[Any]]]:
    found: dict[StepId, list[Entry[Any]]] = {}
    for kind in _OF_STEPS:
        for entry in history.of(kind):
            found.setdefault(entry.event.step, []).append(entry)
    asked = {e.event.question: e for e in history.of(events.QuestionAsked)}
    said: tuple[Entry[Any], ...] = history.of(events.QuestionAnswered)
    for told in (*asked.values(), *said):
        step = _step_asked_about(asked, told.event.question)
        found.setdefault(step, []).append(told)
    for entries in found.values():
        entries.sort(key=lambda entry: entry.seq)
    return found


def _step_asked_about(
    asked: Mapping[QuestionId, Entry[events.QuestionAsked]], question: QuestionId
) -> StepId:
    """Return the step behind a question; one answered early has the step's name."""
    known = asked.get(question)
    return StepId(known.event.subject if known else question)


def _story(
    history: History, step: Step, told: list[Entry[Any]], undos: tuple[UndoStory, ...]
) -> StepStory:
    known = history.state.step(step.id)
    # What was left out is done for the machine, and proven by nothing.
    done = known.phase is StepPhase.DONE and not known.skipped
    word = _word(step, told)
    return StepStory(
        step=step,
        phase=known.phase,
        began=_point(told[:1]),
        completed=_point(_only(told, events.StepCompleted)[-1:]) if done else None,
        by=word.event.by if word and done else None,
        answer=word.event.answer if word and _answers(word) else "",
        applied=_point(_only(told, events.ActionApplied, events.ActionByHand)[-1:]),
        trouble="" if done else _trouble(history, step, told),
        undo=_undo_of(history, step, told, undos),
        seqs=tuple(entry.seq for entry in told),
    )


def _only(told: Iterable[Entry[Any]], *kinds: type[Any]) -> list[Entry[Any]]:
    return [entry for entry in told if isinstance(entry.event, kinds)]


def _point(entries: list[Entry[Any]]) -> Point | None:
    return Point(seq=entries[0].seq, at=entries[0].at) if entries else None


def _answers(entry: Entry[Any]) -> bool:
    return isinstance(entry.event, events.QuestionAnswered)


def _word(step: Step, told: list[Entry[Any]]) -> Entry[Any] | None:
    """Return the last word of a person that completes the step by itself."""
    doubt = f"{step.id}/in-doubt"
    words = _only(told, events.ApprovalGiven) or [
        entry
        for entry in _only(told, events.QuestionAnswered)
        if entry.event.question == step.id
        or (entry.event.question.startswith(doubt) and entry.event.answer == "applied")
    ]
    return words[-1] if words else None


def _trouble(history: History, step: Step, told: list[Entry[Any]]) -> str:
    """Say why a step is not done, as the journal does."""
    skipped = _only(told, events.StepSkipped)
    if skipped:
        left_out = skipped[-1].event
        who = f"{left_out.asked_by.name} and {left_out.approved_by.name}"
        return one_line(f"skipped by {who}: {left_out.reason}")
    failed = _only(told, events.ActionFailed)
    if failed:
        return f"failed: {seen_text(failed[-1].event.observation)}"
    aborted = history.state.aborted
    if aborted is not None and aborted.subject == step.id:
        return one_line(aborted.reason)
    phase = history.state.step(step.id).phase
    if phase is StepPhase.IN_DOUBT:
        return "in doubt: a crash left open whether it was applied"
    if aborted is not None and phase is StepPhase.UNDER_WAY:
        return "not finished when the rollout turned back"
    return ""


def _undo_of(
    history: History, step: Step, told: list[Entry[Any]], undos: tuple[UndoStory, ...]
) -> UndoStory | None:
    """Return what reverses a step: its own entry, or that of its stage's rollback."""
    own = next((undo for undo in undos if undo.state.step == step.id), None)
    covered = any(
        entry.event.covered
        for entry in _only(told, events.ActionIntended, events.ActionByHand)
    )
    if own is not None or not covered:
        return own
    stage = history.state.stage_of(step.id)
    whole = stage.rollback.operation if stage.rollback else None
    members = {each.id for each in stage.steps}
    return next(
        (u for u in undos if u.state.step in members and u.state.operation == whole),
        None,
    )


def _undo_story(history: History, undo: UndoState) -> UndoStory:
    def mine(kind: type[Any]) -> tuple[Entry[Any], ...]:
        return tuple(e for e in history.of(kind) if e.event.undo == undo.number)

    handed = undo.phase is UndoPhase.HANDED_OVER
    name = QuestionId(f"undo-{undo.number}")
    said = [e for e in history.of(events.QuestionAnswered) if e.event.question == name]
    return UndoStory(
        state=undo,
        intents=mine(events.UndoIntended),
        undone=next(iter(mine(events.UndoApplied)), None),
        failures=mine(events.UndoFailed),
        handed_over=next(iter(mine(events.UndoHandedOver)), None) if handed else None,
        confirmed=said[-1] if said else None,
    )
