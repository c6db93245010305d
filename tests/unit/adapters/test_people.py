"""People: answers from a file, a terminal, nobody, and several."""

import io
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from gonogo.adapters.people import (
    AnswersFile,
    AnswersInvalid,
    Nobody,
    Several,
    TerminalPeople,
)
from gonogo.model.command import Person
from gonogo.model.event import ApprovalAsked, Asked, QuestionAsked
from gonogo.model.identifiers import QuestionId, StageId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import (
    Action,
    Approval,
    IncidentTask,
    Plan,
    Purpose,
    Question,
    Stage,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LEAD = Approval(id=StepId("a1"), line=7, title="Dev Lead approval", role="Dev Lead")
BUILD = Question(
    id=StepId("q1"),
    line=24,
    title="Verify `make build` successful",
    purpose=Purpose.VERIFY,
    why="It is a word.",
)
DEPLOY = Question(
    id=StepId("q2"), line=25, title="Deploy", purpose=Purpose.DO, why="By hand."
)
VERSION = Question(
    id=StepId("q3"), line=26, title="Version", purpose=Purpose.FILL_IN, why="Unknown."
)
DROP = Action(
    id=StepId("x1"), line=30, title="Drop it", apply=Shell(run="rm"), confirm=True
)
TASK = IncidentTask(
    id=QuestionId("i1"), line=40, title="Page the lead", within=timedelta(minutes=5)
)
PLAN = Plan(
    title="t",
    service="s",
    environment="e",
    document="d.md",
    document_digest="sha256:0",
    stages=(
        Stage(
            id=StageId("s1"),
            line=1,
            title="One",
            steps=(LEAD, BUILD, DEPLOY, VERSION, DROP),
        ),
    ),
    incident=(TASK,),
    digest="sha256:1",
)
ASKED = ApprovalAsked(at=NOON, step=LEAD.id, role="Dev Lead")


def asked(step, *, about=Asked.STEP, choices=("yes", "no"), suffix=""):
    """Return a question about a step."""
    return QuestionAsked(
        at=NOON,
        question=QuestionId(f"{step.id}{suffix}"),
        about=about,
        subject=step.id,
        text="?",
        choices=choices,
    )


ASK_BUILD = asked(BUILD)
ASK_DEPLOY = asked(DEPLOY, choices=("done", "not done"))
ASK_VERSION = asked(VERSION, choices=())
ASK_CONFIRM = asked(DROP, about=Asked.CONFIRM, suffix="/confirm")
ASK_DOUBT = asked(
    DROP,
    about=Asked.IN_DOUBT,
    choices=("applied", "not applied", "abort"),
    suffix="/in-doubt",
)
ASK_ATTENTION = asked(
    BUILD, about=Asked.ATTENTION, choices=("continue", "abort"), suffix="/attention"
)
ASK_HANDOVER = QuestionAsked(
    at=NOON,
    question=QuestionId("undo-2"),
    about=Asked.HANDOVER,
    subject="undo-2",
    text="?",
    choices=("done",),
)
ASK_TASK = asked(TASK, about=Asked.INCIDENT, choices=("done",))


@pytest.fixture
def file(tmp_path):
    """Give a function that reads an answers file of this text."""

    def read(text, plan=PLAN):
        path = tmp_path / "answers.yaml"
        path.write_text(text)
        return AnswersFile(path, plan)

    return read


ANSWERED = {
    "title": ("answers: {Verify make build successful: yes}", ASK_BUILD, "yes"),
    "title, folded": (
        "answers: {' verify   `MAKE` build successful': no}",
        ASK_BUILD,
        "no",
    ),
    "id": ("answers: {q1: 'Yes'}", ASK_BUILD, "yes"),
    "line": ("answers: {line 24: no}", ASK_BUILD, "no"),
    "yes is done": ("answers: {Deploy: yes}", ASK_DEPLOY, "done"),
    "no is not done": ("answers: {Deploy: no}", ASK_DEPLOY, "not done"),
    "a choice": ("answers: {Deploy: Not Done}", ASK_DEPLOY, "not done"),
    "a quoted yes": ("answers: {Deploy: 'yes'}", ASK_DEPLOY, "done"),
    "free text": ("answers: {Version: 1.20}", ASK_VERSION, "1.20"),
    "with more": (
        "answers: {Deploy: {answer: yes, by: priya, comment: c}}",
        ASK_DEPLOY,
        "done",
    ),
    "otherwise": ("otherwise: yes", ASK_DEPLOY, "done"),
    "otherwise no": ("otherwise: no", ASK_BUILD, "no"),
    "confirm, by name": ("answers: {Drop it/confirm: yes}", ASK_CONFIRM, "yes"),
    "doubt, by name": ("answers: {x1/in-doubt: not applied}", ASK_DOUBT, "not applied"),
    "attention, by name": (
        "answers: {line 24/attention: continue}",
        ASK_ATTENTION,
        "continue",
    ),
    "handover, by name": ("answers: {undo-2: done}", ASK_HANDOVER, "done"),
    "incident": ("answers: {Page the lead: yes}", ASK_TASK, "done"),
}


@pytest.mark.parametrize(("text", "question", "word"), ANSWERED.values(), ids=ANSWERED)
def test_a_question_is_answered_by_its_name(file, text, question, word):
    """By title, id or line; yes and no stand for the good and the bad choice."""
    answer = file(f"person: alok\n{text}\n").answer(question, PLAN)
    assert (question.question, word) == (answer.question, answer.answer)


OPEN = {
    "not named": ("answers: {Deploy: yes}", ASK_BUILD),
    "confirm by otherwise": ("otherwise: yes", ASK_CONFIRM),
    "doubt by otherwise": ("otherwise: yes", ASK_DOUBT),
    "attention by otherwise": ("otherwise: yes", ASK_ATTENTION),
    "handover by otherwise": ("otherwise: yes", ASK_HANDOVER),
    "free text by otherwise": ("otherwise: yes", ASK_VERSION),
    "attention by the step's answer": ("answers: {line 24: yes}", ASK_ATTENTION),
}


@pytest.mark.parametrize(("text", "question"), OPEN.values(), ids=OPEN)
def test_a_question_that_is_not_named_stays_open(file, text, question):
    """A sweeping yes never confirms, settles a doubt, or goes on after a trouble."""
    assert file(f"person: alok\n{text}\n").answer(question, PLAN) is None


def test_an_answer_says_who_gave_it_and_where(file):
    """The journal shows the person, and the file with its line."""
    people = file("person: alok\nanswers:\n  Deploy: {answer: yes, by: priya}\n")
    answer = people.answer(ASK_DEPLOY, PLAN)
    assert Person(name="priya", source="answers.yaml:3") == answer.by


CONSENTS = {
    "{by: priya}": ("priya", True, ""),
    "{approve: no, comment: not yet}": ("alok", False, "not yet"),
    "yes": ("alok", True, ""),
    "no": ("alok", False, ""),
}


@pytest.mark.parametrize(("entry", "expected"), CONSENTS.items())
def test_an_approval_is_given_by_role_and_bound_to_the_plan(file, entry, expected):
    """A refusal is one word away, and never the same as silence."""
    people = file(f"person: alok\napprovals:\n  dev  LEAD: {entry}\n")
    consent = people.consent(ASKED, LEAD, PLAN)
    assert expected == (consent.by.name, consent.granted, consent.comment)
    assert (LEAD.id, PLAN.digest) == (consent.step, consent.digest)


def test_an_approval_that_is_not_named_is_never_given(file):
    """`otherwise` is no consent."""
    people = file("person: alok\notherwise: yes\n")
    assert people.consent(ASKED, LEAD, PLAN) is None


MISTAKEN = """\
person: alok
persons: [x]
approvals:
  Dev Led: yes
  Dev Lead: {aprove: yes}
  QA: maybe
answers:
  Verify make build succesful: yes
  line 24: perhaps
  q1: yes
  Q1: no
  Drop it: yes
  Dev Lead approval: yes
  Deploy: [yes]
  Version: {by: priya}
otherwise: perhaps
"""


def test_all_mistakes_are_told_at_once_with_their_lines(file):
    """A person corrects the file once, not ten times."""
    with pytest.raises(AnswersInvalid) as caught:
        file(MISTAKEN)
    lines = [mistake.line for mistake in caught.value.mistakes]
    assert [2, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 16] == lines
    text = str(caught.value)
    assert "Did you mean 'dev lead'?" in text
    assert "unknown key 'aprove'" in text
    assert "'perhaps' is no answer to 'line 24' (answers: yes, no)" in text
    assert "'Drop it/confirm'" in text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c", 1),
        ("- a\n- b", 1),
        ("answers:\n  Deploy: yes", 2),
        ("person: ''", 1),
        ("[" * 5000, 1),
        ("person: alok\nanswers: {Deploy: null}", 2),
    ],
)
def test_a_file_that_is_no_answers_file_says_where(file, text, line):
    """Broken YAML, a list, nobody's answers: each with its line."""
    with pytest.raises(AnswersInvalid) as caught:
        file(text)
    assert line in [mistake.line for mistake in caught.value.mistakes]


