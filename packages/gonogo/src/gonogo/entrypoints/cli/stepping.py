"""Which step of which rollout a word is about: `[ROLLOUT] STEP`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.speaking import Refused, chosen
from gonogo.model.identifiers import StepId
from gonogo.report.wording import one_line

F = TypeVar("F", bound=Callable[..., Any])


def step_argument(command: F) -> F:
    """Give a command the rollout and the step that it is about."""
    argument = click.argument("words", nargs=-1, metavar="[ROLLOUT] STEP")
    return argument(command)


def meant(workspace: Workspace, words: tuple[str, ...]) -> tuple[RolloutState, StepId]:
    """
    Return the rollout and the step that the words name.

    A step is named by its id, or as 'line 24' by where it stands in the document.

    Raises:
        NoSuchRollout: It is not there, or several are unfinished and none is named.
        Refused: No step is named, or too much.
    """
    rollout, rest = (words[0], words[1:]) if len(words) > 1 else (None, words)
    state = chosen(workspace, rollout)
    if len(rest) == 1:
        return state, _step(state, rest[0])
    listed = "\n".join(
        f"  {step.id}: {one_line(step.title)}" for step in state.plan_steps()
    )
    text = f"name one step of {state.rollout}:\n{listed}"
    raise Refused(text)


def _step(state: RolloutState, name: str) -> StepId:
    at = name.lower().removeprefix("line ").strip()
    if not name.lower().startswith("line ") or not at.isdecimal():
        return StepId(name)
    steps = [step.id for step in state.plan_steps() if step.line == int(at)]
    return steps[0] if len(steps) == 1 else StepId(name)
