"""`gonogo answer`: a person's answer to a question of a rollout."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.completion import answerable
from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import (
    Refused,
    chosen,
    open_questions,
    over,
    send,
)
from gonogo.model.command import Answer, Person
from gonogo.model.identifiers import QuestionId


@click.command("answer")
@click.argument(
    "words",
    nargs=-1,
    metavar="[ROLLOUT] QUESTION ANSWER",
    shell_complete=answerable,
)
@click.option("--comment", default="", metavar="TEXT", help="Kept with the answer.")
@as_option
@state_option
@click.pass_obj
def command(session: Session, words: tuple[str, ...], comment: str, name: str) -> None:
    """
    Answer a question of a rollout.

    `gonogo status` lists what is asked and the choices. Without ROLLOUT, the
    unfinished one is meant. An answer to a question that comes later is kept.

    Examples:
      gonogo answer s2.q1 yes
      gonogo answer qc-flow-production-1 s2.q1 no --comment 'the queue is growing'
    """
    workspace = session.existing()
    rollout, rest = (words[0], words[1:]) if len(words) > 2 else (None, words)  # noqa: PLR2004
    state = chosen(workspace, rollout)
    question, text = _two(rest, state)
    word = Answer(
        at=clock_for(1, None).now(),
        by=Person(name=name),
        question=QuestionId(question),
        answer=text,
        comment=comment,
    )
    when = send(workspace, state, word)
    click.echo(f"{name} answers {question} of {state.rollout} with '{text}'.\n{when}")


def _two(words: tuple[str, ...], state: RolloutState) -> tuple[str, str]:
    """Return question and answer; short of one, say what is open."""
    try:
        question, text = words
    except ValueError:
        if state.ended and not state.questions:
            raise Refused(over(state)) from None
        listed = "\n".join(open_questions(state)) or "  no question is open now"
        lead = "name a question and its answer (quote an answer of several words)"
        message = f"{lead}; open in {state.rollout}:\n{listed}"
        raise Refused(message) from None
    return question, text
