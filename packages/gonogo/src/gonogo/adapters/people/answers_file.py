"""
Answers from a file: for a rollout that runs while nobody looks.

    person: alok
    approvals:                # by role
      Dev Lead: yes
      Ops On-Call: {by: priya, comment: seen the dashboards}
    answers:                  # by a step's title, its id, or its line
      Verify build successful: yes
      line 24: {answer: not done, by: priya}
      Drop the old table/confirm: yes
    otherwise: yes            # every other question of a step

What is asked beside the step itself is answered only when it is named: `/confirm` for
something destructive, `/in-doubt` after a crash, `/attention` when gonogo is at a loss,
`undo-3` for an undo by hand. `otherwise` answers none of these, and no approval.
Every answer is given by a person, with the line of the file as its source.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gonogo.adapters.people.answers_check import chosen, mistakes_against
from gonogo.adapters.people.answers_text import Answers, Given, Mistake, fold, parse
from gonogo.model.command import Answer, Approve, Person
from gonogo.model.event import ApprovalAsked, Asked, QuestionAsked
from gonogo.model.plan import Approval, Plan

_OF_THE_STEP = frozenset({Asked.STEP, Asked.INCIDENT})


class AnswersInvalid(Exception):
    """An answers file cannot be used; all its mistakes, each with its line."""

    def __init__(self, path: Path, mistakes: Sequence[Mistake]) -> None:
        """Compose the message, one mistake to a line."""
        self.path, self.mistakes = path, tuple(sorted(mistakes))
        lines = (f"{path}:{each.line}: {each.what}" for each in self.mistakes)
        super().__init__("\n".join(lines))


class AnswersFile:
    """
    Implements `ports.people.People` with what stands in a file.

    Args:
        path: The file, read once.
        plan: When given, the file has to fit it as well.

    Raises:
        AnswersInvalid: It cannot be read, or has mistakes; all of them are told.
    """

    def __init__(self, path: Path, plan: Plan | None = None) -> None:
        self._path = path
        self._answers = _read(path)
        mistakes = list(self._answers.mistakes)
        if plan is not None:
            mistakes += mistakes_against(plan, self._answers)
        if mistakes:
            raise AnswersInvalid(path, mistakes)

    def answer(self, question: QuestionAsked, plan: Plan) -> Answer | None:
        """Return the file's answer; None when it has none, or no fitting one."""
        given = self._given(question, plan)
        word = None if given is None else chosen(given.word, question.choices)
        if given is None or word is None:
            return None
        return Answer(
            at=question.at,
            by=self._person(given),
            question=question.question,
            answer=word,
            comment=given.comment,
        )

    def consent(
        self, asked: ApprovalAsked, approval: Approval, plan: Plan
    ) -> Approve | None:
        """Return the consent, or refusal, given for the role; None without one."""
        given = self._answers.approvals.get(fold(asked.role))
        if given is None:
            return None
        return Approve(
            at=asked.at,
            by=self._person(given),
            step=approval.id,
            digest=plan.digest,
            granted=chosen(given.word, ("yes", "no")) == "yes",
            comment=given.comment,
        )

    def tell(self, text: str, *, urgent: bool) -> None:
        """Do nothing: a file does not read."""

    def _given(self, question: QuestionAsked, plan: Plan) -> Given | None:
        """Return the entry that names the question, or else stands for all others."""
        for name in _names(question, plan):
            if (given := self._answers.answers.get(fold(name))) is not None:
                return given
        free = not question.choices
        if question.about is not Asked.STEP or free:
            return None
        return self._answers.otherwise

    def _person(self, given: Given) -> Person:
        return Person(name=given.by, source=f"{self._path.name}:{given.line}")


def _read(path: Path) -> Answers:
    try:
        return parse(path.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        what = f"It cannot be read: {reason}."
    except UnicodeDecodeError:
        what = "It is not UTF-8."
    raise AnswersInvalid(path, [Mistake(1, what)])


def _names(question: QuestionAsked, plan: Plan) -> Iterator[str]:
    """Yield every name by which a file may answer a question."""
    yield question.question
    suffix = ""
    if question.about not in _OF_THE_STEP:
        # A 'yes' to the step itself must not confirm what it destroys.
        suffix = question.question.removeprefix(question.subject)
        if not suffix.startswith("/"):
            return
    steps = (step for stage in plan.stages for step in stage.steps)
    for part in (*steps, *plan.incident):
        if question.subject == part.id:
            yield f"{part.title}{suffix}"
            yield f"line {part.line}{suffix}"
