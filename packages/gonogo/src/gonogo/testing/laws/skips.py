"""Laws 1 and 7: what is left out is left out by two persons, and is never a proof."""

from collections.abc import Sequence

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.plan import Action, Approval, Check, Purpose, Question
from gonogo.testing.laws.law import hold, plans_of


def two_persons_skip(history: Sequence[Event]) -> None:
    """Nobody skips alone, nor in a rollout of their own, nor what proves the change."""
    plan, owners = plans_of(history)[0], _starter(history)
    asked: dict[str, events.SkipAsked] = {}
    for event in history:
        match event:
            case events.PlanAmended():
                plan, owners = event.plan, {*owners, event.by.name}
            case events.SkipAsked():
                asked[event.step] = event
            case events.StepSkipped():
                by, agreed = event.asked_by.name, event.approved_by.name
                hold(by != agreed, f"{by} skipped {event.step} alone")
                hold(asked[event.step].by.name == by, f"{by} did not ask to skip")
                own = agreed in owners and not plan.self_approval
                hold(
                    not own, f"{agreed} skipped {event.step} in a rollout of their own"
                )
                stage = next(
                    s for s in plan.stages if any(x.id == event.step for x in s.steps)
                )
                steps = stage.steps
                named = {n for s in steps if isinstance(s, Approval) for n in s.people}
                hold(not named or agreed in named, f"{agreed} approves no such stage")
                step = next(each for each in steps if each.id == event.step)
                decides = isinstance(step, Question) and step.purpose is Purpose.CHOOSE
                skippable = isinstance(step, Action | Check | Question)
                hold(
                    skippable and not decides, f"{step.id} is a proof, and was skipped"
                )
            case _:
                pass


def _starter(history: Sequence[Event]) -> set[str]:
    started = history[0]
    return {started.by.name} if isinstance(started, events.RolloutStarted) else set()
