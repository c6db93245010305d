"""
A person's word to a rollout: checked against where it stands, then left in its inbox.

The machine itself is asked what it would make of the word, so that what may not be is
refused here and now with the reason that the runner would give. The word counts when
a runner takes it up, and is checked again then.
"""

from collections.abc import Iterator
from dataclasses import replace

import click

from gonogo.bootstrap.workspace import NoSuchRollout, Workspace
from gonogo.decision import RolloutState, decide
from gonogo.entrypoints.cli.exits import Exit
from gonogo.model.command import Answer, PeoplesCommand
from gonogo.model.event import CommandRejected
from gonogo.report.status_people import answer_command


class Refused(click.ClickException):
    """What a person asked for may not be; the text says why."""

    exit_code = Exit.USAGE


def chosen(workspace: Workspace, name: str | None) -> RolloutState:
    """
    Return the rollout of this name; without one, the only unfinished, or the last.

    Raises:
        NoSuchRollout: It is not there, or several are unfinished and none is named.
    """
    if name is None:
        unfinished = workspace.journal.standings(under_way=True)
        if len(unfinished) > 1:
            raise NoSuchRollout(None, tuple(each.rollout for each in unfinished))
        if unfinished:
            return workspace.state(unfinished[0].rollout)
    return workspace.state(workspace.find(name))


def send(workspace: Workspace, state: RolloutState, word: PeoplesCommand) -> str:
    """
    Leave a word in the inbox of a rollout, and return when it counts, as a sentence.

    Raises:
        Refused: It may not be; nothing was left.
    """
    if state.ended and not _still_asked(state, word):
        raise Refused(over(state))
    reason = refusal(state, word)
    if reason is not None:
        raise Refused(_with_what_is_open(f"{reason}.", state))
    if state.ended:
        workspace.settle(state.rollout, word)
        return "It is in the journal; `gonogo report` shows it."
    workspace.journal.send(state.rollout, word)
    return when_it_counts(workspace, state)


def _still_asked(state: RolloutState, word: PeoplesCommand) -> bool:
    """Return whether a word answers what an ended rollout left for people."""
    return isinstance(word, Answer) and word.question in state.questions


def over(state: RolloutState) -> str:
    """Return that a rollout has ended, and how, as a sentence."""
    phase = state.phase.value.replace("_", " ")
    return f"rollout {state.rollout} is {phase}: it waits for nobody."


def refusal(state: RolloutState, word: PeoplesCommand) -> str | None:
    """Return why the machine would not take a word as things stand; None if it would."""
    decided = decide(state, replace(word, at=state.at))
    rejected = (e for e in decided.events if isinstance(e, CommandRejected))
    return next((event.reason for event in rejected), None)


def when_it_counts(workspace: Workspace, state: RolloutState) -> str:
    """Return whether a runner takes a word up now, or only the next one does."""
    pid = workspace.runner_at_work(state.rollout)
    if pid is None:
        return (
            "No runner is at work now: it counts at the next "
            f"`gonogo run {state.plan.document}`."
        )
    process = f" (process {pid})" if pid else ""
    return f"A runner is at work{process}: it takes this up at once."


def _with_what_is_open(text: str, state: RolloutState) -> str:
    listed = "\n".join(open_questions(state))
    return f"{text}\nOpen now:\n{listed}" if listed else text


def open_questions(state: RolloutState) -> Iterator[str]:
    """Yield each open question, with the lines that answer it."""
    for asked in state.questions.values():
        yield f"  {asked.question}: {asked.text.splitlines()[0]}"
        for choice in asked.choices or ("TEXT",):
            yield f"      {answer_command(state.rollout, asked.question, choice)}"
