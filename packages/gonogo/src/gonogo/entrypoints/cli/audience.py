"""
Who is asked during a run: the answers file first, then whoever sits at the terminal.

A prompt and the live view never share the screen: the view is suspended while anybody
is being asked. A prompt ends by itself when its question is settled elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Protocol, TypeVar

from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.speaking import refusal
from gonogo.model import event as events
from gonogo.model.command import Answer, Approve
from gonogo.model.event import ApprovalAsked, QuestionAsked
from gonogo.model.plan import Approval, Plan
from gonogo.model.record import Record
from gonogo.ports.people import People

T = TypeVar("T", Answer, Approve)

SETTLED_QUESTION = (events.QuestionAnswered, events.QuestionWithdrawn)
SETTLED_APPROVAL = (
    events.ApprovalGiven,
    events.ApprovalRefused,
    events.ApprovalTimedOut,
)


class Prompter(People, Protocol):
    """Somebody whose prompts can be ended from another thread."""

    def close(self) -> None:
        """End the prompt that waits, and every later one."""
        ...


class Screen(Protocol):
    """What shares the terminal with prompts."""

    def suspend(self) -> None:
        """Leave the screen to somebody else; nests."""
        ...

    def resume(self) -> None:
        """Take it back, once for each `suspend`."""
        ...


class Audience:
    """
    Implements `ports.people.People` for one run.

    Args:
        file: The answers file's people; None without one.
        prompter: Makes whoever sits at the terminal; None where nobody does. Each
            question gets one of its own, so that it can be ended alone.
        screen: Suspended while somebody is prompted.
    """

    def __init__(
        self,
        *,
        file: People | None,
        prompter: Callable[[], Prompter] | None,
        screen: Screen,
    ) -> None:
        """Begin with nobody asked."""
        self._file, self._prompter, self._screen = file, prompter, screen
        self._asked: dict[str, Prompter] = {}
        self._turn = Lock()
        self._state: RolloutState | None = None

    @property
    def interactive(self) -> bool:
        """Return whether somebody sits here who can be asked."""
        return self._prompter is not None

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return the file's answer, or the person's at the terminal."""
        given = self._file.answer(question, plan) if self._file else None
        if given is not None:
            return given
        return self._prompted(
            question.question, lambda person: person.answer(question, plan)
        )

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return the file's consent, or the person's at the terminal."""
        given = self._file.consent(asked, approval, plan) if self._file else None
        if given is not None:
            return given
        return self._prompted(
            approval.id,
            lambda person: person.consent(asked, approval, self._now(plan)),
        )

    def _now(self, plan: Plan) -> Plan:
        """Return the plan that a word is about now: it may have been amended since."""
        return self._state.plan if self._state is not None else plan

    def tell(self, text: str, *, urgent: bool) -> None:
        """Do nothing: the view tells the event that the notice is about."""

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """End the prompts that what was just journaled has settled."""
        self._state = state
        for event in (record.event for record in records):
            if isinstance(event, events.RolloutAborted):
                self._end([key for key in self._asked if key not in state.questions])
            elif isinstance(event, events.PlanAmended):
                self._end([key for key in self._asked if not _is_asked(state, key)])
            elif isinstance(event, SETTLED_QUESTION):
                self._end([event.question])
            elif isinstance(event, SETTLED_APPROVAL):
                self._end([event.step])

    def close(self) -> None:
        """End every prompt."""
        self._end(list(self._asked))

    def _end(self, subjects: Sequence[str]) -> None:
        for subject in subjects:
            prompter = self._asked.get(subject)
            if prompter is not None:
                prompter.close()

    def _prompted(self, subject: str, ask: Callable[[Prompter], T | None]) -> T | None:
        if self._prompter is None:
            return None
        person = self._asked[subject] = self._prompter()
        try:
            with self._alone(), self._turn:
                return self._acceptable(person, ask)
        finally:
            self._asked.pop(subject, None)

    def _acceptable(
        self, person: Prompter, ask: Callable[[Prompter], T | None]
    ) -> T | None:
        """Ask until the machine would take the word, and say why it would not."""
        while (word := ask(person)) is not None and self._state is not None:
            reason = refusal(self._state, word)
            if reason is None:
                return word
            person.tell(f"That may not be: {reason}.", urgent=True)
        return word

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._screen.suspend()
        try:
            yield
        finally:
            self._screen.resume()


def _is_asked(state: RolloutState, subject: str) -> bool:
    """Return whether a question, or a step of the plan, still goes by this name."""
    return subject in state.questions or state.find_step(subject) is not None