def test_an_empty_file_answers_nothing(file):
    """It is valid, and every question stays open."""
    assert file("").answer(ASK_BUILD, PLAN) is None


def test_a_missing_file_and_a_folder_say_so(tmp_path):
    """One clear message each."""
    for path in (tmp_path / "no.yaml", tmp_path):
        with pytest.raises(AnswersInvalid, match="cannot be read"):
            AnswersFile(path)


class Terminal:
    """A person at a terminal, who types when the test says so."""

    def __init__(self):
        source, self._typing = os.pipe()
        self.screen = io.StringIO()
        console = Console(file=self.screen, width=80)
        self.people = TerminalPeople("alok", console=console, lines=source)

    def types(self, text):
        """Type lines."""
        os.write(self._typing, text.encode())

    def leaves(self):
        """Close the terminal."""
        os.close(self._typing)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("yes\n", "yes"), ("N\n", "no"), ("\nperhaps\nye\n", "yes")],
)
def test_a_choice_is_asked_for_until_one_is_made(typed, word):
    """Its beginning is enough; anything else is asked again."""
    terminal = Terminal()
    terminal.types(typed)
    answer = terminal.people.answer(ASK_BUILD, PLAN)
    assert (word, "terminal") == (answer.answer, answer.by.source)


def test_whoever_proceeds_without_proof_is_asked_for_a_reason():
    """An empty one is none; it goes with the answer."""
    soak = replace(
        ASK_BUILD, about=Asked.UNDECIDED, choices=("extend", "proceed", "back")
    )
    terminal = Terminal()
    terminal.types("pro\n\ntried by hand\n")
    answer = terminal.people.answer(soak, PLAN)
    assert ("proceed", "tried by hand") == (answer.answer, answer.comment)
    terminal.types("extend\n")
    assert "" == terminal.people.answer(soak, PLAN).comment


