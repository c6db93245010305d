"""
People at a terminal: questions are printed, and lines are read.

A prompt must never hold up a rollout: it can be ended from another thread, and while
it waits triggers are judged and an abort is heard. One question is asked at a time.
"""

import os
import select
from collections.abc import Sequence
from threading import Event, Lock

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from gonogo.model.command import Answer, Approve, Person
from gonogo.model.event import WITHOUT_PROOF, ApprovalAsked, Asked, QuestionAsked
from gonogo.model.plan import Approval, Plan

_POLL_S = 0.1  # how late the end of a prompt may be noticed; nobody sees a tenth


class TerminalPeople:
    """
    Implements `ports.people.People` at a terminal; thread-safe.

    Args:
        name: Who sits there.
        console: Where to print.
        lines: The file descriptor to read from: 0, standard input.
    """

    def __init__(self, name: str, *, console: Console, lines: int = 0) -> None:
        self._name, self._console = name, console
        self._lines = _Lines(lines)
        self._turn = Lock()
        self._withdrawn: set[str] = set()

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Ask, and return the answer; None when the question is ended before."""
        del plan
        with self._turn:
            if self._is_over(question.question):
                return None
            self._show(question.text, title=question.role or "Question")
            said = self._choose(question.question, question.choices)
            why: str | None = ""
            if said == WITHOUT_PROOF and question.about is Asked.UNDECIDED:
                why = self._reason(question.question)
        if said is None or why is None:
            return None
        return Answer(
            at=question.at,
            by=self._person(),
            question=question.question,
            answer=said,
            comment=why,
        )

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Ask for a consent, and who gives it; None when it is ended before."""
        with self._turn:
            if self._is_over(approval.id):
                return None
            text = f"{approval.title}\nplan {plan.digest}"
            self._show(text, title=f"Approval: {asked.role}")
            name = self._prompt(approval.id, f"Who approves? ({self._name})")
            said = None
            if name is not None:
                said = self._choose(approval.id, ("yes", "no"))
        if said is None:
            return None
        return Approve(
            at=asked.at,
            by=self._person(name),
            step=approval.id,
            digest=plan.digest,
            granted=said == "yes",
        )

    def tell(self, text: str, *, urgent: bool) -> None:
        """Print a notice."""
        notice(self._console, text, urgent=urgent)

    def withdraw(self, subject: str) -> None:
        """End the prompt for a question or an approval, now or when it comes."""
        self._withdrawn.add(subject)

    def close(self) -> None:
        """End every prompt, for good."""
        self._lines.closed.set()

    def _is_over(self, subject: str) -> bool:
        return self._lines.closed.is_set() or subject in self._withdrawn

    def _show(self, text: str, *, title: str) -> None:
        self._console.print(Panel(escape(text), title=escape(title), expand=False))

    def _choose(self, subject: str, choices: Sequence[str]) -> str | None:
        """Ask until one of the choices is named, or by its beginning."""
        label = " / ".join(choices) if choices else "Your answer"
        while (said := self._prompt(subject, label)) is not None:
            if said and not choices:
                return said
            fitting = [c for c in choices if said and c.startswith(said.casefold())]
            if said.casefold() in choices:
                return said.casefold()
            if len(fitting) == 1:
                return fitting[0]
            if choices:
                self._console.print(escape(f"Please answer {label}."))
        return None

    def _reason(self, subject: str) -> str | None:
        """Ask until a reason is given: without one nobody goes on without proof."""
        while (said := self._prompt(subject, "For what reason")) == "":
            self._console.print("It stands in the report, with your name.")
        return said

    def _prompt(self, subject: str, label: str) -> str | None:
        """Return one line; None when the question, or the input, has ended."""
        self._console.print(f"[bold]{escape(label)}[/bold]: ", end="")
        while not self._is_over(subject):
            line = self._lines.read(_POLL_S)
            if line is not None:
                return line.strip()
        self._console.print()
        return None

    def _person(self, name: str | None = None) -> Person:
        return Person(name=name or self._name, source="terminal")


def notice(console: Console, text: str, *, urgent: bool) -> None:
    """Print a notice, so that an urgent one is seen."""
    style = "bold red" if urgent else "cyan"
    console.print(f"[{style}]{'!' if urgent else '·'}[/{style}] {escape(text)}")


class _Lines:
    """Lines from a file descriptor, each waited for in short slices."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._waiting = b""
        self.closed = Event()

    def read(self, wait_s: float) -> str | None:
        """Return the next line; None when there is none yet, or never again."""
        if b"\n" not in self._waiting and not self._fill(wait_s):
            return None
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line.decode("utf-8", "replace")

    def _fill(self, wait_s: float) -> bool:
        """Read more; return whether a whole line is there."""
        ready, _, _ = select.select([self._source], [], [], wait_s)
        if not ready:
            return False
        data = os.read(self._source, 4096)
        if not data:
            self.closed.set()
        self._waiting += data
        return b"\n" in self._waiting
