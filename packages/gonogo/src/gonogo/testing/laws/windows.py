"""Change windows: nothing new is begun outside them, and what waits says so once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Plan, Stage
from gonogo.model.window import ANCHOR, ChangeWindow
from gonogo.testing.laws.law import hold, plans_of

HOUR = timedelta(hours=1)


def windows_are_kept(history: Sequence[Event]) -> None:
    """No stage is entered, and no action begun, outside a window that is drawn."""
    plan = plans_of(history)[0]
    doubted: set[StepId] = set()
    for event in history:
        match event:
            case events.PlanAmended():
                plan = event.plan
            case events.StageEntered():
                stage = next(s for s in plan.stages if s.id == event.stage)
                _begun(plan, stage, event)
            case events.ActionInDoubt():
                doubted.add(event.step)
            case events.ActionIntended() if event.step in doubted:
                # What was begun in time is ended: it may be repeated outside.
                doubted.discard(event.step)
            case events.ActionIntended():
                _begun(plan, _stage_of(plan, event.step), event)
            case events.ActionNotApplied():
                doubted.discard(event.step)
            case _:
                pass


def waiting_is_said_once(history: Sequence[Event]) -> None:
    """Journal each wait for a window once, and none in a rollback."""
    until: datetime | None = None
    aborted = False
    for event in history:
        match event:
            case events.WindowAwaited():
                again = until is not None and event.at < until
                hold(not again, f"{event.stage} waits, and waited already")
                hold(not aborted, "the way back waits for a window")
                until = event.until
            case events.WindowOpened() | events.PlanAmended():
                until = None
            case events.StepSkipped() | events.StepCompleted():
                until = None
            case events.RolloutAborted():
                aborted = True
            case _:
                pass


def _begun(plan: Plan, stage: Stage, event: Event) -> None:
    for windows in (plan.windows, stage.windows):
        inside = not windows or any(_is_open(each, event.at) for each in windows)
        hold(inside, f"{type(event).__name__} outside the window, at {event.at}")


def _is_open(window: ChangeWindow, at: datetime) -> bool:
    """Tell by counting hours whether a drawn window is open (`every_hours`)."""
    start = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
    interval = HOUR * int(window.rule.rpartition("=")[2])
    return (at - start) % interval < window.duration


def _stage_of(plan: Plan, step: StepId) -> Stage:
    return next(s for s in plan.stages if any(each.id == step for each in s.steps))
