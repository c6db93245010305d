"""Law 5: the intent is journaled before the deed, the result after it."""

from collections import Counter
from collections.abc import Sequence

from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Action
from gonogo.testing.laws.law import hold, steps_of


def intents_come_first(history: Sequence[Event]) -> None:
    """Law 5: each result has its intent before it; a repeat needs a check or a word."""
    attempts: Counter[StepId] = Counter()
    steps = steps_of(history)
    for index, event in enumerate(history):
        match event:
            case events.ActionIntended():
                hold(
                    event.attempt == attempts[event.step] + 1,
                    f"{event.step} is attempt {event.attempt} anew",
                )
                attempts[event.step] = event.attempt
            case events.ActionApplied() | events.ActionFailed() if event.attempt:
                hold(
                    event.attempt == attempts[event.step],
                    f"{event.step} has a result without an intent",
                )
            case events.ActionNotApplied():
                step = steps[event.step]
                asked = isinstance(step, Action) and step.check is not None
                hold(
                    asked or _said_not_applied(history[:index], event.step),
                    f"{event.step} is taken for not applied without a person's word",
                )
            case _:
                pass


def _said_not_applied(before: Sequence[Event], step: StepId) -> bool:
    last = before[-1]
    return (
        isinstance(last, events.QuestionAnswered)
        and last.question.startswith(f"{step}/in-doubt")
        and last.answer == "not applied"
    )