def test_no_beginning_that_fits_two_choices_is_taken():
    """'not applied' is not 'applied', and an ambiguous letter is neither."""
    terminal = Terminal()
    terminal.types("a\nno\n")
    assert "not applied" == terminal.people.answer(ASK_DOUBT, PLAN).answer


def test_an_approval_at_a_terminal_says_who_gives_it():
    """Whoever sits there may be somebody else than the one who started."""
    terminal = Terminal()
    terminal.types("priya\nyes\n")
    consent = terminal.people.consent(ASKED, LEAD, PLAN)
    assert ("priya", True) == (consent.by.name, consent.granted)


@pytest.mark.parametrize("end", ["close", "withdraw", "leaves"])
def test_a_prompt_ends_when_nobody_waits_for_it(end):
    """An abort does not wait for a person at a prompt."""
    terminal = Terminal()
    answers = []
    prompt = threading.Thread(
        target=lambda: answers.append(terminal.people.answer(ASK_BUILD, PLAN))
    )
    prompt.start()
    {
        "close": terminal.people.close,
        "withdraw": lambda: terminal.people.withdraw(BUILD.id),
        "leaves": terminal.leaves,
    }[end]()
    prompt.join(10)
    assert [None] == answers


def test_nobody_answers_and_prints_notices():
    """Questions stay open for `gonogo answer`; what is urgent is seen."""
    screen = io.StringIO()
    people = Nobody(Console(file=screen))
    assert people.answer(ASK_BUILD, PLAN) is None
    assert people.consent(ASKED, LEAD, PLAN) is None
    people.tell("[/bold] rolled back", urgent=True)
    assert "! [/bold] rolled back\n" == screen.getvalue()


def test_of_several_the_first_that_answers_counts(file):
    """A file first, and a person for what it does not say."""
    terminal = Terminal()
    terminal.types("done\n")
    people = Several(file("person: alok\nanswers: {q1: no}\n"), terminal.people)
    assert "no" == people.answer(ASK_BUILD, PLAN).answer
    assert "done" == people.answer(ASK_DEPLOY, PLAN).answer
    people.tell("hello", urgent=False)
    assert "hello" in terminal.screen.getvalue()
