"""The audience: who is asked, one at a time, with the screen to themselves."""

from threading import Event, Thread

import pytest

from gonogo.entrypoints.cli.audience import Audience
from gonogo.model import event as events
from gonogo.model.command import Answer, Approve, Person
from gonogo.model.event import Asked
from gonogo.model.record import FIRST_LINK, Record
from gonogo.testing.clock import NOON

QUESTION = events.QuestionAsked(
    at=NOON,
    question="q",
    about=Asked.STEP,
    subject="q",
    text="Looks right?",
    choices=("yes", "no"),
)
ASKED = events.ApprovalAsked(at=NOON, step="c", role="Dev Lead")


class Screen:
    """A screen that remembers who had it."""

    def __init__(self):
        self.log = []

    def suspend(self):
        """Remember it."""
        self.log.append("suspend")

    def resume(self):
        """Remember it."""
        self.log.append("resume")


class Scripted:
    """Somebody who says these words in turn, and hears what is told."""

    def __init__(self, *words):
        self.words, self.heard = list(words), []

    def answer(self, question, plan):
        """Say the next word."""
        del question, plan
        return self.words.pop(0) if self.words else None

    def consent(self, asked, approval, plan):
        """Say the next word."""
        del asked, approval, plan
        return self.words.pop(0) if self.words else None

    def tell(self, text, *, urgent):
        """Hear it."""
        del urgent
        self.heard.append(text)

    def close(self):
        """Say no more."""
        self.words.clear()


class Waiting(Scripted):
    """Somebody who says nothing until the prompt is ended."""

    def __init__(self):
        super().__init__()
        self.asked, self.closed = Event(), Event()

    def answer(self, question, plan):
        """Wait for the end of the prompt."""
        del question, plan
        self.asked.set()
        assert self.closed.wait(10)

    def close(self):
        """End the prompt."""
        self.closed.set()


def said(text="yes"):
    """Return an answer to the question."""
    return Answer(at=NOON, by=Person(name="ada"), question="q", answer=text)


def recorded(event):
    """Return the record of an event."""
    return Record(
        rollout="shop-test-1",
        seq=2,
        recorded_at=NOON,
        event=event,
        previous=FIRST_LINK,
        link=FIRST_LINK,
    )


def test_the_file_is_asked_before_the_person(plan):
    """What the file answers disturbs nobody."""
    screen = Screen()
    audience = Audience(file=Scripted(said()), prompter=Waiting, screen=screen)
    assert said() == audience.answer(QUESTION, plan)
    assert [] == screen.log


def test_a_prompt_has_the_screen_to_itself(plan):
    """The view is suspended while a person is asked."""
    screen = Screen()
    audience = Audience(file=None, prompter=lambda: Scripted(said()), screen=screen)
    assert said() == audience.answer(QUESTION, plan)
    assert ["suspend", "resume"] == screen.log


def test_without_a_person_a_question_stays_open(plan):
    """Nobody at the terminal: the question waits for `gonogo answer`."""
    audience = Audience(file=None, prompter=None, screen=Screen())
    assert audience.answer(QUESTION, plan) is None
    assert not audience.interactive


def test_a_word_that_may_not_be_is_asked_for_again(plan, state_after):
    """Who may not approve their own rollout is told so, and may name another."""
    own = Approve(at=NOON, by=Person(name="carol"), step="c", digest=plan.digest)
    good = Approve(at=NOON, by=Person(name="ada"), step="c", digest=plan.digest)
    person = Scripted(own, good)
    audience = Audience(file=None, prompter=lambda: person, screen=Screen())
    audience.saw(state_after(), ())
    approval = plan.stages[0].steps[0]
    assert good == audience.consent(ASKED, approval, plan)
    assert "nobody approves a rollout of their own" in person.heard[0]


@pytest.mark.parametrize(
    "event",
    [
        events.QuestionAnswered(
            at=NOON, question="q", answer="yes", by=Person(name="b")
        ),
        events.QuestionWithdrawn(at=NOON, question="q"),
        events.RolloutAborted(at=NOON, subject="Errors", reason="Errors is 9"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_prompt_ends_when_its_question_is_settled_elsewhere(plan, state_after, event):
    """An answer from another terminal, or a rollback, ends the prompt here."""
    person = Waiting()
    audience = Audience(file=None, prompter=lambda: person, screen=Screen())
    thread = Thread(target=audience.answer, args=(QUESTION, plan))
    thread.start()
    assert person.asked.wait(10)
    audience.saw(state_after(), (recorded(event),))
    thread.join(10)
    assert not thread.is_alive()
