"""Laws 2 and 3: what was applied is undone or named, newest first, and that is final."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Operation
from gonogo.model.plan import Plan
from gonogo.testing.laws.law import hold, plans_of


@dataclass
class _Entry:
    number: int
    step: StepId | None
    operation: Operation | None
    attempts: int = 0
    failed: int = 0
    end: str = ""
    again: bool = False


@dataclass
class _WayBack:
    """What the journal recorded to undo, and what became of it."""

    plan: Plan
    entries: list[_Entry] = field(default_factory=list)

    def arm(self, step: StepId | None, operation: Operation | None) -> None:
        number = max((each.number for each in self.entries), default=0) + 1
        self.entries.append(_Entry(number, step, operation))

    def entry(self, number: int) -> _Entry:
        return next(each for each in self.entries if each.number == number)

    def newest_open(self, number: int) -> int:
        """Return which is to be undone: what has begun is ended before a retried one."""
        begun = self.entry(number).attempts > 0
        left = (e for e in self.entries if not e.end and e.number >= number)
        return max(
            e.number for e in left if e.number == number or not e.again or not begun
        )

    def ended(self, end: str) -> tuple[int, ...]:
        return tuple(each.number for each in self.entries if each.end == end)

    def take(self, event: Event) -> None:  # noqa: C901, PLR0912
        match event:
            case events.ActionIntended() | events.ActionByHand():
                if not event.covered:
                    self.arm(event.step, event.undo)
            case events.ActionNotApplied():
                self.entries = [e for e in self.entries if e.step != event.step]
            case events.PlanAmended():
                self.plan = event.plan
            case events.RolloutAborted(incident=True):
                for task in reversed(self.plan.incident):
                    if task.operation is not None:
                        self.arm(None, task.operation)
            case events.UndoIntended():
                self._intended(event)
            case events.UndoFailed():
                self.entry(event.undo).failed += 1
            case events.UndoApplied():
                self.entry(event.undo).end = "undone"
            case events.RetryAsked(undo=int(undo)):
                again = self.entry(undo)
                hold(again.end == "handed over", f"undo {undo} was not handed over")
                again.end, again.failed, again.again = "", 0, True
            case events.UndoHandedOver():
                self._newest(event.undo)
                self.entry(event.undo).end = "handed over"
            case _:
                pass

    def _intended(self, event: events.UndoIntended) -> None:
        self._newest(event.undo)
        entry = self.entry(event.undo)
        hold(
            event.operation == entry.operation,
            f"undo {event.undo} is not what the journal recorded",
        )
        entry.attempts += 1
        hold(
            event.attempt == entry.attempts,
            f"undo {event.undo} is attempt {event.attempt}, not {entry.attempts}",
        )
        hold(entry.failed <= 3, f"undo {event.undo} was tried too often")  # noqa: PLR2004

    def _newest(self, number: int) -> None:
        newest = self.newest_open(number)
        hold(
            number == newest, f"undo {number} went before undo {newest}, which is newer"
        )


def way_back_is_walked(history: Sequence[Event]) -> None:
    """Law 2: all applied is undone or reported, newest first, as recorded."""
    back = _WayBack(plans_of(history)[0])
    aborted = False
    for event in history:
        aborted = aborted or isinstance(event, events.RolloutAborted)
        back.take(event)
        if isinstance(event, events.UndoIntended | events.UndoHandedOver):
            hold(aborted, "something was undone without an abort")
        if isinstance(event, events.RolledBack):
            left = [each.number for each in back.entries if not each.end]
            hold(not left, f"rolled back, but undos {left} are neither done nor named")
            told = (event.undone, event.handed_over)
            hold(
                (back.ended("undone"), back.ended("handed over")) == told,
                f"it says {told} of what was undone and handed over",
            )


def rollback_is_final(history: Sequence[Event]) -> None:
    """Laws 2 and 3: after the abort nothing goes forward, and there is one end."""
    forward = (
        events.ActionIntended,
        events.StagePromoted,
        events.StageEntered,
        events.RolloutCompleted,
        events.ApprovalAsked,
        events.StepSkipped,
        events.WindowAwaited,
        events.RolloutFrozen,
    )
    aborted = False
    for event in history:
        hold(
            not (aborted and isinstance(event, forward)),
            f"{type(event).__name__} after the abort",
        )
        aborted = aborted or isinstance(event, events.RolloutAborted)
    ends = [e for e in history if isinstance(e, events.RolledBack)]
    hold(len(ends) <= 1, "rolled back twice")
