"""One turn of the machine: the state as it grows, and what is to be journaled and done."""

from datetime import datetime

from gonogo.decision.evolve import evolve
from gonogo.decision.state import RolloutState
from gonogo.model.command import Person
from gonogo.model.effect import Ask, Effect, Notify
from gonogo.model.event import (
    Asked,
    CommandRejected,
    Event,
    QuestionAsked,
    QuestionWithdrawn,
    StepCompleted,
)
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Step


class Turn:
    """
    Collects the events and effects of one command, in order.

    It is local to one call of `decide`: the call as a whole stays pure. `state` is
    always the fold of everything recorded so far, so that each rule sees what the
    rules before it did.
    """

    def __init__(self, state: RolloutState, at: datetime) -> None:
        """Begin with the state before the command, at an instant."""
        self.state = state
        self.at = max(at, state.at)
        self.events: list[Event] = []
        self.effects: list[Effect] = []

    def record(self, event: Event) -> None:
        """Take an event up, and fold it."""
        self.state = evolve(self.state, event)
        self.events.append(event)

    def perform(self, effect: Effect) -> None:
        """Ask the runner for an effect."""
        self.effects.append(effect)

    def ask(self, question: QuestionAsked) -> None:
        """Open a question, unless it stands open already."""
        if question.question not in self.state.questions:
            self.record(question)
            self.perform(Ask(question=question.question))

    def withdraw(self, *subjects: str, about: Asked | None = None) -> None:
        """Close the open questions on these subjects that need no answer any more."""
        for question, asked in tuple(self.state.questions.items()):
            if asked.subject in subjects and about in {None, asked.about}:
                self.record(QuestionWithdrawn(at=self.at, question=question))

    def complete(self, step: Step) -> bool:
        """Record that a step is done; close what was still asked about it."""
        self.record(StepCompleted(at=self.at, step=step.id))
        self.withdraw(step.id)
        return True

    def call(self, subject: str, text: str) -> None:
        """Call a person: nothing new starts until they decide, or it is over."""
        if attention(subject) not in self.state.questions:
            self.perform(Notify(text=text, urgent=True))
        self.ask(
            QuestionAsked(
                at=self.at,
                question=attention(subject),
                about=Asked.ATTENTION,
                subject=subject,
                text=text,
                choices=("continue", "abort"),
            )
        )

    def reject(self, command: str, reason: str, by: Person) -> None:
        """Refuse a person's command, so that it is seen."""
        self.record(CommandRejected(at=self.at, command=command, reason=reason, by=by))


def attention(subject: str) -> QuestionId:
    """Return the name of the question that calls a person to a subject."""
    return QuestionId(f"{subject}/attention")
