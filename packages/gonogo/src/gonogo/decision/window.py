"""
Waiting for a change window: nothing new is begun outside it, and that is journaled.

What changes the world waits: entering a stage, an action, a deed by hand. What only
looks, asks or holds goes on, and so does whatever is under way; the way back and the
triggers never wait.
"""

from datetime import datetime

from gonogo.analysis.window import opens_at
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.effect import Notify
from gonogo.model.event import WindowAwaited, WindowOpened
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Action, Purpose, Question, Stage, Step


def changes(step: Step) -> bool:
    """Return whether a step changes the world, by gonogo's hand or a person's."""
    by_hand = isinstance(step, Question) and step.purpose is Purpose.DO
    return by_hand or isinstance(step, Action)


def ahead(state: RolloutState) -> Stage | None:
    """Return the stage whose window has to be open for what comes next; None: none's."""
    step = state.current_step
    if step is None:
        return next(iter(state.plan.stages[state.stage + 1 : state.stage + 2]), None)
    begun = state.step(step.id).phase is not StepPhase.PENDING
    done_already = QuestionId(step.id) in state.answers
    return None if begun or done_already or not changes(step) else state.current_stage


def waits(turn: Turn, stage: Stage) -> bool:
    """Return whether a stage has to wait for its window; journal that once."""
    plan, awaited = turn.state.plan, turn.state.awaited
    if not plan.windows and not stage.windows and awaited is None:
        return False
    if _is_awaited(awaited, stage, turn.at):
        return True
    opens = opens_at((plan.windows, stage.windows), turn.at)
    if opens is not None and opens <= turn.at:
        if awaited is not None:
            turn.record(WindowOpened(at=turn.at, stage=stage.id))
        return False
    turn.record(WindowAwaited(at=turn.at, stage=stage.id, until=opens))
    if opens is None:
        text = (
            f"No change window of '{stage.title}' ever opens again: it waits for ever."
        )
        turn.perform(Notify(text=text, urgent=True))
    return True


def _is_awaited(awaited: WindowAwaited | None, stage: Stage, at: datetime) -> bool:
    """Return whether it was found out before that a stage waits until after `at`."""
    if awaited is None or awaited.stage != stage.id:
        return False
    return awaited.until is None or at < awaited.until
